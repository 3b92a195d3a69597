"""What scenarios read of a response: its status, its headers in lower case, its JSON."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.http.response import ApiResponse
from pii_sandbox.conformance.values.errors import RuleViolation
from pii_sandbox.conformance.values.findings import Exchange


def response(status: int | None, body: bytes = b"", **more: Any) -> ApiResponse:
    return ApiResponse(Exchange("vtex", None, "GET", "https://a.example", {}, b"", status, {}, body, **more))


@pytest.mark.parametrize(("status", "seen"), [(200, 200), (404, 404), (None, 0)])
def test_the_status_of_no_response_is_none_that_a_response_has(status: int | None, seen: int) -> None:
    assert response(status).status == seen


@pytest.mark.parametrize(("body", "value"), [(b'{"a": [1]}', {"a": [1]}), (b"null", None), ('"é"'.encode(), "é")])
def test_the_json_of_a_response_is_what_its_body_says(body: bytes, value: Any) -> None:
    assert response(200, body).json == value


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": ', b'"\xff"'])
def test_a_body_that_is_no_json_where_a_scenario_reads_json_breaks_the_rule(body: bytes) -> None:
    with pytest.raises(RuleViolation) as caught:
        response(200, body).json  # noqa: B018
    assert (caught.value.expected, caught.value.seen) == ("a JSON body", f"{len(body)} bytes that are no JSON")
