"""FAI-GET: the four reads of one profile."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.fashionai.customers import (
    DOCUMENT,
    EMAIL,
    KEYS,
    PHONE,
    PRINTED_PROFILE,
    USER_PROFILE_ID,
    AlternativeKey,
    known_profile,
    tells_error,
)

BRAZIL = "55"


def finds(api: ApiClient, key: AlternativeKey, value: str, text: str) -> None:
    """Check that the value finds the known customer."""
    response = key.read(api, value, expect=(200, 404))
    holds(response.status == 200, f"{text} to find the customer", "404")
    holds(response.json == known_profile(api), f"{text} to find the same customer", "another profile")


@scenario("FAI-GET-1")
def the_four_keys_of_a_customer_give_the_same_body(api: ApiClient) -> None:
    expected = known_profile(api)
    holds(expected["userProfileId"] == api.test_datum("user_profile_id"), "the id that was asked for", "another")
    for key in KEYS:
        body = key.read(api, api.test_datum(key.name), expect=200).json
        holds(body == expected, f"the same body by {key.name} as by id", "another")


@scenario("FAI-GET-2")
def a_value_that_nobody_has_is_not_found(api: ApiClient) -> None:
    for key in KEYS:
        response = key.read(api, key.nobody, expect=404)
        tells_error(response, "Profile not found", "Not Found")
        names = sorted(response.json)
        holds(names == ["error", "message", "statusCode"], "statusCode, message and error alone", ", ".join(names))


@scenario("FAI-GET-3")
def an_email_compares_without_case(api: ApiClient) -> None:
    email = api.test_datum("email")
    finds(api, EMAIL, email.upper(), "an email in upper case")
    finds(api, EMAIL, email.title(), "an email in mixed case")


@scenario("FAI-GET-3")
def a_phone_is_its_digits_with_country_code(api: ApiClient) -> None:
    digits = api.test_datum("phone")
    written = f"+{digits[:2]} ({digits[2:4]}) {digits[4:9]}-{digits[9:]}"
    finds(api, PHONE, written, "a phone with +, spaces, dashes and parentheses")
    PHONE.read(api, f"{digits}0", expect=404)
    if api.target.grants("control"):  # a vendor may refuse it
        PHONE.read(api, f"{digits}x", expect=404)
    if digits.startswith(BRAZIL):
        PHONE.read(api, digits.removeprefix(BRAZIL), expect=404)


@scenario("FAI-GET-3")
def a_document_compares_without_punctuation(api: ApiClient) -> None:
    document = api.test_datum("document")
    finds(
        api, DOCUMENT, f"{document[:3]}.{document[3:6]}.{document[6:9]}-{document[9:]}", "a document with punctuation"
    )
    DOCUMENT.read(api, document[:-1], expect=404)


@scenario("FAI-GET-3")
def an_id_is_exact(api: ApiClient) -> None:
    user_profile_id = api.test_datum("user_profile_id")
    others = {user_profile_id.swapcase(), f"{user_profile_id[:4]}-{user_profile_id[4:]}", f"{user_profile_id} "}
    for other in sorted(others - {user_profile_id}):
        USER_PROFILE_ID.read(api, other, expect=404)


@scenario("FAI-GET-4")
def a_percent_encoded_value_finds_what_the_plain_one_finds(api: ApiClient) -> None:
    """Calls percent-encode everything but letters, digits and `_.-~`: `@` in an email, plus and space in a phone."""
    email, digits = api.test_datum("email"), api.test_datum("phone")
    finds(api, EMAIL, email, "an email with %40")
    finds(api, PHONE, f"+{digits[:2]} {digits[2:]}", "a phone with %2B and %20")
    EMAIL.read(api, email.replace("@", "%40"), expect=404)


@scenario("FAI-GET-4", needs={"control"})
def accents_and_signs_are_found_percent_encoded(api: ApiClient) -> None:
    local, _, domain = api.new_customer().email.partition("@")
    email = f"joão+{local}%2f&?#@{domain}"
    api.sandbox.put_document("customers", "jocheck00001", {"email": email, "profile": dict(PRINTED_PROFILE)})
    response = EMAIL.read(api, email, expect=(200, 404))
    holds(response.status == 200, "an email with accents and signs to be found percent-encoded", "404")
    holds(response.json["userProfileId"] == "jocheck00001", "the customer whose email it is", "another")


@scenario("FAI-GET-3", needs={"control"})
def every_key_is_exact_if_that_is_set(api: ApiClient) -> None:
    api.sandbox.setting("fashionai.key_comparison", "exact")
    for key in KEYS:
        key.read(api, api.test_datum(key.name), expect=200)
    EMAIL.read(api, api.test_datum("email").upper(), expect=404)
    PHONE.read(api, f"+{api.test_datum('phone')}", expect=404)
    DOCUMENT.read(api, f"{api.test_datum('document')[:-2]}-{api.test_datum('document')[-2:]}", expect=404)
