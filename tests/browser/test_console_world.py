"""The console's forms: dialect, settings, snapshots, audit events, seed and sandboxes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx

from tests.browser.console_page import LIST, confirm, list_profiles, open_view, person
from tests.credentials import NEWSTORE
from tests.server_process import ServerProcess


def test_dialect_and_settings_are_changed_by_forms(page: Any, http: httpx.Client) -> None:
    open_view(page, "world")
    page.get_by_label("reference").click()
    page.get_by_role("region", name="Dialect").get_by_text("Applied.").wait_for()
    page.get_by_label("newstore.deletion_seconds").fill("7")
    page.get_by_label("vtex.job_poll_limit").check()
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("region", name="Settings").get_by_text("Applied.").wait_for()
    status = http.get("/_sandbox/v1/status").json()
    assert status["dialect"] == "reference"
    assert status["settings"]["newstore.deletion_seconds"] == 7
    assert status["settings"]["vtex.job_poll_limit"] is True
    page.get_by_label("newstore.deletion_seconds").fill("-1")
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_label("newstore.deletion_seconds").evaluate("field => field.validity.rangeUnderflow")
    assert http.get("/_sandbox/v1/status").json()["settings"]["newstore.deletion_seconds"] == 7


def test_a_setting_of_few_values_is_a_choice_of_them(page: Any, http: httpx.Client) -> None:
    open_view(page, "world")
    choice = page.get_by_role("combobox", name=re.compile("^vtex.blocked_erasure"))
    choice.select_option("nothing")
    assert choice.get_by_role("option").all_inner_texts() == ["rest", "nothing"]
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("region", name="Settings").get_by_text("Applied.").wait_for()
    assert http.get("/_sandbox/v1/status").json()["settings"]["vtex.blocked_erasure"] == "nothing"


def test_a_snapshot_is_saved_compared_downloaded_uploaded_restored_and_removed(
    page: Any, http: httpx.Client, tmp_path: Path
) -> None:
    open_view(page, "world")
    snapshots = page.get_by_role("region", name="Snapshots")
    snapshots.get_by_label("Name").fill("before")
    snapshots.get_by_role("button", name="Save a snapshot").click()
    snapshots.get_by_role("button", name="Changes since before").click()
    snapshots.get_by_text("Nothing has changed since.").wait_for()

    created = http.post(LIST, json={"email": "new@example.com", "full_name": "New"}, headers=NEWSTORE).json()["id"]
    snapshots.get_by_role("button", name="Changes since before").click()
    snapshots.get_by_role("region", name="Changes since").get_by_text(created).first.wait_for()

    with page.expect_download() as download:
        snapshots.get_by_role("button", name="Download before").click()
    assert download.value.suggested_filename == "before.json"
    file = tmp_path / "Copy of before.json"
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8"))

    snapshots.get_by_role("button", name="Restore before").click()
    with page.expect_response("**/snapshots/before/restore"):
        page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    assert http.get(f"{LIST}/{created}", headers=NEWSTORE).status_code == 404
    assert snapshots.get_by_role("region", name="Changes since").count() == 0  # they were those before
    snapshots.get_by_role("button", name="Remove before").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    snapshots.get_by_text("No snapshot.").wait_for()

    snapshots.get_by_label("Upload a file").set_input_files(file)
    snapshots.get_by_text("copy-of-before", exact=True).wait_for()
    snapshots.get_by_role("button", name="Changes since copy-of-before").click()
    snapshots.get_by_text("Nothing has changed since.").wait_for()
    (tmp_path / "wrong.json").write_text("{", "utf-8")
    snapshots.get_by_label("Upload a file").set_input_files(tmp_path / "wrong.json")
    snapshots.get_by_role("status").get_by_text("JSON").wait_for()


def test_changes_since_a_snapshot_are_named_by_collection_with_the_properties_and_the_state(
    page: Any, http: httpx.Client
) -> None:
    http.post("/_sandbox/v1/snapshots", json={"name": "before"}).raise_for_status()
    created = http.post(LIST, json={"email": "new@example.com", "full_name": "New"}, headers=NEWSTORE).json()["id"]
    first, second = (person_of["ids"] for person_of in http.get("/_sandbox/v1/people").json()["people"][:2])
    path = f"/_sandbox/v1/documents/newstore/profiles/{first['newstore']}"
    http.put(path, json={**http.get(path).json()["document"], "full_name": "Other"}).raise_for_status()
    http.delete(f"/_sandbox/v1/documents/oracle/profiles/{second['oracle']}").raise_for_status()
    http.put("/_sandbox/v1/dialect", json={"dialect": "reference"}).raise_for_status()
    open_view(page, "world")
    page.get_by_role("button", name="Changes since before").click()
    changes = page.get_by_role("region", name="Changes since", exact=True)
    changes.get_by_role("heading", name="newstore/profiles").wait_for()
    lines = [line.replace("\n", " ") for line in changes.get_by_role("listitem").all_inner_texts()]
    assert f"added {created}" in lines
    assert f"removed {second['oracle']}" in lines
    changed = next(line for line in lines if line.startswith(f"changed {first['newstore']}"))
    assert "document.full_name" in changed
    changes.get_by_text("1 added, 1 changed").wait_for()
    state = changes.locator(".change").filter(has=page.get_by_role("heading", name="Dialect"))
    assert state.get_by_role("definition").all_inner_texts() == ["guide", "reference"]
    raw = changes.get_by_role("region", name="As JSON")
    assert not raw.is_visible()
    changes.get_by_text("As JSON").click()
    assert json.loads(raw.inner_text())["collections"]["newstore/profiles"]["added"] == [created]


def test_audit_events_name_what_was_looked_at_and_why(page: Any, http: httpx.Client) -> None:
    list_profiles(http)
    http.get("/_sandbox/v1/journal/1", params={"reveal": "a bug of ours"}).raise_for_status()
    profile = person(http)["ids"]["vtex"]
    http.get(f"/_sandbox/v1/documents/vtex/profiles/{profile}", params={"reason": "a call of hers"}).raise_for_status()
    open_view(page, "world")
    events = page.get_by_role("region", name="Audit events").get_by_role("listitem")
    events.first.wait_for()
    latest, first = events.all_inner_texts()
    assert latest.startswith("DocumentRevealed")
    assert f"vtex/profiles {profile}" in latest
    assert first.startswith("JournalRevealed")
    assert first.endswith("call 1 a bug of ours")


def test_how_calls_reach_a_sandbox_is_said_where_one_is_made(page: Any, server: ServerProcess) -> None:
    open_view(page, "world")
    sandboxes = page.get_by_role("region", name="Sandboxes")
    sandboxes.get_by_text("1 to 64 characters of a-z, 0-9, -, _ and .").wait_for()
    sandboxes.get_by_label("Name").fill("second-one")
    assert sandboxes.get_by_role("definition").all_inner_texts() == [
        f"{server.url}/~second-one",
        "X-Sandbox: second-one",
    ]


def test_people_are_seeded_anew_and_everything_is_reset_after_a_question(page: Any, http: httpx.Client) -> None:
    def people() -> list[str]:
        return [each["locale"] for each in http.get("/_sandbox/v1/people").json()["people"]]

    open_view(page, "world")
    seed = page.get_by_role("region", name="People of the seed")
    page.wait_for_function("() => document.querySelector('#seed ~ form input').value !== ''")
    present = http.get("/_sandbox/v1/status").json()["seeded"]
    displayed = [seed.get_by_role("spinbutton", name=label).input_value() for label in ("How many", "Seed")]
    assert displayed == [str(present["shoppers"]), str(present["seed"])]
    assert seed.get_by_role("combobox", name="Locale").input_value() == ""
    seed.get_by_label("How many").fill("3")
    seed.get_by_label("Locale").select_option("de_DE")
    seed.get_by_role("button", name="Seed anew").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert len(people()) == 5
    confirm(page, "Seed anew")
    seed.get_by_text("Done.").wait_for()
    assert people() == ["de_DE"] * 3
    http.post(LIST, json={"email": "new@example.com", "full_name": "New"}, headers=NEWSTORE).raise_for_status()
    with page.expect_response("**/reset"):
        confirm(page, "Reset everything")
    page.get_by_role("region", name="Stored documents").get_by_text(re.compile(r"newstore/profiles\s*\d")).wait_for()
    seed.get_by_text("Done.").wait_for()
    assert http.get("/_sandbox/v1/residue", params={"subject": "new@example.com"}).json()["places"] == []


def test_a_sandbox_is_made_opened_listed_and_deleted(page: Any, server: ServerProcess, http: httpx.Client) -> None:
    def names() -> list[str]:
        listed: list[str] = httpx.get(f"{server.url}/_sandbox/v1/sandboxes").json()["sandboxes"]
        return listed

    name = f"made-by-{http.headers['X-Sandbox']}"
    open_view(page, "world")
    sandboxes = page.get_by_role("region", name="Sandboxes")
    sandboxes.get_by_label("Name").fill(name)
    sandboxes.get_by_role("button", name="New sandbox").click()
    page.get_by_text("No call yet").wait_for()
    assert name in names()
    open_view(page, "world")
    assert sandboxes.get_by_role("button", name=f"Delete {name}", exact=True).is_disabled()  # the one that is shown
    sandboxes.get_by_role("link", name=http.headers["X-Sandbox"], exact=True).click()
    page.wait_for_url(f"**/?sandbox={http.headers['X-Sandbox']}")
    open_view(page, "world")
    sandboxes.get_by_role("button", name=f"Delete {name}", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    sandboxes.get_by_role("link", name=name, exact=True).wait_for(state="detached")
    assert name not in names()
