"""The console's erasure of a person, until no API holds them, and what it says of refusals."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.browser.console_page import LIST, PROFILES, confirm, open_view, person
from tests.browser.people_view import ANA, jump, look_up, places
from tests.credentials import NEWSTORE, VTEX


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
    created = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    http.post("/_sandbox/v1/snapshots", json={"name": "before"}).raise_for_status()
    change = {"email": "ana.new@example.org"}
    http.patch(f"{PROFILES}/{created}", json=change, headers=VTEX).raise_for_status()
    open_view(page, "people/ana.lee%40example.org")
    documents = page.get_by_role("region", name="Documents", exact=True)
    documents.get_by_role("link", name=change["email"]).wait_for()
    page.get_by_role("button", name="Delete what is left").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all but the snapshots").click()
    page.get_by_text("Deleted.").wait_for()
    assert places(http, ANA["email"]) == {"snapshot:before"}
    assert http.get(f"{PROFILES}/{created}", headers=VTEX).status_code == 200


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


def test_only_erased_records_are_called_erased(page: Any, http: httpx.Client) -> None:
    created = http.post(PROFILES, json=ANA, headers=VTEX).json()["id"]
    open_view(page, "people/ana.lee%40example.org")
    page.get_by_text(re.compile("^Held in")).wait_for()
    http.delete(f"/_sandbox/v1/documents/vtex/profiles/{created}").raise_for_status()
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("Nothing holds this person any more. No erasure was seen").wait_for()
    http.post(PROFILES, json=ANA, headers=VTEX).raise_for_status()
    page.get_by_role("button", name="Look again").click()
    page.get_by_text(re.compile("^Held in")).wait_for()
    erasure = "/api/user-rights/createAndProcessDeleteUserData"
    http.post(erasure, json={"email": ANA["email"]}, headers=VTEX).raise_for_status()
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("Erased: nothing holds this person any more.").wait_for()
