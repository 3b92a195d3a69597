"""Edits of a document by two at once, or of one that is gone; and what is seen of a folded one."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from tests.browser.console_page import PROFILES, give_reason, open_view, person, reveal
from tests.credentials import VTEX
from tests.server_process import ServerProcess

ANA = {"firstName": "Ana", "lastName": "Lee", "email": "ana.lee@example.org", "document": "1", "documentType": "CPF"}


def open_editor(page: Any, email: str) -> Any:
    """The editor of the profile that Oracle has of a person, whom it opens."""
    open_view(page, f"people/{email.replace('@', '%40')}")
    page.get_by_role("button", name="Edit oracle profiles", exact=True).click()
    give_reason(page, "a typing error", "Edit")
    editor = page.locator("textarea")
    editor.wait_for()
    return editor


def fill(editor: Any, **changes: Any) -> str:
    text = json.dumps({**json.loads(editor.input_value()), **changes})
    editor.fill(text)
    return text


def test_of_two_tabs_the_second_is_shown_what_the_first_saved(
    page: Any, browser: Any, server: ServerProcess, http: httpx.Client
) -> None:
    shopper = person(http)
    path = f"/_sandbox/v1/documents/oracle/profiles/{shopper['ids']['oracle']}"
    other = browser.new_page()
    other.goto(f"{server.url}/_sandbox/?sandbox={http.headers['X-Sandbox']}")
    other.get_by_role("heading", name="pii-sandbox").wait_for()
    first, second = (open_editor(tab, shopper["email"]) for tab in (other, page))
    fill(first, firstName="First")
    other.get_by_role("button", name="Save").click()
    other.get_by_text('"firstName": "F****"').wait_for()
    other.close()
    mine = fill(second, firstName="Second")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Somebody changed this document meanwhile. Your text is kept.").wait_for()
    page.get_by_role("button", name="Show it as it is now").click()
    present = page.get_by_role("region", name="The document as it is now:")
    present.get_by_text('"firstName": "First"').wait_for()
    assert second.input_value() == mine
    assert http.get(path).json()["document"]["firstName"] == "First"
    page.get_by_role("button", name="Save mine over it").click()
    page.get_by_text('"firstName": "S*****"').wait_for()
    assert http.get(path).json()["document"]["firstName"] == "Second"


def test_a_document_that_was_deleted_meanwhile_is_told_and_not_made_anew(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    path = f"/_sandbox/v1/documents/oracle/profiles/{shopper['ids']['oracle']}"
    editor = open_editor(page, shopper["email"])
    http.delete(path).raise_for_status()
    mine = fill(editor, firstName="Mine")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Show it as it is now").click()
    page.get_by_role("alert").get_by_text("The document was deleted meanwhile.").wait_for()
    assert editor.input_value() == mine
    assert http.get(path).status_code == 404


def test_an_edit_stays_when_all_else_is_masked_again(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    open_view(page, f"people/{shopper['email'].replace('@', '%40')}")
    page.get_by_placeholder("Reason").fill("a call of hers")
    page.get_by_role("button", name="Show in clear").click()
    profile = page.get_by_role("region", name=f"oracle/profiles {shopper['ids']['oracle']}")
    profile.get_by_text(shopper["email"]).first.wait_for()
    page.get_by_role("button", name="Edit oracle profiles", exact=True).click()
    editor = page.locator("textarea")
    mine = fill(editor, firstName="Mine")
    page.get_by_role("button", name="Mask again").click()
    page.get_by_role("button", name="Show in clear").wait_for()
    assert editor.input_value() == mine


def test_what_ends_is_seen_on_a_narrow_page_without_opening_the_document(page: Any, http: httpx.Client) -> None:
    http.post(f"{PROFILES}?ttl=2", json=ANA, headers=VTEX).raise_for_status()
    page.set_viewport_size({"width": 375, "height": 700})
    page.reload()
    open_view(page, "people/ana.lee%40example.org")
    page.get_by_text(re.compile("Ends in (2 d|1 d 23 h)")).wait_for()
    page.get_by_role("button", name=re.compile("^Jump there: ")).wait_for()
    assert page.get_by_role("button", name=re.compile("^Edit vtex profiles")).count() == 0  # the document is folded


def test_after_a_refused_edit_is_cancelled_the_document_is_edited_as_it_is_now(page: Any, http: httpx.Client) -> None:
    shopper = person(http)
    path = f"/_sandbox/v1/documents/oracle/profiles/{shopper['ids']['oracle']}"
    open_view(page, f"people/{shopper['email'].replace('@', '%40')}")
    reveal(page.get_by_role("region", name="Documents", exact=True), "a call of hers")
    profile = page.get_by_role("region", name=f"oracle/profiles {shopper['ids']['oracle']}")
    profile.get_by_text(shopper["email"]).first.wait_for()
    page.get_by_role("button", name="Edit oracle profiles", exact=True).click()
    editor = page.locator("textarea")
    fill(editor, firstName="Mine")
    http.put(path, json={**http.get(path).json()["document"], "firstName": "Theirs"}).raise_for_status()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Somebody changed this document meanwhile.").wait_for()
    page.get_by_role("button", name="Cancel").click()
    profile.get_by_text('"firstName": "Theirs"').wait_for()
    page.get_by_role("button", name="Edit oracle profiles", exact=True).click()
    fill(editor, firstName="Mine")
    page.get_by_role("button", name="Save").click()
    profile.get_by_text('"firstName": "Mine"').wait_for()
    assert http.get(path).json()["document"]["firstName"] == "Mine"
