"""Nothing that a schema marks leaves in clear: generated schemas and documents, in both dialects. (VTEX-SCHEMA-4)"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pii_sandbox.specs import DIALECTS, Dialect
from tests.control_client import ControlClient
from tests.vendors.vtex.conftest import JOHN, Shop

NAMES = st.sampled_from(["note", "cpf", "pets", "*", "items", "properties", "pii"])
# distinctive, so that a value in a response is one that was stored and no mask of another
SECRETS = st.one_of(
    st.integers(10**9, 10**18),
    st.integers(-(10**30), -(10**10)),
    st.floats(1e6, 1e15, allow_nan=False),
    st.text("abcdefgh0123456789", min_size=8, max_size=12),
)
DOCUMENTS = st.recursive(
    SECRETS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


def _schemas(marked: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of a custom field; `marked`: the innermost one carries the mark."""
    leaf = st.fixed_dictionaries({"type": st.just("string"), "pii": st.just(marked)})
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.dictionaries(NAMES, inner, min_size=1, max_size=2).map(lambda p: {"type": "object", "properties": p}),
            inner.map(lambda each: {"type": "array", "items": each}),
            inner.map(lambda each: {"type": "object", "additionalProperties": each}),
            inner.map(lambda each: {"type": "object", "patternProperties": {"^c": each}}),
        ),
        max_leaves=3,
    )


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _scalars(inner)
    elif value is not None:
        yield value


def _marked_values(value: Any, schema: Any) -> Iterator[Any]:
    """The scalars that JSON Schema puts under a marked schema: an oracle that knows nothing of paths."""
    if schema.get("pii"):
        yield from _scalars(value)
    elif isinstance(value, list):
        for item in value:
            yield from _marked_values(item, schema.get("items", {}))
    elif isinstance(value, dict):
        named = schema.get("properties", {})
        for name, inner in value.items():
            fitting = [named[name]] if name in named else [schema.get("additionalProperties", {})]
            fitting += [each for _, each in schema.get("patternProperties", {}).items() if name.startswith("c")]
            for each in fitting:
                yield from _marked_values(inner, each)


@pytest.mark.rule("VTEX-SCHEMA-4")
@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schema=_schemas(marked=True), document=DOCUMENTS)
def test_vtex_schema_4_no_marked_value_comes_back_in_clear(
    shop: Shop, control: ControlClient, dialect: Dialect, schema: dict[str, Any], document: Any
) -> None:
    control.call("PUT", "/dialect", {"dialect": dialect})
    shop.put("/schemas/profileSystem/custom", {"held": {"sensitive": False, "pii": False, **schema}})
    profile_id = shop.customer({"held": document})["id"]
    body = shop.get(f"/profiles/{profile_id}")
    version = (body[0] if isinstance(body, list) else body)["meta"]["version"]
    text = json.dumps([body, shop.get(f"/profiles/{profile_id}/versions/{version}")])
    in_clear = [value for value in _marked_values(document, schema) if json.dumps(value).strip('"') in text]
    shop.delete(f"/profiles/{profile_id}")
    assert in_clear == []


@pytest.mark.rule("VTEX-SCHEMA-4")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schema=_schemas(marked=False), document=DOCUMENTS)
def test_vtex_schema_4_what_nothing_marks_comes_back_as_it_was_sent(
    shop: Shop, schema: dict[str, Any], document: Any
) -> None:
    shop.put("/schemas/profileSystem/custom", {"held": schema})
    profile_id = shop.customer({"held": document})["id"]
    body = shop.get(f"/profiles/{profile_id}")["document"]
    shop.delete(f"/profiles/{profile_id}")
    assert body.get("held") == document


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS)
def test_no_custom_value_stands_in_the_journal_in_clear(shop: Shop, control: ControlClient, document: Any) -> None:
    shop.put("/schemas/profileSystem/custom", {"held": {"type": "object", "pii": True}})
    profile_id = shop.customer({"held": document})["id"]
    shop.get_unmasked(f"/profiles/{profile_id}/unmask")
    shop.delete(f"/profiles/{profile_id}")
    text = json.dumps(control.call("GET", "/journal", limit=1000))
    assert [value for value in _scalars(document) if json.dumps(value).strip('"') in text] == []


@st.composite
def _documents_about(draw: st.DrawFn, email: str) -> Any:
    """Documents in which the email stands somewhere: as a value, inside one, or as the name of a property."""
    mention = draw(st.sampled_from([email, email.upper(), f"mail {email}", {email: 1}, [{"x": {email: None}}]]))
    return draw(st.sampled_from([mention, [mention], {"note": mention}])), draw(DOCUMENTS)


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(held=_documents_about(JOHN["email"]))
def test_residue_names_where_a_person_is_and_shows_nothing_of_the_person(
    shop: Shop, control: ControlClient, dialect: Dialect, held: Any
) -> None:
    control.call("PUT", "/dialect", {"dialect": dialect})
    shop.put("/schemas/profileSystem/custom", {"held": {"type": "object", "sensitive": False, "pii": True}})
    profile = shop.customer({"held": held[1]})["id"]
    prospect = shop.post("/prospects", {"email": "other@example.com", "held": held})["id"]
    residue = control.call("GET", "/residue", subject=JOHN["email"])
    shop.delete(f"/prospects/{prospect}")
    shop.delete(f"/profiles/{profile}")
    assert {place["id"] for place in residue["places"]} >= {profile, prospect}
    text = json.dumps(residue["places"]).casefold()
    personal = [JOHN["email"], JOHN["document"], *map(json.dumps, _scalars(held[1]))]
    assert [value for value in personal if value.strip('"').casefold() in text] == []


@pytest.mark.parametrize("value", [31122233344, [31122233344], {"cpf": [{"number": 31122233344}]}])
def test_residue_finds_a_document_that_is_stored_as_a_number(shop: Shop, control: ControlClient, value: Any) -> None:
    profile_id = shop.customer({"document": "311.222.333-44"})["id"]
    prospect_id = shop.post("/prospects", {"email": "other@example.com", "held": value})["id"]
    places = control.call("GET", "/residue", subject=JOHN["email"])["places"]
    assert {place["id"] for place in places} == {profile_id, prospect_id}


def test_a_deeply_nested_marked_value_is_masked(shop: Shop) -> None:
    shop.put("/schemas/profileSystem/custom", {"held": {"type": "array", "pii": True}})
    value: Any = 31122233344
    for _ in range(90):
        value = [value]
    profile_id = shop.customer({"held": value})["id"]
    body = shop.get(f"/profiles/{profile_id}")
    assert "31122233344" not in json.dumps(body)
