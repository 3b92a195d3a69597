"""Two ways to do without a copy, for those who only show what they hold; and what is due in each kind of store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.store.cow_maps import PART

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
SOON = NOW + timedelta(seconds=1)


def sara() -> Record:
    return Record("1", {"name": "Sara", "tags": ["a"]}, {"email": "sara@example.com"})


def test_what_is_found_is_a_copy() -> None:
    store = Store()
    store.put("people", sara())
    for found in (store.find("people", "1"), *store.find_by("people", "email", "sara@example.com")):
        assert found is not None
        found.value["tags"].append("b")
    assert store.find("people", "1") == sara()


def test_peek_returns_the_stored_value_without_a_copy() -> None:
    store = Store()
    store.put("people", sara())
    found = store.peek("people", "1")
    [found_by] = store.peek_by("people", "email", "sara@example.com")
    assert found == found_by == sara()
    assert found is not None
    assert found.value is found_by.value


def test_put_owned_stores_the_value_without_a_copy() -> None:
    store, record = Store(), sara()
    store.put_owned("people", record)
    found = store.peek("people", "1")
    assert found is not None
    assert found.value is record.value
    assert store.find_by("people", "email", "sara@example.com") == [record]


def test_an_update_leaves_what_somebody_shows_as_it_was() -> None:
    store = Store()
    store.put("people", sara())
    shown = store.peek("people", "1")
    store.put("people", Record("1", {"name": "Another", "tags": []}))
    assert shown == sara()


def test_ids_are_found_by_key_oldest_first() -> None:
    store = Store()
    for name, city in (("b", "Rio"), ("a", "Rio"), ("c", "Lima")):
        store.put("people", Record(name, {}, {"city": city}))
    assert store.ids_by("people", "city", "Rio") == ["b", "a"]
    assert store.ids_by("people", "city", "Quito") == []
    assert store.ids_by("people", "country", "Brazil") == []
    assert store.ids_by("nothing", "city", "Rio") == []


@pytest.mark.parametrize("kept", [False, True])
def test_what_is_due_is_found_however_the_store_came_by_it(kept: bool, tmp_path: Path) -> None:
    path = tmp_path / "kept" if kept else None
    store = Store(path)
    store.put("people", sara())
    assert store.next_expired(NOW) is None
    store.put("people", Record("2", {}, expires_at=SOON))
    assert store.next_expired(NOW) is None
    for holder in (store, store.fork(), store.fork(tmp_path / "fork")):
        due = holder.next_expired(SOON)
        assert due is not None
        assert (due[0], due[1].id) == ("people", "2")
        holder.close()
    if path is not None:
        again = Store(path)
        due = again.next_expired(SOON)
        again.close()
        assert due is not None
        assert due[1].id == "2"


def clear_and_fail(store: Store) -> None:
    with store.exclusive():
        store.clear()
        raise RuntimeError


def test_what_a_unit_takes_back_is_due_again() -> None:
    store = Store()
    store.put("people", Record("2", {}, expires_at=SOON))
    with pytest.raises(RuntimeError):
        clear_and_fail(store)
    due = store.next_expired(SOON)
    assert due is not None
    assert due[1].id == "2"


def test_what_is_derived_from_a_part_is_shared_until_the_part_changes() -> None:
    created: list[list[str]] = []

    def names(records: Iterable[Mapping[str, Any]]) -> list[str]:
        created.append([record["value"]["name"] for record in records])
        return created[-1]

    def derive(store: Store) -> list[list[str]]:
        return [part.derived(names) for _, part in store.parts("people")]

    store = Store()
    store.put_all("people", [Record(str(number), {"name": f"n{number}"}) for number in range(1, 2 * PART)])
    first, second = derive(store)
    assert derive(store) == [first, second]
    assert len(created) == 2
    fork, other = store.fork(), store.fork()
    fork.put("people", Record("1", {"name": "changed"}))
    assert derive(other) == [first, second]
    assert derive(fork) == [["changed", *first[1:]], second]
    assert len(created) == 3
    fork.put("people", Record("1", {"name": "changed again"}))
    assert derive(fork) == [["changed again", *first[1:]], second]
    fork.drop("people", "1")
    store.put("people", Record("2", {"name": "changed, too"}))
    assert derive(fork) == [first[1:], second]
    assert derive(store) == [["n1", "changed, too", *first[2:]], second]
    assert derive(other) == [first, second]
    fork.clear()
    fork.put("people", Record("9", {"name": "new"}))
    assert derive(fork) == [["new"]]
