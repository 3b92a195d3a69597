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


def test_a_finding_is_played_again_up_to_five_times_where_the_host_is_away() -> None:
    plays = []

    def play_again() -> bool:
        plays.append(1)
        raise CannotCheck("the host is away", "network")

    confirm_finding(generated_finding("not_a_server_error"), play_again)
    assert len(plays) == 5


def test_the_ids_that_the_server_gives_this_time_are_put_in_place_of_the_old_ones() -> None:
    created = exchange("vtex", "CreateClientProfile", "POST", PLACE, status=201, response_body={"id": OLD, "n": [OLD]})
    read = exchange("vtex", "GetProfile", "GET", f"{PLACE}/{OLD}", status=500, response_body={})
    sent: list[str] = []

    def send(call: Exchange) -> Exchange:
        sent.append(f"{call.method} {call.url}")
        if call.method == "POST":
            return replace(call, status=201, response_body=json.dumps({"id": NEW, "n": [NEW]}).encode())
        return replace(call, status=502 if OLD in call.url else 503)

    assert replay(generated_finding("not_a_server_error", created, read), send, "guide", (), lenient=False) is True
    assert sent[1] == f"GET {read.url.replace(OLD, NEW)}"


@pytest.mark.parametrize("kind", ["network", "unavailable", "credentials", "intermediary", "throttled"])
def test_an_answer_that_is_not_the_vendors_shows_nothing(kind: AnswerClass) -> None:
    read = exchange("vtex", "GetProfile", "GET", f"{PLACE}/{OLD}", status=500, response_body={})
    finding = generated_finding("not_a_server_error", read)
    with pytest.raises(CannotCheck) as caught:
        replay(finding, lambda call: replace(call, answer_class=kind), "guide", (), lenient=False)
    assert caught.value.cause.kind == kind


def exchange_before() -> Exchange:
    """A call before the one where the finding shows, with an answer of its own."""
    return exchange("newstore", "createToken", "POST", "/v0/token", status=201, response_body={})


WRONG = {"profiles": "none"}
LISTED = {"profiles": [], "pagination_info": {"count": 0, "total": 0, "offset": 0}}
ERROR = {"request_id": "1", "message": "there is none", "type": "about:blank", "title": "Not Found"}


