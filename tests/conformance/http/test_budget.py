"""What a run may still spend: how many requests, writes and minutes its limits leave, and what is kept for undoing."""

from __future__ import annotations

import pytest

from pii_sandbox.conformance.http.budget import Budget, Usage
from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.errors import CannotCheck
from tests.conformance.stub_transport import Time


def reserve_all(budget: Budget, most: int = 10) -> int:
    """How many objects the limits allow to make, `most` at most."""
    for made in range(most):
        try:
            budget.reserve()
        except CannotCheck:
            return made
    return most


def spend_all(budget: Budget, most: int = 10, *, writes: bool, undoes: bool = False) -> int:
    """How many requests the limits allow to send, `most` at most."""
    for sent in range(most):
        try:
            budget.spend(writes=writes, undoes=undoes)
        except CannotCheck:
            return sent
    return most


@pytest.mark.parametrize(
    ("limits", "made"),
    [
        (Limits(), 10),
        (Limits(requests=3), 0),
        (Limits(requests=4), 1),  # the create, and three calls to undo it
        (Limits(requests=6), 1),
        (Limits(requests=7), 2),
        (Limits(requests=10), 3),
        (Limits(writes=1), 0),
        (Limits(writes=2), 1),
        (Limits(writes=4), 3),
        (Limits(requests=10, writes=2), 1),
        (Limits(requests=4, writes=9), 1),
    ],
)
def test_only_what_can_be_undone_within_the_limits_is_made(limits: Limits, made: int) -> None:
    assert reserve_all(Budget(limits)) == made


@pytest.mark.parametrize(
    ("limits", "writes", "others", "undo_calls"),
    [
        (Limits(), True, 10, 10),
        (Limits(requests=9), False, 3, 6),
        (Limits(requests=9), True, 3, 6),
        (Limits(writes=9), True, 7, 2),
        (Limits(writes=9), False, 10, 10),
        (Limits(requests=7, writes=9), True, 1, 6),
        (Limits(requests=20, writes=4), True, 2, 2),
    ],
)
def test_two_reservations_are_kept_for_undo_calls(limits: Limits, writes: bool, others: int, undo_calls: int) -> None:
    budget = Budget(limits)
    assert reserve_all(budget, 2) == 2
    assert spend_all(budget, writes=writes) == others
    assert spend_all(budget, writes=writes, undoes=True) == undo_calls


def test_a_call_undoes_nothing_unless_it_says_so() -> None:
    time = Time()
    budget = Budget(Limits(requests=7, minutes=5), time.now)
    reserve_all(budget, 2)
    budget.spend(writes=False)
    with pytest.raises(CannotCheck, match="7 requests"):
        budget.spend(writes=False)
    time.at += 280
    with pytest.raises(CannotCheck, match="5 minutes"):
        budget.seconds_left()


@pytest.mark.parametrize(("settled", "others"), [(0, 1), (1, 4), (2, 7)])
def test_a_settled_reservation_is_free_for_other_calls(settled: int, others: int) -> None:
    budget = Budget(Limits(requests=7))
    reserve_all(budget, 2)
    for _ in range(settled):
        budget.settle()
    assert spend_all(budget, writes=False) == others


@pytest.mark.parametrize(
    ("limits", "writes", "text"),
    [
        (Limits(requests=1, writes=1), True, "the target's limit of 1 requests is used up"),
        (Limits(writes=1), True, "the target's limit of 1 writes is used up"),
        (Limits(minutes=0.5), False, "the target's limit of 0.5 minutes is used up"),
    ],
)
def test_a_refusal_names_the_limit(limits: Limits, writes: bool, text: str) -> None:
    time = Time()
    budget = Budget(limits, time.now)
    budget.spend(writes=writes)
    time.at += 30
    with pytest.raises(CannotCheck) as refused:
        budget.spend(writes=writes)
    assert (refused.value.cause.kind, refused.value.cause.text) == ("limit", text)


@pytest.mark.parametrize(
    ("minutes", "seconds", "seconds_to_undo"),
    [
        (0.25, 13.5, 15),
        (5, 270, 300),
        (10, 540, 600),
        (15, 840, 900),  # a minute is enough to undo
        (None, None, None),
    ],
)
def test_the_last_tenth_of_the_minutes_is_left_to_undo_calls(
    minutes: float | None, seconds: float | None, seconds_to_undo: float | None
) -> None:
    budget = Budget(Limits(minutes=minutes), Time().now)
    assert (budget.seconds_left(), budget.seconds_left(undoes=True)) == (seconds, seconds_to_undo)


@pytest.mark.parametrize(("undoes", "ends"), [(False, 270), (True, 300)])
def test_calls_go_on_until_the_last_moment_of_their_time(undoes: bool, ends: float) -> None:
    time = Time()
    budget = Budget(Limits(minutes=5), time.now)
    time.at += ends - 0.5
    assert budget.seconds_left(undoes=undoes) == 0.5
    budget.spend(writes=False, undoes=undoes)
    time.at += 0.5
    with pytest.raises(CannotCheck, match="5 minutes"):
        budget.seconds_left(undoes=undoes)
    with pytest.raises(CannotCheck, match="5 minutes"):
        budget.spend(writes=False, undoes=undoes)


def test_a_run_that_is_resumed_goes_on_from_what_it_had_used() -> None:
    time = Time()
    budget = Budget(Limits(requests=10, writes=3, minutes=5), time.now, Usage(requests=7, writes=2, seconds=200.0))
    time.at += 5
    budget.spend(writes=True)
    budget.spend(writes=False)
    assert budget.usage() == Usage(requests=9, writes=3, seconds=205.0)
    assert budget.seconds_left() == 65.0
    with pytest.raises(CannotCheck, match="3 writes"):
        budget.spend(writes=True)
    assert budget.usage() == Usage(requests=9, writes=3, seconds=205.0)  # what was refused was not spent


def test_a_new_run_has_used_nothing() -> None:
    assert Budget(Limits(), Time().now).usage() == Usage(requests=0, writes=0, seconds=0.0)
