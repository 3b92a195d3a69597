"""Shared by Oracle's scenarios: the vendor's example profile, a profile that may be read, the error form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds

NOBODY = "nobody-has-this-id"

_ADDRESS: Mapping[str, Any] = {
    "firstName": "Harry",
    "lastName": "Potter",
    "country": "United States",
    "externalAddressId": "EXT_ADDR_1",
    "types": [{"displayName": "Billing", "repositoryId": "ss-10002", "id": "ss-10002"}],
    "phoneNumber": "9088988999",
    "city": "Arcadia",
    "address2": "Suite 400",
    "address1": "Grundy Lane",
    "postalCode": "91006",
    "repositoryId": "110033",
    "state": "CA",
}
_CARD: Mapping[str, Any] = {
    "expirationYear": "2017",
    "tokenExpiryDate": None,
    "gatewayConfigId": None,
    "expirationMonth": "1",
    "creditCardType": "Visa",
    "source": None,
    "iin": None,
    "token": None,
    "cardProps": {},
    "nameOnCard": None,
    "creditCardNumber": "4539082039396288",
    "repositoryId": "se-usercc110031",
    "nickname": "Visa",
    "tokenCreatedDate": "2018-10-01T09:02:10.181Z",
    "cardSavedDate": None,
    "billingAddress": {
        "country": "US",
        "lastName": "Anderson",
        "types": [{"displayName": "Billing", "repositoryId": "ss-10002", "id": "ss-10002"}],
        "address3": None,
        "city": "Buffalo",
        "address2": None,
        "address1": "451 Brooks Ave",
        "postalCode": "14201",
        "county": None,
        "firstName": "Kim",
        "externalAddressId": "EXT_ADDR_1",
        "phoneNumber": "212-555-2150",
        "repositoryId": "se-990031",
        "state": "NY",
    },
    "id": "se-usercc110031",
    "expirationDayOfMonth": None,
}
BUYER: Mapping[str, Any] = {
    "function": "buyer",
    "relativeTo": {"id": "100001"},
    "repositoryId": "100006",
    "name": "Buyer",
    "type": "organizationalRole",
}
ORGANIZATION: Mapping[str, Any] = {
    "name": "Oracle",
    "repositoryId": "100001",
    "description": "Oracle Org",
    "active": True,
    "shippingAddress": {},
    "secondaryAddresses": [_ADDRESS],
    "id": "100001",
    "billingAddress": {},
    "externalOrganizationId": "EXT_ORG_1",
}
# the vendor's example, without its links and its id, and with a second card
PRINTED: Mapping[str, Any] = {
    "derivedPriceListGroup": None,
    "lastPurchaseDate": None,
    "lastName": "K",
    "GDPRProfileP13nConsentDate": None,
    "GDPRProfileP13nConsentGranted": False,
    "gender": "female",
    "catalog": None,
    "roles": [BUYER],
    "parentOrganization": ORGANIZATION,
    "locale": "en",
    "shippingSurchargePriceList": None,
    "receiveEmailDate": None,
    "firstPurchaseDate": None,
    "profileType": "b2b_user",
    "translations": {},
    "loyaltyPrograms": [
        {
            "programName": "XTRAREWARDS",
            "repositoryId": 100001,
            "membershipId": "abc123",
            "programId": "prog1",
            "status": "Enrolled",
        },
        {
            "programName": "XTRAMILES",
            "repositoryId": 100002,
            "membershipId": "xyz123",
            "programId": "prog2",
            "status": "Enrolled",
        },
    ],
    "registrationDate": None,
    "email": "abc@example.com",
    "derivedSalePriceList": None,
    "daytimeTelephoneNumber": "212-555-1977",
    "taxExempt": False,
    "customerContactId": "CRMID_12345",
    "receiveEmail": "no",
    "priceListGroup": None,
    "active": "true",
    "dateOfBirth": None,
    "lastVisitDate": None,
    "previousVisitDate": None,
    "firstName": "bcd",
    "creditCards": [_CARD, {**_CARD, "id": "se-usercc110032", "cardProps": {"saved": "yes"}}],
    "repositoryId": "110006",
    "firstVisitDate": None,
    "shippingAddress": {},
    "billingAddress": {},
    "userType": None,
    "derivedShippingSurchargePriceList": None,
    "secondaryOrganizations": [],
    "shippingAddresses": [],
}
# properties of the vendor's schema beside profileDetail
STANDING: Mapping[str, Any] = {
    "hasIncompleteOrder": True,
    "isAnonymous": False,
    "profileComments": [
        {"repositoryId": "100045", "comment": "Rings in the morning", "creationDate": "2018-10-01T09:02:10.181Z"}
    ],
}


def unused_id(api: ApiClient) -> str:
    """Return an unused id with the run's marker."""
    return api.new_customer().email.partition("@")[0]


def stored_profile(api: ApiClient, **changes: Any) -> str:
    """Store the vendor's example profile with `changes` in our sandbox; return its id."""
    profile_id = unused_id(api)
    api.sandbox.put_document("profiles", profile_id, {**PRINTED, **STANDING, **changes})
    return profile_id


def readable(api: ApiClient, **changes: Any) -> str:
    """The id of a profile that may be read: a new `stored_profile` in our sandbox, else what the target names."""
    return stored_profile(api, **changes) if api.target.grants("control") else api.test_datum("profile_id")


def profile(api: ApiClient, profile_id: str, **asked: Any) -> dict[str, Any]:
    """Return the response body of getProfile."""
    body: dict[str, Any] = api.call("getProfile", id=profile_id, expect=200, **asked).json
    return body


def detail(api: ApiClient, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the profile's properties from where the target's dialect has them, without `links`."""
    own: Mapping[str, Any] = body.get("profileDetail", {}) if api.target.dialect == "reference" else body
    return {name: value for name, value in own.items() if name != "links"}


def is_exactly(seen: Mapping[str, Any], expected: Mapping[str, Any], text: str) -> None:
    """Check that both are equal; the finding names the properties that differ, but no value."""
    lacking = sorted(set(expected) - set(seen))
    more = sorted(set(seen) - set(expected))
    other = sorted(name for name in set(seen) & set(expected) if seen[name] != expected[name])
    parts = {"without": lacking, "with": more, "another value of": other}
    holds(seen == expected, text, "; ".join(f"{how} {', '.join(names)}" for how, names in parts.items() if names))


def is_error(response: ApiResponse, code: str | None = None) -> None:
    """Check the error against the vendor's form, and its errorCode against `code` if given."""
    media_type = response.headers.get("content-type", "none").partition(";")[0].strip()
    holds(media_type == "application/json", f"status {response.status} as application/json", f"as {media_type}")
    body = response.json
    holds(
        body.get("status") == str(response.status), f'the status "{response.status}" as text', f"{body.get('status')!r}"
    )
    holds(isinstance(body.get("message"), str) and body["message"], "a text as message", "none, or an empty one")
    if code is not None:
        holds(body.get("errorCode") == code, f"errorCode {code}", f"{body.get('errorCode')!r}")
