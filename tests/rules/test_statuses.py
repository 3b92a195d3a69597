"""Statuses and headers that every vendor's error form takes from one table."""

from __future__ import annotations

import pytest

from pii_sandbox.mockserver import problems
from pii_sandbox.mockserver.control import render as render_control
from pii_sandbox.mockserver.rules import statuses
from pii_sandbox.mockserver.vendors import VENDORS

RENDERS = {**{vendor.name: vendor.render for vendor in VENDORS}, "sandbox": render_control}


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (problems.Malformed("no"), 400),
        (problems.BeyondReach("no"), 400),
        (problems.Unauthenticated("no"), 401),
        (problems.Forbidden("no"), 403),
        (problems.NotFound("no"), 404),
        (problems.MethodNotAllowed("no", allow=["GET"]), 405),
        (problems.Conflict("no"), 409),
        (problems.Duplicate("no", key="email"), 409),
        (problems.Stale("no"), 409),
        (problems.Pending("no"), 409),
        (problems.TooLarge("no"), 413),
        (problems.UnsupportedMediaType("no"), 415),
        (problems.TooMany("no", retry_after_seconds=7), 429),
        (problems.InjectedError("no", status=599), 599),
    ],
)
@pytest.mark.parametrize("api", RENDERS)
def test_every_vendor_gives_a_problem_the_same_status(api: str, problem: problems.Problem, status: int) -> None:
    assert RENDERS[api](problem).status == status


@pytest.mark.parametrize(
    ("api", "status"), [("vtex", 400), ("newstore", 422), ("fashionai", 422), ("oracle", 400), ("sandbox", 400)]
)
def test_only_two_vendors_tell_unprocessable_from_malformed(api: str, status: int) -> None:
    assert RENDERS[api](problems.Unprocessable("no")).status == status


@pytest.mark.parametrize("api", RENDERS)
def test_a_problem_in_no_table_is_never_rendered_as_a_vendors_error(api: str) -> None:
    with pytest.raises(LookupError, match="Problem"):
        RENDERS[api](problems.Problem("unforeseen"))


@pytest.mark.parametrize("api", RENDERS)
def test_required_headers_go_with_the_status(api: str) -> None:
    assert RENDERS[api](problems.MethodNotAllowed("no", allow=["GET", "HEAD"])).headers == {"Allow": "GET, HEAD"}
    assert RENDERS[api](problems.TooMany("no", retry_after_seconds=7)).headers == {"Retry-After": "7"}


def test_a_status_without_a_phrase_is_named_by_its_number() -> None:
    assert [statuses.phrase_of(status) for status in (404, 599)] == ["Not Found", "Status 599"]
