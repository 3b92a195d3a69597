"""An entry that cannot be shown is shown as such, and takes nothing of the others away."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.journal.exchange_parts import ExchangeParts
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE
from tests.journal.calls import NEWSTORE_PROFILES

SPOILT = "/v1/d/pii/profiles/SPOILT?count=1"
PARTS: dict[str, type] = {
    "url": RedactedExchange,
    "headers": RedactedExchange,
    "response": RedactedExchange,
    "pseudonymizer": RedactedExchange,
    "query": ExchangeParts,
    "schemas": ExchangeParts,
}


def _break_for_spoilt(owner: type, name: str) -> property:
    """Return the part of a view as it is; for the spoilt entry, a part that raises."""
    original = vars(owner)[name]

    def part(view: Any) -> Any:
        if "SPOILT" in view.exchange.url:
            raise RecursionError("anna@example.com is too deep")
        return original.__get__(view, owner)

    return property(part)


@pytest.fixture(params=PARTS)
def spoilt_part(request: pytest.FixtureRequest, http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> str:
    """Three calls of which the second cannot be shown, since that part of its view raises."""
    for path in (f"{NEWSTORE_PROFILES}?q=anna@example.com", SPOILT, f"{NEWSTORE_PROFILES}?q=anna@example.com"):
        http.get(path, headers=NEWSTORE)
    part: str = request.param
    monkeypatch.setattr(PARTS[part], part, _break_for_spoilt(PARTS[part], part))
    return part


def test_the_journal_and_the_entry_have_a_placeholder(spoilt_part: str, control: ControlClient) -> None:
    entries = control.call("GET", "/journal")["entries"]
    assert [entry["id"] for entry in entries] == [1, 2, 3]
    assert [entry.get("error") for entry in entries] == [None, "entry 2 cannot be shown: RecursionError", None]
    assert entries[1] == control.call("GET", "/journal/2")
    assert entries[1]["time"] > entries[0]["time"]
    assert entries[1]["status"] == 400
    assert entries[1]["operation"] == "getProfile"
    assert "SPOILT" not in str(entries)
    assert entries[0]["url"]


def test_the_archive_has_all_three(spoilt_part: str, control: ControlClient) -> None:
    entries = control.call("GET", "/journal.har")["log"]["entries"]
    assert [entry["_sandbox"].get("error") is None for entry in entries] == [True, False, True]
    assert [entry["response"]["status"] for entry in entries] == [200, 400, 200]
    assert [bool(entry["request"]["url"]) for entry in entries] == [True, False, True]


def test_the_explanation_has_a_placeholder(spoilt_part: str, control: ControlClient) -> None:
    explanation = control.call("GET", "/journal/2/explain")
    assert explanation["entry"] == 2
    assert explanation["summary"] == "entry 2 cannot be shown: RecursionError" or spoilt_part in ("headers", "response")
    assert control.call("GET", "/journal/1/explain")["outcome"] == "served"


def test_the_other_entries_are_found(spoilt_part: str, control: ControlClient) -> None:
    kinds = [(finding["kind"], finding["calls"]) for finding in control.call("GET", "/findings")["findings"]]
    assert [1, 3] in [calls for _, calls in kinds]
    match = {"query": {"q": "anna@example.com"}}
    assert control.call("POST", "/journal/verify", {"match": match, "count": 2})["ok"]
    verification = control.call("POST", "/journal/verify", {"match": {"query": {"q": "bob"}}, "count": 1})
    assert [near["id"] for near in verification["nearest"]] == [3, 2, 1]
    found = control.call("GET", "/residue", subject="anna@example.com")
    assert (found["journal_entries"], found["journal_ids"]) == (2, [1, 3])
