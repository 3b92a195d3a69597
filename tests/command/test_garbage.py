"""What is alive is looked through for garbage once, and set aside."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from pii_sandbox import garbage
from pii_sandbox.garbage import Sweeper


class Knot:
    """Refers to itself, so that only a search finds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.disable()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


@pytest.fixture
def sweeper() -> Sweeper:
    """One that has just looked through everything, and found nothing."""
    sweeper = Sweeper()
    gc.collect()
    sweeper.sweep(thorough=True)
    return sweeper


def knots(number: int) -> list[ref[Knot]]:
    """Garbage, and enough of what is alive for a sweep to be worth while."""
    alive.extend([] for _ in range(garbage.WORTH_WHILE))
    return [ref(Knot()) for _ in range(number)]


alive: list[list[int]] = []


def test_what_has_been_set_aside_is_looked_through_at_times(sweeper: Sweeper) -> None:
    knot = Knot()
    known = ref(knot)
    sweeper.sweep(thorough=True)
    assert gc.get_freeze_count() > 0
    del knot
    gc.collect()
    assert known() is not None
    sweeper.sweep(thorough=True)
    assert known() is None


def test_a_sweep_waits_until_it_is_worth_while(sweeper: Sweeper) -> None:
    gc.enable()
    aside = gc.get_freeze_count()
    some: list[list[int]] = [[] for _ in range(garbage.WORTH_WHILE // 2)]
    sweeper.sweep(thorough=False)
    assert gc.get_freeze_count() == aside
    knots(0)
    sweeper.sweep(thorough=False)
    assert gc.get_freeze_count() >= aside + garbage.WORTH_WHILE + len(some)


def test_what_is_new_is_looked_through_once_in_a_while(sweeper: Sweeper) -> None:
    gc.enable()
    for _ in range(garbage.UNSEEN_SWEEPS):
        [unseen] = knots(1)
        sweeper.sweep(thorough=False)
        assert unseen() is not None
    [seen] = knots(1)
    sweeper.sweep(thorough=False)
    assert seen() is None


def test_as_long_as_there_is_much_garbage_every_sweep_looks(sweeper: Sweeper) -> None:
    gc.enable()
    for _ in range(garbage.UNSEEN_SWEEPS):
        knots(0)
        sweeper.sweep(thorough=False)
    for _ in range(3):
        many = knots(garbage.FOUND)
        sweeper.sweep(thorough=False)
        assert [knot for knot in many if knot() is not None] == []
    few = knots(1)
    sweeper.sweep(thorough=False)
    assert few[0]() is None
    unseen = knots(1)
    sweeper.sweep(thorough=False)
    assert unseen[0]() is not None
