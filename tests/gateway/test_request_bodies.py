"""Bodies that a server puts into the scope, beside those that have to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pii_sandbox.mockserver.gateway import BODY, bodies
from pii_sandbox.mockserver.problems import Malformed, TooLarge

LARGEST = 4
CHUNKED = {"transfer-encoding": "chunked"}


@pytest.mark.parametrize(
    ("method", "headers", "there", "body"),
    [
        ("POST", {"content-length": "4"}, b"four", b"four"),
        ("POST", {}, b"", b""),
        ("GET", {}, b"", b""),
        ("GET", {}, None, b""),
        ("HEAD", {}, None, b""),
        ("POST", {}, None, None),
        ("DELETE", {}, None, None),
        ("GET", {"content-length": "4"}, None, None),
        ("GET", CHUNKED, None, None),
    ],
)
def test_a_body_is_in_the_scope_or_must_be_read(
    method: str, headers: Mapping[str, str], there: bytes | None, body: bytes | None
) -> None:
    scope: dict[str, Any] = {"method": method} | ({} if there is None else {BODY: there})
    assert bodies.received_body(scope, headers, LARGEST) == body


def test_an_existing_snapshot_can_be_too_large() -> None:
    with pytest.raises(TooLarge):
        bodies.received_body({"method": "POST", BODY: b"fiver"}, {}, LARGEST)


def lists(levels: int, within: str = "") -> bytes:
    return b"[" * levels + within.encode() + b"]" * levels


@pytest.mark.parametrize("within", ["", "1", '"text"'])
@pytest.mark.parametrize("beside", [b"1", b"[[], {}, []]"])
def test_a_body_of_a_hundred_levels_is_read_whatever_is_in_the_last_and_beside_it(within: str, beside: bytes) -> None:
    body = bodies.parse_json_body(b'{"beside": %b, "deep": %b}' % (beside, lists(99, within)))
    assert list(body) == ["beside", "deep"]
    with pytest.raises(Malformed, match="deeper than 100 levels"):
        bodies.parse_json_body(b'{"beside": %b, "deep": %b}' % (beside, lists(100, within)))


def test_brackets_in_a_text_are_no_levels() -> None:
    assert bodies.parse_json_body(b'"%b"' % lists(101)) == lists(101).decode()
