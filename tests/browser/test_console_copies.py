"""A call of the console copied as code that runs (curl, JavaScript, pytest), masked or with real values."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.console_page import (
    LIST,
    PROFILES,
    audit_fields,
    conflict,
    give_reason,
    list_profiles,
    open_call,
    person,
    reveal,
)
from tests.browser.copied_code import copy_text, last_entry, read_clipboard
from tests.credentials import NEWSTORE, VTEX
from tests.server_process import environment

IN_CLEAR = "Copy with real values"


def run_in_page(page: Any, javascript: str) -> str:
    """What the code prints in the page."""
    with page.expect_console_message(lambda message: message.type == "log") as message:
        page.evaluate(f"async () => {{ {javascript} }}")
    return str(message.value.text)


def test_the_copied_curl_runs_and_is_answered_alike(page: Any, http: httpx.Client) -> None:
    conflict(http)
    detail = open_call(page, "409.*CreateClientProfile")
    masked = copy_text(page, detail, "Copy with pseudonyms", "curl")
    assert person(http)["email"] not in masked
    reveal(detail)
    for text, status in ((masked, 400), (copy_text(page, detail, IN_CLEAR, "curl"), 409)):  # a pseudonym is no email
        ran = subprocess.run(["sh", "-c", text], capture_output=True, text=True, timeout=30, check=True)
        assert ran.stderr == ""
        assert last_entry(http)["status"] == status


@pytest.mark.parametrize(
    ("button", "status"),
    [("Copy with real values…", 409), ("Copy this call with real values…", 201)],
)
def test_real_values_are_copied_after_a_reason_that_is_kept_once(
    page: Any, http: httpx.Client, button: str, status: int
) -> None:
    conflict(http)
    detail = open_call(page, "409.*CreateClientProfile")
    page.evaluate("() => navigator.clipboard.writeText('')")
    detail.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert audit_fields(http, "action") == []
    detail.get_by_role("button", name=button, exact=True).click()
    give_reason(page, "a report to the vendor", "Show in clear and copy")
    text = read_clipboard(page)
    assert "#" not in text
    ran = subprocess.run(["sh", "-c", text], capture_output=True, text=True, timeout=30, check=True)
    assert ran.stdout
    assert last_entry(http)["status"] == status
    detail.get_by_text("Copied with real values.").wait_for()
    detail.get_by_role("button", name=IN_CLEAR, exact=True).click()  # now at once
    assert audit_fields(http, "action", "reason", "entries") == [("JournalRevealed", "a report to the vendor", "1-1")]


def test_a_call_without_personal_data_is_copied_at_once_and_its_copy_is_answered_alike(
    page: Any, http: httpx.Client
) -> None:
    list_profiles(http)
    text = copy_text(page, open_call(page, "listProfiles"), "Copy", "curl")
    subprocess.run(["sh", "-c", text], capture_output=True, timeout=30, check=True)
    assert (last_entry(http)["id"], last_entry(http)["status"]) == (2, 200)
    assert audit_fields(http, "action") == []


@pytest.mark.parametrize("runtime", ["page", "node"])
def test_the_copied_javascript_runs_and_is_answered_alike(page: Any, http: httpx.Client, runtime: str) -> None:
    node = shutil.which("node")
    if runtime == "node" and node is None:
        pytest.skip("Node.js is not installed")
    conflict(http)
    detail = open_call(page, "409.*CreateClientProfile")
    reveal(detail)
    text = copy_text(page, detail, IN_CLEAR, "JavaScript")
    if runtime == "page":
        printed = run_in_page(page, text)
    else:
        command = [str(node), "--input-type=module", "--eval", text]
        printed = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    assert printed.startswith("409 ")
    assert last_entry(http)["id"] == 2


def test_the_copied_pytest_passes(page: Any, http: httpx.Client, tmp_path: Path) -> None:
    conflict(http)
    detail = open_call(page, "409.*CreateClientProfile")
    reveal(detail)
    (tmp_path / "test_copied.py").write_text(copy_text(page, detail, IN_CLEAR, "pytest"), "utf-8")
    http.post("/_sandbox/v1/faults", json={"effect": {"status": 502}}).raise_for_status()
    http.get(LIST, headers=NEWSTORE)
    faulty = copy_text(page, open_call(page, "502.*listProfiles"), "Copy", "pytest")
    (tmp_path / "test_faulty.py").write_text(faulty, "utf-8")  # the fault is set up in it
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


def test_a_body_that_is_no_text_is_copied_as_it_was(page: Any, http: httpx.Client) -> None:
    headers = {**NEWSTORE, "Content-Type": "application/octet-stream"}
    sent = http.post(LIST, content=b"\x00\xff'\x80", headers=headers)
    detail = open_call(page, f"{sent.status_code}.*getOrCreateProfile")
    reveal(detail)
    subprocess.run(["sh", "-c", copy_text(page, detail, IN_CLEAR, "curl")], capture_output=True, timeout=30, check=True)
    assert run_in_page(page, copy_text(page, detail, IN_CLEAR, "JavaScript")).startswith(f"{sent.status_code} ")
    detail.get_by_role("button", name="Send again").click()
    detail.get_by_text(f"Sent again: {sent.status_code}").wait_for()
    entries = http.get("/_sandbox/v1/journal", params={"reveal": "comparing"}).json()["entries"]
    assert [entry["request"]["body"] for entry in entries] == [entries[0]["request"]["body"]] * 4


def test_a_call_that_the_journal_holds_in_part_is_not_copied(page: Any, http: httpx.Client) -> None:
    http.post(PROFILES, json={"firstName": "A" * 5000}, headers=VTEX)
    detail = open_call(page, "CreateClientProfile")
    detail.get_by_role("button", name="Send again").click()
    detail.get_by_text("The journal holds only a part of this request").wait_for()
    assert http.get("/_sandbox/v1/journal").json()["total"] == 1
    reveal(detail)
    detail.get_by_text("The journal holds only a part of this request").wait_for()
    assert detail.get_by_role("combobox", name="As").count() == 0
