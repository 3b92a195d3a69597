"""When reads wait for a write to settle, which are repeated, and what lag is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from pii_sandbox.conformance.http.settling import Settling
from pii_sandbox.conformance.values.causes import AnswerClass
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.stub_transport import BASE, Time, json, stub_sender, vendor

READ = Request("vtex", "GetProfile", "GET", BASE, expected=(404,))
WRITE = Request("vtex", "DeleteClientProfile", "DELETE", BASE, safety="delete")


def exchange(status: int | None, answer_class: AnswerClass = "vendor") -> Exchange:
    return Exchange("vtex", "GetProfile", "GET", BASE, {}, b"", status, answer_class=answer_class)


@dataclass
class Scene:
    """A scenario's settling on a clock of its own. `sends` gives these statuses, the last one on and on."""

    settle_seconds: float = 10.0
    repeats: bool = True
    waits: bool = False
    time: Time = field(default_factory=Time)

    def __post_init__(self) -> None:
        self.sender = stub_sender(vendor(), lambda request: json(200), self.time)
        self.settling = Settling("vtex", self.sender, self.settle_seconds, repeats=self.repeats, waits=self.waits)

    def write(self, status: int | None = 204, **more: Any) -> None:
        self.settling.note(Request(**{**_fields(WRITE), **more}), exchange(status))

    def read(self, *statuses: int, first: Exchange | None = None) -> Exchange:
        left = list(statuses)

        def send(request: Request) -> Exchange:
            assert request is READ
            return exchange(left.pop(0) if len(left) > 1 else left[0])

        return self.settling.repeat_until_settled(READ, first or exchange(200), send)

    @property
    def lag(self) -> dict[tuple[str, str], float]:
        return dict(self.sender.observer.observations().lag_seconds)


def _fields(request: Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in ("api", "operation_id", "method", "url", "safety", "expected")}


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"expected": ()}, False),
        ({"safety": "create"}, False),
        ({"undoes": True}, False),
    ],
)
def test_reads_that_ask_for_a_status_may_lag(change: dict[str, Any], may: bool) -> None:
    request = Request(**{**_fields(READ), **change})
    assert Scene().settling.may_lag(request) is may
    assert Scene(repeats=False).settling.may_lag(request) is False


def test_a_read_is_repeated_with_growing_pauses_until_it_agrees() -> None:
    scene = Scene()
    scene.write()
    scene.time.at += 0.3
    assert scene.read(*[200] * 6, 404).status == 404
    assert scene.time.slept == pytest.approx([0.1, 0.2, 0.4, 0.8, 1, 1, 1])
    assert scene.lag == {("vtex", "GetProfile"): pytest.approx(4.8)}


def test_a_lag_is_told_to_the_millisecond() -> None:
    scene = Scene()
    scene.write()
    scene.time.at += 0.0626
    scene.read(404)
    assert scene.lag == {("vtex", "GetProfile"): 0.163}


@pytest.mark.parametrize("settle_seconds", [0.5, 1.5])
def test_a_read_that_goes_on_contradicting_is_repeated_until_the_time_to_settle_is_over(settle_seconds: float) -> None:
    scene = Scene(settle_seconds)
    scene.write()
    assert scene.read(200).status == 200
    assert scene.time.at == pytest.approx(1000 + settle_seconds)
    assert scene.lag == {}


@pytest.mark.parametrize(
    ("first", "statuses"),
    [
        (exchange(404), ()),  # it agrees
        (exchange(502, "unavailable"), ()),  # not the vendor's answer
        (exchange(None, "network"), ()),
    ],
)
def test_a_read_that_contradicts_nothing_is_not_repeated(first: Exchange, statuses: tuple[int, ...]) -> None:
    scene = Scene()
    scene.write()
    assert scene.read(*statuses, first=first) is first
    assert (scene.time.slept, scene.lag) == ([], {})


def test_a_read_that_contradicts_without_a_write_before_is_not_repeated() -> None:
    scene = Scene()
    assert scene.read(404).status == 200
    assert (scene.time.slept, scene.lag) == ([], {})


@pytest.mark.parametrize("elapsed_seconds", [10.0, 11.0])
def test_a_read_after_the_time_to_settle_is_not_repeated(elapsed_seconds: float) -> None:
    scene = Scene()
    scene.write()
    scene.time.at += elapsed_seconds
    assert scene.read(404).status == 200


def test_an_answer_of_somebody_else_ends_the_repeating_and_is_no_lag() -> None:
    """Only a vendor's answer shows that a write has settled; another contradicts nothing."""
    scene = Scene()
    scene.write()
    page = exchange(502, "unavailable")
    assert scene.settling.repeat_until_settled(READ, exchange(200), lambda request: page) is page
    assert (len(scene.time.slept), scene.lag) == (1, {})


@pytest.mark.parametrize(
    ("status", "change", "is_write"),
    [
        (200, {}, True),
        (299, {}, True),
        (300, {}, False),
        (404, {}, False),
        (None, {}, False),
        (204, {"safety": "create"}, True),
        (200, {"safety": "read"}, False),
        (204, {"undoes": True}, False),
    ],
)
def test_only_what_changes_something_has_to_settle(status: int | None, change: dict[str, Any], is_write: bool) -> None:
    scene = Scene(waits=True)
    scene.write(status, **change)
    scene.settling.wait_before(READ)
    assert scene.time.slept == ([10.0] if is_write else [])


@pytest.mark.parametrize("elapsed_seconds", [0, 9.5])
def test_a_read_that_waits_lets_the_last_write_settle_once(elapsed_seconds: float) -> None:
    scene = Scene(waits=True)
    scene.write()
    scene.time.at += elapsed_seconds
    for _ in range(2):
        scene.settling.wait_before(READ)
    assert scene.time.slept == [10.0 - elapsed_seconds]


@pytest.mark.parametrize(
    ("waits", "repeats", "change", "elapsed_seconds"),
    [
        (False, True, {}, 0),
        (True, False, {}, 0),
        (True, True, {"safety": "update"}, 0),
        (True, True, {"undoes": True}, 0),
        (True, True, {}, 10),
    ],
    ids=["no waits", "a rule about the first read", "a write", "undoing", "settled"],
)
def test_what_need_not_wait_is_sent_at_once(
    waits: bool, repeats: bool, change: dict[str, Any], elapsed_seconds: float
) -> None:
    scene = Scene(waits=waits, repeats=repeats)
    scene.write()
    scene.time.at += elapsed_seconds
    scene.settling.wait_before(Request(**{**_fields(READ), **change}))
    assert scene.time.slept == []
