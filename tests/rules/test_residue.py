"""Where in a document a person still stands."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pii_sandbox.mockserver.rules import residue
from pii_sandbox.mockserver.rules.residue import Subject

ANA = Subject("Ana.Reis@example.com", frozenset({"5511987654321", "12345678909"}), frozenset({"p-1"}))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "ana.reis@example.com",
        "ANA.REIS@EXAMPLE.COM",
        "<ana.reis@example.com>",
        "ana.reis@example.com.",
        "see https://x.test/?mail=ana.reis%40example.com&a=1",
        "+55 (11) 98765-4321",
        "123.456.789-09",
        encoded("ana.reis@example.com"),
        encoded('{"email": "Ana.Reis@Example.com"}'),
    ],
)
def test_a_text_holds_the_person(text: str) -> None:
    assert ANA.is_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana.reis@example",
        "mariana.reis@example.com",
        "x.ana.reis@example.com",
        "ana.reis@example.com.br",
        "ana.reis@example.community",
        "11 98765-4321",  # another number, without its country
        "see 12345678909 there",  # a value stands for a person where it is the whole text
        encoded("somebody else"),
        "AAAA",
        "%",
        "%zz" * 10,
    ],
)
def test_a_text_does_not(text: str) -> None:
    assert not ANA.is_in(text)


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({"email": "ana.reis@example.com"}, ["email"]),
        ({"a": {"b": ["x", {"c": "ana.reis@example.com"}]}}, ["a.b.1.c"]),
        ([["ana.reis@example.com"]], ["0.0"]),
        ({"ana.reis@example.com": {"b": "ana.reis@example.com"}}, ["ana.reis@example.com"]),
        ({"a": 1, "b": None, "c": True, "d": {}, "e": []}, []),
    ],
)
def test_paths_lead_to_what_was_found(value: Any, paths: list[str]) -> None:
    assert list(residue.traces(value, ANA)) == paths


@pytest.mark.parametrize(
    ("record", "paths"),
    [
        ({"id": "ana.reis@example.com", "value": {}, "keys": {}}, ["id"]),
        ({"id": "x", "value": {}, "keys": {"owner": "p-1"}}, ["keys.owner"]),
        ({"id": "x", "value": {}, "keys": {"email": "ana.reis@example.com", "owner": "p-2"}}, ["keys.email"]),
        ({"id": "p-1", "value": {"owner": "p-1"}, "keys": {}}, []),  # an id by itself says nothing of anybody
    ],
)
def test_a_record_is_found_by_its_id_and_keys_too(record: dict[str, Any], paths: list[str]) -> None:
    assert residue.in_record(record, ANA) == paths


@pytest.mark.parametrize(
    ("text", "bare"), [("1-2 3.4/5_6", "123456"), ("12345", ""), ("AB-cd-ef", "abcdef"), ("1" * 65, "")]
)
def test_a_value_compares_by_its_letters_and_digits(text: str, bare: str) -> None:
    assert residue.bare(text) == bare
