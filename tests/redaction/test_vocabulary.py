"""Vocabulary of the documents: names that mark a value, words that are nobody's, headers of credentials, examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pii_sandbox import specs
from pii_sandbox.redaction import vocabulary
from pii_sandbox.redaction.schema_marks import UNKNOWN, SchemaMark, SchemaNode

PERSONAL_SIBLING = SchemaNode({}, ({"properties": {"email": {"x-pii": True}}},))
PLAIN_SIBLING = SchemaNode({}, ({"properties": {"note": {}}},))


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("firstName", SchemaMark("firstName", inherited=True)),
        ("first_name", SchemaMark("first_name", inherited=True)),
        ("FIRST-NAME", SchemaMark("FIRST-NAME", inherited=True)),
        ("userPassword", SchemaMark("userPassword", secret=True)),
        ("passphrase", SchemaMark("passphrase", secret=True)),
        ("api-key", SchemaMark("api-key", secret=True)),
        ("access_token", SchemaMark("access_token", secret=True)),
        ("CVV2", SchemaMark("CVV2", secret=True)),
        ("tokens", None),
        ("value", None),
        ("data", None),
        ("content", None),
        ("whatever", None),
        ("", None),
    ],
)
def test_a_name_marks_a_value_if_any_document_marks_it(name: str, mark: SchemaMark | None) -> None:
    assert vocabulary.mark_by_name(name) == mark
    assert vocabulary.infer_mark(name, "x", UNKNOWN) == mark
    assert vocabulary.infer_mark(name, "x", PLAIN_SIBLING) == mark
    assert vocabulary.infer_mark(name, "x", UNKNOWN, guessing=False) is None


@pytest.mark.parametrize("guessing", [True, False])
@pytest.mark.parametrize(("name", "secret"), [("whatever", False), ("token", True)])
@pytest.mark.parametrize("value", ["x", {"a": 1}, [1]])
def test_beside_personal_properties_an_undocumented_one_is_personal(
    name: str, secret: bool, value: Any, guessing: bool
) -> None:
    mark = vocabulary.infer_mark(name, value, PERSONAL_SIBLING, guessing=guessing)
    assert mark == SchemaMark(name, secret=secret)


FIRST: dict[str, Any] = {
    "paths": {
        "/people": {
            "parameters": [
                {"in": "header", "name": "X-Person", "schema": {"x-pii": True}},
                {"in": "query", "name": "secretly", "x-secret": True, "schema": {"enum": ["loud", 7]}},
                {"in": "query", "name": "over", "x-pii": False, "schema": {"x-pii": True}},
                {"in": "query", "name": ["no name"], "x-pii": True},
                {"name": "nowhere", "x-pii": True},
            ],
            "get": {"responses": {"200": {"schema": {"$ref": "#/components/schemas/Person"}}}},
        }
    },
    "components": {
        "schemas": {
            "Person": {
                "type": "object",
                "example": {"properties": {"sampled": {"x-pii": True}}, "kind": "sample"},
                "properties": {
                    "given_Name": {"x-pii": True, "example": "Zoraida"},
                    "covered": {"x-masked": True, "default": {"properties": {"defaulted": {"x-pii": True}}}},
                    "value": {"x-pii": True},
                    "content": {"x-secret": True},
                    "home": {"allOf": [{"$ref": "#/components/schemas/Home"}]},
                    "friend": {"$ref": "#/components/schemas/Person"},
                    "box": {"type": "object", "x-secret": True},
                    "open": {"type": "object", "x-pii": False},
                    "lines": {"type": "array", "x-pii": True},
                    "properties": {"type": "string"},
                },
            },
            "Home": {
                "type": "object",
                "x-pii": True,
                "properties": {"street": {"x-pii": "true", "enum": ["Élm", None]}, "covered": {"type": "object"}},
            },
            "List": {"properties": ["not", "a", "mapping"]},
        },
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-First-Key"},
            "query": {"type": "apiKey", "in": "query", "name": "X-Query-Key"},
            "bearer": {"type": "http", "scheme": "bearer"},
        },
    },
}
REFERENCE: dict[str, Any] = {"properties": {"only_reference": {"x-masked": True}}}
SECOND: dict[str, Any] = {
    "components": {"schemas": {"Any": {"examples": {"one": {"a": ["two", 3, True, None]}, "b": 4.5}, "x": ["five"]}}}
}
CACHED = (
    vocabulary._names,
    vocabulary._names_of_objects,
    vocabulary.vocabulary,
    vocabulary.examples,
    vocabulary.credential_headers,
)


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two documents of two APIs, the first of which has another form in the other dialect."""
    loaded = {("first", "guide"): FIRST, ("first", "reference"): REFERENCE}

    def load(name: str, dialect: str = "guide") -> dict[str, Any]:
        return loaded.get((name, dialect), SECOND)

    for each in CACHED:
        each.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(specs, "APIS", {"one": ("first",), "two": ("second",)})
        patch.setattr(specs, "load", load)
        patch.setattr(specs, "operations", lambda name: {f"get-{name}": None})
        yield
    for each in CACHED:
        each.cache_clear()


@pytest.mark.usefixtures("documents")
def test_the_words_of_the_documents_are_names_choices_and_operation_ids() -> None:
    names = {
        "x-person",
        "secretly",
        "over",
        "given_name",
        "covered",
        "value",
        "content",
        "home",
        "friend",
        "box",
        "open",
    }
    further = {
        "x-first-key",
        "x-query-key",
        "lines",
        "properties",
        "street",
        "only_reference",
        "get-first",
        "get-second",
    }
    assert vocabulary.vocabulary() == names | further | {"loud", "7", "elm", "none"}
    assert vocabulary.is_vocabulary(" GIVEN_NAME ")
    assert not vocabulary.is_vocabulary("givenname")
    assert not vocabulary.is_vocabulary("sampled")


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("X-Person", False),
        ("secretly", True),
        ("SECRET-ly", True),
        ("over", None),
        ("nowhere", None),
        ("givenname", False),
        ("covered", False),
        ("street", None),
        ("home", False),
        ("friend", None),
        ("box", True),
        ("only-reference", False),
        ("sampled", None),
        ("defaulted", None),
        ("value", None),
        ("content", None),
    ],
)
def test_a_name_is_marked_as_in_any_document_and_any_spelling(name: str, secret: bool | None) -> None:
    mark = vocabulary.mark_by_name(name)
    assert mark == (None if secret is None else SchemaMark(name, secret=secret, inherited=not secret))


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(
    ("name", "marked"), [("home", True), ("box", True), ("lines", False), ("covered", False), ("open", False)]
)
def test_an_undocumented_object_is_marked_where_a_documented_one_of_that_name_is(name: str, marked: bool) -> None:
    assert (vocabulary.infer_mark(name, {"a": 1}, UNKNOWN) is not None) is marked
    assert vocabulary.infer_mark(name, {"a": 1}, UNKNOWN, guessing=False) is None
    assert (vocabulary.infer_mark(name, "a", UNKNOWN) is not None) is (name != "open")


@pytest.mark.usefixtures("documents")
def test_examples_are_scalars_within_examples_as_texts() -> None:
    assert vocabulary.examples() == {"sample", "Zoraida", "two", "3", "4.5"}


@pytest.mark.usefixtures("documents")
def test_credential_headers_are_those_of_http_and_of_each_security_scheme() -> None:
    headers = {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-first-key"}
    assert vocabulary.credential_headers() == headers


def test_the_documents_of_all_apis_have_credential_headers() -> None:
    assert {"x-vtex-api-appkey", "x-vtex-api-apptoken"} <= vocabulary.credential_headers()
