"""The console's people: the list, what each API holds of a person, masked and in clear."""

from __future__ import annotations

import re
import time
from typing import Any

import httpx

from tests.browser.console_page import PROFILES, audit_fields, list_profiles, open_view, person, reveal
from tests.browser.people_view import ANA, HELD, jump, look_up, places
from tests.credentials import VTEX


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
    # each document is a region; it stays masked until its response is there
    displayed = documents.get_by_role("region").count()
    deadline = time.monotonic() + 20
    while len(events := audit_fields(http, "action", "reason", "document")) < displayed and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert len(events) == displayed
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
    created = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    row = people.get_by_role("link", name=re.compile("Ana Lee made by calls"))
    row.wait_for()
    people.get_by_role("searchbox").fill(f"ana {created}")
    people.get_by_text("1 person fits").wait_for()
    http.delete(f"{PROFILES}/{created}", headers=VTEX).raise_for_status()
    people.get_by_text("0 people fit").wait_for()


def test_a_person_is_made_and_held_by_each_api_that_makes_one(page: Any, http: httpx.Client) -> None:
    open_view(page, "people")
    page.get_by_role("button", name="Create a person").click()
    page.get_by_text("Created. Their email:").wait_for()
    email = page.get_by_role("region", name="Documents", exact=True).get_by_role("heading", level=2).inner_text()
    page.get_by_text(HELD).wait_for()
    assert {"vtex/profiles", "newstore/profiles"} <= places(http, email)
    page.get_by_role("button", name="Create a person").click()  # another one
    page.wait_for_url(lambda url: "#/people/" in url and email.replace("@", "%40") not in url)


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
