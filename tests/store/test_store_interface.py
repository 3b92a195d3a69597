"""What the store promises, in memory and with a file alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from pii_sandbox.mockserver.store import Column, Contains, Page, Record, Store
from tests.store.samples import abort_unit, all_records, person

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
PEOPLE = "vtex/profiles"


def ids(page: Page) -> list[str]:
    return [record.id for record in page.records]


def test_a_record_is_found_by_its_id(store: Store) -> None:
    ana = Record("1", {"name": "Ana", "nested": {"list": [1, {"x": None}]}}, {"email": "ana@x.test"}, NOON)
    store.put(PEOPLE, ana)
    assert store.find(PEOPLE, "1") == ana
    assert store.find(PEOPLE, "2") is None
    assert store.find("vtex/addresses", "1") is None


def test_a_record_is_found_by_each_of_its_keys_oldest_first(store: Store) -> None:
    for name in "cab":
        store.put(PEOPLE, Record(name, {}, {"city": "SP", "email": name}))
    assert [record.id for record in store.find_by(PEOPLE, "city", "SP")] == ["c", "a", "b"]
    assert [record.id for record in store.find_by(PEOPLE, "email", "a")] == ["a"]
    assert store.find_by(PEOPLE, "city", "RJ") == store.find_by(PEOPLE, "phone", "1") == []
    assert store.find_by("vtex/addresses", "city", "SP") == []


def test_an_update_changes_what_a_record_is_found_by(store: Store) -> None:
    for name in "abc":
        store.put(PEOPLE, Record(name, {}, {"city": "SP"}))
    store.put(PEOPLE, Record("b", {"moved": True}, {"city": "RJ", "email": "b"}))
    assert [record.id for record in store.find_by(PEOPLE, "city", "SP")] == ["a", "c"]
    assert [record.value for record in store.find_by(PEOPLE, "city", "RJ")] == [{"moved": True}]
    store.put(PEOPLE, Record("b", {}, {"city": "SP"}))
    assert [record.id for record in store.find_by(PEOPLE, "city", "SP")] == ["a", "b", "c"]
    assert store.find_by(PEOPLE, "email", "b") == store.find_by(PEOPLE, "city", "RJ") == []


def test_a_dropped_record_is_found_no_more(store: Store) -> None:
    store.put(PEOPLE, Record("a", {}, {"city": "SP"}, NOON))
    assert store.drop(PEOPLE, "a") is True
    assert store.drop(PEOPLE, "a") is False
    assert store.drop("vtex/addresses", "a") is False
    assert store.find(PEOPLE, "a") is None
    assert store.find_by(PEOPLE, "city", "SP") == []
    assert store.next_expired(NOON) is None
    assert store.counts() == {}


def test_what_is_done_to_a_record_afterwards_is_not_stored(store: Store) -> None:
    value = {"tags": ["a"], "address": {"city": "SP"}}
    keys = {"email": "a"}
    store.put(PEOPLE, Record("a", value, keys))
    value["tags"].append("b")  # type: ignore[attr-defined] # a list, whatever mypy makes of the mixture
    keys["email"] = "b"
    for record in (store.find(PEOPLE, "a"), *store.find_by(PEOPLE, "email", "a"), *store.page(PEOPLE).records):
        assert record is not None
        assert record.value == {"tags": ["a"], "address": {"city": "SP"}}
        record.value["address"]["city"] = "RJ"
        record.value.clear()
    assert store.find(PEOPLE, "a") == Record("a", {"tags": ["a"], "address": {"city": "SP"}}, {"email": "a"})


def test_a_value_that_json_cannot_hold_is_not_stored(store: Store) -> None:
    store.put(PEOPLE, person("a"))
    with pytest.raises(TypeError):
        store.put_all(PEOPLE, [person("b"), person("a", at=NOON)])
    assert all_records(store) == {PEOPLE: [person("a")]}


def test_an_instant_needs_a_time_zone_and_may_have_any(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.put(PEOPLE, Record("a", {}, {}, NOON.replace(tzinfo=None)))
    store.put(PEOPLE, Record("a", {}, {}, NOON.astimezone(timezone(timedelta(hours=-3)))))
    assert store.find(PEOPLE, "a") == Record("a", {}, {}, NOON)


@pytest.mark.parametrize(
    ("offset", "count", "descending", "expected"),
    [
        (0, None, False, "bcdeg"),
        (0, 2, False, "bc"),
        (3, 2, False, "eg"),
        (4, 5, False, "g"),
        (5, 5, False, ""),
        (99, None, False, ""),
        (1, 0, False, ""),
        (0, 10**30, False, "bcdeg"),
        (0, None, True, "gedcb"),
        (1, 3, True, "edc"),
        (4, 9, True, "b"),
        (7, 9, True, ""),
    ],
)
def test_a_page_is_in_order_of_creation(
    store: Store, offset: int, count: int | None, descending: bool, expected: str
) -> None:
    store.put_all(PEOPLE, (person(name) for name in "abcdefg"))
    store.put(PEOPLE, person("c", updated=True))
    store.drop(PEOPLE, "a")
    store.drop(PEOPLE, "f")
    page = store.page(PEOPLE, offset=offset, count=count, descending=descending)
    assert ids(page) == list(expected)
    assert page.total == 5


def test_a_record_that_comes_back_stands_last(store: Store) -> None:
    store.put_all(PEOPLE, map(person, "abc"))
    store.drop(PEOPLE, "a")
    store.put(PEOPLE, person("a"))
    assert ids(store.page(PEOPLE)) == ["b", "c", "a"]


def page_ids(store: Store, **requested: Any) -> str:
    return "".join(ids(store.page(PEOPLE, **requested)))


CITY, ANYWHERE = Column(("city",)), Column(("city", "street"), folded=True)


def test_a_page_holds_what_was_asked_for_in_the_order_asked_for(store: Store) -> None:
    cities = {"a": "Rio", "b": "Bahia", "c": "Rio", "d": None, "e": "Bahia", "f": "bahia"}
    store.put_all(PEOPLE, (person(name, city=city, street="Rua B") for name, city in cities.items()))
    assert page_ids(store, order=CITY) == "dbeacf"
    assert page_ids(store, order=CITY, descending=True) == "fcaebd"
    pages = [page_ids(store, order=CITY, descending=True, offset=offset, count=2) for offset in range(7)]
    assert pages == ["fc", "ca", "ae", "eb", "bd", "d", ""]
    bahia = Contains(ANYWHERE, "bah")
    assert page_ids(store, where=bahia) == "bef"
    assert page_ids(store, where=bahia, descending=True, count=2) == "fe"
    assert page_ids(store, where=bahia, order=CITY, descending=True) == "feb"
    assert store.page(PEOPLE, where=bahia, offset=1, count=1).total == 3
    assert page_ids(store, where=Contains(ANYWHERE, "Bah")) == ""
    assert store.page("vtex/addresses", where=bahia, order=CITY) == Page([], 0)


def test_a_text_is_found_in_one_property_and_not_over_two(store: Store) -> None:
    store.put(PEOPLE, person("a", city="Rio", street="Rua B"))
    store.put(PEOPLE, person("b", city="x", street="Rio\nRua C"))
    assert page_ids(store, where=Contains(ANYWHERE, "rio\nrua")) == "b"
    assert page_ids(store, where=Contains(ANYWHERE, "rua")) == "ab"


@pytest.mark.parametrize("many", [4, 200])
def test_columns_follow_every_change(store: Store, many: int) -> None:
    names = [f"{number:03}" for number in range(many)]
    cities = dict(zip(names, [f"city {number * 7 % 5}" for number in range(many)], strict=True))
    store.put_all(PEOPLE, (person(name, city=city) for name, city in cities.items()))

    def expected(city: str) -> list[str]:
        return [name for name, own in sorted(cities.items(), key=lambda item: item[1]) if city in own]

    for changed in (names[:1], names[1:3], names):
        assert ids(store.page(PEOPLE, order=CITY)) == expected("")
        for name in changed:
            cities[name] = f"city {len(changed) % 5}{name[-1]}"
            store.put(PEOPLE, person(name, city=cities[name]))
        assert ids(store.page(PEOPLE, order=CITY)) == expected("")
        assert ids(store.page(PEOPLE, order=CITY, where=Contains(CITY, "y 1"))) == expected("y 1")
    with abort_unit(store):
        store.drop(PEOPLE, names[1])
        store.put(PEOPLE, person("new", city=""))
        assert page_ids(store, order=CITY, count=1) == "new"
    assert ids(store.page(PEOPLE, order=CITY)) == expected("")
    store.drop(PEOPLE, names[1])
    del cities[names[1]]
    assert ids(store.page(PEOPLE, order=CITY)) == expected("")


def test_counts_leave_out_what_is_empty(store: Store) -> None:
    store.put_all(PEOPLE, map(person, "ab"))
    store.put("oracle/profiles", person("a"))
    store.put("newstore/data", person("a"))
    store.drop("newstore/data", "a")
    assert store.counts() == {PEOPLE: 2, "oracle/profiles": 1}
    assert (store.count(PEOPLE), store.count("newstore/data"), store.count("nothing/here")) == (2, 0, 0)


def test_clear_removes_everything(store: Store) -> None:
    store.put_all(PEOPLE, map(person, "ab"))
    store.put("oracle/profiles", Record("a", {}, {"email": "a"}, NOON))
    store.clear()
    assert store.counts() == {}
    assert store.find(PEOPLE, "a") is None
    assert store.find_by("oracle/profiles", "email", "a") == []
    assert store.next_expired(NOON) is None


def test_expired_records_come_earliest_first(store: Store) -> None:
    minutes = {"late": 50, "early": 10, "never": None, "middle": 30}
    for name, minute in minutes.items():
        at = None if minute is None else NOON + timedelta(minutes=minute)
        store.put("vtex/jobs" if name == "middle" else PEOPLE, Record(name, {}, {}, at))
    seen = []
    assert store.next_expired(NOON + timedelta(minutes=10, microseconds=-1)) is None
    while (due := store.next_expired(NOON + timedelta(minutes=50))) is not None:
        seen.append((due[0], due[1].id))
        store.drop(due[0], due[1].id)
    assert seen == [(PEOPLE, "early"), ("vtex/jobs", "middle"), (PEOPLE, "late")]
    assert ids(store.page(PEOPLE)) == ["never"]


def test_of_what_is_due_at_one_instant_the_first_collection_goes_first_and_the_oldest_in_it(store: Store) -> None:
    for collection, name in (("b", "2"), ("b", "1"), ("a", "3")):
        store.put(collection, Record(name, {}, {}, NOON))
    seen = []
    while (due := store.next_expired(NOON)) is not None:
        seen.append((due[0], due[1].id))
        store.drop(due[0], due[1].id)
    assert seen == [("a", "3"), ("b", "2"), ("b", "1")]


def test_an_instant_that_moved_is_due_at_the_new_one(store: Store) -> None:
    hours = [timedelta(hours=hour) for hour in range(6)]
    store.put(PEOPLE, Record("a", {}, {}, NOON + hours[1]))
    store.put(PEOPLE, Record("b", {}, {}, NOON + hours[3]))
    store.put(PEOPLE, Record("a", {}, {}, NOON + hours[5]))
    due = store.next_expired(NOON + hours[4])
    assert due is not None
    assert due[1].id == "b"
    store.put(PEOPLE, Record("b", {}))
    assert store.next_expired(NOON + hours[4]) is None
    store.put(PEOPLE, Record("b", {}, {}, NOON))
    assert store.next_expired(NOON) == (PEOPLE, Record("b", {}, {}, NOON))


def test_frequent_changes_of_an_expiry_leave_no_entries_behind(store: Store) -> None:
    store.put(PEOPLE, Record("a", {}, {}, NOON))
    for minute in range(1, 500):
        store.put(PEOPLE, Record("b", {}, {"minute": f"{minute}"}, NOON + timedelta(minutes=minute)))
    assert len(store._storage.contents(PEOPLE).expiry_heap) < 50
    store.drop(PEOPLE, "a")
    assert store.next_expired(NOON + timedelta(minutes=498)) is None
    assert store.next_expired(NOON + timedelta(minutes=499)) is not None
    store.put_all(PEOPLE, (Record(name, {}, {"minute": "1"}) for name in "bcd"))
    for name in "bcd":
        store.drop(PEOPLE, name)
    assert [len(index) for index in store._storage.contents(PEOPLE).by_key.values()] == [0]
    assert store._storage.contents(PEOPLE).expiry_heap == []
