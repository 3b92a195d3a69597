"""The schemas of one operation, the operations at a path, and words that a path segment may be a misspelling of."""

from __future__ import annotations

import pytest

from pii_sandbox.redaction import operation_schemas as schemas
from pii_sandbox.redaction.schema_marks import Schema, SchemaMark

PROFILES = "/api/storage/profile-system/profiles"
VTEX = schemas.operation_schemas("vtex_profile_system", "UpdateClientProfile", "guide")
LOGIN = schemas.operation_schemas("oracle_profiles", "login", "guide")


def test_an_operation_has_parameters_by_place_and_bodies_by_media_type() -> None:
    assert VTEX.facts.operation_id == "UpdateClientProfile"
    assert VTEX.definition["operationId"] == "UpdateClientProfile"
    assert VTEX.document["paths"]
    assert list(VTEX.of("path")) == ["profileId"]
    assert VTEX.of("path")["profileId"] is VTEX.parameters["path", "profileId"]
    assert set(VTEX.of("query")) == {name for at, name in VTEX.parameters if at == "query"}
    assert {"alternativeKey", "ttl"} <= set(VTEX.of("query"))
    assert list(VTEX.request) == ["application/json"]
    assert set(VTEX.responses) >= {"200", "400", "404"}
    assert "application/json" in VTEX.responses["200"]
    assert list(LOGIN.request) == ["application/x-www-form-urlencoded"]


def test_an_operation_without_a_body_has_no_schema_of_one() -> None:
    assert schemas.operation_schemas("vtex_profile_system", "GetProfile", "guide").request == {}
    with pytest.raises(KeyError):
        schemas.operation_schemas("vtex_profile_system", "NoSuchOperation", "guide")


def an_operation() -> schemas.OperationSchemas:
    """One with a header, and with responses of one status and of all others."""
    parameters: dict[tuple[str, str], Schema] = {
        ("header", "x-customer"): {"name": "X-Customer", "in": "header", "x-pii": True},
        ("query", "Email"): {"name": "Email", "in": "query", "schema": {"x-secret": True}},
        ("query", "page"): {"name": "page", "in": "query"},
    }
    responses: dict[str, dict[str, Schema]] = {"200": {"text/plain": {}}, "default": {"text/html": {}}}
    return schemas.OperationSchemas(VTEX.facts, {}, parameters, {}, responses, {})


@pytest.mark.parametrize(
    ("name", "location"),
    [
        ("x-customer", "header"),
        ("X-CUSTOMER", "header"),
        ("Email", "query"),
        ("email", None),
        ("page", "query"),
        ("other", None),
    ],
)
def test_header_names_have_no_case_and_other_parameters_do(name: str, location: str | None) -> None:
    assert an_operation().location_of(name) == location


def test_a_parameter_is_marked_by_itself_or_by_its_schema() -> None:
    operation = an_operation()
    assert operation.parameter_mark("header", "X-Customer") == SchemaMark("X-Customer")
    assert operation.parameter_mark("query", "Email") == SchemaMark("Email", secret=True)
    assert operation.parameter_mark("query", "page") is None


def test_a_header_of_a_document_is_found_in_any_case() -> None:
    assert schemas._key({"name": "X-Any", "in": "header"}) == ("header", "x-any")
    assert schemas._key({"name": "X-Any", "in": "query"}) == ("query", "X-Any")


@pytest.mark.parametrize(("status", "media_type"), [(200, "text/plain"), (404, "text/html"), (None, "text/html")])
def test_a_status_that_is_not_listed_has_the_schemas_of_all_others(status: int | None, media_type: str) -> None:
    assert list(an_operation().response(status)) == [media_type]


def test_a_status_that_no_document_has_has_no_schema() -> None:
    assert VTEX.response(599) == {}


def test_the_node_of_the_same_schemas_is_made_once() -> None:
    one: Schema = {"x-pii": True}
    other: Schema = {"x-secret": True}
    operation = an_operation()
    assert operation.node(one) is operation.node(one)
    assert operation.node(one).schemas == (one,)
    assert operation.node(one, other) is not operation.node(one)
    assert operation.node(one, other).schemas == (one, other)


def test_the_schemas_of_two_operations_are_never_the_same() -> None:
    one, other = an_operation(), an_operation()
    assert one.of("query") == other.of("query")
    assert one != other
    assert len({one, other}) == 2


def test_the_operations_are_those_of_the_vendors_and_not_of_the_control_api() -> None:
    documents = list(dict.fromkeys(facts.document for facts in schemas.all_operations("guide")))
    assert documents == [name for name, api in schemas.API_OF.items() if api != "sandbox"]
    assert "sandbox_control" not in documents


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (PROFILES, {"POST"}),
        (f"{PROFILES}/x", {"GET", "PATCH", "DELETE"}),
        (f"{PROFILES}/x/", set()),
        (f"{PROFILES}/x/unmas%6B", {"GET"}),
        (f"{PROFILES}/x/unmask", {"GET"}),
        (f"{PROFILES}/x%2Fy", {"GET", "PATCH", "DELETE"}),
        (f"{PROFILES}/x/unmasked", set()),
        (f"{PROFILES}x", set()),
        (f"/{PROFILES}", set()),
        ("/", set()),
    ],
)
def test_the_operations_at_a_path_are_those_of_its_template(path: str, methods: set[str]) -> None:
    assert {facts.method for facts in schemas.operations_at(path, "guide")} == methods


def test_fixed_segments_are_those_of_templates_that_are_no_parameter() -> None:
    segments = schemas.fixed_segments()
    assert {"profiles", "unmask", "api", "ccapp", "pii", "tokenize"} <= segments
    assert "" not in segments
    assert not [segment for segment in segments if segment.startswith("{")]


@pytest.mark.parametrize(
    ("segment", "word"),
    [
        ("profilez", "profiles"),
        ("profile", "profiles"),
        ("profiles", "profiles"),
        ("adresses", "addresses"),
        ("customers", None),
        ("", None),
        ("abcx", "abyx"),
        ("axcx", None),
    ],
)
def test_a_segment_is_taken_for_the_word_that_it_is_close_to(segment: str, word: str | None) -> None:
    assert schemas.corrected_segment(segment, ("profiles", "addresses", "abyx")) == word
