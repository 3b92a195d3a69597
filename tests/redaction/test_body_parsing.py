"""HTTP bodies as JSON, forms, texts or bytes; nesting at the limit; JSON scalars as texts; lone surrogates."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.redaction.bodies import (
    FORM,
    Content,
    parse_form,
    parse_json,
    parsed_content,
    replace_surrogates,
    scalar_text,
    wellformed_json,
)


@pytest.mark.parametrize(
    ("raw", "media_type", "kind", "value"),
    [
        (b'{"a": [1, null]}', "application/json", "json", {"a": [1, None]}),
        (b'{"a": 1}', "text/plain", "json", {"a": 1}),
        (b'{"a": 1}', FORM, "form", {'{"a": 1}': ""}),
        (b"a=1&b=x+y", FORM, "form", {"a": "1", "b": "x y"}),
        (b"a=1&b=x+y", "text/plain", "text", "a=1&b=x+y"),
        (b'{"a": 1', "application/json", "text", '{"a": 1'),
        (b"[NaN]", "application/json", "text", "[NaN]"),
        (b"[Infinity]", "application/json", "text", "[Infinity]"),
        (b"[-Infinity]", "application/json", "text", "[-Infinity]"),
        (b"a=\xff", FORM, "bytes", b"a=\xff"),
        (b"", "", "text", ""),
    ],
)
def test_a_body_is_json_a_form_a_text_or_bytes(raw: bytes, media_type: str, kind: str, value: Any) -> None:
    assert parsed_content(raw, media_type) == Content(kind, value, media_type)


def nested(depth: int, *brackets: str) -> str:
    """JSON of that depth, whose levels have these brackets in turn."""
    opened = [brackets[level % len(brackets)] for level in range(depth)]
    inner = "" if opened[-1] == "[" else '"a": 1'
    text = inner
    for level, bracket in enumerate(reversed(opened)):
        content = text if level == 0 else (text if bracket == "[" else f'"b": {text}')
        text = f"[{content}]" if bracket == "[" else f"{{{content}}}"
    return text


@pytest.mark.parametrize("brackets", [("[",), ("{",), ("[", "{")])
def test_json_of_a_hundred_levels_is_read_and_of_one_more_refused(brackets: tuple[str, ...]) -> None:
    text = nested(100, *brackets)
    assert parse_json(text) == json.loads(text)
    with pytest.raises(ValueError, match="nested over 100 levels"):
        parse_json(nested(101, *brackets))


def test_what_lies_beside_a_deep_value_does_not_hide_its_depth() -> None:
    deep = nested(100, "[")
    with pytest.raises(ValueError, match="levels"):
        parse_json(f'["text", 7, {{}}, {deep}, null]')
    shallow = nested(99, "[")
    assert parse_json(f'["text", 7, {{}}, {shallow}, {shallow}, null]')[0] == "text"


def test_json_too_deep_for_the_stack_is_refused_as_invalid() -> None:
    with pytest.raises(ValueError, match="nested deeper than the caller's stack allows"):
        parse_json("[" * 200_000 + "]" * 200_000)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ana", "Ana"),
        ("", ""),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-7, "-7"),
        (1.5, "1.5"),
        (1e300, "1e+300"),
        pytest.param(16**4_000, "0x1" + "0" * 4_000, id="a very long integer"),
    ],
)
def test_a_scalar_is_written_as_json_writes_it_and_a_very_long_integer_in_hex(value: Any, text: str) -> None:
    assert scalar_text(value) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("José 😀", "José 😀"),
        ("a\ud83db", "a?b"),
        ("\udca9", "?"),
        ("\ud800\udfff\ue000\ud7ff", "??\ue000\ud7ff"),
    ],
)
def test_lone_surrogates_are_replaced_and_nothing_else(text: str, expected: str) -> None:
    assert replace_surrogates(text) == expected


def test_names_and_texts_of_any_depth_in_json_become_well_formed() -> None:
    value = {"a\ud800": ["x\udfff", {"b": "y\ud83d", "c": 1}], "d": None, "e": True, "f": 1.5, "g": "José"}
    expected = {"a?": ["x?", {"b": "y?", "c": 1}], "d": None, "e": True, "f": 1.5, "g": "José"}
    assert wellformed_json(value) == expected


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=&b", {"a": "", "b": ""}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a=1&b=x&a=2&a=3", {"a": ["1", "2", "3"], "b": "x"}),
        ("n%20e=Jos%C3%A9+M", {"n e": "José M"}),
    ],
)
def test_a_form_has_a_text_for_each_field_and_a_list_for_a_repeated_one(text: str, fields: dict[str, Any]) -> None:
    assert parse_form(text) == fields


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_encoded_once_its_surrogates_are_replaced(text: str) -> None:
    shown = replace_surrogates(text)
    assert shown.encode().decode() == shown
    assert len(shown) == len(text)
