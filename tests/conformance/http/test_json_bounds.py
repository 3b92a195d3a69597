"""JSON that a parser need not see: what may be JSON, how many values it has, and what is nested too deeply."""

from __future__ import annotations

import json

import pytest

from pii_sandbox.conformance.http.json_bounds import may_be_json, prune_json, values


@pytest.mark.parametrize(
    ("body", "may"),
    [
        (b"[1]", True),
        (b'{"a": 1}', True),
        (b"[", True),
        (b" \t\r\n[]", True),
        (b" " * 63 + b"[", True),
        (b" " * 64 + b"x", True),  # what begins later may be anything
        (b" " * 63 + b"x", False),
        (b"\xef\xbb\xbf {}", True),
        ("[1]".encode("utf-16"), True),
        ("[1]".encode("utf-16-le"), True),
        ("[1]".encode("utf-16-be"), True),
        ("\ufeff{}".encode("utf-16-be"), True),
        (b"\0\0\0[", True),  # UTF-32
        (b"", False),
        (b"x[", False),
        (b"<html>", False),
        (b"\xef\xbb\xbf<html>", False),
        (b'"[["', False),  # a text cannot be nested
        (b"1", False),
        (b"]", False),
    ],
)
def test_a_body_that_begins_an_array_or_an_object_may_be_json(body: bytes, may: bool) -> None:
    assert may_be_json(body) is may


@pytest.mark.parametrize(
    ("value", "most"),
    [("1", 0), ("[]", 1), ("{}", 1), ("[1, 2]", 2), ('{"a": [1, {}]}', 4), ('[", [ {"]', 4)],
)
def test_values_are_counted_by_commas_and_brackets(value: str, most: int) -> None:
    assert values(value.encode()) == most


@pytest.mark.parametrize(
    ("depth", "text", "pruned"),
    [
        (1, "[[1]]", "[null]"),
        (1, '{"a": {"b": 1}}', '{"a": null}'),
        (1, '["a", [1], "b", [2], "c"]', '["a", null, "b", null, "c"]'),
        (1, '{"a": [1], "b": "]", "c": {"d": [2, {}]}, "e": 3}', '{"a": null, "b": "]", "c": null, "e": 3}'),
        (2, "[[1], [[2], 3], 4]", "[[1], [null, 3], 4]"),
        (2, "[{}, [{}], {}]", "[{}, [null], {}]"),
        (2, '{"a": {"b": {"c": 1}, "d": [[1]]}, "e": [{}]}', '{"a": {"b": null, "d": null}, "e": [null]}'),
        (3, '[[[["\\"]", [1]]]], "x"]', '[[[null]], "x"]'),
        (4, '[{"a": [{"b": [1]}, {}]}]', '[{"a": [{"b": null}, {}]}]'),
        (1, '["[[[", [1], "\\\\", [2], "\\"[", 3]', '["[[[", null, "\\\\", null, "\\"[", 3]'),
        (1, '["é", ["ü"]]', '["é", null]'),
        (1, '["a\nb", ["\n"], "\n"]', '["a\nb", null, "\n"]'),
    ],
)
def test_what_is_nested_too_deeply_becomes_null(depth: int, text: str, pruned: str) -> None:
    assert prune_json(text.encode(), depth) == pruned.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_a_pruned_body_is_utf_8_whatever_it_was(encoding: str) -> None:
    pruned = prune_json('["é", ["ü"], "\ud800"]'.encode(encoding, "surrogatepass"), 1)
    assert pruned == '["é", null, "\ud800"]'.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("depth", "text"),
    [
        (1, "1"),
        (1, "[1, 2]"),
        (2, '[[1], {"a": 2}, [], "[[[["]'),
        (3, '{"a": ["]]]]"], "b": {"c": []}}'),
        (1, '["\\"", "[", "\\\\"]'),
        (3, "[[1]] [[[[2]]]]"),  # after its end, where no parser looks
        (1, "[1], [[2]]"),
        (1, "[] ] [[2]]"),
    ],
)
def test_json_within_the_depth_is_left_as_it_is(depth: int, text: str) -> None:
    assert prune_json(text.encode(), depth) is None


@pytest.mark.parametrize("body", [b'["\xff", [[1]]]', b"\xff\xfe[[[["[:-1], b"[[\xc3"])
def test_bytes_that_are_no_text_are_left_as_they_are(body: bytes) -> None:
    assert prune_json(body, 1) is None


@pytest.mark.parametrize(
    ("depth", "text", "pruned"),
    [
        (1, "[0, [1, [2]", "[0, null"),
        (1, "[0, [1], 2", "[0, null, 2"),
        (2, "[0, [1, [2]", "[0, [1, null"),
        (1, "[0, [1]] tail [[", "[0, null] tail [["),
        (1, '[0, [1, "]', "[0, null"),
    ],
)
def test_json_that_is_cut_off_is_pruned_too(depth: int, text: str, pruned: str) -> None:
    assert prune_json(text.encode(), depth) == pruned.encode()


def test_a_pruned_body_is_read_however_deep_it_was() -> None:
    deep = b'{"a": ' + b"[" * 20_000 + b"]" * 20_000 + b', "b": 2}'
    assert json.loads(prune_json(deep, 1) or b"") == {"a": None, "b": 2}
