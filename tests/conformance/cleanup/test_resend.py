"""A create whose response was lost: looked for by its mark, and sent again only where it is not there."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.target.model import Retry
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.cleanup.scripted_tracker import CREATE, SENT_AT, lost, tracked
from tests.conformance.cleanup.stub_vendor import GONE, PROFILE, exchange, record
from tests.conformance.cleanup.test_ownership_guard import request

RETRY: dict[str, Any] = {"retry": Retry(attempts=2, backoff_seconds=0.5)}
POST, GET = "CreateClientProfile", "GetProfile"
CREATED, FOUND, ABSENT = exchange(201, record()), exchange(200, record()), exchange(404, GONE["vtex"])
UNSENT, DOWN = lost(was_sent=False), exchange(503, b"", answer_class="unavailable", sent_at=SENT_AT)


def obstacle(*, was_sent: bool) -> CannotCheck:
    error = CannotCheck("the limit is used up")
    error.was_sent = was_sent
    return error


@pytest.mark.parametrize(
    ("answers", "sent", "state", "waits", "attempts"),
    [
        ([lost(), FOUND], [POST, GET], "intended", [0.5], 1),
        ([lost(), ABSENT, CREATED], [POST, GET, POST], "made", [0.5], 2),
        ([DOWN, ABSENT, CREATED], [POST, GET, POST], "made", [0.5], 2),
        ([lost(), ABSENT, lost(), ABSENT, CREATED], [POST, GET, POST, GET, POST], "made", [0.5, 1.0], 3),
        ([lost(), ABSENT, lost(), FOUND], [POST, GET, POST, GET], "intended", [0.5, 1.0], 2),
        ([lost(), ABSENT, lost(), ABSENT, lost()], [POST, GET, POST, GET, POST], "intended", [0.5, 1.0], 3),
        ([lost(), ABSENT, exchange(400, {})], [POST, GET, POST], "refused", [0.5], 2),
        ([lost(), exchange(500, {})], [POST, GET], "intended", [0.5], 1),  # nobody knows whether it is there
        # without a connection nothing was made
        ([UNSENT, CREATED], [POST, POST], "made", [0.5], 2),
        ([UNSENT, UNSENT, UNSENT], [POST, POST, POST], "refused", [0.5, 1.0], 3),
        ([UNSENT, lost(), FOUND], [POST, POST, GET], "intended", [0.5, 1.0], 2),
        ([lost(), ABSENT, UNSENT, ABSENT, UNSENT], [POST, GET, POST, GET, POST], "intended", [0.5, 1.0], 3),
        # what ends the attempts
        ([UNSENT, obstacle(was_sent=False)], [POST, POST], "refused", [0.5], 1),
        ([UNSENT, obstacle(was_sent=True)], [POST, POST], "intended", [0.5], 1),
        ([lost(), obstacle(was_sent=False)], [POST, GET], "intended", [0.5], 1),
        ([lost(), ABSENT, obstacle(was_sent=False)], [POST, GET, POST], "intended", [0.5], 1),
    ],
)
def test_a_lost_create_is_sent_again_only_where_it_is_not_there(
    answers: list[Any], sent: list[str], state: str, waits: list[float], attempts: int
) -> None:
    with tracked(*answers, **RETRY) as run:
        answer = run.tracker.send(CREATE)
    assert (run.sender.sent, run.sender.waits, run.states()) == (sent, waits, [state])
    assert answer.attempts == attempts
    retries = run.sender.observer.observations().retries.get(("vtex", POST), {})
    assert sum(retries.values()) == sent.count(POST) - 1


@pytest.mark.parametrize(
    ("answers", "makes"),
    [
        ([lost(), ABSENT, CREATED], [True, False, False]),  # its undoing is paid for already
        ([UNSENT, CREATED], [True, True]),
        ([UNSENT, lost(), ABSENT, CREATED], [True, True, False, False]),
    ],
)
def test_the_undoing_of_a_create_is_paid_for_once(answers: list[Exchange], makes: list[bool]) -> None:
    with tracked(*answers, **RETRY) as run:
        run.tracker.send(CREATE)
    assert [sent.makes for sent in run.sender.requests] == makes
    assert not any(sent.undoes for sent in run.sender.requests)


def test_an_object_that_does_not_show_yet_is_waited_for() -> None:
    with tracked(lost(), FOUND, settle_seconds=3.0, **RETRY) as run:
        run.tracker.send(CREATE)
    assert run.sender.waits == [3.0]


def test_a_target_without_retries_is_sent_a_create_once() -> None:
    with tracked(lost(), retry=Retry(attempts=0)) as run:
        assert run.tracker.send(CREATE).sent_at == SENT_AT
    assert (run.sender.sent, run.states()) == ([POST], ["intended"])


@pytest.mark.parametrize("answer", [CREATED, exchange(400, {}), exchange(500, {})])
def test_a_create_that_is_answered_is_not_sent_again(answer: Exchange) -> None:
    with tracked(answer, **RETRY) as run:
        assert run.tracker.send(CREATE) == answer
    assert (run.sender.sent, run.sender.waits) == ([POST], [])


@pytest.mark.parametrize("answer", [lost(), UNSENT, DOWN])
def test_another_call_that_is_lost_is_not_sent_again_here(answer: Exchange) -> None:
    with tracked(answer, **RETRY) as run:
        run.profile()
        assert run.tracker.send(request("DeleteClientProfile", {"profileId": PROFILE})) == answer
    assert (run.sender.sent, run.sender.waits, run.states()) == (["DeleteClientProfile"], [], ["made"])
