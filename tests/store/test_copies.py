"""Copies in and out."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pii_sandbox.mockserver.store.copies import deep_copy, validated_copy

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS: st.SearchStrategy[Any] = st.none() | st.booleans() | st.text() | NUMBERS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


class Colour(StrEnum):
    RED = "red"


def containers(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict | list) else []
    return own + [container for item in inner for container in containers(item)]


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_a_copy_is_equal_and_shares_no_container(value: dict[str, Any]) -> None:
    for copy in (validated_copy(value), deep_copy(value)):
        assert repr(copy) == repr(value)
        assert not {id(container) for container in containers(copy)} & {id(inner) for inner in containers(value)}


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"a": (1, (2,))}, {"a": [1, [2]]}),
        ({"a": MappingProxyType({"b": 1})}, {"a": {"b": 1}}),
        (MappingProxyType({"a": [MappingProxyType({})]}), {"a": [{}]}),
        ({"a": Colour.RED}, {"a": "red"}),
    ],
)
def test_values_become_plain_json_types(value: dict[str, Any], plain: dict[str, Any]) -> None:
    copy = validated_copy(value)
    assert repr(copy) == repr(plain)


@pytest.mark.parametrize(
    "strange", [float("nan"), float("inf"), {1, 2}, b"bytes", object(), {1: "a number for a name"}]
)
def test_values_that_json_cannot_represent_are_refused(strange: Any) -> None:
    for value in ({"a": strange}, {"a": [strange]}, {"a": {"b": strange}}):
        with pytest.raises(TypeError):
            validated_copy(value)
