from __future__ import annotations

import pytest

from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.rules import versions


def test_a_version_keeps_what_it_was_made_of() -> None:
    record = versions.version_record("v1", "p1", {"firstName": "Ana"}, {"version": "v1"})
    assert record.id == "v1"
    assert versions.at_version(record, "p1", "VTEX-VER-3") == {
        "owner": "p1",
        "document": {"firstName": "Ana"},
        "meta": {"version": "v1"},
    }


def test_a_version_is_found_by_its_owner() -> None:
    assert versions.version_record("v1", "p1", {}, {}).keys == {versions.OWNER: "p1"}


def test_an_unknown_version_is_not_found() -> None:
    with pytest.raises(NotFound) as refusal:
        versions.at_version(None, "p1", "VTEX-VER-3")
    assert refusal.value.rule == "VTEX-VER-3"


def test_another_owners_version_is_not_found() -> None:
    with pytest.raises(NotFound) as refusal:
        versions.at_version(versions.version_record("v1", "p1", {}, {}), "p2", "VTEX-VER-3")
    assert refusal.value.rule == "VTEX-VER-3"
