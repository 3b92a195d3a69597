"""The powers of a target: what it grants, and when its scenarios may have sandboxes of their own."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from pii_sandbox.conformance.target.model import Limits, Retry, Target

HOST = "https://shop.example.com"


def target(powers: Collection[str], control: str | None, url: str = f"{HOST}/api") -> Target:
    return Target("a target", {"vtex": url}, {}, frozenset(powers), control=control)


def test_reading_is_always_granted_and_nothing_else_unless_it_is_named() -> None:
    assert target((), None).grants("read")
    assert not target((), None).grants("write")
    assert target({"write"}, None).grants("write")
    assert not target({"write"}, None).grants("erase")


def test_a_target_of_which_nothing_is_said_has_the_documented_defaults() -> None:
    plain = Target("a target", {}, {})
    assert plain.powers == frozenset()
    assert (plain.dialect, plain.control, plain.proxy, plain.client_certificate) == ("guide", None, None, None)
    assert plain.verify is True
    assert plain.settle_seconds == 0
    assert plain.limits == Limits(requests_per_second=None, requests=None, writes=None, minutes=None)
    assert plain.retry == Retry(attempts=3, backoff_seconds=0.5, breaker_failures=5, breaker_seconds=60)
    assert not plain.isolates


@pytest.mark.parametrize(
    ("powers", "control", "isolates"),
    [
        ({"control"}, f"{HOST}/_sandbox/v1", True),
        ({"control"}, "HTTPS://Shop.Example.com/_sandbox/v1", True),
        ({"control"}, None, False),
        ((), f"{HOST}/_sandbox/v1", False),
        ({"write"}, f"{HOST}/_sandbox/v1", False),
        ({"control"}, "https://other.example.com/_sandbox/v1", False),
        ({"control"}, "http://shop.example.com/_sandbox/v1", False),
    ],
)
def test_scenarios_are_isolated_only_by_a_control_api_that_is_granted_and_at_the_same_origin(
    powers: Collection[str], control: str | None, isolates: bool
) -> None:
    assert target(powers, control).isolates is isolates
