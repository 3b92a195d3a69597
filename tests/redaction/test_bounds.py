"""Redaction takes time linear in the text, and any text and any JSON; nothing that is marked is left in clear."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_sandbox.redaction import Pseudonymizer, ReportPseudonymizer, decodings
from pii_sandbox.redaction.bodies import DEEPEST, parse_json, parsed_content
from pii_sandbox.redaction.schema_marks import UNKNOWN, SchemaMark, SchemaNode
from tests.regular_expressions import growth

LAST = 64_000  # characters
PHONE, EMAIL = "+5511987651377", "zoraida.quixbury@lovelace.example"
WORST: dict[str, Callable[[int], str]] = {
    "letters before a sign": lambda size: "a" * size + "!",
    "letters before an email's sign": lambda size: "a" * size + "@",
    "digits and hyphens": lambda size: "1-" * (size // 2),
    "digits beside a phone": lambda size: f"{PHONE} " + "5" * size,
    "digits like a phone": lambda size: "5511987651377" * (size // 13),
    "base64": lambda size: base64.b64encode(random.Random(1).randbytes(size * 3 // 4)).decode(),
    "backslashes": lambda size: "\\" * size,
    "percent signs": lambda size: "%25" * (size // 3),
    "hex digits": lambda size: "6a" * (size // 2),
    "emails": lambda size: f"{EMAIL} " * (size // len(EMAIL)),
    "ids": lambda size: "0f0e0d0c-0b0a-4908-8706-050403020100 " * (size // 37),
    "quotes": lambda size: '"name": "' * (size // 9),
    "markup": lambda size: "<email " * (size // 7),
    "names": lambda size: "ana-" * (size // 4),
}


BYTES = st.sampled_from(
    [b"a", b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80", b"\xff", b"\xed\xa0", b"\xf4\x90", b"\xe0"]
)


@given(st.one_of(st.binary(), st.lists(BYTES, max_size=12).map(b"".join)))
def test_bytes_are_read_as_characters_in_the_same_way_with_and_without_their_places(content: bytes) -> None:
    assert decodings.utf_8_text(content) == "".join(character for character, _, _ in decodings.utf_8(content))


def trained_redactor() -> ReportPseudonymizer:
    redactor = ReportPseudonymizer()
    for value, name in ((PHONE, "phone"), (EMAIL, "email"), ("Ana Quixbury", "name"), ("83921746582", "document")):
        redactor.learn_value(value, SchemaMark(name))
    return redactor


@pytest.mark.parametrize("worst", WORST)
def test_a_report_is_redacted_in_time_linear_in_its_texts(worst: str) -> None:
    def seconds(size: int) -> float:
        redactor, text = trained_redactor(), WORST[worst](size)
        begin = time.thread_time()
        redactor.learn_text(text)
        redactor.text(text)
        return time.thread_time() - begin

    assert growth(seconds, f"characters of {worst}", LAST) is None


@pytest.mark.parametrize("worst", WORST)
def test_the_journal_shows_texts_in_time_linear_in_them(worst: str) -> None:
    def seconds(size: int) -> float:
        known, text = Pseudonymizer({PHONE: "phone", EMAIL: "email", "Ana": "name"}), WORST[worst](size)
        begin = time.thread_time()
        known.learn(text, SchemaMark("email"))
        known.text(text)
        known.value(text, SchemaMark("email"))
        return time.thread_time() - begin

    assert growth(seconds, f"characters of {worst}", LAST) is None


def test_many_known_values_cost_no_more_than_few() -> None:
    def seconds(size: int) -> float:
        values = {f"person-{number}@lovelace.example": "email" for number in range(size // 30)}
        known, text = Pseudonymizer(values), "Fraud review of a parcel. " * 1_000
        begin = time.thread_time()
        known.text(text)
        return time.thread_time() - begin

    assert growth(seconds, "characters of known values", LAST) is None


@pytest.mark.parametrize("depth", [DEEPEST + 1, 1_000, 100_000])
@pytest.mark.parametrize("opened", ["[", '{"a":', '["]",'])
def test_json_that_is_nested_too_deep_is_a_text(depth: int, opened: str) -> None:
    text = opened * depth + "1" + ("}" if opened[0] == "{" else "]") * depth
    assert parsed_content(text.encode(), "application/json").kind == "text"


def test_brackets_in_strings_do_not_count() -> None:
    assert parse_json(json.dumps(["[" * 500, '\\"' + "{" * 500])) == ["[" * 500, '\\"' + "{" * 500]


def test_any_depth_is_redacted() -> None:
    value: Any = EMAIL
    for _ in range(5_000):
        value = [{"deeper": value}]
    for redacted in (trained_redactor().json(value), Pseudonymizer({EMAIL: "email"}).json(value, UNKNOWN)):
        shown = redacted
        while isinstance(shown, list):
            shown = shown[0]["deeper"]
        assert shown.startswith("email#")


def test_an_integer_that_python_does_not_write_is_redacted() -> None:
    value = {"email": 10**5_000}
    known = Pseudonymizer()
    known.learn_json(value, UNKNOWN)
    assert known.json(value, UNKNOWN)["email"].startswith("email#")
    assert trained_redactor().learn_value(10**5_000, SchemaMark("document"))
    assert isinstance(trained_redactor().json([10**5_000])[0], str | int)


SECRETS = st.integers(10**6, 10**400) | st.text(
    st.characters(min_codepoint=0xE000, max_codepoint=0xE100), min_size=6, max_size=30
)
PLAIN = st.none() | st.booleans() | st.integers(0, 99) | st.sampled_from(("guide", "open"))


def nested_values(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(value, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


NAMES = st.sampled_from(("alpha", "beta", "gamma", "delta"))
MARKS = st.sampled_from(("x-pii", "x-masked", "x-secret"))


@st.composite
def documented_values(draw: st.DrawFn, depth: int = 3) -> tuple[dict[str, Any], Any, list[str]]:
    """A schema, a value of it, and the texts in it that are marked."""
    kind = draw(st.sampled_from(("marked", "plain", "object", "array")[: 4 if depth else 2]))
    if kind == "marked":
        value = draw(nested_values(SECRETS))
        return {draw(MARKS): True}, value, list(scalars(value))
    if kind == "plain":
        return {"type": "string", "enum": ["guide", "open"]}, draw(PLAIN), []
    if kind == "array":
        schema, value, secrets = draw(documented_values(depth - 1))
        return {draw(st.sampled_from(("items",))): schema, "type": "array"}, [value, value], secrets
    parts = {name: draw(documented_values(depth - 1)) for name in draw(st.sets(NAMES, max_size=3))}
    schema = {"type": "object", "properties": {name: part[0] for name, part in parts.items()}}
    if draw(st.booleans()):
        schema = {"allOf": [schema]}
    return (
        schema,
        {name: part[1] for name, part in parts.items()},
        [text for part in parts.values() for text in part[2]],
    )


def scalars(value: Any) -> Any:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from scalars(inner)
    else:
        yield str(value)


@settings(max_examples=80, deadline=None)
@given(documented_values(), st.booleans())
def test_nothing_marked_is_left_in_clear(given: tuple[dict[str, Any], Any, list[str]], learned: bool) -> None:
    schema, value, secrets = given
    node = SchemaNode({}, (schema,))
    known = Pseudonymizer()
    if learned:
        known.learn_json(value, node)
    redacted = list(scalars(known.json(value, node)))
    assert [secret for secret in secrets if secret in redacted] == []
    if learned and secrets:
        whole = [secret for secret in secrets if len(secret) <= 256]
        assert not any(secret in known.text(f"see {' and '.join(whole)} there") for secret in whole)


TEXTS = st.text(st.characters(codec=None), max_size=200) | st.text(
    "\\u0d%4[]{}&#;@+-. \"'<>=/ab\ud83d\udca9", max_size=200
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS)
def test_any_text_can_be_learned_and_shown(value: str, text: str) -> None:
    known = Pseudonymizer({value: "name", EMAIL: "email"})
    assert EMAIL not in known.text(f"{text} {EMAIL} {text}")
    known.text(text).encode()
    redactor = trained_redactor()
    redactor.learn_value(value, SchemaMark("name"))
    redactor.learn_text(text)
    assert EMAIL not in redactor.text(f"{text} {EMAIL} {text}")


@settings(max_examples=100, deadline=None)
@given(ANY)
def test_any_json_can_be_shown(value: Any) -> None:
    known = Pseudonymizer()
    known.learn_json(value, UNKNOWN)
    known.json(value, UNKNOWN)
    trained_redactor().json(value)
