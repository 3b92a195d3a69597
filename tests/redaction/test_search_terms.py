"""Search terms of a value: each of them once, at the lengths at which a part begins to count."""

from __future__ import annotations

import base64

import pytest

from pii_sandbox.redaction.search_terms import contents, is_distinctive, search_terms

LONGEST_LINE = 240  # characters


@pytest.mark.parametrize(
    ("text", "kind", "parts"),
    [
        ("Quixbury", "value", []),
        ("quixbury", "name", ["quixbury"]),
        ("Ana de la Paz-Quix_bury", "name", ["Quix", "bury"]),
        ("Ana Anna Maria maria mARIA Éléonore 99999", "value", ["Maria", "Éléonore", "99999"]),
        ("Anna\nquixbury", "value", ["Anna", "quixbury"]),
        ("  Anna  \n\n", "value", ["Anna", ""]),
        (" b@example.org ", "value", ["b", "example.org"]),
        ("zoé@münchen.example", "name", ["zoé", "münchen.example", "xn--mnchen-3ya.example"]),
        (f"zoe@{'ü' * 64}.example", "value", ["zoe", f"{'ü' * 64}.example"]),
    ],
)
def test_the_parts_of_a_value_follow_it(text: str, kind: str, parts: list[str]) -> None:
    assert list(search_terms(text, kind)) == [text, *parts]


@pytest.mark.parametrize("length", [LONGEST_LINE, LONGEST_LINE + 1])
def test_a_line_of_240_characters_is_searched_and_a_longer_one_is_not(length: int) -> None:
    line = "x" * length
    parts = [line] if length == LONGEST_LINE else []
    assert list(search_terms(f"{line} \nAnna", "value")) == [f"{line} \nAnna", *parts, "Anna"]


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ('["Ana", 1, 2.5, true, null, {"a": "b", "c": ["d"]}]', {"Ana", "1", "2.5", "b", "d"}),
        ('{"a": ""}', {""}),
        ("[Ana]", set()),
        ("Ana [1]", set()),
        ("", set()),
    ],
)
def test_the_leaves_of_json_are_contents_but_for_booleans_and_null(text: str, inner: set[str]) -> None:
    assert set(contents(text)) == inner


@pytest.mark.parametrize("content", ["Zoraida Q", "Zoraida Qu", "Zoraida Qui", "Zoé Quixbury?>", "\x00\x10\x83 ýýý"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padding", ["=", ""])
def test_a_content_in_base64_is_read_with_and_without_padding(content: str, encode: object, padding: str) -> None:
    assert callable(encode)
    code = encode(content.encode()).decode()
    assert list(contents(code if padding else code.rstrip("="))) == [content]


@pytest.mark.parametrize(
    "code", ["QW5hIFNvdX", "A" * 13, base64.b64encode(b"\xff" * 9).decode(), "QW5hIFNvdXph!", "QW5hIFNvdXph==="]
)
def test_what_is_no_text_in_base64_has_no_content(code: str) -> None:
    assert list(contents(code)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-2-3-4-5", True),
        ("1-2-3-4", False),
        ("a1", False),
        ("a1b", True),
        ("é", False),
        ("éa", False),  # its canonical form is `ea`
        ("ßß", True),
        ("明a", True),
        (" ab ", False),
        ("\u200bab", False),
    ],
)
def test_a_term_has_five_digits_or_three_characters_or_two_in_another_script(text: str, expected: bool) -> None:
    assert is_distinctive(text) is expected
