"""Which set-up steps are tried, when one is given up, and the cause that a failure becomes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pii_sandbox.conformance.setups import SetupFailures, setting_up
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation
from pii_sandbox.conformance.values.findings import Exchange

WHAT, API = "a customer", "vtex"
FIRST, SECOND = Cause("setup", "the first failure"), Cause("setup", "the second failure")


def call(status: int | None, operation_id: str | None = "GetProfile") -> Exchange:
    return Exchange(API, operation_id, "GET", "u", {}, b"", status)


def set_up(error: Exception | None, failures: SetupFailures | None, *exchanges: Exchange) -> Cause | None:
    """The cause why something is not set up; None where it is."""
    try:
        with setting_up(WHAT, API, exchanges, failures):
            if error is not None:
                raise error
    except CannotCheck as obstacle:
        return obstacle.cause
    return None


def test_a_step_is_given_up_after_its_second_failure_in_a_row() -> None:
    failures = SetupFailures()
    assert failures.cause(API, WHAT) is None
    assert failures.note_failure(API, WHAT, FIRST) == FIRST
    assert (failures.cause(API, WHAT), failures.is_final(FIRST)) == (None, False)
    assert failures.note_failure(API, WHAT, SECOND) == FIRST
    assert failures.cause(API, WHAT) == FIRST
    assert (failures.is_final(FIRST), failures.is_final(SECOND)) == (True, False)
    assert failures.cause("oracle", WHAT) is None
    assert failures.cause(API, "an address") is None


def test_a_success_in_between_begins_the_count_anew() -> None:
    failures = SetupFailures()
    failures.note_success(API, WHAT)
    failures.note_failure(API, WHAT, FIRST)
    failures.note_success(API, WHAT)
    failures.note_failure(API, WHAT, SECOND)
    assert failures.cause(API, WHAT) is None
    failures.note_failure(API, WHAT, FIRST)
    assert failures.cause(API, WHAT) == SECOND


@pytest.mark.parametrize("error", [KeyError("a"), IndexError(), TypeError(), ValueError(), AttributeError()])
def test_a_response_that_a_step_cannot_read_is_a_cause(error: Exception) -> None:
    expected = Cause("setup", "a customer could not be set up (GetProfile gave an unexpected response)")
    assert set_up(error, None, call(200)) == expected
    failures = SetupFailures()
    assert [set_up(error, failures, call(200)) for _ in range(2)] == [expected] * 2
    assert set_up(None, failures) == expected  # it is not tried any more
    with pytest.raises(CannotCheck), setting_up(WHAT, API, (), failures):
        raise AssertionError("it is tried")


def test_a_rule_that_breaks_within_a_step_is_a_cause_with_what_was_seen() -> None:
    expected = Cause("setup", "a customer could not be set up (GetProfile: status 409)", failed=("GetProfile", 409))
    error = RuleViolation("status 201", "status 409")
    assert set_up(error, None, call(200), call(404), call(409)) == expected
    failures = SetupFailures()
    assert [set_up(error, failures, call(409)) for _ in range(2)] == [expected] * 2
    assert failures.is_final(expected)


def test_a_step_that_succeeds_is_remembered_and_other_errors_go_on_to_whoever_plays_it() -> None:
    failures = SetupFailures()
    error = RuleViolation("a", "b")
    set_up(error, failures, call(409))
    assert set_up(None, failures) is None
    assert set_up(None, None) is None
    set_up(error, failures, call(409))
    assert set_up(None, failures) is None
    with pytest.raises(RuntimeError), setting_up(WHAT, API, (), failures):
        raise RuntimeError


@pytest.mark.parametrize(
    ("exchanges", "failed"),
    [
        ([call(400)], ("GetProfile", 400)),
        ([call(500)], ("GetProfile", 500)),
        ([call(399)], None),
        ([call(None)], None),
        ([call(404, "GetAddress"), call(409, "GetProspects"), call(200)], None),
    ],
)
def test_a_cause_names_the_call_that_was_refused(exchanges: Sequence[Exchange], failed: object) -> None:
    cause = set_up(RuleViolation("a", "b"), None, *exchanges)
    assert cause is not None
    assert (cause.text, cause.failed) == ("a customer could not be set up (GetProfile: b)", failed)


@pytest.mark.parametrize("exchanges", [[], [call(404), call(409, None)]])
def test_a_cause_names_no_call_outside_the_documents(exchanges: Sequence[Exchange]) -> None:
    assert set_up(RuleViolation("a", "b"), None, *exchanges) == Cause("setup", "a customer could not be set up")
