"""The console's clock: moved, frozen, advanced and set."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.browser.console_page import LIST, PROFILES, open_view, person
from tests.browser.people_view import ANA, jump
from tests.credentials import NEWSTORE, VTEX


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
