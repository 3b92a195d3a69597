"""The console's people and clock: what each API holds of one, edited, ended in time, erased until nothing is left."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import httpx

from tests.browser.console_page import (
    LIST,
    PROFILES,
    audit_fields,
    confirm,
    give_reason,
    list_profiles,
    open_view,
    person,
    reveal,
)
from tests.credentials import NEWSTORE, VTEX

HELD = re.compile(r"^Held in \d+ places$")
ANA = {"firstName": "Ana", "lastName": "Lee", "email": "ana.lee@example.org", "document": "1", "documentType": "CPF"}


def places(http: httpx.Client, email: str) -> set[str]:
    found = http.get("/_sandbox/v1/residue", params={"subject": email}).json()["places"]
    return {place["where"] for place in found}


def jump(page: Any, button: str | re.Pattern[str]) -> None:
    """Jump on the clock, which asks first."""
    page.get_by_role("button", name=button).click()
    page.get_by_role("dialog").get_by_text("Move the clock of the whole sandbox to").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Jump there").click()


def look_up(page: Any, shopper: dict[str, Any]) -> Any:
    """Search the person and open them; the documents beside the list."""
    open_view(page, "people")
    page.get_by_role("searchbox").fill(shopper["full_name"])
    page.get_by_role("link", name=re.compile(re.escape(shopper["email"]))).click()
    page.get_by_text(HELD).wait_for()
    return page.get_by_role("region", name="Documents", exact=True)


def test_a_person_is_found_and_shown_masked_and_in_clear_for_each_api(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    documents = look_up(page, shopper)
    for api in shopper["ids"]:
        documents.get_by_role("heading", name=api, exact=True).wait_for()
        documents.get_by_text(shopper["ids"][api]).first.wait_for()
    profile = documents.get_by_role("region", name=f"vtex/profiles {shopper['ids']['vtex']}")
    profile.wait_for()
    assert shopper["email"] not in profile.inner_text()
    # what the API's document marks is masked, the type of a document is not
    assert f'"documentType": "{shopper["document_type"]}"' in profile.inner_text()
    gender = http.get(f"/_sandbox/v1/documents/vtex/profiles/{shopper['ids']['vtex']}").json()["document"]["gender"]
    assert f'"gender": "{gender[0]}{"*" * (len(gender) - 1)}"' in profile.inner_text()
    assert audit_fields(http, "action") == []
    reveal(documents, "a call of hers")
    profile.get_by_text(shopper["email"]).wait_for()
    shown = documents.get_by_role("region").count()  # each document is one; it stays masked until its answer is there
    deadline = time.monotonic() + 20
    while len(events := audit_fields(http, "action", "reason", "document")) < shown and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert len(events) == shown
    assert {event[:2] for event in events} == {("DocumentRevealed", "a call of hers")}
    looked_at = [document for _, _, document in events]
    assert f"vtex/profiles {shopper['ids']['vtex']}" in looked_at
    assert len(looked_at) == len(set(looked_at))  # once each
    documents.get_by_role("button", name="Mask again").click()
    profile.get_by_text(shopper["email"]).wait_for(state="detached")
    assert audit_fields(http, "action", "reason", "document") == events


def test_people_of_calls_appear_in_the_list_are_searched_and_go_as_they_are_deleted(
    page: Any, http: httpx.Client
) -> None:
    open_view(page, "people")
    people = page.get_by_role("region", name="People")
    people.get_by_text("of the seed").first.wait_for()
    made = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    row = people.get_by_role("link", name=re.compile("Ana Lee made by calls"))
    row.wait_for()
    people.get_by_role("searchbox").fill(f"ana {made}")
    people.get_by_text("1 person fits").wait_for()
    http.delete(f"{PROFILES}/{made}", headers=VTEX).raise_for_status()
    people.get_by_text("0 people fit").wait_for()


def test_a_document_is_edited_with_the_errors_of_its_schema_at_their_lines(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    documents = look_up(page, shopper)
    edit = documents.get_by_role("button", name="Edit oracle profiles", exact=True)
    edit.click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert (documents.locator("textarea").count(), audit_fields(http, "action")) == (0, [])
    edit.click()
    give_reason(page, "a typing error", "Edit")
    editor = documents.locator("textarea")
    editor.wait_for()
    document = json.loads(editor.input_value())
    spoilt = {**document, "email": 7, "shippingAddresses": [{"city": 5}]}
    editor.fill(json.dumps(spoilt, indent=2))
    page.set_viewport_size({"width": 375, "height": 500})
    documents.get_by_role("button", name="Save").click()
    alert = documents.get_by_role("alert")
    page.wait_for_function("() => document.activeElement.localName === 'textarea'")  # at the first error, in sight
    assert '"email": 7' in editor.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    box = editor.bounding_box()
    assert 0 < box["y"] < 500
    page.set_viewport_size({"width": 1280, "height": 900})
    for field, text in (("email", '"email": 7'), ("shippingAddresses.0.city", '"city": 5')):
        error = alert.get_by_role("listitem").filter(has_text=f"{field}:")
        error.get_by_text('the value is not of type "string"').wait_for()
        error.get_by_role("button", name=re.compile("Line ")).click()
        chosen = editor.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
        assert text in chosen
    editor.fill('{"email": ')
    documents.get_by_role("button", name="Save").click()
    alert.get_by_text("This is not valid JSON").wait_for()
    alert.get_by_role("button", name="Line 1").wait_for()
    editor.fill(json.dumps({**document, "firstName": "Edited"}))
    documents.get_by_role("button", name="Save").click()
    documents.get_by_text('"firstName": "E*****"').wait_for()  # masked again
    name = f"oracle/profiles {shopper['ids']['oracle']}"
    assert audit_fields(http, "action", "reason", "document") == [
        ("DocumentRevealed", "a typing error", name),
        ("DocumentChanged", "a typing error", name),
    ]
    path = f"/_sandbox/v1/documents/oracle/profiles/{shopper['ids']['oracle']}"
    assert http.get(path).json()["document"]["firstName"] == "Edited"


def test_a_document_that_is_edited_in_clear_needs_no_second_reason(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    documents = look_up(page, shopper)
    reveal(documents, "a call of hers")
    name = f"oracle/profiles {shopper['ids']['oracle']}"
    shown = documents.get_by_role("region", name=name)
    shown.get_by_text(shopper["email"]).first.wait_for()
    documents.get_by_role("button", name="Edit oracle profiles", exact=True).click()
    editor = documents.locator("textarea")
    editor.fill(json.dumps({**json.loads(editor.input_value()), "firstName": "Edited"}))
    documents.get_by_role("button", name="Save").click()
    shown.get_by_text('"firstName": "Edited"').wait_for()
    events = audit_fields(http, "document", "action", "reason")
    assert [event[1:] for event in events if event[0] == name] == [
        ("DocumentRevealed", "a call of hers"),
        ("DocumentChanged", "a call of hers"),
    ]


def test_a_person_is_made_and_held_by_each_api_that_makes_one(page: Any, http: httpx.Client) -> None:
    open_view(page, "people")
    page.get_by_role("button", name="Create a person").click()
    page.get_by_text("Created. Their email:").wait_for()
    email = page.get_by_role("region", name="Documents", exact=True).get_by_role("heading", level=2).inner_text()
    page.get_by_text(HELD).wait_for()
    assert {"vtex/profiles", "newstore/profiles"} <= places(http, email)
    page.get_by_role("button", name="Create a person").click()  # another one
    page.wait_for_url(lambda url: "#/people/" in url and email.replace("@", "%40") not in url)


def test_a_person_is_erased_until_nothing_holds_them(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    http.post("/_sandbox/v1/snapshots", json={"name": "before"}).raise_for_status()
    fault = {"match": {"method": "PUT", "body": {"email": shopper["email"]}}, "effect": {"status": 503}}
    http.post("/_sandbox/v1/faults", json=fault).raise_for_status()
    look_up(page, shopper)
    verdict = page.get_by_role("region", name="Documents", exact=True).locator(".verdict")
    confirm(page, "Erase this person")
    verdict.get_by_text(re.compile(r"^Erasure accepted, not finished: \d+ places left, next at \d{4}-")).wait_for()
    jump(page, f"Jump there: {shopper['ids']['newstore']}")  # its deletion waits a while
    verdict.get_by_text(re.compile(r"not finished: \d+ places left, nothing more is scheduled$")).wait_for()
    steps = verdict.get_by_role("listitem").all_inner_texts()  # what can be done about each
    for start in (
        "fashionai has no erasure of its own",
        "oracle has no erasure of its own",
        "The snapshot “before” holds",
        "A fault waits",
    ):
        assert [step for step in steps if step.startswith(start)], (start, steps)
    page.get_by_text("The clock was moved.").wait_for()
    assert page.get_by_text("Erasure requested.").is_visible()  # what the erasure gave stays
    assert "newstore/profiles" not in places(http, shopper["email"])
    snapshot = http.get("/_sandbox/v1/snapshots").json()["snapshots"][0]
    of_vtex = sum(count for name, count in snapshot["collections"].items() if name.startswith("vtex/"))
    page.get_by_role("button", name="Delete what is left").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("A snapshot can only be deleted as a whole, with everybody's documents in it").wait_for()
    content = dialog.get_by_role("listitem").inner_text()
    assert re.match(r"“before”, saved at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: ", content)
    assert f"{of_vtex} documents of vtex, " in content
    dialog.get_by_role("button", name="Delete all but the snapshots").click()
    verdict.get_by_text(re.compile("places? left, nothing more is scheduled$")).wait_for()
    page.wait_for_function("() => document.querySelectorAll('.verdict li').length === 1")
    assert places(http, shopper["email"]) == {"snapshot:before"}
    page.get_by_role("button", name="Delete what is left").click()
    dialog.get_by_role("button", name="Delete all, snapshots too").click()
    verdict.get_by_text("Erased: nothing holds this person any more.").wait_for()
    assert places(http, shopper["email"]) == set()


def test_an_earlier_version_of_somebody_with_another_email_names_them_and_is_deleted(
    page: Any, http: httpx.Client
) -> None:
    made = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    http.post("/_sandbox/v1/snapshots", json={"name": "before"}).raise_for_status()
    change = {"email": "ana.new@example.org"}
    http.patch(f"{PROFILES}/{made}", json=change, headers=VTEX).raise_for_status()
    open_view(page, "people/ana.lee%40example.org")
    documents = page.get_by_role("region", name="Documents", exact=True)
    documents.get_by_role("link", name=change["email"]).wait_for()
    page.get_by_role("button", name="Delete what is left").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all but the snapshots").click()
    page.get_by_text("Deleted.").wait_for()
    assert places(http, ANA["email"]) == {"snapshot:before"}
    assert http.get(f"{PROFILES}/{made}", headers=VTEX).status_code == 200


def test_what_cannot_be_deleted_is_told_and_the_snapshots_stay(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    http.post("/_sandbox/v1/snapshots", json={"name": "before"}).raise_for_status()
    look_up(page, shopper)
    page.route(
        "**/v1/documents/oracle/**",
        lambda route: (
            route.fulfill(status=404, json={"title": "there is no record with that id"})
            if route.request.method == "DELETE"
            else route.continue_()
        ),
    )
    page.get_by_role("button", name="Delete what is left").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all, snapshots too").click()
    page.locator(".problem").get_by_text(
        re.compile("places? could not be deleted and still holds? this person")
    ).wait_for()
    assert {where.partition("/")[0] for where in places(http, shopper["email"])} == {"oracle", "snapshot:before"}
    page.unroute_all(behavior="ignoreErrors")


def test_an_edit_does_not_overwrite_one_that_was_made_meanwhile(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    documents = look_up(page, shopper)
    reveal(documents, "a call of hers")
    path = f"/_sandbox/v1/documents/oracle/profiles/{shopper['ids']['oracle']}"
    edit = documents.get_by_role("button", name=re.compile("^Edit .*profiles"))
    edit.filter(visible=True).last.wait_for()
    documents.get_by_role("region", name=f"oracle/profiles {shopper['ids']['oracle']}").get_by_text(
        shopper["email"]
    ).first.wait_for()
    details = documents.locator("details").filter(
        has=page.get_by_text(f"profiles {shopper['ids']['oracle']}", exact=True)
    )
    details.get_by_role("button", name=re.compile("^Edit")).click()
    editor = documents.locator("textarea")
    mine = json.dumps({**json.loads(editor.input_value()), "firstName": "Mine"})
    http.put(path, json={**http.get(path).json()["document"], "firstName": "Theirs"}).raise_for_status()
    editor.fill(mine)
    documents.get_by_role("button", name="Save").click()
    documents.get_by_role("alert").get_by_text("Somebody changed this document meanwhile").wait_for()
    assert editor.input_value() == mine  # the text is kept
    assert http.get(path).json()["document"]["firstName"] == "Theirs"


def test_an_edit_that_is_not_saved_is_left_after_a_question_alone(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    documents = look_up(page, shopper)
    documents.get_by_role("button", name="Edit oracle profiles", exact=True).click()
    give_reason(page, "a typing error", "Edit")
    editor = documents.locator("textarea")
    editor.fill(f"{editor.input_value()} ")
    for answer in ("Cancel", "Leave it unsaved"):
        page.get_by_role("navigation", name="Views").get_by_role("link", name="Time").click()
        page.get_by_role("dialog").get_by_text("is not saved").wait_for()
        assert editor.input_value().endswith(" ")
        page.get_by_role("dialog").get_by_role("button", name=answer, exact=True).click()
    page.get_by_role("heading", name="Due next").wait_for()
    page.go_back()
    page.get_by_role("region", name="Documents", exact=True).wait_for()


def test_a_document_that_gets_another_email_leads_to_it(page: Any, http: httpx.Client) -> None:
    http.post(PROFILES, json=ANA, headers=VTEX).raise_for_status()
    open_view(page, "people/ana.lee%40example.org")
    documents = page.get_by_role("region", name="Documents", exact=True)
    documents.get_by_role("button", name="Edit vtex profiles", exact=True).click()
    give_reason(page, "she has moved", "Edit")
    editor = documents.locator("textarea")
    editor.fill(editor.input_value().replace("ana.lee@example.org", "ana.new@example.org"))
    documents.get_by_role("button", name="Save").click()
    documents.get_by_text("Saved. The document has another email now:").wait_for()
    documents.get_by_role("status").get_by_role("link", name="ana.new@example.org").click()
    documents.get_by_role("heading", name="ana.new@example.org").wait_for()


def test_the_focus_goes_to_the_editor_and_back_to_its_button(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    documents = look_up(page, shopper)
    details = documents.locator("details").filter(
        has=page.get_by_text(f"profiles {shopper['ids']['oracle']}", exact=True)
    )
    edit = details.get_by_role("button", name=re.compile("^Edit"))
    for end in ("Cancel", "Save"):
        edit.focus()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_placeholder("Reason").wait_for()
        page.keyboard.type("a typing error")
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.activeElement.localName === 'textarea'")
        details.get_by_role("button", name=end).click()
        page.wait_for_function("() => document.activeElement.textContent === 'Edit'")


def test_the_list_names_nobody_whom_no_api_has_a_profile_of(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    open_view(page, "people")
    people = page.get_by_role("region", name="People", exact=True)
    people.get_by_role("link", name=re.compile(re.escape(shopper["email"]))).wait_for()
    for api, collection in (
        ("vtex", "profiles"),
        ("newstore", "profiles"),
        ("fashionai", "customers"),
        ("oracle", "profiles"),
    ):
        http.delete(f"/_sandbox/v1/documents/{api}/{collection}/{shopper['ids'][api]}").raise_for_status()
    http.post(PROFILES, json=ANA, headers=VTEX).raise_for_status()  # the list follows calls
    row = people.get_by_role("button", name=re.compile("no profile left"))
    row.wait_for()
    for value in (shopper["email"], shopper["full_name"]):
        assert value not in people.inner_html()
    row.click()  # still opened by whoever looks for what is left
    page.get_by_role("heading", name=shopper["email"]).wait_for()


def test_the_entries_that_name_a_person_are_listed(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    list_profiles(http)
    http.get(f"{PROFILES}/{shopper['email']}?alternativeKey=email", headers=VTEX).raise_for_status()
    http.post(PROFILES, json=ANA, headers=VTEX).raise_for_status()
    documents = look_up(page, shopper)
    count = http.get("/_sandbox/v1/residue", params={"subject": shopper["email"]}).json()["journal_entries"]
    documents.get_by_role("link", name=f"{count} journal entries").click()
    page.get_by_text(f"Calls that name {shopper['email']}").wait_for()
    page.get_by_text(f"{count} of 3 calls").wait_for()
    calls = page.get_by_role("group", name="Calls")
    assert calls.get_by_role("link", name=re.compile("CreateClientProfile")).count() == 0
    calls.get_by_role("link", name=re.compile("GetProfile")).click()
    page.get_by_role("region", name="Why").get_by_role("heading", level=2).wait_for()
    assert calls.get_by_role("listitem").count() == count  # the list stays as it is
    page.get_by_role("button", name="Show all calls").click()
    page.get_by_text("3 calls", exact=True).wait_for()


def test_an_erasure_that_an_api_refuses_is_told_as_refused(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    fault = {"match": {"operation": "requestProfileDeletion"}, "effect": {"status": 502}, "times": 1}
    http.post("/_sandbox/v1/faults", json=fault).raise_for_status()
    look_up(page, shopper)
    confirm(page, "Erase this person")
    problem = page.locator(".problem").get_by_text("Not every API accepted the erasure")
    assert "requestProfileDeletion: 502" in problem.inner_text()
    confirm(page, "Erase this person")
    page.get_by_text(re.compile("^Erasure requested.")).wait_for()
    assert problem.count() == 0


def test_a_refused_erasure_is_no_longer_told_once_nothing_is_left(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    fault = {"match": {"operation": "requestProfileDeletion"}, "effect": {"status": 502}}
    http.post("/_sandbox/v1/faults", json=fault).raise_for_status()
    look_up(page, shopper)
    confirm(page, "Erase this person")
    problem = page.locator(".problem").get_by_text("Not every API accepted the erasure")
    problem.wait_for()
    newstore = page.locator(".verdict").get_by_role("listitem").filter(has_text="newstore still holds")
    assert "erase once more when the API accepts it" in newstore.inner_text()
    confirm(page, "Delete what is left")
    page.get_by_text("Erased: nothing holds this person any more.").wait_for()
    assert problem.count() == 0


def test_the_verdict_of_an_erasure_stands_when_the_person_is_opened_again(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    http.post(f"{LIST}/{shopper['ids']['newstore']}/delete", headers=NEWSTORE).raise_for_status()
    look = f"people/{shopper['email'].replace('@', '%40')}"
    open_view(page, look)
    page.get_by_text("Erasure accepted, not finished").wait_for()
    open_view(page, "time")
    page.get_by_role("region", name="Due next").get_by_role("link", name=shopper["email"]).click()
    page.get_by_text("Erasure accepted, not finished").wait_for()
    open_view(page, "people/nobody%40example.org")
    page.get_by_text("Nothing holds this person.", exact=True).wait_for()


def test_a_person_of_a_callers_own_is_opened_by_email_and_tells_when_their_profile_ends(
    page: Any, http: httpx.Client
) -> None:
    http.post(f"{PROFILES}?ttl=2", json=ANA, headers=VTEX).raise_for_status()
    open_view(page, "people")
    page.get_by_role("searchbox").fill("ana.lee@example.org")
    page.get_by_role("link", name=re.compile("Ana Lee made by calls")).wait_for()
    page.get_by_role("button", name="Open by email").click()
    page.get_by_text(re.compile("Ends in (2 d|1 d 23 h)")).wait_for()
    jump(page, re.compile("Jump there"))
    page.get_by_text(re.compile(r"^Ended at \d{4}-.* not erased: no erasure was asked for")).wait_for()


def test_only_erased_records_are_called_erased(page: Any, http: httpx.Client) -> None:
    made = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    open_view(page, "people/ana.lee%40example.org")
    page.get_by_text(re.compile("^Held in")).wait_for()
    http.delete(f"/_sandbox/v1/documents/vtex/profiles/{made}").raise_for_status()
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("Nothing holds this person any more. No erasure was seen").wait_for()
    http.post(PROFILES, json=ANA, headers=VTEX).raise_for_status()
    page.get_by_role("button", name="Look again").click()
    page.get_by_text(re.compile("^Held in")).wait_for()
    erasure = "/api/user-rights/createAndProcessDeleteUserData"
    http.post(erasure, json={"email": ANA["email"]}, headers=VTEX).raise_for_status()
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("Erased: nothing holds this person any more.").wait_for()


def test_the_clock_is_moved_to_each_that_falls_due(page: Any, http: httpx.Client) -> None:
    profile = person(http)["ids"]["newstore"]
    ending = http.post(f"{PROFILES}?ttl=2", json=ANA, headers=VTEX).json()["id"]
    http.post(f"{LIST}/{profile}/delete", headers=NEWSTORE).raise_for_status()
    open_view(page, "time")
    due = page.get_by_role("region", name="Due next")
    first, second = due.get_by_role("listitem").nth(0), due.get_by_role("listitem").nth(1)
    first.get_by_text("newstore profile is deleted, as a call asked").wait_for()
    assert first.get_by_role("link").inner_text() == person(http)["email"]
    assert "vtex profile ends in" in second.inner_text()
    assert second.get_by_role("link").inner_text() == ANA["email"]
    due.get_by_role("button", name=f"Jump there: {profile}").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert http.get(f"{LIST}/{profile}", headers=NEWSTORE).status_code == 200
    jump(page, f"Jump there: {profile}")
    due.get_by_text(profile).wait_for(state="detached")
    assert http.get(f"{LIST}/{profile}", headers=NEWSTORE).status_code == 404
    assert http.get(f"{PROFILES}/{ending}", headers=VTEX).status_code == 200
    jump(page, f"Jump there: {ending}")
    page.get_by_text("Nothing is due.").wait_for()
    assert http.get(f"{PROFILES}/{ending}", headers=VTEX).status_code == 404


def test_the_clock_is_frozen_advanced_and_set(page: Any, http: httpx.Client) -> None:
    def clock() -> dict[str, Any]:
        answer: dict[str, Any] = http.get("/_sandbox/v1/clock").json()
        return answer

    open_view(page, "time")
    page.get_by_role("button", name="Freeze").click()
    page.get_by_text(re.compile("^frozen")).wait_for()
    frozen = clock()
    assert frozen["frozen"] is True
    page.get_by_role("button", name="+ 30 d").click()
    page.get_by_text(re.compile("(30 d|29 d 23 h) ahead of the system's clock")).wait_for()
    page.get_by_label("Set to (UTC)").fill("2031-02-03T04:05:06")
    page.get_by_role("button", name="Set", exact=True).click()
    page.get_by_text("2031-02-03 04:05:06 UTC").wait_for()
    page.get_by_label("Amount").fill("2")
    page.get_by_label("Unit").select_option("hours")
    page.get_by_role("button", name="Advance by").click()
    page.get_by_text("2031-02-03 06:05:06 UTC").wait_for()
    assert clock()["now"].startswith("2031-02-03T06:05:06")
    page.get_by_role("button", name="Let it run").click()
    page.get_by_text(re.compile("^running")).wait_for()
    page.get_by_text(re.compile("2031-02-03 06:(05:(0[7-9]|[1-5])|0[6-9])")).wait_for()  # it goes on by itself


def test_a_person_named_by_markup_is_shown_as_that(page: Any, http: httpx.Client) -> None:
    name = "<img src=x onerror=\"document.title='ran'\">"
    shopper = person(http)
    path = f"/_sandbox/v1/documents/vtex/profiles/{shopper['ids']['vtex']}"
    document = http.get(path).json()["document"]
    http.put(path, json={**document, "firstName": name}).raise_for_status()
    open_view(page, f"people/{shopper['email'].replace('@', '%40')}")
    reveal(page.get_by_role("region", name="Documents", exact=True))
    page.get_by_text("onerror=").first.wait_for()
    assert page.locator("main img").count() == 0
    assert page.title() == f"People, {http.headers['X-Sandbox']}: pii-sandbox"
