"""Long texts are shown cut in the journal, in explanations and among the nearest misses; the archive has them whole."""

from __future__ import annotations

import json

import httpx
import pytest

from pii_sandbox.mockserver.journal.shortening import LONGEST
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE

PROFILES = "/v1/d/pii/profiles"
EMAIL = "long.texts@example.com"


@pytest.mark.parametrize("reveal", [{}, {"reveal": "a test of it"}])
@pytest.mark.parametrize("before", [0, LONGEST - 10, LONGEST, 60_000])
def test_an_entry_shows_the_beginning_of_a_long_text_and_no_half_of_an_address(
    http: httpx.Client, control: ControlClient, reveal: dict[str, str], before: int
) -> None:
    http.post(
        PROFILES, headers=NEWSTORE, json={"email": EMAIL, "full_name": "x" * before + f" {EMAIL} " + "y" * 60_000}
    )
    http.get(f"{PROFILES}?sort={'z' * 60_000}", headers=NEWSTORE)
    listing = control.call("GET", "/journal", **reveal)
    assert len(json.dumps(listing)) < 20 * LONGEST
    name = listing["entries"][0]["request"]["body"]["full_name"]
    if reveal:
        assert name.startswith(("x" * min(before, LONGEST)) or f" {EMAIL}")
        assert name.endswith(" more characters)")
        assert len(name) < LONGEST + 50
    else:
        assert EMAIL[:10] not in json.dumps(listing)


def test_a_short_text_is_shown_whole_and_the_archive_has_all(http: httpx.Client, control: ControlClient) -> None:
    long, short = "x" * (LONGEST + 1), "x" * LONGEST
    for text in (short, long):
        http.post(PROFILES, headers=NEWSTORE, json={"email": EMAIL, "store_id": text})
    bodies = [entry["request"]["body"] for entry in control.call("GET", "/journal", reveal="a test")["entries"]]
    assert bodies[0]["store_id"] == short
    assert bodies[1]["store_id"] == f"{short}… (1 more characters)"
    archived = control.call("GET", "/journal.har", reveal="a test")["log"]["entries"]
    assert json.loads(archived[1]["request"]["postData"]["text"])["store_id"] == long


def test_what_an_explanation_saw_and_the_nearest_misses_are_cut_too(http: httpx.Client, control: ControlClient) -> None:
    http.post(PROFILES, headers=NEWSTORE, json={"email": EMAIL, "store_id": "x" * 60_000})
    saw = control.call("GET", "/journal/last/explain", reveal="a test")["saw"]
    assert len(saw["body"]["store_id"]) < LONGEST + 50
    wanted = {"operation": "getOrCreateProfile", "body": {"email": "other@example.com"}}
    verdict = control.call("POST", "/journal/verify", {"match": wanted})
    assert len(json.dumps(verdict)) < 2 * LONGEST
