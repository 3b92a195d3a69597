"""JSON form of TinyDB queries: parses `where` into a query.

A condition is `{"field": PATH, OPERATOR: VALUE}`; `{"and": […]}`, `{"or": […]}` and `{"not": …}` join conditions.
PATH is dotted text, or a list of names where a name has a dot; without `field` the condition is about the value itself,
such as an item of the list that `any` or `all` look at.
As in TinyDB a condition on a field that is missing does not hold, whichever operator it has. Unlike in TinyDB, values
of different JSON types are never equal and never in order (1 is not true), and `matches` takes no regular expression,
whose time a client could make grow without bound, but text in which `*` stands for any characters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from tinydb.queries import Query, QueryInstance

LONGEST, DEEPEST, MOST_CONDITIONS = 4096, 8, 50

Test = Callable[[Any, Any], bool]


class QueryError(ValueError):
    """`where` is not a valid query. The message says where and why, and can be shown to a user."""


def parse_query(where: str) -> QueryInstance:
    """Parse a `where`, a JSON text, into a TinyDB query. Raises QueryError."""
    if len(where) > LONGEST:
        raise QueryError(f"where has {len(where)} characters; the maximum is {LONGEST}")
    try:
        value = orjson.loads(where)
    except ValueError as error:  # not orjson's message, which may quote the text: it may hold personal data
        raise QueryError("where is not JSON") from error
    return _Parser().query(value, "where", DEEPEST)


class _Parser:
    """Parses one `where`, whose conditions it counts."""

    def __init__(self) -> None:
        self._conditions = 0

    def query(self, value: Any, at: str, depth: int) -> QueryInstance:
        if not isinstance(value, dict):
            raise QueryError(f"{at} must be an object")
        self._conditions += 1
        if depth == 0 or self._conditions > MOST_CONDITIONS:
            raise QueryError(f"{at}: a query has {MOST_CONDITIONS} conditions and {DEEPEST} levels at most")
        operators = [name for name in value if name != "field"]
        if len(operators) != 1 or operators[0] not in _OPERATORS:
            raise QueryError(f"{at} must have exactly one of {', '.join(_OPERATORS)}")
        [name] = operators
        at, operand = f"{at}.{name}", value[name]
        if name not in _JOINED:
            return self._condition(name, _field(value.get("field", []), at), operand, at, depth)
        if "field" in value:
            raise QueryError(f"{at} takes no field")
        return self._joined(name, operand, at, depth)

    def _condition(self, name: str, field: Query, operand: Any, at: str, depth: int) -> QueryInstance:
        if name in _LISTS:
            return _test(field, _LISTS[name], self._items(operand, at, depth))
        test, kinds, meaning = _TESTS[name]
        if not isinstance(operand, kinds) or (isinstance(operand, bool) and bool not in kinds):
            raise QueryError(f"{at} must be {meaning}")
        if name == "exists" and not operand:
            return ~_test(field, test, operand)
        return _test(field, test, operand)

    def _joined(self, name: str, operand: Any, at: str, depth: int) -> QueryInstance:
        if name == "not":
            query = self.query(operand, at, depth - 1)
            return _JOINED[name](query, query)
        if not isinstance(operand, list) or not operand:
            raise QueryError(f"{at} must be a list of one query or more")
        first, *rest = [self.query(item, f"{at}.{place}", depth - 1) for place, item in enumerate(operand)]
        for query in rest:
            first = _JOINED[name](first, query)
        return first

    def _items(self, operand: Any, at: str, depth: int) -> Callable[[Any], bool]:
        """Return the test of an item: a query, or membership in a list of values."""
        if isinstance(operand, list):
            return lambda item: _one_of(item, operand)
        return self.query(operand, at, depth - 1)


def _field(path: Any, at: str) -> Query:
    names = path.split(".") if isinstance(path, str) else path
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise QueryError(f"{at}: field must be text such as document.email, or a list of names")
    query = Query().map(_itself)  # TinyDB has no query without a path
    for name in names:
        query = query.map(_Property(name))
    return query


def _test(field: Query, test: Test, operand: Any) -> QueryInstance:
    return field.test(lambda value: test(value, operand))


class _Property:
    """A step of a path. TinyDB takes the KeyError for "does not hold"."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise KeyError(self._name)
        return value[self._name]


def _itself(value: Any) -> Any:
    return value


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    return bool(one == other)


def _order_test(compare: Test) -> Test:
    def test(one: Any, other: Any) -> bool:
        numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other)]
        return (all(numbers) or (isinstance(one, str) and isinstance(other, str))) and compare(one, other)

    return test


def _one_of(value: Any, values: list[Any]) -> bool:
    return any(_equal(value, other) for other in values)


def _matches(value: Any, pattern: str) -> bool:
    """Whether the whole text matches. Each part is searched once, after the end of the previous one: linear time."""
    if not isinstance(value, str):
        return False
    first, *rest = pattern.split("*")
    if not rest:
        return value == pattern
    *middle, last = rest
    start, stop = len(first), len(value) - len(last)
    if stop < start or not (value.startswith(first) and value.endswith(last)):
        return False
    for part in middle:
        at = value.find(part, start, stop)
        if at < 0:
            return False
        start = at + len(part)
    return True


def _any_fits(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and any(map(fits, value))


def _all_fit(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(fits, value))


_ORDER = ((str, int, float), "text or a number")
_ANYTHING = ((str, int, float, bool, list, dict, type(None)), "JSON")
_TESTS: dict[str, tuple[Test, tuple[type, ...], str]] = {
    "==": (_equal, *_ANYTHING),
    "!=": (lambda one, other: not _equal(one, other), *_ANYTHING),
    "<": (_order_test(lambda one, other: bool(one < other)), *_ORDER),
    "<=": (_order_test(lambda one, other: bool(one <= other)), *_ORDER),
    ">": (_order_test(lambda one, other: bool(one > other)), *_ORDER),
    ">=": (_order_test(lambda one, other: bool(one >= other)), *_ORDER),
    "one_of": (_one_of, (list,), "a list of values"),
    "exists": (lambda _, __: True, (bool,), "true or false"),
    "matches": (_matches, (str,), "text, in which * stands for any characters"),
}
_LISTS: dict[str, Test] = {"any": _any_fits, "all": _all_fit}
_JOINED: dict[str, Callable[[QueryInstance, QueryInstance], QueryInstance]] = {
    "and": lambda one, other: one & other,
    "or": lambda one, other: one | other,
    "not": lambda one, _: ~one,
}
_OPERATORS = (*_TESTS, *_LISTS, *_JOINED)
