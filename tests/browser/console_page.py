"""The console in a real browser: fixtures and steps that its tests share."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.credentials import NEWSTORE, VTEX

PROFILES = "/api/storage/profile-system/profiles"
LIST = "/v1/d/pii/profiles"


def open_view(page: Any, view: str) -> None:
    page.evaluate("hash => { location.hash = hash }", f"#/{view}")


def person(http: httpx.Client) -> dict[str, Any]:
    people: list[dict[str, Any]] = http.get("/_sandbox/v1/people").json()["people"]
    return people[0]


def conflict(http: httpx.Client) -> None:
    """A create whose email is taken: 409."""
    shopper = person(http)
    body = {"firstName": "Ana", "lastName": "Lee", "email": shopper["email"], "document": "1", "documentType": "CPF"}
    assert http.post(PROFILES, json=body, headers=VTEX).status_code == 409


def list_profiles(http: httpx.Client) -> None:
    http.get(LIST, headers=NEWSTORE).raise_for_status()


def confirm(page: Any, button: str) -> None:
    """Press a button that asks first, and say yes."""
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=button, exact=True).click()


def reveal(part: Any, reason: str = "looking for the cause") -> None:
    """Show what is masked, or by pseudonyms, in clear."""
    part.get_by_placeholder("Reason").fill(reason)
    part.get_by_role("button", name="Show in clear").click()
    part.get_by_text(f"Shown in clear: {reason}").wait_for()


def give_reason(page: Any, reason: str, action: str) -> None:
    """Answer the dialog that asks for a reason."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_placeholder("Reason").fill(reason)
    dialog.get_by_role("button", name=action, exact=True).click()


def audit_fields(http: httpx.Client, *fields: str) -> list[tuple[str, ...]]:
    """These fields of the audit events, oldest first."""
    events = http.get("/_sandbox/v1/audit").json()["events"]
    return [tuple(event.get(field, "") for field in fields) for event in events]


def open_call(page: Any, name: str) -> Any:
    """Open a call of the list; its detail."""
    page.get_by_role("link", name=re.compile(name)).first.click()
    detail = page.get_by_role("region", name="Why")
    detail.get_by_role("heading", level=2).wait_for()
    return detail
