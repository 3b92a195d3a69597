"""What a run observes beside its verdicts is counted by operation, and stays short whatever a response has."""

from __future__ import annotations

import pytest

from pii_sandbox.conformance.http.observer import Observer
from pii_sandbox.conformance.values.observations import Drift, Observations

KEY = ("vtex", "GetProfile")


def drift(what: str, api: str = "vtex", operation_id: str = "GetProfile") -> Drift:
    return Drift(api, operation_id, what)


def observed(*noted: Drift) -> tuple[Drift, ...]:
    observer = Observer()
    observer.note_drift(*noted)
    return observer.observations().drift


def test_retries_are_counted_by_operation_and_by_what_came_before() -> None:
    observer = Observer()
    observer.note_retry(*KEY, "network")
    observer.note_retry(*KEY, "throttled")
    observer.note_retry(*KEY, "network")
    observer.note_retry("oracle", None, "network")
    assert observer.observations().retries == {
        KEY: {"network": 2, "throttled": 1},
        ("oracle", ""): {"network": 1},
    }


def test_the_longest_lag_of_an_operation_counts() -> None:
    observer = Observer()
    for seconds in (0.2, 0.7, 0.4):
        observer.note_lag(*KEY, seconds)
    assert observer.observations().lag_seconds == {KEY: 0.7}


def test_logins_are_counted_by_api() -> None:
    observer = Observer()
    for api in ("oracle", "newstore", "oracle"):
        observer.note_login(api)
    assert observer.observations().logins == {"newstore": 1, "oracle": 2}


def test_a_run_that_observes_nothing_has_no_observations() -> None:
    assert Observer().observations() == Observations()


def test_observations_are_in_order_whichever_thread_notes_first() -> None:
    noted = [drift("property $.b"), drift("property $.a"), drift("header X", "oracle"), drift("status 206", "newstore")]
    observers = Observer(), Observer()
    for observer, order in zip(observers, (noted, noted[::-1]), strict=True):
        for each in order:
            observer.note_drift(each)
            observer.note_retry(each.api, each.operation_id, "network")
            observer.note_lag(each.api, each.operation_id, 1.0)
            observer.note_login(each.api)
    first, second = (observer.observations() for observer in observers)
    assert repr(first) == repr(second)
    assert [each.api for each in first.drift] == ["newstore", "oracle", "vtex", "vtex"]


@pytest.mark.parametrize(("differences", "more"), [(1, 0), (50, 0), (51, 1), (200, 1)])
def test_of_an_operation_fifty_differences_are_told_and_that_there_are_more(differences: int, more: int) -> None:
    named = [drift(f"property $.name{number:03}") for number in range(differences)]
    told = observed(*named, *named)
    assert [each for each in told if each in named] == named[:50]
    others = [each.what for each in told if each not in named]
    assert others == ["more than 50 differences from the document"] * more


def test_an_operation_with_many_differences_takes_nothing_from_another() -> None:
    told = observed(*(drift(f"property $.name{number}") for number in range(99)), drift("status 206", "oracle"))
    assert drift("status 206", "oracle") in told


def test_a_difference_that_comes_again_is_no_second_one() -> None:
    """Also where there is room for one more: a repetition does not use it up."""
    named = [drift(f"property $.name{number}") for number in range(49)]
    told = observed(*named, *named, drift("status 206"))
    assert len(told) == 50
    assert drift("status 206") in told


@pytest.mark.parametrize(
    ("characters", "what"), [(500, None), (501, "property of 501 characters"), (9000, "property of 9000 characters")]
)
def test_a_very_long_name_is_told_by_its_length_alone(characters: int, what: str | None) -> None:
    name = "property $." + "x" * (characters - len("property $."))
    assert [each.what for each in observed(drift(name))] == [what or name]
