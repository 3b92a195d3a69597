"""What is alive is looked through for garbage once, and set aside."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from pii_sandbox import garbage


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


def test_what_has_been_set_aside_is_looked_through_at_times() -> None:
    knot = Knot()
    known = ref(knot)
    garbage.sweep(thorough=True)
    assert gc.get_freeze_count() > 0
    del knot
    gc.collect()
    assert known() is not None
    garbage.sweep(thorough=True)
    assert known() is None


def test_python_makes_no_search_by_itself_and_a_sweep_waits_until_it_is_worth_while() -> None:
    garbage.sweep(thorough=True)
    gc.enable()
    known = ref(Knot())
    some: list[list[int]] = [[] for _ in range(garbage.WORTH_WHILE // 2)]
    garbage.sweep(thorough=False)
    assert known() is not None
    aside = gc.get_freeze_count()
    more: list[list[int]] = [[] for _ in range(garbage.WORTH_WHILE)]
    garbage.sweep(thorough=False)
    assert known() is None
    assert gc.get_freeze_count() >= aside + len(some) + len(more)
