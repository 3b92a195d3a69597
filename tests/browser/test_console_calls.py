"""The console's calls: why each was answered so, filters, pseudonyms, faults and rules of a call."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import httpx

from tests.browser.console_page import (
    LIST,
    audit_fields,
    confirm,
    conflict,
    list_profiles,
    open_call,
    open_view,
    person,
    reveal,
)
from tests.browser.copied_code import copy_text, last_entry
from tests.credentials import NEWSTORE


def test_a_call_appears_as_it_is_made_with_why_and_what_would_have_worked(page: Any, http: httpx.Client) -> None:
    page.get_by_text("No call yet").wait_for()
    conflict(http)
    detail = open_call(page, "409.*CreateClientProfile")
    detail.get_by_text("What would have worked", exact=True).wait_for()
    assert "was refused by VTEX-UNIQ-1 with 409" in detail.inner_text()
    correction = copy_text(page, detail, "Copy this call with pseudonyms")
    answer = subprocess.run(
        ["sh", "-c", f"{correction} -w '%{{http_code}}'"], capture_output=True, text=True, timeout=30, check=True
    )
    assert answer.stdout.endswith("201"), answer
    code = detail.get_by_role("region", name="What would have worked")
    code.get_by_text("new.customer102@example.com").wait_for()  # another one: the first is taken by now


def test_a_call_is_shown_in_clear_after_a_reason_and_this_call_alone(page: Any, http: httpx.Client) -> None:
    conflict(http)
    conflict(http)
    page.get_by_text("2 calls").wait_for()
    email = person(http)["email"]
    detail = open_call(page, "409.*CreateClientProfile")
    assert email not in detail.inner_text()
    reveal(detail)
    detail.get_by_text(email).first.wait_for()
    # one look, one event
    assert audit_fields(http, "action", "reason", "entries") == [("JournalRevealed", "looking for the cause", "2-2")]
    for call in ("calls/1", "calls/2"):
        open_view(page, call)
        detail.get_by_placeholder("Reason").wait_for()
        assert email not in detail.inner_text()


def test_a_call_is_sent_again(page: Any, http: httpx.Client) -> None:
    conflict(http)
    open_call(page, "CreateClientProfile").get_by_role("button", name="Send again").click()
    page.get_by_text("Sent again: 409").wait_for()
    assert http.get("/_sandbox/v1/journal").json()["total"] == 2


def test_the_next_call_like_this_fails_as_asked(page: Any, http: httpx.Client) -> None:
    list_profiles(http)
    open_call(page, "listProfiles").get_by_role("button", name="Fail the next one like this").click()
    page.get_by_text("The next listProfiles fails.").wait_for()
    assert [http.get(LIST, headers=NEWSTORE).status_code for _ in range(2)] == [502, 200]


def test_the_list_is_filtered_by_api_status_operation_rule_and_words(page: Any, http: httpx.Client) -> None:
    conflict(http)
    list_profiles(http)
    http.get("/nothing/here")
    page.get_by_text("3 calls").wait_for()
    words = page.get_by_placeholder("Filter")
    for text, count in (("409", 1), ("listprofiles", 1), ("VTEX-UNIQ-1", 1), ("post vtex", 1), ("newstore 409", 0)):
        words.fill(text)
        page.get_by_text(f"{count} of 3 calls").wait_for()
    page.get_by_text("No call fits the filter.").wait_for()
    words.fill("")
    page.get_by_role("combobox", name="Status").select_option("4xx")
    page.get_by_text("2 of 3 calls").wait_for()
    page.get_by_role("combobox", name="API").select_option("vtex")
    page.get_by_text("1 of 3 calls").wait_for()
    page.get_by_role("link", name=re.compile("CreateClientProfile")).wait_for()


def test_each_row_names_the_api_of_its_call(page: Any, http: httpx.Client) -> None:
    conflict(http)
    list_profiles(http)
    http.get("/nothing/here")
    rows = page.get_by_role("group", name="Calls").get_by_role("listitem")
    page.get_by_text("3 calls").wait_for()
    names = [rows.nth(at).locator(".name").inner_text() for at in range(3)]
    assert names == ["no operation", "newstore listProfiles", "vtex CreateClientProfile"]


def test_the_list_is_paused_and_cleared(page: Any, http: httpx.Client) -> None:
    list_profiles(http)
    page.get_by_text("1 call", exact=True).wait_for()
    page.get_by_role("button", name="Pause").click()
    list_profiles(http)
    page.get_by_text("1 new while paused").wait_for()
    assert page.get_by_role("link", name=re.compile("listProfiles")).count() == 1
    page.get_by_role("button", name="Resume").click()
    page.get_by_text("2 calls").wait_for()
    page.get_by_role("button", name="Clear the journal").click()
    page.get_by_role("dialog").get_by_text("with 2 calls?").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert http.get("/_sandbox/v1/journal").json()["total"] == 2
    confirm(page, "Clear the journal")
    page.get_by_text("No call yet").wait_for()
    assert http.get("/_sandbox/v1/journal").json()["total"] == 0


def test_pseudonyms_are_marked_in_what_would_have_worked_with_what_they_are_beside_it(
    page: Any, http: httpx.Client
) -> None:
    conflict(http)
    detail = open_call(page, "409.*CreateClientProfile")
    code = detail.get_by_role("region", name="What would have worked")
    assert re.fullmatch(r"name#[0-9a-f]{4,}", code.locator("mark").first.inner_text())
    note = detail.get_by_text("What is marked stands for personal data.")
    between = code.bounding_box()["y"] - note.bounding_box()["y"] - note.bounding_box()["height"]
    assert 0 <= between < 40
    reveal(detail)
    code.get_by_text("Ana").wait_for()
    assert (code.locator("mark").count(), note.count()) == (0, 0)


def test_undoing_a_fault_deletes_only_that_fault_and_resends_the_call(page: Any, http: httpx.Client) -> None:
    for api in ("newstore", "vtex"):
        fault = {"match": {"api": api}, "effect": {"status": 502}}
        http.post("/_sandbox/v1/faults", json=fault).raise_for_status()
    http.get(LIST, headers=NEWSTORE)
    detail = open_call(page, "502.*listProfiles")
    detail.get_by_text("delete the fault that hits it, no other").wait_for()
    subprocess.run(["sh", "-c", copy_text(page, detail, "Copy this call")], capture_output=True, timeout=30, check=True)
    assert [each["match"] for each in http.get("/_sandbox/v1/faults").json()["faults"]] == [{"api": "vtex"}]
    http.get("/nothing/here")
    detail.get_by_text("is used up or deleted: send the same call again").wait_for()  # as it is now
    assert http.get(LIST, headers=NEWSTORE).status_code == 200


def test_undoing_a_faulted_rule_deletes_that_fault(page: Any, http: httpx.Client) -> None:
    for rule in ("NS-UP-1", "OCC-GET-4"):
        http.post("/_sandbox/v1/faults", json={"effect": {"internal": rule}}).raise_for_status()
    assert http.get(LIST, headers=NEWSTORE).status_code == 500
    detail = open_call(page, "500.*listProfiles")
    detail.get_by_text("a fault of the sandbox makes NS-UP-1 fail: delete it, no other").wait_for()
    subprocess.run(["sh", "-c", copy_text(page, detail, "Copy this call")], capture_output=True, timeout=30, check=True)
    effects = [each["effect"] for each in http.get("/_sandbox/v1/faults").json()["faults"]]
    assert effects == [{"internal": "OCC-GET-4"}]
    assert http.get(LIST, headers=NEWSTORE).status_code == 200


def test_a_call_that_no_rule_decided_shows_what_was_sent(page: Any, http: httpx.Client) -> None:
    list_profiles(http)
    assert last_entry(http)["rule"] is None
    open_call(page, "listProfiles").get_by_role("heading", name="What was sent").wait_for()


def test_a_rule_that_decided_nothing_leads_to_no_calls(page: Any) -> None:
    open_view(page, "rules/VTEX-UNIQ-1")
    page.get_by_text("decided no call here.").wait_for()
    assert page.get_by_role("link", name="Show these calls").count() == 0


def test_the_controls_stay_where_they_are_as_lists_grow(page: Any, http: httpx.Client) -> None:
    def boxes() -> list[dict[str, float]]:
        return [
            each.bounding_box() for each in page.locator("main").locator("input, select, form button, .toggle").all()
        ]

    page.get_by_text("No call yet").wait_for()
    before = boxes()
    conflict(http)
    list_profiles(http)
    page.get_by_text("2 calls").wait_for()
    assert boxes() == before
    open_view(page, "world")
    faults = page.get_by_role("region", name="Faults")
    faults.get_by_label("Effect").wait_for()
    page.get_by_text("No fault waits for a call.").wait_for()

    def place() -> float:
        return float(faults.locator("form").bounding_box()["y"] - faults.bounding_box()["y"])

    before_fault = place()
    http.post("/_sandbox/v1/faults", json={"effect": {"status": 502}, "times": 1}).raise_for_status()
    faults.get_by_text("1 left").wait_for()
    assert place() == before_fault


def test_rules_are_searched_and_lead_to_the_calls_that_they_decided_and_back(page: Any, http: httpx.Client) -> None:
    conflict(http)
    open_call(page, "CreateClientProfile").get_by_role("link", name="VTEX-UNIQ-1").click()
    page.get_by_role("region", name="Source").get_by_text("decided 1 call here").wait_for()
    page.get_by_placeholder("Search the rules").fill("same email")
    page.get_by_role("link", name=re.compile("VTEX-UNIQ-1.*decided 1 call here", re.DOTALL)).click()
    page.get_by_role("link", name="Show these calls").click()
    page.get_by_role("link", name=re.compile("CreateClientProfile")).wait_for()
