"""Value search: what is replaced, what is left alone beside it, and which replacement stands where values overlap."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest

from pii_sandbox.redaction import ReportPseudonymizer
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.redaction.value_search import ValueSearch

NAME, EMAIL, PHONE = "Zoraida", "zoraida@lovelace.example", "5511987651377"
WITHIN = "Quixbury"  # long enough to be found within a word
ID, OTHER_ID = "0b0e5d3c-2f1a-4c8e-9d7b-1a2b3c4d5e6f", "a1b2c3d4-2f1a-4c8e-9d7b-1a2b3c4d5e6f"


def search(*values: str | tuple[str, str], **options: bool | int) -> ValueSearch:
    """Return a search for values, each replaced by itself in angle brackets, or as given."""
    searching = ValueSearch(lambda kind, value: f"<{kind} {value}>", **options)  # type: ignore[arg-type]
    for each in values:
        value, replacement = (each, f"<{each}>") if isinstance(each, str) else each
        add = searching.add_number if value.isdecimal() else searching.add
        add(value, replacement)
    return searching


@pytest.mark.parametrize("depth", [0, 1])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("nobody", "nobody"),
        ("ZORAIDA and zoraida, Quixbury", "<n> and <n>, <q>"),
        ("Quixbury, Zoraida", "<q>, <n>"),
        ("Z%6Fraida \\u005aoraida", "<n> <n>"),
        ("Zoraidas", "Zoraidas"),
        ("xZoraida", "xZoraida"),
        ("Zoraida7 7Zoraida _Zoraida", "<n>7 7<n> _<n>"),
        ("明Zoraida明", "明<n>明"),
        ("BobZoraida Zoraida", "BobZoraida <n>"),
        ("inQuixburyand QuixburyQuixbury", "in<q>and <q><q>"),
        ("Ana78 Ana7b Ana7", "Ana78 <7>b <7>"),
        ("Zoraida 55 (11) 98765-1377", "<n> <p>"),
        ("98765-1377, 8765-1377", "<p>, 8765-1377"),
        ("1198765-1377", "<p>"),
    ],
)
def test_known_values_are_replaced_and_nothing_else(text: str, expected: str, depth: int) -> None:
    searching = search((NAME, "<n>"), ("Quixbury", "<q>"), (PHONE, "<p>"), ("Ana7", "<7>"), depth=depth)
    assert searching.replace(text, detect=False) == expected
    assert searching.replace(text, detect=False) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoraida 155119876513770", "<Zoraida> 155119876513770"),
        ("quixbury of xquixbury, quixbury@a.example", "<Quixbury> of xquixbury, quixbury@a.example"),
        ("x5511987651377 511987651377, 11987651377", "x5511987651377 <5511987651377>, <5511987651377>"),
    ],
)
@pytest.mark.parametrize("depth", [0, 1])
def test_whole_words_are_found_and_no_parts_of_words(text: str, expected: str, depth: int) -> None:
    assert search(NAME, "Quixbury", PHONE, whole_words=True, depth=depth).replace(text, detect=False) == expected
    assert "xquixbury" not in search("Quixbury").replace("xquixbury")


@pytest.mark.parametrize("depth", [0, 3])
def test_what_looks_personal_is_replaced_unless_it_is_not_to_be_detected(depth: int) -> None:
    text = f"to {EMAIL} or 12345678"
    assert search(depth=depth).replace(text) == f"to <email {EMAIL}> or 12345678"
    assert search(depth=depth).replace(text, detect=False) == text
    assert search(depth=depth, loose_numbers=True).replace(text) == f"to <email {EMAIL}> or <document 12345678>"
    assert [(match.start, match.end) for match in search(depth=depth).matches(text)] == [(3, 3 + len(EMAIL))]
    assert search(depth=depth).matches(text, False) == []


def test_a_known_value_keeps_its_replacement_where_it_also_looks_personal() -> None:
    assert search((EMAIL, "<~>")).replace(EMAIL) == "<~>"
    assert search((PHONE, "<~>")).replace(f"+{PHONE}") == f"<phone +{PHONE}>"
    assert search(("x" + PHONE, "<~>"), (PHONE, "<!>")).replace(f"x{PHONE}", detect=False) == "<~>"


@pytest.mark.parametrize(
    ("values", "text", "expected"),
    [
        ({"Ana Souza": "<long>", "Souza e Silva": "<longer>"}, "Ana Souza e Silva", "<longer>"),
        ({"Ana Souza Lima": "<longer>", "Lima e Sá": "<long>"}, "- Ana Souza Lima e Sá", "- <longer>"),
        ({"Ana": "<1>", "Ana Souza": "<2>"}, "Ana Souza, Ana", "<2>, <1>"),
        ({"Souza": "<1>", "Ana Souza": "<2>"}, "Ana Souza, Souza", "<2>, <1>"),
        ({"Ana Bo": "<1>", "Bo Ana": "<2>"}, "Ana Bo Ana", "<1>"),
        ({"Ana Bo": "<1>", "Bo Eva": "<22>", "Eva Ida": "<333>"}, "Ida, Ana Bo Eva Ida", "Ida, <333>"),
        ({"Ida": "<0>", "Ana Bo": "<1>", "Bo Eva Li": "<2>"}, "Ida, Ana Bo Eva Li", "<0>, <2>"),
        ({"王伟": "<1>", "李娜": "<2>"}, "王伟李娜", "<1><2>"),
    ],
)
def test_overlapping_values_are_replaced_together_by_that_of_the_longest(
    values: Mapping[str, str], text: str, expected: str
) -> None:
    assert search(*values.items()).replace(text, detect=False) == expected


def test_a_long_value_is_replaced_as_a_whole_and_found_truncated() -> None:
    inner = f"{'q' * 60}@{'l' * 9}.example"
    value = f"{'Zoraida wrote ' * 2}{inner} and Quixbury {'answered ' * 4}"
    assert search((value, "<it>")).replace(f"see {value}.") == "see <it> ."
    assert search((value, "<it>")).replace(f"see {value[:80]}", detect=False) == f"see <it>{value[64:80]}"


def test_a_value_that_becomes_known_later_is_found_where_an_earlier_one_ends() -> None:
    pseudonymizer = ReportPseudonymizer()
    pseudonymizer.learn_value(EMAIL, SchemaMark("email"))
    pseudonymizer.learn_value("Quixbury", SchemaMark("lastName"))
    assert pseudonymizer.text("Quixbury").startswith("name#")
    street = pseudonymizer.learn_value("casa da Quixbury", SchemaMark("street"))
    assert pseudonymizer.text("at casa da Quixbury") == f"at {street}"


def test_a_value_that_becomes_known_in_another_spelling_hides_none_of_the_first() -> None:
    pseudonymizer = ReportPseudonymizer()
    for number in range(4):
        pseudonymizer.learn_value(f"z{number}@lovelace.example", SchemaMark("email"))
    code = pseudonymizer.learn_value("12-345", SchemaMark("postalCode"))
    assert pseudonymizer.text("12-345") == code
    assert pseudonymizer.learn_value("1-23-45", SchemaMark("postalCode")) == code
    assert pseudonymizer.text("1-23-45, 12-345, 1-23-45") == f"{code}, {code}, {code}"


def test_nothing_is_replaced_within_an_id_of_a_server() -> None:
    searching = search("0b0e5d3c", "1a2b3c4d5e6f", "a1b2c3d4")
    text = f"{ID} 0b0e5d3c {OTHER_ID}/1a2b3c4d5e6f a1b2c3d4"
    assert searching.replace(text) == f"{ID} <0b0e5d3c> {OTHER_ID}/<1a2b3c4d5e6f> <a1b2c3d4>"
    assert search(ID).replace(f"{ID} {OTHER_ID}") == f"<{ID}> {OTHER_ID}"
    assert search(f"{ID}-x").replace(f"{ID}-x") == f"<{ID}-x>"


# Encoded values: base64 has four characters for three bytes, hex digits are two for one


def encoded_places(prefix: bytes, suffix: bytes, start: int) -> tuple[str, str, str]:
    """Return base64 of a name between bytes that are no text, without padding: its code before, of and after the name.

    `start`: the code begins with so many other characters.
    """
    content = prefix + WITHIN.encode() + suffix
    code = "-" * start + base64.b64encode(content).decode().rstrip("=")
    first = start + len(prefix) // 3 * 4
    last = start + -(-(len(prefix) + len(WITHIN)) // 3) * 4
    return code[:first], code[first:last], code[last:]


@pytest.mark.parametrize("start", [0, 1, 2, 3])
@pytest.mark.parametrize("prefix", [b"", b"\x00", b"\x00\x01", b"\x00\x01\x02", "é\x00ö".encode(), b"\xff" * 7])
@pytest.mark.parametrize("suffix", [b"\x00", b"\x00\x01\x02\x03", b"\x00\xff" * 3, b"\x00\x01"])
def test_of_base64_that_is_no_text_the_characters_of_the_value_alone_are_replaced(
    prefix: bytes, suffix: bytes, start: int
) -> None:
    before, inner, after = encoded_places(prefix, suffix, start)
    searching = search(WITHIN)
    for _ in range(2):  # what holds a value is not taken for harmless afterwards
        assert searching.replace(f"=={before}{inner}{after}==") == f"=={before}<{WITHIN}>{after}=="
    assert search(WITHIN, depth=1).replace(before + inner + after) == f"{before}<{WITHIN}>{after}"
    assert search(WITHIN, depth=0).replace(before + inner + after) == before + inner + after


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\n\t "])
@pytest.mark.parametrize("at", [6, 9, 14])
def test_base64_is_read_over_the_ends_of_its_lines(at: int, line_end: str) -> None:
    before, inner, after = encoded_places(b"\x00\x01\x02", b"\x00\x01\x02\x03", 0)
    code = before + inner + after
    broken = code[:at] + line_end + code[at:]
    rest = len(before) + len(inner)
    shown = before + f"<{WITHIN}>" + (line_end + after if at > rest else after)
    assert search(WITHIN).replace(f"{broken}==") == f"{shown}=="


@pytest.mark.parametrize("start", ["", "a"])
@pytest.mark.parametrize("prefix", [b"", b"\x00", "é\x00".encode(), b"\xff\xfe"])
@pytest.mark.parametrize("suffix", [b"\x00", b"\x00\x01"])
def test_of_hex_digits_that_are_no_text_those_of_the_value_alone_are_replaced(
    prefix: bytes, suffix: bytes, start: str
) -> None:
    before, after = start + prefix.hex(), suffix.hex()
    text = f"x:{before}{WITHIN.encode().hex()}{after}"
    assert search(WITHIN).replace(text, detect=False) == f"x:{before}<{WITHIN}>{after}"


@pytest.mark.parametrize("content", [f"for {NAME} of Quixbury", f"{NAME} ´", "é: " + NAME])
def test_of_an_encoded_text_all_is_replaced(content: str) -> None:
    code = base64.b64encode(content.encode()).decode().rstrip("=")
    searching = search(NAME)
    for _ in range(2):
        assert searching.replace(f"see {code}== or {content.encode().hex()}.") == f"see <{NAME}>== or <{NAME}>."


def test_an_email_in_an_encoded_text_is_detected_and_none_in_other_bytes() -> None:
    assert search().replace(base64.b64encode(b"to a@b.example").decode()) == "<email a@b.example>="
    assert search().replace(b"\xff\x00a@b.example".hex()) == b"\xff\x00a@b.example".hex()


def test_a_value_is_found_in_a_run_that_was_harmless_before_it_was_known() -> None:
    code = base64.b64encode(b"for Zoraida").decode().rstrip("=")
    searching = search()
    for _ in range(2):
        assert searching.replace(code) == code
    searching.add(NAME, "<it>")
    assert searching.replace(code) == "<it>"
    assert searching.replace(b"for Quixbury".hex()) == b"for Quixbury".hex()
    searching.add_number(PHONE, "<p>")
    assert searching.replace(f"call {PHONE}".encode().hex()) == "<p>"


def test_the_replacement_of_a_number_is_told() -> None:
    searching = search((PHONE, "<it>"))
    assert searching.number(PHONE) == "<it>"
    assert searching.number(PHONE[2:]) == "<it>"
    assert searching.number(PHONE[:-1]) is None
