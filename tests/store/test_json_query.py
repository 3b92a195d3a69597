"""`where`: the JSON form of TinyDB's queries. What it finds, and what is no query."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any

import pytest
from tinydb import Query
from tinydb.queries import QueryInstance

from pii_sandbox.mockserver.store.json_query import DEEPEST, LONGEST, MOST_CONDITIONS, QueryError, parse_query

DOCUMENTS: list[dict[str, Any]] = [
    {"n": 1, "name": "Ana", "tags": ["a", "b"], "home": {"city": "São Paulo"}, "orders": [{"total": 5}, {"total": 50}]},
    {"n": 2, "name": "Bia", "tags": [], "home": {"city": "Rio"}, "orders": [], "a.b": 1},
    {"n": 3.0, "name": "Ana Maria", "tags": ["b"], "home": None, "orders": [{"total": "5"}], "flag": True},
]


def matching_places(where: Any) -> list[int]:
    query = parse_query(json.dumps(where))
    return [place for place, document in enumerate(DOCUMENTS) if query(document)]


NAME, N, CITY, TAGS = {"field": "name"}, {"field": "n"}, {"field": "home.city"}, {"field": "tags"}


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ({**NAME, "==": "Ana"}, [0]),
        ({**NAME, "!=": "Ana"}, [1, 2]),
        ({**CITY, "!=": "Rio"}, [0]),
        ({"field": ["home", "city"], "==": "Rio"}, [1]),
        ({"field": ["a.b"], "==": 1}, [1]),
        ({"field": "a.b", "==": 1}, []),
        ({**N, "==": 3}, [2]),
        ({**N, "==": True}, []),
        ({"field": "flag", "==": True}, [2]),
        ({"field": "flag", "==": 1}, []),
        ({"field": "home", "==": None}, [2]),
        ({"field": "home", "==": {"city": "Rio"}}, [1]),
        ({**TAGS, "==": ["a", "b"]}, [0]),
        ({**N, "<": 2}, [0]),
        ({**N, "<=": 2}, [0, 1]),
        ({**N, ">": 2}, [2]),
        ({**N, ">=": 2}, [1, 2]),
        ({**N, "<": "2"}, []),
        ({"field": "flag", ">": 0}, []),
        ({**NAME, ">": "Ana"}, [1, 2]),
        ({**N, "one_of": [1, 3, "2"]}, [0, 2]),
        ({**N, "one_of": []}, []),
        ({**NAME, "matches": "Ana"}, [0]),
        ({**NAME, "matches": "Ana*"}, [0, 2]),
        ({**NAME, "matches": "*a"}, [0, 1, 2]),
        ({**NAME, "matches": "*n*M*ia"}, [2]),
        ({**NAME, "matches": "Ana*na"}, []),
        ({**NAME, "matches": "*"}, [0, 1, 2]),
        ({**NAME, "matches": "^A.*$"}, []),
        ({**N, "matches": "*"}, []),
        ({**CITY, "exists": True}, [0, 1]),
        ({**CITY, "exists": False}, [2]),
        ({**TAGS, "any": ["a", "x"]}, [0]),
        ({**TAGS, "any": {"==": "b"}}, [0, 2]),
        ({**TAGS, "all": {"==": "b"}}, [1, 2]),
        ({**TAGS, "all": ["a", "b"]}, [0, 1, 2]),
        ({**NAME, "any": {"==": "A"}}, []),
        ({"field": "orders", "any": {"field": "total", ">": 10}}, [0]),
        ({"field": "orders", "any": {"field": "total", "==": "5"}}, [2]),
        ({"and": [{**NAME, "matches": "A*"}, {**N, ">": 1}]}, [2]),
        ({"or": [{**NAME, "==": "Bia"}, {**N, "==": 1}]}, [0, 1]),
        ({"not": {**CITY, "==": "Rio"}}, [0, 2]),
        ({"field": "constructor.__class__", "exists": True}, []),
    ],
    ids=str,
)
def test_a_query_finds_what_it_asks_for(where: Any, places: list[int]) -> None:
    assert matching_places(where) == places


@pytest.mark.parametrize(
    ("where", "query"),
    [
        ({**NAME, "==": "Ana"}, Query().name == "Ana"),
        ({**CITY, "!=": "Rio"}, Query().home.city != "Rio"),
        ({**N, "one_of": [1, 2]}, Query().n.one_of([1, 2])),
        ({**TAGS, "any": ["a", "x"]}, Query().tags.any(["a", "x"])),
        ({"field": "orders", "any": {"field": "total", "==": 5}}, Query().orders.any(Query().total == 5)),
        ({"field": "orders", "all": {"field": "total", "==": 5}}, Query().orders.all(Query().total == 5)),
        ({"not": {**CITY, "==": "Rio"}}, ~(Query().home.city == "Rio")),
        ({"or": [{**N, "<": 2}, {**NAME, "==": "Bia"}]}, (Query().n < 2) | (Query().name == "Bia")),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "tinydb",
)
def test_it_finds_what_the_query_of_tinydb_finds(where: Any, query: QueryInstance) -> None:
    assert matching_places(where) == [place for place, document in enumerate(DOCUMENTS) if query(document)]


def nested_query(levels: int) -> Any:
    return {"not": nested_query(levels - 1)} if levels > 1 else {**N, "==": 1}


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ([], "where must be an object"),
        ({}, "exactly one of ==, !=, <"),
        ({**N, "==": 1, "<": 2}, "exactly one of"),
        ({**N, "~": 1}, "exactly one of"),
        ({**N, "test": "f"}, "exactly one of"),
        ({**N, "and": []}, "where.and takes no field"),
        ({"and": []}, "where.and must be a list of one query or more"),
        ({"or": [{**N, "==": 1}, 7]}, "where.or.1 must be an object"),
        ({"not": []}, "where.not must be an object"),
        ({"field": 7, "==": 1}, "field must be text"),
        ({"field": "a..b", "==": 1}, "field must be text"),
        ({"field": ["a", 1], "==": 1}, "field must be text"),
        ({**N, "<": None}, "where.< must be text or a number"),
        ({**N, "<": True}, "where.< must be text or a number"),
        ({**N, "one_of": "abc"}, "where.one_of must be a list"),
        ({**N, "matches": 1}, "where.matches must be text"),
        ({**N, "exists": 1}, "where.exists must be true or false"),
        ({**TAGS, "any": "a"}, "where.any must be an object"),
        (nested_query(DEEPEST + 1), f"{DEEPEST} levels at most"),
        ({"or": [{**N, "==": 1}] * MOST_CONDITIONS}, f"{MOST_CONDITIONS} conditions"),
        ({**NAME, "==": "x" * LONGEST}, f"the maximum is {LONGEST}"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_query_is_refused_with_the_place_in_it(where: Any, message: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse_query(json.dumps(where))
    assert message in str(refused.value)


@pytest.mark.parametrize("text", ["", "ana@example.com", "{", "NaN", '{"field": "n", "==": NaN}', "[" * 4000])
def test_what_is_no_json_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(QueryError, match=r"^where is not JSON$"):
        parse_query(text)


def test_the_largest_query_is_taken() -> None:
    assert parse_query(json.dumps(nested_query(DEEPEST)))({"n": 1}) is (DEEPEST % 2 == 1)
    assert parse_query(json.dumps({"or": [{**N, "==": 1}] * (MOST_CONDITIONS - 1)}))({"n": 1})


def test_matching_takes_time_linear_in_the_text() -> None:
    query = parse_query(json.dumps({"field": "t", "matches": "*a" * 1000 + "b*c"}))
    spent = []
    for length in (50_000, 400_000):
        start = perf_counter()
        assert not query({"t": "a" * length})
        spent.append(perf_counter() - start)
    assert spent[1] < 100 * max(spent[0], 1e-4)
