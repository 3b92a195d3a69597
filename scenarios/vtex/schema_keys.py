"""VTEX-SCHEMA-6: custom alternative keys. Written only in a sandbox, as the schema is."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.schemas import BADGE, BADGE_KEY, OWN, SHOE, custom, put_schema, schema_with_keys
from pii_sandbox.scenarios.vtex.shop import (
    ADDRESS,
    Params,
    customer,
    email_in_other_case,
    holds_values,
    profile_of,
    single_envelope,
    unmasked_document,
)


@scenario("VTEX-SCHEMA-6", needs=OWN)
def keys_are_refused_unless_they_are_switched_on(api: ApiClient) -> None:
    """VTEX withdrew them: a sandbox has them only if its setting enables them."""
    before = custom(api)
    put_schema(api, 400, badge=BADGE, **schema_with_keys(*BADGE_KEY))
    holds_values(custom(api), before, "the custom schema")


def switch_on(api: ApiClient) -> None:
    api.sandbox.setting("vtex.custom_alternate_keys", True)


@scenario("VTEX-SCHEMA-6", needs=OWN)
def an_added_key_finds_profiles_old_and_new(api: ApiClient) -> None:
    switch_on(api)
    old = customer(api, badge="A/1")["id"]
    api.call("GetProfile", profileId="A/1", alternativeKey="badge", expect=400)
    put_schema(api, badge=BADGE, **schema_with_keys(*BADGE_KEY))
    new = customer(api, badge="B2")["id"]
    for badge, profile_id in (("A/1", old), ("B2", new)):
        found = single_envelope(api.call("GetProfile", profileId=badge, alternativeKey="badge", expect=200))
        holds(found["id"] == profile_id, "the profile with that badge", "another one")
    by_badge: Params = {"profileId": "B2", "alternativeKey": "badge"}
    home = api.call("CreateClientAddress", body=dict(ADDRESS), expect=201, **by_badge).json
    holds(home["document"]["profileId"] == new, "an address of that profile", "another profile's")
    api.call("UpdateClientProfile", body={"badge": "C3"}, expect=200, **by_badge)
    api.call("GetProfile", expect=404, **by_badge)
    api.call("GetProfile", profileId="C3", alternativeKey="badge", expect=200)


@scenario("VTEX-SCHEMA-6", needs=OWN)
def an_added_key_is_unique(api: ApiClient) -> None:
    switch_on(api)
    put_schema(api, badge=BADGE, **schema_with_keys(*BADGE_KEY))
    customer(api, badge="A1")
    body = profile_of(api.new_customer())
    api.call("CreateClientProfile", body={**body, "badge": "A1"}, expect=409)
    other = api.call("CreateClientProfile", body=body, expect=201).json["id"]
    api.call("UpdateClientProfile", profileId=other, body={"badge": "A1"}, expect=409)
    holds("badge" not in unmasked_document(api, other), "a profile without that badge", "one with it")


@scenario("VTEX-SCHEMA-6", needs=OWN)
def a_key_that_two_profiles_would_share_is_refused(api: ApiClient) -> None:
    switch_on(api)
    before = custom(api)
    for _ in range(2):
        customer(api, badge="A1")
    put_schema(api, 409, badge=BADGE, **schema_with_keys(*BADGE_KEY))
    holds_values(custom(api), before, "the custom schema")


@scenario("VTEX-SCHEMA-6", needs=OWN)
def a_key_stays_with_the_field_that_it_uses(api: ApiClient) -> None:
    switch_on(api)
    put_schema(api, badge=BADGE, shoeSize=SHOE, **schema_with_keys(*BADGE_KEY))
    profile_id = customer(api, badge="A1")["id"]
    put_schema(api, 400, shoeSize=SHOE)
    put_schema(api)
    holds_values(custom(api)["properties"], {"badge": BADGE}, "the fields that {} leaves")
    put_schema(api, badge=BADGE, hatSize=SHOE)
    holds(custom(api).get("v-unique-alternate-keys") == BADGE_KEY, "the key of before", "another one, or none")
    found = single_envelope(api.call("GetProfile", profileId="A1", alternativeKey="badge", expect=200))
    holds(found["id"] == profile_id, "the profile with that badge", "another one")


@scenario("VTEX-SCHEMA-6", needs=OWN)
def a_name_that_is_a_key_already_is_refused_for_another_field(api: ApiClient) -> None:
    switch_on(api)
    put_schema(api, badge=BADGE, shoeSize=BADGE, **schema_with_keys(*BADGE_KEY))
    before = custom(api)
    put_schema(api, 409, badge=BADGE, shoeSize=BADGE, **schema_with_keys({"name": "badge", "fields": ["shoeSize"]}))
    for name, field in (("email", "badge"), ("document", "shoeSize"), ("email", "document")):
        put_schema(api, 400, badge=BADGE, shoeSize=BADGE, **schema_with_keys({"name": name, "fields": [field]}))
    holds_values(custom(api), before, "the custom schema")


@scenario("VTEX-SCHEMA-6", needs=OWN)
def there_are_at_most_three_keys_each_of_one_field(api: ApiClient) -> None:
    switch_on(api)
    fields: Params = {f"field{number}": BADGE for number in range(4)}
    keys = [{"name": f"key{number}", "fields": [f"field{number}"]} for number in range(4)]
    for refused in (keys, [{"name": "two", "fields": ["field0", "field1"]}], [{"name": "none", "fields": []}],
                    [{"name": "stray", "fields": ["nothing"]}]):  # fmt: skip
        put_schema(api, 400, **fields, **schema_with_keys(*refused))
    for key in keys[:3]:
        put_schema(api, **fields, **schema_with_keys(key))
    put_schema(api, 409, **fields, **schema_with_keys(keys[3]))
    holds(custom(api).get("v-unique-alternate-keys") == keys[:3], "the three keys", "others")


@scenario("VTEX-SCHEMA-6", needs=OWN)
def a_key_may_use_a_default_field(api: ApiClient) -> None:
    switch_on(api)
    person = api.new_customer()
    profile_id = customer(api, person, cellPhone=person.phone)["id"]
    put_schema(api, **schema_with_keys({"name": "mobile", "fields": ["cellPhone"]}))
    found = single_envelope(api.call("GetProfile", profileId=person.phone, alternativeKey="mobile", expect=200))
    holds(found["id"] == profile_id, "the profile with that phone", "another one")


@scenario("VTEX-SCHEMA-6", needs=OWN)
def a_number_or_a_flag_is_found_by_its_text(api: ApiClient) -> None:
    """Only in a sandbox, as all custom keys."""
    switch_on(api)
    for kind, value, text in (("integer", 42, "42"), ("boolean", True, "true")):
        put_schema(api, badge={"type": kind, "sensitive": False, "pii": False}, **schema_with_keys(*BADGE_KEY))
        profile_id = customer(api, badge=value)["id"]
        found = single_envelope(api.call("GetProfile", profileId=text, alternativeKey="badge", expect=200))
        holds(found["id"] == profile_id, f"the profile with the {kind}", "another one")


@scenario("VTEX-SCHEMA-6", needs=OWN)
def an_added_key_leaves_the_others_as_they_are(api: ApiClient) -> None:
    switch_on(api)
    second = {"name": "shoe", "fields": ["shoeSize"]}
    put_schema(api, badge=BADGE, shoeSize=BADGE, **schema_with_keys(*BADGE_KEY, second))
    person = api.new_customer()
    profile_id = customer(api, person, badge="A1", shoeSize="A2")["id"]
    customer(api, badge="A2", shoeSize="A1")
    for key, value in (("email", email_in_other_case(person.email)), ("badge", "A1"), ("shoe", "A2")):
        found = single_envelope(api.call("GetProfile", profileId=value, alternativeKey=key, expect=200))
        holds(found["id"] == profile_id, f"the profile with that {key}", "another one")
    api.call("GetProfile", profileId="A1", alternativeKey="hat", expect=400)
    api.call("GetProfile", profileId="a1", alternativeKey="badge", expect=404)
    _is_added_whatever_the_emails_and_documents_are(api, {"name": "hat", "fields": ["hatSize"]})


def _is_added_whatever_the_emails_and_documents_are(api: ApiClient, key: Params) -> None:
    """Emails that differ in case are two where `vtex.key_comparison` is exact; an empty document is no key."""
    api.sandbox.setting("vtex.key_comparison", "exact")
    person = api.new_customer()
    emails = (person.email, email_in_other_case(person.email))
    ids = {email: customer(api, api.new_customer(), email=email, document="")["id"] for email in emails}
    put_schema(api, badge=BADGE, shoeSize=BADGE, hatSize=BADGE)
    put_schema(api, badge=BADGE, shoeSize=BADGE, hatSize=BADGE, **schema_with_keys(key))
    holds(key in custom(api).get("v-unique-alternate-keys", []), "the added key", "others, or none")
    for email, profile_id in ids.items():
        found = single_envelope(api.call("GetProfile", profileId=email, alternativeKey="email", expect=200))
        holds(found["id"] == profile_id, "the profile with that very email", "another one")


@scenario("VTEX-SCHEMA-6", needs=OWN)
def email_and_document_may_be_some_of_the_keys(api: ApiClient) -> None:
    switch_on(api)
    standard = [{"name": name, "fields": [name]} for name in ("email", "document")]
    put_schema(api, badge=BADGE, **schema_with_keys(*standard, *BADGE_KEY))
    holds(custom(api).get("v-unique-alternate-keys") == BADGE_KEY, "the key that was new", "others, or none")
    profile_id = customer(api, badge="A1")["id"]
    found = single_envelope(api.call("GetProfile", profileId="A1", alternativeKey="badge", expect=200))
    holds(found["id"] == profile_id, "the profile with that badge", "another one")
