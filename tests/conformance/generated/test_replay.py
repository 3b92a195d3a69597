"""Findings of generated calls are played again before they are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.generated.replay import confirm_finding, replay, shows_again
from pii_sandbox.conformance.values.causes import AnswerClass, Cause, CauseKind
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange, Finding
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange

OLD, NEW = "00000000-0000-4000-8000-00000000000a", "11111111-1111-4111-8111-11111111111b"
PLACE = "/api/storage/profile-system/profiles"


def generated_finding(name: str, *calls: Exchange) -> Finding:
    finding = samples.finding("VTEX-MASK-1", *calls)
    return replace(finding, rule=f"generated:{name}", name=name, source="generated")


def replays(*expected: bool | CauseKind) -> Callable[[], bool]:
    """What further plays show, or what keeps them from an end."""
    left = iter(expected)

    def replay_once() -> bool:
        shows = next(left)
        if isinstance(shows, str):
            raise CannotCheck(f"what stands in the way: {shows}", shows)
        return shows

    return replay_once


@pytest.mark.parametrize(
    ("expected", "standing", "count"),
    [
        ((True,), "breaks", (2, 2)),
        ((False, True), "breaks", (2, 3)),
        ((False, False), "unstable", (1, 3)),
        (("network", "unavailable", True), "breaks", (2, 2)),
        ((False, *("network",) * 4), "unstable", (1, 2)),  # it was seen to hold too
        (("limit",), "unstable", (1, 1)),  # the run may not do it again, and one play alone breaks nothing
        (("stopped",), "unstable", (1, 1)),
        (("network", "limit"), "unstable", (1, 1)),
        ((False, "limit"), "unstable", (1, 2)),
    ],
)
def test_a_finding_that_shows_twice_breaks_and_one_in_three_is_unstable(
    expected: Any, standing: str, count: tuple[int, int]
) -> None:
    finding, cause = confirm_finding(generated_finding("not_a_server_error"), replays(*expected))
    assert (finding.standing, (finding.broken, finding.played), cause) == (standing, count, None)


@pytest.mark.parametrize("kind", ["credentials", "intermediary", "throttled", "oversize", "target"])
def test_a_finding_that_conditions_do_not_let_be_seen_again_is_not_checked(kind: CauseKind) -> None:
    for outcomes in ((kind,), (False, kind), ("network", kind)):
        _, cause = confirm_finding(generated_finding("not_a_server_error"), replays(*outcomes))
        assert cause == Cause(kind, f"what stands in the way: {kind}")


@pytest.mark.parametrize("kind", ["network", "unavailable"])
def test_a_finding_that_was_seen_once_before_the_host_went_away_is_not_checked(kind: CauseKind) -> None:
    _, cause = confirm_finding(generated_finding("not_a_server_error"), replays(*(kind,) * 5))
    assert cause == Cause(kind, f"what stands in the way: {kind}")


def test_the_ids_that_the_server_gives_this_time_are_put_in_place_of_the_old_ones() -> None:
    created = exchange("vtex", "CreateClientProfile", "POST", PLACE, status=201, response_body={"id": OLD, "n": [OLD]})
    read = exchange("vtex", "GetProfile", "GET", f"{PLACE}/{OLD}", status=500, response_body={})
    sent: list[str] = []

    def send(call: Exchange) -> Exchange:
        sent.append(f"{call.method} {call.url}")
        if call.method == "POST":
            return replace(call, status=201, response_body=json.dumps({"id": NEW, "n": [NEW]}).encode())
        return replace(call, status=502 if OLD in call.url else 503)

    assert replay(generated_finding("not_a_server_error", created, read), send, "guide") is True
    assert sent[1] == f"GET {read.url.replace(OLD, NEW)}"


@pytest.mark.parametrize("kind", ["network", "unavailable", "credentials", "intermediary", "throttled"])
def test_an_answer_that_is_not_the_vendors_shows_nothing(kind: AnswerClass) -> None:
    read = exchange("vtex", "GetProfile", "GET", f"{PLACE}/{OLD}", status=500, response_body={})
    finding = generated_finding("not_a_server_error", read)
    with pytest.raises(CannotCheck) as caught:
        replay(finding, lambda call: replace(call, answer_class=kind), "guide")
    assert caught.value.cause.kind == kind


WRONG = {"profiles": "none"}
LISTED = {"profiles": [], "pagination_info": {"count": 0, "total": 0, "offset": 0}}
ERROR = {"request_id": "1", "message": "there is none", "type": "about:blank", "title": "Not Found"}


@pytest.mark.parametrize(
    ("name", "before", "after", "shows"),
    [
        ("not_a_server_error", (500, {}), (503, {}), True),
        ("not_a_server_error", (500, {}), (200, {}), False),
        ("status_code_conformance", (418, {}), (418, {}), True),
        ("status_code_conformance", (418, {}), (404, {}), False),
        ("response_schema_conformance", (200, WRONG), (200, WRONG), True),
        ("response_schema_conformance", (200, WRONG), (200, LISTED), False),
        ("negative_data_rejection", (200, LISTED), (200, LISTED), True),
        ("negative_data_rejection", (200, LISTED), (400, {}), False),
        ("error_form", (404, {}), (404, {}), True),
        ("error_form", (404, {}), (404, ERROR), False),
    ],
)
def test_whether_it_shows_again(name: str, before: tuple[int, Any], after: tuple[int, Any], shows: bool) -> None:
    calls = [
        exchange(
            "newstore", "listProfiles", "GET", "/v0/d/customer-profiles", status=status, response_body=body,
            media_type="application/json" if status < 400 else "application/problem+json",
        )
        for status, body in (before, after)
    ]  # fmt: skip
    assert shows_again(generated_finding(name, calls[0]), calls[1], "guide") is shows


@pytest.mark.parametrize(("headers", "shows"), [({}, True), ({"Deprecation": "true"}, False)])
def test_a_header_that_has_come_in_the_meantime_is_missing_no_more(headers: dict[str, str], shows: bool) -> None:
    before = exchange("newstore", "createToken", "POST", "/v0/token", response_body={})
    after = replace(before, response_headers={**before.response_headers, **headers})
    assert shows_again(generated_finding("response_headers_conformance", before), after, "guide") is shows
