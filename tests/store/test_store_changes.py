"""What a store has otherwise than another, and a look at all that it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Record, Store


def record(id: str, **value: object) -> Record:
    return Record(id, dict(value), {"name": f"key of {id}"})


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    store = Store(None if request.param == "memory" else tmp_path / "store")
    store.put_all("a", [record("1"), record("2"), record("3")])
    store.put("b", record("1"))
    return store


def test_a_fork_has_nothing_otherwise(store: Store) -> None:
    fork = store.fork()
    assert fork.changes_since(store) == {}
    assert store.changes_since(fork) == {}
    store.close()


def test_changes_list_added_removed_and_changed_records(store: Store) -> None:
    fork = store.fork()
    fork.put("a", record("9"))
    fork.put("a", record("2", colour="red"))
    fork.drop("a", "1")
    fork.put("c", record("1"))
    fork.drop("b", "1")
    changes = fork.changes_since(store)
    assert list(changes) == ["a", "b", "c"]
    assert (changes["a"].added, changes["a"].changed, changes["a"].removed) == (["9"], ["2"], ["1"])
    assert changes["b"].removed == ["1"]
    assert changes["c"].added == ["1"]
    store.close()


def test_the_same_again_is_no_change(store: Store) -> None:
    fork = store.fork()
    fork.drop("a", "1")
    fork.put("a", record("1"))
    fork.put("a", record("2"))
    assert fork.changes_since(store) == {}
    store.close()


def test_keys_and_due_instants_count(store: Store) -> None:
    fork = store.fork()
    fork.put("a", Record("1", {}, {"name": "another"}))
    assert fork.changes_since(store)["a"].changed == ["1"]
    store.close()


def test_stores_that_share_nothing_compare_by_what_they_hold(store: Store) -> None:
    other = Store()
    for name in store.counts():
        other.put_all(name, reversed(store.page(name).records))
    assert other.changes_since(store) == {}
    store.close()


def test_a_scan_tells_what_was_found_where(store: Store) -> None:
    def read(found: object) -> str:
        assert isinstance(found, dict)
        return f"found {found['keys']['name']}" if found["id"] == "1" else ""

    assert list(store.scan(read)) == [("a", "1", "found key of 1"), ("b", "1", "found key of 1")]
    store.close()
