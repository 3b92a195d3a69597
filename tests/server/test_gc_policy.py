"""What is alive is looked through for garbage once, and set aside."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from pii_sandbox.server import gc_policy
from pii_sandbox.server.gc_policy import Collector


class SelfReference:
    """Refers to itself, so that only a search finds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _restore_gc() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.disable()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


@pytest.fixture
def collector() -> Collector:
    """One that has just looked through everything, and found nothing."""
    collector = Collector()
    gc.collect()
    collector.run(full=True)
    return collector


def self_references(number: int) -> list[ref[SelfReference]]:
    """Garbage, and enough of what is alive for a sweep to be worth while."""
    alive.extend([] for _ in range(gc_policy.MIN_NEW_OBJECTS))
    return [ref(SelfReference()) for _ in range(number)]


alive: list[list[int]] = []


def test_frozen_objects_are_collected_from_time_to_time(collector: Collector) -> None:
    knot = SelfReference()
    known = ref(knot)
    collector.run(full=True)
    assert gc.get_freeze_count() > 0
    del knot
    gc.collect()
    assert known() is not None
    collector.run(full=True)
    assert known() is None


def test_a_collection_waits_until_it_is_worthwhile(collector: Collector) -> None:
    gc.enable()
    aside = gc.get_freeze_count()
    some: list[list[int]] = [[] for _ in range(gc_policy.MIN_NEW_OBJECTS // 2)]
    collector.run(full=False)
    assert gc.get_freeze_count() == aside
    self_references(0)
    collector.run(full=False)
    assert gc.get_freeze_count() >= aside + gc_policy.MIN_NEW_OBJECTS + len(some)


def test_new_objects_are_collected_from_time_to_time(collector: Collector) -> None:
    gc.enable()
    for _ in range(gc_policy.MAX_UNSEEN_FREEZES):
        [unseen] = self_references(1)
        collector.run(full=False)
        assert unseen() is not None
    [seen] = self_references(1)
    collector.run(full=False)
    assert seen() is None


def test_while_there_is_much_garbage_every_freeze_collects_first(collector: Collector) -> None:
    gc.enable()
    for _ in range(gc_policy.MAX_UNSEEN_FREEZES):
        self_references(0)
        collector.run(full=False)
    for _ in range(3):
        many = self_references(gc_policy.MIN_GARBAGE)
        collector.run(full=False)
        assert [knot for knot in many if knot() is not None] == []
    few = self_references(1)
    collector.run(full=False)
    assert few[0]() is None
    unseen = self_references(1)
    collector.run(full=False)
    assert unseen[0]() is not None