@pytest.mark.parametrize(
    ("name", "before", "after", "shows"),
    [
        ("not_a_server_error", (500, {}), (503, {}), True),
        ("not_a_server_error", (503, {}), (500, {}), True),
        ("not_a_server_error", (500, {}), (499, {}), False),
        ("not_a_server_error", (500, {}), (200, {}), False),
        ("status_code_conformance", (418, {}), (418, {}), True),
        ("status_code_conformance", (418, {}), (404, {}), False),
        ("response_schema_conformance", (200, WRONG), (200, WRONG), True),
        ("response_schema_conformance", (200, WRONG), (200, LISTED), False),
        ("negative_data_rejection", (200, LISTED), (200, LISTED), True),
        ("negative_data_rejection", (200, LISTED), (400, {}), False),
        ("error_form", (404, {}), (404, {}), True),
        ("masked", (404, {}), (404, {}), False),  # it is another check that fails
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
    assert (
        shows_again(generated_finding(name, exchange_before(), calls[0]), calls[1], "guide", (), lenient=False) is shows
    )


@pytest.mark.parametrize(("headers", "shows"), [({}, True), ({"Deprecation": "true"}, False)])
def test_a_header_that_has_come_in_the_meantime_is_missing_no_more(headers: dict[str, str], shows: bool) -> None:
    before = exchange("newstore", "createToken", "POST", "/v0/token", response_body={})
    after = replace(before, response_headers={**before.response_headers, **headers})
    assert (
        shows_again(generated_finding("response_headers_conformance", before), after, "guide", (), lenient=False)
        is shows
    )


def test_a_call_without_an_answer_shows_no_server_error() -> None:
    before = exchange("vtex", "GetProfile", "GET", PLACE, status=500, response_body={})
    finding = generated_finding("not_a_server_error", before)
    assert shows_again(finding, replace(before, status=None), "guide", (), lenient=False) is False


@pytest.mark.parametrize(("lenient", "shows"), [(False, True), (True, False)])
def test_what_a_vendor_has_added_in_the_meantime_is_not_what_was_found(lenient: bool, shows: bool) -> None:
    before = exchange("newstore", "listProfiles", "GET", "/v0/d/customer-profiles", response_body=WRONG)
    before = replace(before, status=206)
    after = replace(before, response_body=json.dumps(LISTED).encode())
    finding = generated_finding("response_schema_conformance", before)
    assert shows_again(finding, after, "guide", (), lenient=lenient) is shows
    assert replay(finding, lambda _: after, "guide", (), lenient=lenient) is shows


def test_a_secret_that_comes_back_again_shows_again() -> None:
    body = {"statusCode": 404, "message": "fai_live_sk_81", "error": "Not Found"}
    place = "/api/v1/crm/protected/profile/user-profile-id/x"
    call = exchange("fashionai", "getProfileByUserProfileId", "GET", place, status=404, response_body=body)
    finding = generated_finding("disclosed", call)
    assert shows_again(finding, call, "guide", ("fai_live_sk_81",), lenient=False) is True
    assert shows_again(finding, call, "guide", (), lenient=False) is False


def test_an_answer_that_is_too_large_to_be_read_shows_its_status_again() -> None:
    call = exchange("vtex", "GetProfile", "GET", PLACE, status=500, response_body={})
    too_large = replace(call, answer_class="oversize", oversize="has over 16 MB")
    assert replay(generated_finding("not_a_server_error", call), lambda _: too_large, "guide", (), lenient=False)


LONG, OTHER = "a-customer-of-16", "b-customer-of-16"


@pytest.mark.parametrize(
    ("before", "now", "sent"),
    [
        ({"id": LONG}, {"id": OTHER}, OTHER),
        ([[{"id": LONG}]], [[{"id": OTHER}], []], OTHER),
        ({"id": LONG, "more": 1}, {"id": OTHER, "other": 1}, OTHER),
        ({"id": LONG[:15]}, {"id": OTHER}, LONG),
        ({"id": LONG}, {"id": 1}, LONG),
        ({"id": LONG}, {"other": OTHER}, LONG),
        ({"id": [LONG]}, {"id": {"0": OTHER}}, LONG),
        ({"id": {"0": LONG}}, {"id": [OTHER]}, LONG),
        ({"id": 1234567890123456}, {"id": OTHER}, LONG),
        ([LONG], LONG, LONG),
        (LONG, [OTHER], LONG),
        ({"id": LONG}, None, LONG),
    ],
)
def test_an_id_is_what_stands_at_the_same_place_of_both_answers(before: Any, now: Any, sent: str) -> None:
    created = exchange("vtex", "CreateClientProfile", "POST", PLACE, status=201, response_body=before)
    used = exchange("vtex", "GetProfile", "GET", f"{PLACE}/{LONG}", request_body={"id": LONG}, status=500)
    arrived: list[Exchange] = []

    def send(call: Exchange) -> Exchange:
        arrived.append(call)
        return replace(call, response_body=json.dumps(now).encode()) if call.method == "POST" else call

    assert replay(generated_finding("not_a_server_error", created, used), send, "guide", (), lenient=False)
    assert arrived[1].url.rpartition("/")[2] == sent
    assert json.loads(arrived[1].request_body) == {"id": sent}


def test_an_id_is_put_into_a_url_as_urls_have_it() -> None:
    old, new = "jane/doe@example.org", "mary/doe@example.org"
    created = exchange("vtex", "CreateClientProfile", "POST", PLACE, status=201, response_body=[old])
    used = exchange("vtex", "GetProfile", "GET", f"{PLACE}/jane%2Fdoe%40example.org", status=500)
    arrived: list[Exchange] = []

    def send(call: Exchange) -> Exchange:
        arrived.append(call)
        return replace(call, response_body=json.dumps([new]).encode())

    replay(generated_finding("not_a_server_error", created, used), send, "guide", (), lenient=False)
    assert arrived[1].url.endswith("/mary%2Fdoe%40example.org")
