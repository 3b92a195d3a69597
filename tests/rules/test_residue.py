"""Residue search: where in a document a person still occurs."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pii_sandbox.mockserver.rules import residue, search_digests
from pii_sandbox.mockserver.rules.residue import DataSubject
from pii_sandbox.mockserver.store import Part

ANA = DataSubject("Ana.Reis@example.com", frozenset({"5511987654321", "12345678909"}), frozenset({"p-1"}))


def encode_base64(text: str) -> str:
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
        encode_base64("ana.reis@example.com"),
        encode_base64('{"email": "Ana.Reis@Example.com"}'),
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
        encode_base64("somebody else"),
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
        ({"ana.reis@example.com": {"b": "ana.reis@example.com"}}, ["*"]),
        ({"other@example.com": {"b": "ana.reis@example.com"}}, ["*.b"]),
        ({"a": 1, "b": None, "c": True, "d": {}, "e": []}, []),
    ],
)
def test_paths_lead_to_the_matches(value: Any, paths: list[str]) -> None:
    assert list(residue.residue_paths(value, ANA)) == paths


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
    ("text", "bare"),
    [
        ("1-2 3.4/5_6", "123456"),
        ("12345", ""),
        ("123-45", ""),
        ("AB-cd-ef", "abcdef"),
        ("1" * 64, "1" * 64),
        ("1" * 65, ""),
    ],
)
def test_a_value_compares_by_its_letters_and_digits(text: str, bare: str) -> None:
    assert residue.comparable_number(text) == bare


NAMES = (
    "Ana.Reis@example.com",
    "joe@\u212aexample.com",
    "ana.reis%40example.com",
    "12345678909",
    "+55 (11) 98765-4321",
    "dodi09346",
    "dodi-093.46",
)
PIECES = st.sampled_from(
    [
        *NAMES,
        *map(encode_base64, NAMES),
        "@",
        ".",
        "x",
        " ",
        '"',
        "\\",
        "\n",
        "\x01",
        "%",
        "%22",
        "5",
        "\u2013",
        "\u212a",
        "\ud800",
    ]
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)
VALUES = st.recursive(
    TEXTS | st.none() | st.integers() | st.just(2**70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
EMAILS = st.sampled_from(
    [
        "ana.reis@example.com",
        "a@b.c",
        'ana"reis@example.com',
        "aña.reis@example.com",
        "nobody@example.com",
        "joe@kexample.com",
    ]
)
OTHERS = st.frozensets(
    st.sampled_from(["12345678909", "5511987654321", "dodi09346", "abcdefgh", "águas12"]), max_size=2
)


def part_of(values: list[Any]) -> Part:
    return Part(
        {number: {"id": str(number), "value": {"a": value}, "keys": {}} for number, value in enumerate(values)}, {}
    )


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("joe@\u212aexample.com", DataSubject("joe@kexample.com")),  # the Kelvin sign, whose small letter is k
        ("mr.jo\u017feph@example.com", DataSubject("mr.joseph@example.com")),  # the long s
        ("JOE@ÁEXAMPLE.COM", DataSubject("joe@áexample.com")),
        ("5511\u20139876\u20135432\u20131", ANA),  # dashes that are no ASCII
        ("123456\n78909", ANA),
        ("\u212a1234567", DataSubject("nobody@example.com", frozenset({"k1234567"}))),
    ],
)
def test_the_fast_checks_fold_letters_and_separators_as_the_search_does(text: str, subject: DataSubject) -> None:
    assert subject.is_in(text)
    assert subject.may_be_in({"a": text})
    assert subject.may_be_among(part_of([text]))


@settings(max_examples=300, deadline=None)
@given(values=st.lists(VALUES, max_size=3), email=EMAILS, others=OTHERS)
@example(values=['x\\"12345\n678909'], email="nobody@example.com", others=frozenset({"12345678909"}))
@example(values=[encode_base64("to ANA.REIS@example.com.")], email="ana.reis@example.com", others=frozenset())
def test_the_fast_checks_leave_out_no_record_in_which_the_person_is_found(
    values: list[Any], email: str, others: frozenset[str]
) -> None:
    subject, part = DataSubject(email, others), part_of(values)
    found = [record for record in part.records.values() if residue.in_record(record, subject)]
    assert not found or subject.may_be_among(part)
    assert all(map(subject.may_be_in, found))


@pytest.mark.parametrize(
    ("values", "subject"),
    [
        (["nobody@example.com", encode_base64("to somebody@example.com"), "a%40b", "2026-11-29"] * 99, ANA),
        (["12345678908", "+55 11 98765 4322", "dodi09347"] * 99, DataSubject(ANA.email, frozenset({"dodi09346"}))),
    ],
)
def test_digests_spare_a_look_at_each_record(values: list[Any], subject: DataSubject) -> None:
    assert not subject.may_be_among(part_of(values))


def test_there_is_no_digest_that_takes_much_memory() -> None:
    emails = [f"{number:0300}@example.com" for number in range(1_000)]
    part = part_of(emails)
    assert part.derived(search_digests.emails) is None
    assert DataSubject(emails[500]).may_be_among(part)
    assert not DataSubject("nobody@example.com").may_be_among(part)
    small = part_of(["ana.reis@example.com"] * 1_000)
    assert len(small.derived(search_digests.emails) or b"") == len("ana.reis@example.com")
