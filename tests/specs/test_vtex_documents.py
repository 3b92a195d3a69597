"""VTEX's two documents against the vendor's page, typed out."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from pii_sandbox import specs
from pii_sandbox.specs import Dialect

PROFILES, RIGHTS = "vtex_profile_system", "vtex_user_rights"
BASE = "/api/storage/profile-system"
P = "/profiles/{profileId}"
A = P + "/addresses/{addressId}"
GET, SAVE, DELETE, ERASE = "Get Item", "Save and Update Item", "Delete Item", "Write user rights requests"
OPERATIONS = {
    "CreateClientProfile": ("POST", "/profiles", SAVE, "201"),
    "GetProfile": ("GET", P, GET, "200"),
    "UpdateClientProfile": ("PATCH", P, SAVE, "200"),
    "DeleteClientProfile": ("DELETE", P, DELETE, "204"),
    "GetUnmaskedProfile": ("GET", P + "/unmask", GET, "200"),
    "GetProfileByVersion": ("GET", P + "/versions/{profileVersionId}", GET, "200"),
    "GetUnmaskedProfileByVersion": ("GET", P + "/versions/{profileVersionId}/unmask", GET, "200"),
    "CreateClientAddress": ("POST", P + "/addresses", SAVE, "201"),
    "GetClientAddresses": ("GET", P + "/addresses", GET, "200"),
    "GetUnmaskedClientAddresses": ("GET", P + "/addresses/unmask", GET, "200"),
    "GetAddress": ("GET", A, GET, "200"),
    "UpdateClientAddress": ("PATCH", A, SAVE, "200"),
    "DeleteAddress": ("DELETE", A, DELETE, "204"),
    "GetUnmaskedAddress": ("GET", A + "/unmask", GET, "200"),
    "GetAddressByVersion": ("GET", A + "/versions/{addressVersionId}", GET, "200"),
    "GetUnmaskedAddressByVersion": ("GET", A + "/versions/{addressVersionId}/unmask", GET, "200"),
    "CreateProspect": ("POST", "/prospects", SAVE, "201"),
    "GetProspects": ("GET", "/prospects", GET, "200"),
    "GetUnmaskedProspects": ("GET", "/prospects/unmask", GET, "200"),
    "GetProspect": ("GET", "/prospects/{prospectId}", GET, "200"),
    "UpdateProspect": ("PATCH", "/prospects/{prospectId}", SAVE, "200"),
    "DeleteProspect": ("DELETE", "/prospects/{prospectId}", DELETE, "204"),
    "GetUnmaskedProspect": ("GET", "/prospects/{prospectId}/unmask", GET, "200"),
    "CreatePurchaseInformation": ("POST", P + "/purchase-info", SAVE, "200"),
    "GetPurchaseInformation": ("GET", P + "/purchase-info", GET, "200"),
    "UpdatePurchaseInformation": ("PATCH", P + "/purchase-info", SAVE, "200"),
    "DeletePurchaseInformation": ("DELETE", P + "/purchase-info", DELETE, "204"),
    "GetUnmaskedPurchaseInformation": ("GET", P + "/purchase-info/unmask", GET, "200"),
    "GetProfileSchema": ("GET", "/schemas/profileSystem", GET, "200"),
    "CreateOrUpdateProfileSchema": ("PUT", "/schemas/profileSystem/custom", SAVE, "201"),
    "GetCustomProfileSchema": ("GET", "/schemas/profileSystem/custom", GET, "200"),
}
RIGHTS_OPERATIONS = {
    "createAndProcessDeleteUserData": ("POST", "/createAndProcessDeleteUserData", ERASE, "200"),
    "createErasureJob": ("POST", "/forget/jobs", ERASE, "201"),
    "getErasureJob": ("GET", "/forget/jobs/{jobId}", ERASE, "200"),
}
MASKED = {
    "ProfileDocument": "firstName lastName email document homePhone cellPhone gender customerCode birthdate",
    "AddressDocument": "postalCode countryName locality receiverName name complement nearly",
    "PurchaseInformationDocument": "",
}
MASKED_IN_PROSPECTS = {
    *("email", "firstName", "lastName", "document", "phone", "cellPhone"),
    *("postalCode", "city", "street", "number", "receiverName", "complement"),
}
UNMASKED = {
    "GetUnmaskedProfile": "GetProfileUnmasked",
    "GetUnmaskedProfileByVersion": "GetProfileVersionUnmasked",
    "GetUnmaskedClientAddresses": "GetAddressesUnmasked",
    "GetUnmaskedAddress": "GetAddressUnmasked",
    "GetUnmaskedAddressByVersion": "GetAddressVersionUnmasked",
    "GetUnmaskedProspects": "GetProspectsUnmasked",
    "GetUnmaskedProspect": "GetProspectUnmasked",
    "GetUnmaskedPurchaseInformation": "GetPurchaseInformationUnmasked",
}
LISTS = {"GetUnmaskedClientAddresses", "GetUnmaskedProspects"}
NAMES = {"firstName": "John", "lastName": "Doe", "document": "1", "documentType": "CPF"}
PLACE = {"postalCode": "1", "administrativeAreaLevel1": "RJ", "locality": "L", "localityAreaLevel1": "a", "route": "5"}
TEXT = {"type": "string"}


def operation(operation_id: str, name: str = PROFILES, dialect: Dialect = "guide") -> dict[str, Any]:
    items = specs.load(name, dialect)["paths"].values()
    return next(one for item in items for one in item.values() if one["operationId"] == operation_id)


def parameters(operation_id: str, dialect: Dialect = "guide") -> dict[str, dict[str, Any]]:
    document = specs.load(PROFILES, dialect)
    listed = operation(operation_id, dialect=dialect).get("parameters", ())
    return {found["name"]: found for found in (specs.resolve_reference(document, node) for node in listed)}


def fits(schema: str, value: Any, dialect: Dialect = "guide", name: str = PROFILES) -> bool:
    document = specs.load(name, dialect)
    reference = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
    return bool(OAS30Validator(reference).is_valid(value))


def example(name: str, document: str = PROFILES) -> Any:
    return specs.load(document)["components"]["examples"][name]["value"]


@pytest.mark.parametrize(
    ("name", "base", "expected"), [(PROFILES, BASE, OPERATIONS), (RIGHTS, "/api/user-rights", RIGHTS_OPERATIONS)]
)
def test_the_operations_are_those_of_the_page(name: str, base: str, expected: dict[str, tuple[str, ...]]) -> None:
    found = {
        operation_id: (
            facts.method,
            facts.path.removeprefix(base),
            *facts.resources,
            next(status for status in operation(operation_id, name)["responses"] if status.startswith("2")),
        )
        for operation_id, facts in specs.operations(name).items()
    }
    assert found == expected


@pytest.mark.parametrize("name", [PROFILES, RIGHTS])
def test_every_operation_lists_the_errors_that_it_can_give(name: str) -> None:
    for operation_id in specs.operations(name):
        found = operation(operation_id, name)
        expected = {"400", "401", "403", "405", "500", "502"} | ({"413", "415"} if "requestBody" in found else set())
        assert expected <= set(found["responses"]), operation_id


@pytest.mark.parametrize("schema", MASKED)
def test_masked_properties_are_those_of_the_page(schema: str) -> None:
    assert {path for (path,) in specs.paths_with_keyword(PROFILES, schema, "x-masked")} == set(MASKED[schema].split())


def test_masked_properties_of_prospects_are_those_of_the_page() -> None:
    assert {
        path[-1] for path in specs.paths_with_keyword(PROFILES, "ProspectDocument", "x-masked")
    } == MASKED_IN_PROSPECTS


@pytest.mark.parametrize(
    ("whole", "masked", "schema"),
    [
        ("ProfileUnmasked", "ProfileMasked", "ProfileDocument"),
        ("ProfileVersionUnmasked", "ProfileVersionMasked", "ProfileDocument"),
        ("AddressUnmasked", "AddressMasked", "AddressDocument"),
        ("ProspectUnmasked", "ProspectMasked", "ProspectDocument"),
    ],
)
def test_masked_examples_are_the_whole_ones_masked(whole: str, masked: str, schema: str) -> None:
    paths = set(specs.paths_with_keyword(PROFILES, schema, "x-masked"))

    def shown(value: Any, at: tuple[str, ...] = ()) -> Any:
        if isinstance(value, dict):
            return {key: shown(inner, (*at, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [shown(inner, (*at, "*")) for inner in value]
        return re.sub(r"(?<=[^\W_])[^\W_]", "*", value) if at in paths else value

    assert shown(example(whole)["document"]) == example(masked)["document"]


def test_an_unmasked_read_leaves_the_event_of_its_own() -> None:
    facts = specs.operations(PROFILES).items()
    assert {name: one.audit_action for name, one in facts if one.disclosure == "unmasked"} == UNMASKED


@pytest.mark.parametrize("operation_id", UNMASKED)
def test_a_reason_is_requested_as_the_dialect_has_it(operation_id: str) -> None:
    assert parameters(operation_id)["reason"]["required"]
    reference = parameters(operation_id, "reference")["reason"]
    assert not reference["required"]
    assert reference.get("x-stand-in") == (None if operation_id in LISTS else "useCase")


def test_a_masked_version_of_an_address_requires_a_reason_in_one_dialect_alone() -> None:
    guide, reference = (parameters("GetAddressByVersion", dialect)["reason"] for dialect in specs.DIALECTS)
    assert not guide.get("required")
    assert "x-stand-in" not in guide
    assert reference["x-stand-in"] == "useCase"


def test_every_create_and_update_of_a_document_takes_a_ttl() -> None:
    writes = {name for name, facts in specs.operations(PROFILES).items() if facts.method in ("POST", "PATCH")}
    assert {name for name in OPERATIONS if "ttl" in parameters(name)} == writes


def test_every_operation_under_a_profile_takes_an_alternative_key() -> None:
    for name in OPERATIONS:
        assert ("alternativeKey" in parameters(name)) == ("profileId" in parameters(name)), name


@pytest.mark.parametrize(
    "operation_id", ["GetProfile", "GetUnmaskedProfile", "GetProfileByVersion", "GetUnmaskedProfileByVersion"]
)
def test_a_profile_is_an_object_or_an_array_of_one(operation_id: str) -> None:
    reference = operation(operation_id)["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    schema = reference.removeprefix("#/components/schemas/")
    one = example("ProfileMasked")
    assert fits(schema, one)
    assert not fits(schema, [one])
    assert fits(schema, [one], "reference")
    assert not any(fits(schema, value, "reference") for value in (one, [], [one, one]))


@pytest.mark.parametrize(
    ("schema", "body", "guide", "reference"),
    [
        ("ProfileCreate", {**NAMES, "email": "e"}, True, True),
        ("ProfileCreate", {"email": "e"}, False, True),
        ("ProfileCreate", {**NAMES}, False, False),
        ("ProfileCreate", {**NAMES, "email": None}, False, False),
        ("ProfileCreate", {**NAMES, "email": "e", "lastName": None}, False, True),
        ("ProfileCreate", {**NAMES, "email": "e", "gender": None, "loyalty": {"level": [1, None]}}, True, True),
        ("ProfileCreate", {**NAMES, "email": "e", "tags": ["t" * 51]}, False, False),
        ("ProfileUpdate", {}, True, True),
        ("ProfileUpdate", {"email": None}, False, False),
        ("ProfileUpdate", {"documentType": None}, False, True),
        ("ProfileUpdate", {"homePhone": None}, True, True),
        ("AddressCreate", {**PLACE, "streetNumber": "1"}, False, True),
        ("AddressCreate", {**PLACE, "streetNumber": "1", "countryName": "Brasil"}, True, True),
        ("AddressCreate", {**PLACE, "countryName": "Brasil"}, False, False),
        ("AddressUpdate", {"countryName": None}, False, True),
        ("AddressUpdate", {"route": None}, False, False),
        ("AddressUpdate", {"profileId": 7, "complement": None}, True, True),
        ("ProspectDocument", {}, True, True),
        ("PurchaseInformationDocument", {"paymentData": {"transactions": None}}, True, True),
    ],
)
def test_what_a_body_must_hold_is_the_dialects(schema: str, body: Any, guide: bool, reference: bool) -> None:
    assert (fits(schema, body), fits(schema, body, "reference")) == (guide, reference)


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        ({}, True),
        ({"loyalty": TEXT}, True),
        ({"loyalty": {"type": ["string", "null"], "pii": True, "required": False}}, True),
        ({"loyalty": {}}, False),
        ({"loyalty": "string"}, False),
        ({"loyalty": {"type": "text"}}, False),
        ({"email": TEXT}, False),
        ({"birthDate": TEXT}, False),
        ({"oneOf": TEXT}, False),
        ({"loyalty": {**TEXT, "anyOf": [TEXT]}}, False),
        ({"loyalty": {**TEXT, "allOf": []}}, False),
        ({"loyalty": {"type": "array", "items": {"not": TEXT}}}, False),
        ({"loyalty": {"type": "object", "properties": {"level": {"oneOf": [TEXT]}}}}, False),
        ({"loyalty": {"type": "object", "properties": {"not": TEXT}}}, True),
        ({"loyalty": {**TEXT, "required": True}}, False),
        ({"loyalty": {**TEXT, "v-indexed": True}}, False),
        ({"loyalty": {**TEXT, "v-unique": True}}, False),
        ({"required": ["loyalty"]}, False),
        ({"v-unique": ["loyalty"]}, False),
        ({"documentTTL": 1825}, True),
        ({"documentTTL": 0}, False),
        ({"v-unique-alternate-keys": [{"name": "phone", "fields": ["cellPhone"]}]}, True),
        ({"v-unique-alternate-keys": [{"name": "phone", "fields": ["cellPhone", "homePhone"]}]}, False),
        ({"v-unique-alternate-keys": [{"name": "email", "fields": ["email"]}]}, True),
        ({"v-unique-alternate-keys": [{"name": name, "fields": ["cellPhone"]} for name in "abcd"]}, False),
    ],
)
def test_what_a_custom_schema_may_hold(body: Any, allowed: bool) -> None:
    assert fits("CustomSchema", body) is allowed


def test_the_text_within_an_erasure_is_of_its_own_shape() -> None:
    response_data = json.loads(example("CompletedErasure", RIGHTS)["dataResponse"])
    assert fits("ErasureDataResponse", response_data, name=RIGHTS)
    assert fits("ErasureDataResponse", {**response_data, "VTEX ID": {}}, name=RIGHTS)
    assert not fits("ErasureDataResponse", {**response_data, "VTEX ID": {"status": 404}}, name=RIGHTS)
