"""The profile schema and what a store adds to it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.vendors.vtex.conftest import Shop

FULL = "/schemas/profileSystem"
CUSTOM = "/schemas/profileSystem/custom"
SHOE = {"type": ["string", "null"], "sensitive": False, "pii": False}
BADGE = {"type": "string", "sensitive": False, "pii": False}
KEY = {"v-unique-alternate-keys": [{"name": "badge", "fields": ["badge"]}]}


@pytest.fixture(autouse=True)
def custom_keys_allowed(control: ControlClient) -> None:
    control.settings({"vtex.custom_alternate_keys": True})


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_is_withdrawn_and_off_by_default(shop: Shop, control: ControlClient) -> None:
    control.settings({"vtex.custom_alternate_keys": False})
    shop.put(CUSTOM, {"badge": BADGE, **KEY}, 400, rule="VTEX-SCHEMA-6")
    assert "v-unique-alternate-keys" not in shop.get(CUSTOM)


@pytest.mark.rule("VTEX-SCHEMA-1")
def test_vtex_schema_1_the_full_schema_lists_default_and_custom_fields(shop: Shop) -> None:
    shop.put(CUSTOM, {"shoeSize": SHOE})
    schema = shop.get(FULL)
    assert (schema["type"], schema["additionalProperties"]) == ("object", True)
    assert schema["required"] == ["firstName", "lastName", "email", "document", "documentType"]
    assert schema["v-unique"] == schema["v-indexed"] == ["email", "document"]
    email = schema["properties"]["email"]
    assert (email["type"], email["sensitive"], email["pii"]) == ("string", True, True)
    assert schema["properties"]["corporateName"]["pii"] is False
    assert schema["properties"]["tags"]["items"] == {"type": "string", "maxLength": 50}
    assert schema["properties"]["shoeSize"] == SHOE
    assert {"firstName", "cellPhone", "gender", "customerCode", "priceTable"} <= set(schema["properties"])


@pytest.mark.rule("VTEX-SCHEMA-1")
def test_vtex_schema_1_shows_what_the_dialect_requires(shop: Shop, control: ControlClient) -> None:
    control.dialect("reference")
    assert shop.get(FULL)["required"] == ["email"]


@pytest.mark.rule("VTEX-SCHEMA-2")
def test_vtex_schema_2_a_put_replaces_all_custom_fields(shop: Shop) -> None:
    shop.put(CUSTOM, {"shoeSize": SHOE, "hatSize": SHOE})
    shop.put(CUSTOM, {"hatSize": SHOE})
    assert set(shop.get(CUSTOM)["properties"]) == {"hatSize"}
    assert "shoeSize" not in shop.get(FULL)["properties"]
    shop.put(CUSTOM, {})
    assert shop.get(CUSTOM)["properties"] == {}
    assert "email" in shop.get(FULL)["properties"]


@pytest.mark.rule("VTEX-SCHEMA-3")
@pytest.mark.parametrize(
    "body",
    [
        {"size": {"oneOf": [{"type": "string"}, {"type": "integer"}]}},
        {"size": {"anyOf": [{"type": "string"}]}},
        {"size": {"type": "object", "properties": {"eu": {"allOf": [{"type": "string"}]}}}},
        {"size": {"type": "array", "items": {"not": {"type": "string"}}}},
        {"size": {"type": "array", "items": {"type": "array", "items": {"type": "string", "anyOf": []}}}},
        {"email": {"type": "string", "sensitive": True, "pii": True}},
        {"tags": {"type": "string"}},
        {"size": {"type": "string", "required": True}},
        {"size": {"type": "string", "v-indexed": True}},
        {"size": {"type": "string", "v-unique": True}},
        {"v-unique": ["size"], "size": {"type": "string"}},
        {"required": ["size"], "size": {"type": "string"}},
        {"oneOf": [{"type": "object"}]},
        {"not": {"type": "object"}},
    ],
)
def test_vtex_schema_3_what_a_custom_field_may_not_be(shop: Shop, body: Any) -> None:
    shop.put(CUSTOM, {"shoeSize": SHOE})
    shop.put(CUSTOM, body, 400, rule="VTEX-SCHEMA-3")
    assert shop.get(CUSTOM)["properties"] == {"shoeSize": SHOE}
    assert shop.get(CUSTOM)["version"] == 1


@pytest.mark.rule("VTEX-SCHEMA-3")
def test_vtex_schema_3_a_property_may_be_called_not(shop: Shop) -> None:
    shop.put(CUSTOM, {"size": {"type": "object", "properties": {"not": {"type": "string"}}}})


@pytest.mark.rule("VTEX-SCHEMA-4")
@pytest.mark.parametrize("mark", ["pii", "sensitive"])
def test_vtex_schema_4_marked_fields_are_masked_from_then_on(shop: Shop, mark: str) -> None:
    profile = shop.customer({"nickname": "Johnny", "pets": [{"name": "Rex", "age": 3}]})
    one, version = f"/profiles/{profile['id']}", profile["meta"]["version"]
    assert shop.get(one)["document"]["nickname"] == "Johnny"
    shop.put(CUSTOM, {"nickname": {"type": "string", mark: True}, "pets": {"type": "array", mark: True}})
    for path in (one, f"{one}/versions/{version}"):
        body = shop.get(path, rule="VTEX-MASK-1")["document"]
        assert (body["nickname"], body["pets"]) == ("J*****", [{"name": "R**", "age": "3"}])
    assert shop.get_unmasked(f"{one}/unmask")["document"]["nickname"] == "Johnny"
    shop.put(CUSTOM, {})
    assert shop.get(one)["document"]["nickname"] == "Johnny"


@pytest.mark.rule("VTEX-SCHEMA-5")
def test_vtex_schema_5_document_ttl_is_the_default_ttl(shop: Shop, control: ControlClient) -> None:
    shop.put(CUSTOM, {"shoeSize": SHOE, "documentTTL": 3})
    assert shop.get(CUSTOM)["documentTTL"] == 3
    profile = shop.customer()
    shop.put(CUSTOM, {"shoeSize": SHOE})
    assert "documentTTL" not in shop.get(CUSTOM)
    stays = shop.customer({"email": "jane@example.com", "document": "2"})
    control.advance(days=3, seconds=1)
    shop.get(f"/profiles/{profile['id']}", 404, rule="VTEX-TTL-1")
    shop.get(f"/profiles/{stays['id']}")


@pytest.mark.rule("VTEX-SCHEMA-5")
@pytest.mark.parametrize("ttl", [0, -1, 1.5, "3", True])
def test_vtex_schema_5_a_default_that_is_no_positive_integer_is_400(shop: Shop, ttl: Any) -> None:
    shop.put(CUSTOM, {"documentTTL": ttl}, 400)


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_an_added_key_finds_profiles_new_and_old(shop: Shop, home: dict[str, Any]) -> None:
    old = shop.customer({"badge": "A/1"})
    shop.get("/profiles/A%2F1", 400, alternativeKey="badge", rule="VTEX-ALT-2")
    shop.put(CUSTOM, {"badge": BADGE, **KEY})
    new = shop.customer({"email": "jane@example.com", "document": "2", "badge": "B2"})
    assert shop.get("/profiles/A%2F1", alternativeKey="badge")["id"] == old["id"]
    assert shop.get("/profiles/B2", alternativeKey="badge")["id"] == new["id"]
    assert shop.post("/profiles/B2/addresses", home, alternativeKey="badge")["document"]["profileId"] == new["id"]
    shop.patch(f"/profiles/{new['id']}", {"badge": "C3"})
    shop.get("/profiles/B2", 404, alternativeKey="badge", rule="VTEX-ALT-3")
    assert shop.get("/profiles/C3", alternativeKey="badge")["id"] == new["id"]
    assert shop.get(CUSTOM)["v-unique-alternate-keys"] == [{"name": "badge", "fields": ["badge"]}]


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_such_a_key_is_unique(shop: Shop, john: dict[str, Any]) -> None:
    shop.put(CUSTOM, {"badge": BADGE, **KEY})
    shop.customer({"badge": "A1"})
    jane = {**john, "email": "jane@example.com", "document": "2"}
    shop.post("/profiles", {**jane, "badge": "A1"}, 409, rule="VTEX-UNIQ-1")
    profile = shop.post("/profiles", jane)
    shop.patch(f"/profiles/{profile['id']}", {"badge": "A1"}, 409, rule="VTEX-UNIQ-1")


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_a_key_that_two_profiles_share_already_is_409_and_changes_nothing(shop: Shop) -> None:
    shop.customer({"badge": "A1"})
    shop.customer({"email": "jane@example.com", "document": "2", "badge": "A1"})
    shop.put(CUSTOM, {"badge": BADGE, **KEY}, 409, rule="VTEX-UNIQ-1")
    assert shop.get(CUSTOM)["properties"] == {}
    shop.get("/profiles/A1", 400, alternativeKey="badge", rule="VTEX-ALT-2")


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_a_key_is_added_where_emails_that_differ_in_case_are_two(
    shop: Shop, control: ControlClient
) -> None:
    control.settings({"vtex.key_comparison": "exact"})
    for email, badge in (("ana@example.com", "A1"), ("Ana@example.com", "A2")):
        shop.customer({"email": email, "document": "", "badge": badge})
    shop.put(CUSTOM, {"badge": BADGE, **KEY})
    for email in ("ana@example.com", "Ana@example.com"):
        assert shop.get(f"/profiles/{email}", alternativeKey="email")["meta"]


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_a_key_stays_with_its_field(shop: Shop) -> None:
    shop.put(CUSTOM, {"badge": BADGE, "shoeSize": SHOE, **KEY})
    profile = shop.customer({"badge": "A1"})
    shop.put(CUSTOM, {"shoeSize": SHOE}, 400, rule="VTEX-SCHEMA-6")
    shop.put(CUSTOM, {})
    assert set(shop.get(CUSTOM)["properties"]) == {"badge"}
    shop.put(CUSTOM, {"badge": BADGE, "hatSize": SHOE})
    assert shop.get("/profiles/A1", alternativeKey="badge")["id"] == profile["id"]


@pytest.mark.rule("VTEX-SCHEMA-6")
@pytest.mark.parametrize(
    "keys",
    [
        [{"name": f"key{number}", "fields": ["badge"]} for number in range(4)],
        [{"name": "email", "fields": ["badge"]}],
        [{"name": "badge", "fields": ["nothing"]}],
        [{"name": "badge", "fields": ["badge", "shoeSize"]}],
        [{"name": "badge", "fields": []}],
        [{"fields": ["badge"]}],
        "badge",
    ],
)
def test_vtex_schema_6_what_a_key_may_not_be(shop: Shop, keys: Any) -> None:
    body = {"badge": BADGE, "shoeSize": SHOE, "v-unique-alternate-keys": keys}
    shop.put(CUSTOM, body, 400, rule="VTEX-SCHEMA-6")
    assert shop.get(CUSTOM)["version"] == 0


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_at_most_three_over_all_puts(shop: Shop) -> None:
    fields = {f"f{number}": BADGE for number in range(4)}
    for number in range(3):
        shop.put(CUSTOM, {**fields, "v-unique-alternate-keys": [{"name": f"k{number}", "fields": [f"f{number}"]}]})
    one_more = {**fields, "v-unique-alternate-keys": [{"name": "k3", "fields": ["f3"]}]}
    shop.put(CUSTOM, one_more, 409, rule="VTEX-SCHEMA-6")


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_a_key_that_exists_stays_on_its_field(shop: Shop) -> None:
    shop.put(CUSTOM, {"badge": BADGE, **KEY})
    shop.put(CUSTOM, {"badge": BADGE, **KEY})
    moved = {
        "v-unique-alternate-keys": [{"name": "badge", "fields": ["badge"]}, {"name": "badge", "fields": ["cellPhone"]}]
    }
    shop.put(CUSTOM, {"badge": BADGE, **moved}, 409, rule="VTEX-SCHEMA-6")
    assert shop.get(CUSTOM)["version"] == 2


@pytest.mark.rule("VTEX-SCHEMA-6")
def test_vtex_schema_6_a_key_may_use_a_default_field(shop: Shop) -> None:
    profile = shop.customer({"cellPhone": "+5521999999999"})
    shop.put(CUSTOM, {"v-unique-alternate-keys": [{"name": "mobile", "fields": ["cellPhone"]}]})
    assert shop.get("/profiles/+5521999999999", alternativeKey="mobile")["id"] == profile["id"]
    shop.put(CUSTOM, {"shoeSize": SHOE})
    assert shop.get("/profiles/%2B5521999999999", alternativeKey="mobile")["id"] == profile["id"]


@pytest.mark.rule("VTEX-SCHEMA-7")
def test_vtex_schema_7_the_custom_schema(shop: Shop) -> None:
    assert shop.get(CUSTOM)["version"] == 0
    shop.put(CUSTOM, {"shoeSize": SHOE})
    shop.put(CUSTOM, {"shoeSize": SHOE, "badge": BADGE, **KEY, "documentTTL": 30})
    schema = shop.get(CUSTOM)
    assert isinstance(schema.pop("title"), str)
    assert isinstance(schema.pop("description"), str)
    assert schema == {
        "type": "object",
        "required": ["firstName", "lastName", "email", "document", "documentType"],
        "properties": {"shoeSize": SHOE, "badge": BADGE},
        "version": 2,
        "v-indexed": ["email", "document"],
        "v-unique": ["email", "document"],
        "documentTTL": 30,
        "v-unique-alternate-keys": [{"name": "badge", "fields": ["badge"]}],
    }


@pytest.mark.rule("VTEX-AUDIT-1")
def test_vtex_audit_1_a_put_that_succeeds_leaves_an_event(shop: Shop, control: ControlClient) -> None:
    shop.put(CUSTOM, {"shoeSize": SHOE}, rule="VTEX-AUDIT-1")
    shop.put(CUSTOM, {"oneOf": []}, 400)
    (event,) = control.events()
    assert (event["action"], event["schemaId"]) == ("PutSchema", "profileSystem")
    assert {"author", "time"} <= set(event)
