"""Whatever is done in whatever order: the store is what a plain dict would be, and so is each of its forks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from pii_sandbox.mockserver.store import Column, Contains, Record, Store, file_storage
from pii_sandbox.mockserver.store import compaction as store_compaction
from pii_sandbox.mockserver.store.compaction import Compaction
from pii_sandbox.mockserver.store.replicated_storage import ReplicatedStorage
from tests.store.replicas import SharedLogs

START = datetime(2024, 1, 1, tzinfo=UTC)
HOURS = range(6)
COLLECTIONS = st.sampled_from(["a", "b"])
IDS = st.sampled_from(["1", "2", "3", "4", "ção"])
NAME = Column(("name",))
CITIES = ["SP", "RJ", "Ø"]

SCALARS: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUES = st.builds(
    lambda value, name: {**value, "name": name},
    st.dictionaries(
        st.text(max_size=2), SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=1), SCALARS)
    ),
    st.none() | st.text("abÄ", max_size=2),
)
RECORDS = st.builds(
    Record,
    IDS,
    VALUES,
    st.dictionaries(st.sampled_from(["city", "born in"]), st.sampled_from(CITIES)),
    st.none() | st.sampled_from(HOURS).map(lambda hours: START + timedelta(hours=hours)),
)

Model = dict[str, dict[str, Record]]
Step = Callable[[Store, Model], None]


class GaveUpError(Exception):
    """Ends a unit."""


def put_step(collection: str, record: Record) -> Step:
    def put(store: Store, model: Model) -> None:
        store.put(collection, record)
        model.setdefault(collection, {})[record.id] = deepcopy(record)

    return put


def put_all_step(collection: str, records: list[Record]) -> Step:
    def put_all(store: Store, model: Model) -> None:
        store.put_all(collection, iter(records))
        model.setdefault(collection, {}).update({record.id: deepcopy(record) for record in records})

    return put_all


def drop_step(collection: str, id: str) -> Step:
    def drop(store: Store, model: Model) -> None:
        assert store.drop(collection, id) is (model.get(collection, {}).pop(id, None) is not None)

    return drop


def clear_step() -> Step:
    def clear(store: Store, model: Model) -> None:
        store.clear()
        model.clear()

    return clear


def unit_step(steps: list[Step], gives_up: bool) -> Step:
    def unit(store: Store, model: Model) -> None:
        before = deepcopy(model)
        with suppress(GaveUpError), store.exclusive():
            for step in steps:
                step(store, model)
            if gives_up:
                model.clear()
                model.update(before)
                raise GaveUpError

    return unit


SINGLE = st.one_of(
    st.builds(put_step, COLLECTIONS, RECORDS),
    st.builds(put_all_step, COLLECTIONS, st.lists(RECORDS, max_size=4)),
    st.builds(drop_step, COLLECTIONS, IDS),
    st.builds(clear_step),
)
STEPS = st.recursive(
    SINGLE, lambda inner: st.builds(unit_step, st.lists(inner, max_size=4), st.booleans()), max_leaves=6
)


@dataclass
class StoreWithModel:
    """A store, what it should hold, and the file that it is in or the log that another process reads."""

    store: Store
    model: Model = field(default_factory=dict)
    path: Path | None = None
    log: str | None = None


class StoreAndModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.patched = pytest.MonkeyPatch()
        self.compactions: list[Compaction] = []
        self.patched.setattr(store_compaction, "begin", self.compactions.append)
        self.patched.setattr(store_compaction, "DOCUMENTS_A_LINE", 2)
        self.patched.setattr(file_storage, "SPARED_BYTES", 500)
        self.folder = tempfile.TemporaryDirectory()
        first = Path(self.folder.name) / "0.journal"
        self.stores = [StoreWithModel(Store(first), {}, first)]

    def teardown(self) -> None:
        for kept in self.stores:
            kept.store.close()
        for compaction in self.compactions:
            assert not compaction.step()
        self.patched.undo()
        self.folder.cleanup()

    @rule(index=st.integers(0, 3), step=STEPS)
    def write(self, index: int, step: Step) -> None:
        kept = self.stores[index % len(self.stores)]
        step(kept.store, kept.model)

    @rule(index=st.integers(0, 3))
    def reopen(self, index: int) -> None:
        kept = self.stores[index % len(self.stores)]
        if kept.path is not None:
            kept.store.close()
            kept.store = Store(kept.path)

    @precondition(lambda self: self.compactions)
    @rule(index=st.integers(0, 3))
    def compact_a_little(self, index: int) -> None:
        compaction = self.compactions[index % len(self.compactions)]
        if not compaction.step():
            self.compactions.remove(compaction)

    @precondition(lambda self: len(self.stores) < 4)
    @rule(index=st.integers(0, 3), on_disk=st.booleans())
    def fork(self, index: int, on_disk: bool) -> None:
        kept = self.stores[index % len(self.stores)]
        path = Path(self.folder.name) / f"{len(self.stores)}.journal" if on_disk else None
        self.stores.append(StoreWithModel(kept.store.fork(path), deepcopy(kept.model), path))

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        for kept in self.stores:
            for collection in ("a", "b", "c"):
                compare(kept.store, collection, list(kept.model.get(collection, {}).values()))
            assert kept.store.counts() == {name: len(records) for name, records in kept.model.items() if records}

    @invariant()
    def what_is_due_is_the_earliest(self) -> None:
        for kept in self.stores:
            timed = [
                (record.expires_at, collection, record)
                for collection in sorted(kept.model)
                for record in kept.model[collection].values()
                if record.expires_at is not None
            ]
            for hours in HOURS:
                now = START + timedelta(hours=hours)
                due = min((one for one in timed if one[0] <= now), key=lambda one: one[0], default=None)
                assert kept.store.next_expired(now) == (None if due is None else due[1:])


def compare(store: Store, collection: str, records: list[Record]) -> None:
    """All that is in a collection, by every way to it."""
    page = store.page(collection)
    assert (page.records, page.total, store.count(collection)) == (records, len(records), len(records))
    assert repr([record.value for record in page.records]) == repr([record.value for record in records])
    assert store.page(collection, offset=1, count=2, descending=True).records == records[::-1][1:3]
    ordered = sorted(records, key=lambda record: record.value["name"] or "")
    assert store.page(collection, order=NAME).records == ordered
    chosen = store.page(collection, order=NAME, descending=True, where=Contains(NAME, "a"), count=2)
    assert chosen.records == [record for record in ordered[::-1] if "a" in (record.value["name"] or "")][:2]
    for record in records:
        assert store.find(collection, record.id) == record
    for key in ("city", "born in"):
        for city in CITIES:
            assert store.find_by(collection, key, city) == [one for one in records if one.keys.get(key) == city]


class SharedStoresAndModel(StoreAndModel):
    """With a store among them whose log another process reads now and then."""

    logs: SharedLogs

    def __init__(self) -> None:
        super().__init__()
        name = self.logs.new_name()
        self.stores.append(StoreWithModel(Store(storage=self.logs.storage(name)), {}, None, name))

    def teardown(self) -> None:
        self.another_process_shows_the_same()
        super().teardown()

    @rule()
    def another_process_shows_the_same(self) -> None:
        for kept in self.stores:
            if kept.log is not None:
                storage = kept.store.storage
                assert isinstance(storage, ReplicatedStorage)
                self.logs.assert_replicated(storage, kept.log)


@pytest.mark.skipif("CLUSTER_STORAGE" not in os.environ, reason="needs a real nats-server: CLUSTER_STORAGE is not set")
def test_a_store_over_a_log_is_what_a_plain_dict_would_be_in_each_process(shared_logs: SharedLogs) -> None:
    SharedStoresAndModel.logs = shared_logs
    run_state_machine_as_test(SharedStoresAndModel, settings=SETTINGS)


SETTINGS = settings(max_examples=40, stateful_step_count=15, deadline=None)
TestStoreAndModel = StoreAndModel.TestCase
TestStoreAndModel.settings = SETTINGS
