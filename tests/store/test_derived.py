"""Cached results of stored values: valid for one variant, gone with their record."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pii_sandbox.mockserver.store import Record, Store

ANN = {"name": "Ann"}


class Result:
    """A result that tells by its reference whether it is still held."""


def derive_value(store: Store, variant: object, derive: Callable[[], Any]) -> Any:
    found = store.peek("people", "1")
    assert found is not None
    return store.derived("people", "1", found.value, variant, derive)


def store_with_ann() -> Store:
    store = Store()
    store.put("people", Record("1", ANN, expires_at=datetime(2030, 1, 1, tzinfo=UTC)))
    return store


def test_a_result_is_made_once_for_each_variant() -> None:
    store = store_with_ann()
    computed: list[str] = []

    def derive() -> str:
        computed.append("made")
        return f"result {len(computed)}"

    assert [derive_value(store, "a", derive) for _ in range(3)] == ["result 1"] * 3
    assert derive_value(store, "b", derive) == "result 2"
    assert derive_value(store, "a", derive) == "result 3"  # one variant is kept for each record


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.put("people", Record("1", {"name": "Bea"})),
        lambda store: store.put_owned("people", Record("1", {"name": "Ann"})),
        lambda store: store.drop("people", "1"),
        lambda store: store.clear(),
        lambda store: store.replace_contents(Store()),
    ],
    ids=["put", "put_owned", "drop", "clear", "replace_contents"],
)
def test_nothing_of_a_result_outlives_a_change_of_its_record(change: Callable[[Store], object]) -> None:
    store = store_with_ann()
    result = weakref.ref(derive_value(store, "a", Result))
    assert result() is not None
    change(store)
    gc.collect()
    assert result() is None


def test_an_older_value_is_not_cached() -> None:
    store = store_with_ann()
    older = store.peek("people", "1")
    assert older is not None
    store.put("people", Record("1", {"name": "Bea"}))
    assert store.derived("people", "1", older.value, "a", lambda: "of Ann") == "of Ann"
    assert derive_value(store, "a", lambda: "of Bea") == "of Bea"


def test_a_change_that_is_taken_back_leaves_no_stale_result() -> None:
    store = store_with_ann()
    assert derive_value(store, "a", lambda: "of Ann") == "of Ann"

    def put_and_fail() -> None:
        with store.exclusive():
            store.put("people", Record("1", {"name": "Bea"}))
            assert derive_value(store, "a", lambda: "of Bea") == "of Bea"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put_and_fail()
    assert derive_value(store, "a", lambda: "of Ann again") == "of Ann again"


def test_a_fork_has_results_of_its_own_once_it_changes() -> None:
    store = store_with_ann()
    fork = store.fork()
    fork.put("people", Record("1", {"name": "Bea"}))
    assert derive_value(store, "a", lambda: "of Ann") == "of Ann"
    assert derive_value(fork, "a", lambda: "of Bea") == "of Bea"
    assert derive_value(store, "a", lambda: "made again") == "of Ann"


def test_a_result_of_an_unknown_collection_is_made_each_time() -> None:
    results = iter(range(2))
    assert [Store().derived("nobody", "1", {}, "a", lambda: next(results)) for _ in range(2)] == [0, 1]


def test_results_are_bounded_in_number() -> None:
    store = Store()
    computed = []
    for number in range(2000):
        store.put("people", Record(str(number), {"number": number}))
        found = store.peek("people", str(number))
        assert found is not None
        computed.append(weakref.ref(store.derived("people", str(number), found.value, "a", Result)))
    assert sum(each() is not None for each in computed) <= 1024


def test_the_first_due_of_all_tables_is_the_next_expired() -> None:
    store = store_with_ann()
    store.put("aliens", Record("2", {}, expires_at=datetime(2029, 1, 1, tzinfo=UTC)))
    at = datetime(2030, 1, 1, tzinfo=UTC)
    first = store.next_expired(at)
    assert first is not None
    assert first[0] == "aliens"
    store.drop("aliens", "2")
    second = store.next_expired(at)
    assert second is not None
    assert (second[0], second[1].id) == ("people", "1")
    assert store.next_expired(at - timedelta(seconds=1)) is None
