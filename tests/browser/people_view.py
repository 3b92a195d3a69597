"""The people view of the console: a person looked up, the places that hold them, the clock moved."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.browser.console_page import open_view

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
