"""Tokens and counts of calls that a snapshot file brings back: sound ones as they are, others refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.vendors.fashionai import limits
from pii_sandbox.mockserver.vendors.newstore import credentials as newstore
from pii_sandbox.mockserver.vendors.oracle import credentials as oracle

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rebuild", "value"),
    [
        (newstore.rebuild, {"username": "ana"}),
        (newstore.rebuild, {"username": "ana", "refresh_token": True}),
        (oracle.rebuild, {"expired": True}),
        (oracle.rebuild, {"expired": False}),
        (limits.rebuild, {"calls": []}),
        (limits.rebuild, {"calls": ["2026-11-30T04:00:00+00:00"]}),
    ],
)
def test_a_sound_record_is_brought_back(rebuild: Any, value: dict[str, Any]) -> None:
    assert rebuild(Record("t-1", {**value}), Sandbox("loaded", Store())).value == value


def test_a_count_of_calls_is_forgotten_when_it_was_to_be() -> None:
    record = Record("token", {"calls": []}, expires_at=NOW)
    assert limits.rebuild(record, Sandbox("loaded", Store())) == record


@pytest.mark.parametrize(
    ("rebuild", "value", "refusal", "reason"),
    [
        (newstore.rebuild, {}, Malformed, "username: must be a text"),
        (newstore.rebuild, {"username": 1}, Malformed, "username: must be a text"),
        (oracle.rebuild, {}, Malformed, "expired: must be true or false"),
        (oracle.rebuild, {"expired": "no"}, Malformed, "expired: must be true or false"),
        (limits.rebuild, {"calls": ["2026-11-30T04:00:00"]}, ValueError, "without a time zone"),
        (limits.rebuild, {"calls": ["2026-11-30T04:00:00Z", "2026-11-30T04:00:00"]}, ValueError, "without a time zone"),
    ],
)
def test_a_record_that_no_call_makes_is_refused(
    rebuild: Any, value: dict[str, Any], refusal: type[Exception], reason: str
) -> None:
    with pytest.raises(refusal, match=reason):
        rebuild(Record("t-1", value), Sandbox("loaded", Store()))
