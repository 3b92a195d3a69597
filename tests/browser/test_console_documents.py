"""The console's editor of a person's documents: schema errors, concurrent edits, focus."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from tests.browser.console_page import PROFILES, audit_fields, give_reason, open_view, person, reveal
from tests.browser.people_view import ANA, look_up
from tests.credentials import VTEX


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
    displayed = documents.get_by_role("region", name=name)
    displayed.get_by_text(shopper["email"]).first.wait_for()
    documents.get_by_role("button", name="Edit oracle profiles", exact=True).click()
    editor = documents.locator("textarea")
    editor.fill(json.dumps({**json.loads(editor.input_value()), "firstName": "Edited"}))
    documents.get_by_role("button", name="Save").click()
    displayed.get_by_text('"firstName": "Edited"').wait_for()
    events = audit_fields(http, "document", "action", "reason")
    assert [event[1:] for event in events if event[0] == name] == [
        ("DocumentRevealed", "a call of hers"),
        ("DocumentChanged", "a call of hers"),
    ]


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
