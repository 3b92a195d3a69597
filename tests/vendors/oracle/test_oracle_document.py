"""The document against what Oracle prints, in both directions, and in each dialect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from pii_sandbox import specs
from pii_sandbox.mockserver.schemas import compile_validator, validation_errors
from pii_sandbox.specs import Dialect
from tests.vendors.oracle import printed_examples

DOCUMENT = "oracle_profiles"
# what the example shows and the schema lacks, but for what stands in the cards
EXTRAS = {  # of the example, and (from `devices` to `numberOfVisits`) of a client's sample
    *("devices", "lastActivity", "lastPurchaseAmount", "lifetimeAOV", "lifetimeCurrencyCode", "lifetimeSpend"),
    *("numberOfOrders", "numberOfVisits"),
    "billingAddress",
    "creditCards",
    "derivedPriceListGroup",
    "derivedSalePriceList",
    "derivedShippingSurchargePriceList",
    "firstPurchaseDate",
    "firstVisitDate",
    "gender",
    "lastPurchaseDate",
    "lastVisitDate",
    "links",
    "previousVisitDate",
    "registrationDate",
    "shippingSurchargePriceList",
    "translations",
    "userType",
}


def answer_schema(dialect: Dialect) -> dict[str, Any]:
    document = specs.load(DOCUMENT, dialect)
    content = document["paths"]["/ccapp/v1/profiles/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    schema: dict[str, Any] = inline_references(document, content["schema"])
    return schema


def inline_references(document: dict[str, Any], node: Any) -> Any:
    node = specs.resolve_reference(document, node)
    if isinstance(node, list):
        return [inline_references(document, item) for item in node]
    return (
        {name: inline_references(document, value) for name, value in node.items()} if isinstance(node, dict) else node
    )


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    named = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        named |= properties(part)
    return named


def schema_at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    for name in path.split("."):
        schema = schema["items"] if name == "*" else properties(schema)[name]
    return schema


def undocumented_places(schema: dict[str, Any], value: Any, place: str = "") -> Iterator[str]:
    """Where `value` has properties that `schema` does not name."""
    if isinstance(value, list):
        for item in value:
            yield from undocumented_places(schema["items"], item, f"{place}.*")
    elif isinstance(value, dict) and (known := properties(schema)):
        for name, inner in value.items():
            if name in known:
                yield from undocumented_places(known[name], inner, f"{place}.{name}")
            else:
                yield f"{place}.{name}"


@pytest.mark.parametrize("dialect", specs.DIALECTS)
def test_the_document_is_openapi(dialect: Dialect) -> None:
    validate(specs.load(DOCUMENT, dialect))


def test_the_printed_example_fits_as_it_stands() -> None:
    schema = answer_schema("guide")
    assert validation_errors(compile_validator(schema), printed_examples.PRINTED) == {}
    assert list(undocumented_places(schema, printed_examples.PRINTED)) == []


def test_the_printed_example_fits_under_profile_detail_in_the_other_dialect() -> None:
    schema = answer_schema("reference")
    detail = {name: value for name, value in printed_examples.PRINTED.items() if name != "links"}
    response = {
        "profileDetail": detail,
        "hasIncompleteOrder": False,
        "isAnonymous": False,
        "profileComments": [],
        "links": printed_examples.PRINTED["links"],
    }
    assert validation_errors(compile_validator(schema), response) == {}
    assert list(undocumented_places(schema, response)) == []


def test_the_document_prints_the_same_example() -> None:
    assert specs.load(DOCUMENT)["components"]["examples"]["PrintedProfile"]["value"] == printed_examples.PRINTED


@pytest.mark.parametrize("dialect", specs.DIALECTS)
def test_the_example_of_each_dialect_fits_it(dialect: Dialect) -> None:
    document = specs.load(DOCUMENT, dialect)
    content = document["paths"]["/ccapp/v1/profiles/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    example = specs.resolve_reference(document, content["examples"]["printed"])["value"]
    schema = answer_schema(dialect)
    assert validation_errors(compile_validator(schema), example) == {}
    assert list(undocumented_places(schema, example)) == []


def test_every_property_of_the_schema_is_documented_and_none_invented() -> None:
    root = properties(answer_schema("reference"))
    assert set(root) == printed_examples.ROOT | {"links"}
    assert set(properties(root["profileDetail"])) == printed_examples.DETAIL | EXTRAS - {"links"}
    assert set(properties(answer_schema("guide"))) == printed_examples.DETAIL | EXTRAS
    assert set(properties(root["profileComments"]["items"])) == printed_examples.COMMENT


@pytest.mark.parametrize("path", printed_examples.NESTED)
def test_every_property_of_a_part_is_documented(path: str) -> None:
    documented = set(properties(schema_at(answer_schema("guide"), path)))
    shown = set(_values_at(printed_examples.PRINTED, path))
    assert printed_examples.NESTED[path] <= documented
    assert documented - printed_examples.NESTED[path] - {"types"} <= shown


def _values_at(value: Any, path: str) -> Iterator[str]:
    parts: list[Any] = [value]
    for name in path.split("."):
        parts = [inner for part in parts if part for inner in (part if name == "*" else [part.get(name)])]
    for part in parts:
        yield from part or ()


def test_an_error_has_every_documented_property() -> None:
    document = specs.load(DOCUMENT)
    error = inline_references(document, {"$ref": "#/components/schemas/Error"})
    assert set(properties(error)) == printed_examples.ERROR


@pytest.mark.parametrize("dialect", specs.DIALECTS)
def test_nothing_is_required_of_a_profile(dialect: Dialect) -> None:
    assert validation_errors(compile_validator(answer_schema(dialect)), {}) == {}


@pytest.mark.parametrize(
    ("property", "value", "fits"),
    [
        ("active", True, True),
        ("active", "false", True),
        ("active", "maybe", False),
        ("receiveEmail", "yes", True),
        ("receiveEmail", "perhaps", False),
        ("catalog", None, True),
        ("email", None, True),
        ("id", None, False),
        ("parentOrganization", None, True),
        ("profileType", None, True),
        ("shippingAddress", {"phoneNumber": None}, True),
        ("loyaltyPrograms", [{"repositoryId": 100001}, {"repositoryId": "100001"}], True),
        ("loyaltyPrograms", [{"repositoryId": True}], False),
        ("dynamicProperties", [{"id": "x", "type": "big string", "value": "y"}], True),
        ("dynamicProperties", [{"id": "x", "type": "integer", "value": "1"}], False),
    ],
)
def test_a_property_takes_what_schema_and_example_show(property: str, value: Any, fits: bool) -> None:
    assert (validation_errors(compile_validator(answer_schema("guide")), {property: value}) == {}) is fits


def test_personal_properties_are_marked() -> None:
    marked = specs.paths_with_keyword(DOCUMENT, "Profile", "x-pii")
    personal = {
        ("firstName",),
        ("email",),
        ("daytimeTelephoneNumber",),
        ("dateOfBirth",),
        ("creditCards", "*", "creditCardNumber"),
        ("creditCards", "*", "billingAddress", "address1"),
        ("shippingAddresses", "*", "postalCode"),
        ("contactBillingAddress", "email"),
        ("parentOrganization", "secondaryAddresses", "*", "lastName"),
    }
    assert personal <= set(marked)
    assert ("id",) not in marked
    assert specs.paths_with_keyword(DOCUMENT, "Token", "x-secret") == (("access_token",),)


@pytest.mark.rule("OCC-GET-1")
@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ({"foo": 1}, False),
        ({"email": "a@b.test"}, False),
        ({}, True),
        ({"profileDetail": {}}, True),
        ({"links": []}, True),
    ],
)
def test_occ_get_1_the_reference_refuses_what_is_no_profile(body: Any, fits: bool) -> None:
    assert (validation_errors(compile_validator(answer_schema("reference")), body) == {}) is fits
