"""Five questions of a new user, answered in the console of a fresh server by what is read there, in few clicks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.console_page import LIST, PROFILES, person
from tests.credentials import NEWSTORE, VTEX
from tests.server_process import running_server

PICTURES = os.environ.get("CONSOLE_PICTURES")  # a folder for a picture of the page after each step


class User:
    """Reads the page and clicks what is named there; counts the clicks."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.clicks = 0
        self._steps = 0

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click()
        self.clicks += 1
        self._picture()

    def confirm(self, name: str) -> None:
        self.page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
        self.clicks += 1
        self._picture()

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)
        self._picture()

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_role("combobox", name=label).select_option(option)
        self.clicks += 2
        self._picture()

    def reads(self, text: str | re.Pattern[str]) -> str:
        found = self.page.locator("main").get_by_text(text).first
        found.wait_for()
        self._picture()
        return str(found.inner_text())

    def _picture(self) -> None:
        self._steps += 1
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{self._steps:02}.png")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The application that the user develops, against a fresh server."""
    with running_server() as server, httpx.Client(base_url=server.url, timeout=20) as client:
        yield client


@pytest.fixture
def user(browser: Any, client: httpx.Client) -> Iterator[User]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(20_000)
    page.goto(f"{client.base_url}/_sandbox/")
    yield User(page)
    page.close()


def test_the_five_questions_of_a_new_user_are_answered_in_few_clicks(user: User, client: httpx.Client) -> None:
    shopper = person(client)
    names = {"firstName": "Ana", "lastName": "Lee", "document": "12345678909", "documentType": "CPF"}
    client.post(f"{PROFILES}?ttl=2", json={**names, "email": "ana.lee@example.org"}, headers=VTEX).raise_for_status()
    client.post(PROFILES, json={**names, "email": shopper["email"]}, headers=VTEX)

    # why was my last call 409, and what would have worked?
    user.click("link", re.compile("409.*CreateClientProfile"))
    user.reads(re.compile("was refused by VTEX-UNIQ-1 with 409: another record has the same email"))
    user.reads("What would have worked")
    user.reads("another record has this email and document: send one that nobody has, or update that record")
    assert user.clicks == 1

    # when does this profile end?
    user.click("link", "People")
    user.click("link", re.compile("Ana Lee made by calls"))
    assert re.fullmatch(
        r"Ends in (2 d|1 d 23 h)\. \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", user.reads(re.compile("^Ends in"))
    )
    assert user.clicks == 3

    # how do I make NewStore fail twice with 502?
    user.click("link", "World")
    user.choose("Calls", "every call of newstore")
    user.type("Times", "2")
    user.click("button", "Add a fault")
    user.reads("2 left")
    assert [client.get(LIST, headers=NEWSTORE).status_code for _ in range(3)] == [502, 502, 200]
    assert user.clicks == 7

    # is this shopper really erased?
    user.click("link", "People")
    user.click("link", re.compile(re.escape(shopper["email"])))
    user.reads(re.compile(r"^Held in \d+ places$"))
    user.click("button", "Erase this person")
    user.confirm("Erase this person")
    user.reads(re.compile("^Erasure requested.*No erasure of their own: fashionai, oracle"))
    user.reads(re.compile(r"^Erasure accepted, not finished: \d+ places left, next at"))
    user.click("button", "Jump to the next step")
    user.confirm("Jump there")
    user.reads(re.compile(r"^Erasure accepted, not finished: \d+ places left, nothing more is scheduled"))
    user.click("button", "Delete what is left")
    user.confirm("Delete what is left")
    user.reads("Erased: nothing holds this person any more.")
    residue = client.get("/_sandbox/v1/residue", params={"subject": shopper["email"]}).json()
    assert residue["places"] == []
    assert user.clicks == 15
