from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.mockserver.rules import projection

PROFILE = {
    "id": "1",
    "email": "ana@example.com",
    "address": {"city": "Recife", "geo": {"lat": 1, "lon": 2}},
    "creditCards": [{"id": "c1", "cardProps": {"brand": "visa"}}, {"id": "c2"}],
    "roles": [],
    "tags": ["a", "b"],
    "nothing": None,
}
NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=3)
FIELDS = st.lists(st.lists(NAMES, min_size=1, max_size=3).map(".".join), max_size=4)


@pytest.mark.parametrize(
    ("fields", "selected"),
    [
        (["email"], {"email": "ana@example.com"}),
        (["email", "id"], {"id": "1", "email": "ana@example.com"}),
        ([" email ", ""], {"email": "ana@example.com"}),
        (["nothing"], {"nothing": None}),
        (["address.city"], {"address": {"city": "Recife"}}),
        (["address.geo.lat"], {"address": {"geo": {"lat": 1}}}),
        (["address", "address.city"], {"address": PROFILE["address"]}),
        (["creditCards.id"], {"creditCards": [{"id": "c1"}, {"id": "c2"}]}),
        (["creditCards.cardProps", "creditCards.id"], {"creditCards": PROFILE["creditCards"]}),
        (["creditCards.cardProps"], {"creditCards": [{"cardProps": {"brand": "visa"}}, {}]}),
        (["roles.name"], {"roles": []}),
        (["tags"], {"tags": ["a", "b"]}),
        (["unknown", "email.part", "address.unknown", "creditCards.unknown", "tags.unknown"], {}),
        ([], {}),
    ],
)
def test_those_properties_are_selected_and_no_other(fields: list[str], selected: dict[str, Any]) -> None:
    assert projection.select(PROFILE, fields) == selected


def test_a_selection_keeps_the_order_of_the_document() -> None:
    assert list(projection.select(PROFILE, ["nothing", "tags", "id"])) == ["id", "tags", "nothing"]


@pytest.mark.parametrize(
    ("fields", "without"),
    [
        (["email", "roles"], {"email", "roles"}),
        (["unknown", "email.part", "tags.x"], set()),
        ([], set()),
        ([*PROFILE, "address.city"], set(PROFILE)),
    ],
)
def test_all_but_those_properties_stay(fields: list[str], without: set[str]) -> None:
    kept = {name: value for name, value in PROFILE.items() if name not in without}
    assert projection.drop(PROFILE, fields) == kept


@pytest.mark.parametrize(
    ("field", "name", "left"),
    [
        ("address.city", "address", {"geo": {"lat": 1, "lon": 2}}),
        ("address.geo.lat", "address", {"city": "Recife", "geo": {"lon": 2}}),
        ("creditCards.id", "creditCards", [{"cardProps": {"brand": "visa"}}, {}]),
        ("creditCards.cardProps.brand", "creditCards", [{"id": "c1", "cardProps": {}}, {"id": "c2"}]),
    ],
)
def test_dotted_paths_drop_within_objects_and_arrays(field: str, name: str, left: Any) -> None:
    assert projection.drop(PROFILE, [field]) == {**PROFILE, name: left}


def _leaves(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The dotted places of all that is neither object nor array, array positions left out."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*at, name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, at)
    else:
        yield at


def _is_covered(place: tuple[str, ...], fields: list[str]) -> bool:
    return any(place[: len(path)] == path for path in (tuple(field.split(".")) for field in fields))


@given(DOCUMENTS, FIELDS)
def test_selecting_and_dropping_share_a_document_out(document: dict[str, Any], fields: list[str]) -> None:
    every = list(_leaves(document))
    assert list(_leaves(projection.select(document, fields))) == [at for at in every if _is_covered(at, fields)]
    assert list(_leaves(projection.drop(document, fields))) == [at for at in every if not _is_covered(at, fields)]


@given(DOCUMENTS, FIELDS)
def test_doing_it_twice_changes_nothing_more(document: dict[str, Any], fields: list[str]) -> None:
    selected, dropped = projection.select(document, fields), projection.drop(document, fields)
    assert projection.select(selected, fields) == selected
    assert projection.drop(dropped, fields) == dropped


@given(DOCUMENTS, FIELDS)
def test_a_projection_leaves_the_document_itself_alone(document: dict[str, Any], fields: list[str]) -> None:
    before = copy.deepcopy(document)
    projection.select(document, fields)
    projection.drop(document, fields)
    assert document == before
