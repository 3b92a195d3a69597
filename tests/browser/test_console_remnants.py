"""What is left of a person in parts of other records: told with its owner, deleted, or told why it was not."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.browser.console_page import PROFILES, confirm, open_view
from tests.credentials import VTEX

OLD, NEW = "ana.lee@example.org", "ana.new@example.org"
ANA = {"firstName": "Ana", "lastName": "Lee", "email": OLD, "document": "1", "documentType": "CPF"}
VERSION = re.compile("/_sandbox/v1/documents/vtex/versions/")


def residue_places(http: httpx.Client, email: str) -> list[str]:
    found = http.get("/_sandbox/v1/residue", params={"subject": email}).json()["places"]
    return [place["where"] for place in found]


def change_email(http: httpx.Client) -> None:
    created = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    http.patch(f"{PROFILES}/{created}", json={"email": NEW}, headers=VTEX).raise_for_status()
    assert residue_places(http, OLD) == ["vtex/versions"]


def open_person(page: Any, email: str) -> Any:
    open_view(page, f"people/{email.replace('@', '%40')}")
    page.get_by_text(re.compile(r"^Held in \d+ place")).wait_for()
    return page.get_by_role("region", name="Documents", exact=True)


def test_an_earlier_version_leads_to_its_owner_and_is_deleted(page: Any, http: httpx.Client) -> None:
    change_email(http)
    documents = open_person(page, OLD)
    documents.get_by_text("A record of somebody who has another email by now:").wait_for()
    documents.get_by_role("link", name=NEW).click()
    page.get_by_role("heading", name=NEW).wait_for()
    documents = open_person(page, OLD)
    documents.get_by_role("button", name="Delete what is left").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(f"Deleted too: 1 record of {NEW} in which this person is named").wait_for()
    dialog.get_by_role("button", name="Delete what is left").click()
    documents.get_by_text("Nothing holds this person any more.").first.wait_for()
    documents.get_by_text("Deleted.", exact=True).wait_for()
    assert (residue_places(http, OLD), residue_places(http, NEW)) == ([], ["vtex/profiles"])


def test_what_cannot_be_deleted_is_told_and_the_snapshots_are_kept(page: Any, http: httpx.Client) -> None:
    change_email(http)
    http.post("/_sandbox/v1/snapshots", json={"name": "before"}).raise_for_status()
    page.route(VERSION, lambda route: route.fulfill(status=404, json={"title": "nothing deletes a version"}))
    documents = open_person(page, OLD)
    documents.get_by_role("button", name="Delete what is left").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all, snapshots too").click()
    problem = documents.locator(".problem").filter(has_text="1 place could not be deleted")
    assert "snapshots were left alone" in problem.inner_text()
    problem.get_by_role("listitem").get_by_text(re.compile("^vtex/versions .*: nothing deletes a version$")).wait_for()
    assert documents.get_by_text("Deleted.", exact=True).count() == 0
    assert set(residue_places(http, OLD)) == {"vtex/versions", "snapshot:before"}
    page.unroute(VERSION)
    documents.get_by_role("button", name="Delete what is left").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all, snapshots too").click()
    documents.get_by_text("Deleted.", exact=True).wait_for()
    assert residue_places(http, OLD) == []


def test_a_document_that_goes_with_another_is_no_failure(page: Any, http: httpx.Client) -> None:
    created = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    http.patch(f"{PROFILES}/{created}", json={"firstName": "Anna"}, headers=VTEX).raise_for_status()
    assert set(residue_places(http, OLD)) == {"vtex/profiles", "vtex/versions"}
    documents = open_person(page, OLD)
    confirm(page, "Delete what is left")
    documents.get_by_text("Deleted.", exact=True).wait_for()
    assert residue_places(http, OLD) == []
