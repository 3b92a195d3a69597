"""Fast checks of the residue search: they pass over no record of the person, and spare a look at most others."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pii_sandbox.mockserver.rules import residue, search_digests
from pii_sandbox.mockserver.rules.residue import DataSubject
from pii_sandbox.mockserver.store import Part

EMAIL = "ana.reis@example.com"
NOBODY = "nobody@example.com"
QUOTED = '"ana reis"@example.com'
CPF = "12345678909"


def encode_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def part_of(value: Any) -> Part:
    return Part({1: {"id": "1", "value": {"a": value}, "keys": {}}}, {})


def passed_over(value: Any, email: str, *numbers: str) -> list[str]:
    """Return the fast checks that pass over a record with this value, in which the search itself finds the person."""
    subject, part = DataSubject(email, frozenset(numbers)), part_of(value)
    assert residue.in_record(part.records[1], subject), value
    checks = {"may_be_in": subject.may_be_in(part.records[1]), "may_be_among": subject.may_be_among(part)}
    return [name for name, may in checks.items() if not may]


@pytest.mark.rule("VTEX-ERASE-2")
@pytest.mark.parametrize(
    ("value", "email", "numbers"),
    [
        ([1, 12345678909], NOBODY, [CPF]),  # no quotes between them
        ([[12345678909], [None, 7]], NOBODY, [CPF]),
        ([{"b": 12345678909}, 5], NOBODY, [CPF]),
        ([-12345678909, 1], NOBODY, [CPF]),
        ([1234567890.9, 5], NOBODY, [CPF]),
        ([7, 12345.0], NOBODY, ["123450"]),
        ({"12345678909": 1}, NOBODY, [CPF]),
        ('"123.456\\789-09"', NOBODY, [CPF]),
        ([2**70, CPF], NOBODY, [CPF]),  # without JSON of an integer over 64 bits each record is looked at
        ([2**70, EMAIL], EMAIL, []),
        ("ÁGUAS-12", NOBODY, ["águas12"]),
        ("águas-12345", NOBODY, ["águas12345"]),
        ("DODI-99", NOBODY, ["dodi99", CPF]),
        (f"<{QUOTED}>", QUOTED, []),
        (f"mailto:{QUOTED.replace('@', '%40')}", QUOTED, []),  # one half as JSON writes it, one percent-encoded
        (encode_base64(QUOTED), QUOTED, []),
        ("a\\na%40example.com", "a\\na@example.com", []),
        ("ANA%2eREIS%40EXAMPLE.COM", EMAIL, []),
        ("to%20%22Ana%22%20%3Cana.reis@example.com%3E", EMAIL, []),
        ("%6aoe@b.c", "joe@b.c", []),
        ("jo%C3%A9@example.com", "joé@example.com", []),
        (encode_base64("joé@example.com"), "joé@example.com", []),
        (encode_base64("ŉ@example.com"), "ŉ@example.com", []),  # folds to three bytes from two
        (encode_base64("ΐ@example.com"), "ΐ@example.com", []),  # folds to six bytes from two
        ("ana@reis@example.com", "ana@reis@example.com", []),
        ("große.straße%40ex.de", "grosse.strasse@ex.de", []),  # no longer than the folded email, though encoded
        (encode_base64("ΐ" * 15 + "@b.c"), "ΐ" * 15 + "@b.c", []),
        (encode_base64(f"x@y, {EMAIL}"), EMAIL, []),
    ],
)
def test_vtex_erase_2_the_fast_checks_pass_over_no_record_of_the_person(
    value: Any, email: str, numbers: list[str]
) -> None:
    assert passed_over(value, email, *numbers) == []


@pytest.mark.parametrize("length", range(6, 20))
@pytest.mark.parametrize("form", [str, encode_base64, lambda email: email.replace("@", "%40")])
def test_an_email_of_any_length_is_found_in_each_form(length: int, form: Any) -> None:
    email = f"a@{'b' * (length - 4)}.c"
    assert passed_over(form(email), email) == []
    assert passed_over([form(email), "x@example.com"], email) == []


@pytest.mark.parametrize("code", [code for code in range(128) if not chr(code).isalnum()])
def test_any_ascii_separator_in_a_number_is_ignored(code: int) -> None:
    assert passed_over(f"12345{chr(code)}678909", NOBODY, CPF) == []


@pytest.mark.parametrize("length", [6, 7, 63, 64])
def test_numbers_of_all_compared_lengths_are_found(length: int) -> None:
    value = "1234567890" * 7
    assert passed_over(value[:length], EMAIL, value[:length]) == []


@pytest.mark.parametrize(
    ("value", "email", "numbers"),
    [
        ("ana.reis@example.con", EMAIL, []),
        ("una.reis@example.com", EMAIL, []),
        ("100% sure, 100%25 sure", EMAIL, []),
        (encode_base64("to: somebody.else@example.com"), EMAIL, []),
        (["12345678908", "1234567890", 12345678908], NOBODY, [CPF]),
        ("2026-11-29T10:00:00Z", NOBODY, [CPF]),
        ({"b": 1, "c": [1, 2]}, NOBODY, [CPF]),
        ("AAAAAAAAAAAAAAAAAAA", "joe@áexample.com", []),  # too short for the email in base64
        ("a@b.d", "a@b.c", []),
        (encode_base64("a@b.dd"), "a@b.cc", []),
    ],
)
def test_the_fast_checks_spare_a_look_at_records_of_others(value: Any, email: str, numbers: list[str]) -> None:
    subject, part = DataSubject(email, frozenset(numbers)), part_of(value)
    assert residue.in_record(part.records[1], subject) == []
    assert not subject.may_be_in(part.records[1])
    assert not subject.may_be_among(part)


def test_digests_alone_tell_that_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(DataSubject, "may_be_in")  # looks at each record
    part = part_of(["somebody@example.com", "98765432100"])
    assert not DataSubject(EMAIL, frozenset({CPF})).may_be_among(part)
    assert DataSubject("somebody@example.com").may_be_among(part)
    assert DataSubject(EMAIL, frozenset({"98765432100"})).may_be_among(part)


@pytest.mark.parametrize(
    ("email", "covered"),
    [
        (EMAIL, True),
        ("a@bcdefg.com", True),
        ("a@bcdef.com", False),  # its base64 is shorter than what the digest decodes
        ("ana@reis@example.com", False),
        ("ana.reis.example.com", False),
        ('ana"reis@example.com', False),
        ("ana\\reis@example.com", False),
        ("aña.reis@example.com", False),
    ],
)
def test_emails_that_a_digest_shows(email: str, covered: bool) -> None:
    assert search_digests.covers_email(email) is covered


@pytest.mark.parametrize(
    ("value", "covered"), [("12345", True), ("ab12345", True), ("abc1234", False), ("águas12345", False)]
)
def test_values_that_a_digest_shows(value: str, covered: bool) -> None:
    assert search_digests.covers_value(value) is covered


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("Ana@", {b"ana@"}),
        ("see a@b@c", {b"see a@b", b"b@c"}),
        ('"x" y@z "', {b" y@z \\"}),
        ("a%40b", {b"a@b"}),
        (encode_base64('"to" Ana@example.com'), {b" ana@example.com"}),
        (encode_base64("nobody at all"), set()),
        ("plain", set()),
    ],
)
def test_a_digest_of_emails_is_what_stands_around_each_at(value: str, lines: set[bytes]) -> None:
    digest = search_digests.emails([{"a": value}])
    assert digest is not None
    assert set(filter(None, digest.split(b"\n"))) == lines


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        ("12.345", ["12345"]),
        ("2026", []),
        (["1234", "5678"], []),  # two texts are not one
        ("a 12345 b", ["12345"]),
        (['x"12345', 67890], ["12345", "67890"]),
        ({"b": 12345, "c": {"d": 12345}}, ["12345"]),
        ([1, [67890]], ["167890", "67890"]),
    ],
)
def test_a_digest_of_numbers_has_the_digits_of_each_text(value: Any, entries: list[str]) -> None:
    digest = search_digests.numbers([{"a": value}])
    assert digest is not None
    assert {digest[at : at + 8] for at in range(0, len(digest), 8)} == set(map(search_digests.number, entries))


def test_a_digest_takes_256_kib_at_most() -> None:
    longest = "x" * (2**18 - len("@example.com")) + "@example.com"
    assert search_digests.emails([{"a": longest}]) == longest.encode()
    assert search_digests.emails([{"a": f"x{longest}"}]) is None


def test_there_is_no_digest_of_an_integer_over_64_bits() -> None:
    assert search_digests.emails([{"a": 2**70}]) is None
    assert search_digests.numbers([{"a": 2**70}]) is None


@pytest.mark.parametrize(
    "text",
    [
        "QUJD",
        "QUJDREVG!",
        "QUJDREVGR",
        "QUJD REVGR0hJ",
        "QUJDREV=R0hJ",
        "/////////w==",
        "QUJDREVGR===",
        "QUJDREVGRA==\n",
    ],
)
def test_what_is_no_base64_text_decodes_to_nothing(text: str) -> None:
    assert search_digests.base64_text(text) == ""


def test_subjects_are_equal_whatever_was_searched_for_them() -> None:
    searched = DataSubject(EMAIL)
    searched.is_in("somebody else")
    assert searched == DataSubject(EMAIL)
    assert hash(searched) == hash(DataSubject(EMAIL))
