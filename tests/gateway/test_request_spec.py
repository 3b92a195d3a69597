"""What Connexion is given to build from: all that a document says of requests."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from connexion.exceptions import InvalidSpecification
from connexion.spec import OpenAPISpecification, Specification

from pii_sandbox import specs
from pii_sandbox.mockserver.gateway.request_spec import PackagedSpecification, without_responses
from pii_sandbox.specs import DIALECTS, Dialect

DOCUMENTS = [name for names in specs.APIS.values() for name in names] + ["sandbox_control"]
OF_ANSWERS = ("responses", "links", "headers")


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    for inner in node if isinstance(node, list) else ():
        yield from references(inner)


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "operationId" in operation:
                yield path, method, operation


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", dict.fromkeys(DOCUMENTS))
def test_it_has_every_operation_with_all_that_a_client_sends(name: str, dialect: Dialect) -> None:
    document = specs.load(name, dialect)
    request_spec = without_responses(document)
    expected = {(path, method): {**operation, "responses": None} for path, method, operation in operations(document)}
    found = {(path, method): {**operation, "responses": None} for path, method, operation in operations(request_spec)}
    assert found == expected
    assert request_spec["components"].get("securitySchemes") == document["components"].get("securitySchemes")
    assert {key: request_spec[key] for key in request_spec if key not in ("paths", "components")} == {
        key: document[key] for key in document if key not in ("paths", "components")
    }


@pytest.mark.parametrize("name", dict.fromkeys(DOCUMENTS))
def test_it_has_all_referenced_components_and_no_responses(name: str) -> None:
    request_spec = without_responses(specs.load(name, "guide"))
    wanted = set(references(request_spec))
    there = {
        f"#/components/{kind}/{part}"
        for kind, parts in request_spec["components"].items()
        if kind != "securitySchemes"
        for part in parts
    }
    assert wanted == there
    assert not any(request_spec["components"].get(kind) for kind in OF_ANSWERS)


@pytest.mark.parametrize("name", dict.fromkeys(DOCUMENTS))
def test_the_document_itself_stays_as_it_is(name: str) -> None:
    document = specs.load(name, "guide")
    before = repr(document)
    without_responses(document)
    assert repr(document) == before


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", dict.fromkeys(DOCUMENTS))
def test_connexion_finds_each_document_valid_and_reads_it_as_the_server_does(name: str, dialect: Dialect) -> None:
    source = specs.load(name, dialect)
    for document in (source, without_responses(source)):
        validated = Specification.load(copy.deepcopy(document))  # type: ignore[no-untyped-call]  # Connexion's
        assert isinstance(validated, OpenAPISpecification)
        packaged = PackagedSpecification(document)
        assert (packaged.spec, packaged.raw, packaged.base_path) == (
            validated.spec,
            validated.raw,
            validated.base_path,
        )


def test_connexion_refuses_what_is_no_openapi_document() -> None:
    document = copy.deepcopy(specs.load(DOCUMENTS[0]))
    del document["info"]
    with pytest.raises(InvalidSpecification):
        Specification.load(document)  # type: ignore[no-untyped-call]  # Connexion's


def test_a_packaged_document_stays_as_it_is() -> None:
    document = {"openapi": "3.0.3", "paths": {}}
    assert PackagedSpecification(document)["components"] == {}
    assert "components" not in document
