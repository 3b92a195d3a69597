from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.mockserver.problems import Duplicate
from pii_sandbox.mockserver.rules import keys
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import AlternativeKey


@pytest.mark.parametrize(
    ("value", "compare", "normalised"),
    [
        ("AbC-1", "exact", "AbC-1"),
        ("Ana@Example.COM", "caseless", "ana@example.com"),
        ("ÉLAN", "caseless", "élan"),
        ("+55 (11) 99999-8888", "digits", "5511999998888"),
        ("123.456.789-00", "alphanumeric", "12345678900"),
        ("MG-14.825_x", "alphanumeric", "mg14825x"),
        ("--", "digits", None),
        (" .-_", "alphanumeric", None),
        ("", "exact", None),
        ("", "caseless", None),
        (None, "exact", None),
        (5511, "digits", None),
        (["a"], "exact", None),
    ],
)
def test_a_key_is_what_equal_values_share(value: Any, compare: str, normalised: str | None) -> None:
    assert keys.normalize_key(value, compare) == normalised


@given(st.text(), st.sampled_from(["exact", "caseless", "digits", "alphanumeric"]))
def test_normalising_twice_is_normalising_once(text: str, compare: str) -> None:
    once = keys.normalize_key(text, compare)
    assert once is None or keys.normalize_key(once, compare) == once


def test_the_keys_of_a_document_are_those_it_has() -> None:
    wanted = [
        AlternativeKey("email", "caseless"),
        AlternativeKey("phone", "digits"),
        AlternativeKey("document", "exact"),
    ]
    document = {"email": "Ana@example.com", "phone": None, "other": "x"}
    assert keys.of(document, wanted) == {"email": "ana@example.com"}


@pytest.mark.parametrize(
    "holders",
    [{}, {"email": []}, {"email": ["me"]}, {"email": ["me"], "document": []}],
)
def test_a_key_of_no_other_record_is_free(holders: dict[str, list[str]]) -> None:
    keys.refuse_duplicate("me", holders, "VTEX-UNIQ-1")


@pytest.mark.parametrize(
    ("holders", "key"),
    [
        ({"email": ["other"]}, "email"),
        ({"email": ["me", "other"]}, "email"),
        ({"email": ["me"], "document": ["other"]}, "document"),
    ],
)
def test_a_key_of_another_record_is_refused_by_name(holders: dict[str, list[str]], key: str) -> None:
    with pytest.raises(Duplicate) as refusal:
        keys.refuse_duplicate("me", holders, "VTEX-UNIQ-1")
    assert (refusal.value.key, refusal.value.rule) == (key, "VTEX-UNIQ-1")


def test_all_keys_of_other_records_are_named() -> None:
    with pytest.raises(Duplicate, match=r"^another record has the same email and document$"):
        keys.refuse_duplicate("me", {"email": ["one"], "phone": ["me"], "document": ["other"]}, "VTEX-UNIQ-1")


def _stored_record(id: str, email: str) -> Record:
    return Record(id, {"email": email}, keys={"email": email.casefold()})


def _spelling(record: Record, key: str) -> Any:
    return record.value[key]


_KNOWN = [
    _stored_record("one", "ana@example.com"),
    _stored_record("two", "Ana@Example.com"),
    _stored_record("three", "leo@example.com"),
]


def _find_by(key: str, value: str) -> list[Record]:
    return [record for record in _KNOWN if record.keys[key] == value]


@pytest.mark.parametrize(
    ("email", "exact", "ids"),
    [
        ("Ana@Example.com", False, ["one", "two"]),
        ("Ana@Example.com", True, ["two"]),
        ("ANA@example.com", False, ["one", "two"]),
        ("ANA@example.com", True, []),
        ("nobody@example.com", False, []),
    ],
)
def test_a_key_is_held_by_all_that_share_it_or_by_those_alone_that_spell_it_alike(
    email: str, exact: bool, ids: list[str]
) -> None:
    held_by = keys.holders(_stored_record("new", email), _find_by, _spelling if exact else None)
    assert held_by == {"email": ids}
