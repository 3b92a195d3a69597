"""Shared by VTEX's scenarios: creating test customers with addresses and prospects, reading and comparing them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.test_customers import TestCustomer
from pii_sandbox.conformance.values.scenario import holds

Envelope = dict[str, Any]
Params = dict[str, Any]  # of a call, by name

REASON = "conformance check"
NOBODY = "00000000-0000-4000-8000-000000000000"  # well-formed and unused
READABLE, READABLE_ADDRESS = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
ADDRESS: Mapping[str, Any] = {
    "postalCode": "20200-000",
    "countryName": "Brasil",
    "countryCode": "BR",
    "administrativeAreaLevel1": "RJ",
    "locality": "Rio de Janeiro",
    "localityAreaLevel1": "Centro",
    "route": "Rua Exemplo",
    "streetNumber": "51",
}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SEVEN_DIGITS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00")


def profile_of(person: TestCustomer, **more: Any) -> dict[str, Any]:
    return {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "document": person.document,
        "documentType": "CPF",
        **more,
    }


def email_in_other_case(email: str) -> str:
    """Return an invented email in other upper and lower case, with the run's marker unchanged."""
    return email.replace("pii-sandbox-check", "PII-Sandbox-Check").replace("example.com", "Example.COM")


def customer(api: ApiClient, person: TestCustomer | None = None, *, ttl: int | None = None, **more: Any) -> Envelope:
    """Create a profile of that person or a new test customer; return its envelope."""
    body = profile_of(person or api.new_customer(), **more)
    with _setting_up(api, "a customer", plain=person is None and ttl is None and not more):
        created: Envelope = api.call("CreateClientProfile", body=body, expect=201, **_lifetime(ttl)).json
    return created


def address(api: ApiClient, profile_id: str, *, ttl: int | None = None, **more: Any) -> Envelope:
    """Create an address of that profile; return its envelope."""
    body = {**ADDRESS, **more}
    with _setting_up(api, "an address", plain=ttl is None and not more):
        created: Envelope = api.call(
            "CreateClientAddress", profileId=profile_id, body=body, expect=201, **_lifetime(ttl)
        ).json
    return created


def prospect(api: ApiClient, person: TestCustomer | None = None, *, ttl: int | None = None, **more: Any) -> Envelope:
    """Create a prospect of that person or a new test customer; return its envelope."""
    shopper = person or api.new_customer()
    body = {"lastName": shopper.last_name, "email": shopper.email, **more}
    with _setting_up(api, "a prospect", plain=person is None and ttl is None and not more):
        created: Envelope = api.call("CreateProspect", body=body, expect=201, **_lifetime(ttl)).json
    return created


def purchases(api: ApiClient, profile_id: str, *, ttl: int | None = None, **more: Any) -> Envelope:
    """Create the purchase information of that profile; return its envelope. VTEX returns 200 here, not 201."""
    body = {"isToSavePersonalData": True, **more}
    with _setting_up(api, "purchase information", plain=ttl is None and not more):
        created: Envelope = api.call(
            "CreatePurchaseInformation", profileId=profile_id, body=body, expect=200, **_lifetime(ttl)
        ).json
    return created


def _setting_up(api: ApiClient, what: str, *, plain: bool) -> AbstractContextManager[None]:
    """Mark the create of a plain document as setting up; with a TTL or extra fields it may be what is tested."""
    return api.setting_up(what) if plain else nullcontext()


def _lifetime(ttl: int | None) -> Params:
    return {} if ttl is None else {"ttl": ttl}


def household(api: ApiClient, person: TestCustomer | None = None) -> Params:
    """Create a customer with one of each document, and a prospect; return their ids by path parameter."""
    shopper = person or api.new_customer()
    with api.setting_up("a customer with one of everything"):
        profile = customer(api, shopper)
        home = address(api, profile["id"])
        purchases(api, profile["id"])
        return {
            "profileId": profile["id"],
            "profileVersionId": profile["meta"]["version"],
            "addressId": home["id"],
            "addressVersionId": home["meta"]["version"],
            "prospectId": prospect(api, shopper)["id"],
        }


def required_ids(path: str, ids: Mapping[str, str]) -> Params:
    """Return those ids that are parameters of the path."""
    return {name: ids[name] for name in re.findall(r"{(\w+)}", path)}


def problem_of(response: ApiResponse) -> dict[str, Any] | None:
    """Return the body of an error in the form of VTEX's services; None for another form.

    No document describes the errors of the Profile System: another form breaks no rule at a vendor.
    """
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = response.json if media_type == "application/problem+json" else None
    return body if isinstance(body, dict) else None


def names_in_error(response: ApiResponse, names: list[str]) -> bool:
    """Whether an error names exactly these parameters or properties, or has a form that may name none."""
    problem = problem_of(response)
    return problem is None or list(problem.get("errors", ())) == names


def single_envelope(response: ApiResponse) -> Envelope:
    """Return the single envelope of a response: an object, or in some reads and dialects an array of one."""
    body = response.json
    if isinstance(body, list):
        holds(len(body) == 1, "one document", f"{len(body)} documents")
        body = body[0]
    holds(isinstance(body, dict), "a document", f"a JSON {type(body).__name__}")
    found: Envelope = body
    return found


def among(response: ApiResponse, id: str) -> Envelope | None:
    """Return the envelope with that id from a list; None if it is not in it."""
    return next((envelope for envelope in response.json if envelope["id"] == id), None)


def masked_document(api: ApiClient, profile_id: str, **params: Any) -> dict[str, Any]:
    """Return the masked document of a profile."""
    document: dict[str, Any] = single_envelope(api.call("GetProfile", profileId=profile_id, expect=200, **params))[
        "document"
    ]
    return document


def unmasked_document(api: ApiClient, profile_id: str, **params: Any) -> dict[str, Any]:
    """Return the unmasked document of a profile."""
    response = api.call("GetUnmaskedProfile", profileId=profile_id, reason=REASON, expect=200, **params)
    document: dict[str, Any] = single_envelope(response)["document"]
    return document


def holds_values(seen: Mapping[str, Any], expected: Mapping[str, Any], where: str) -> None:
    """Check that `seen` has these values at these names; the finding names those that differ, but no value."""
    differing = sorted(name for name in {*seen, *expected} if seen.get(name, ...) != expected.get(name, ...))
    holds(not differing, f"{where} as expected", f"other than expected: {', '.join(differing)}")


def readable_profile(api: ApiClient) -> str:
    """Return the id of a profile that may be read: the one that the target names, or a new one in a sandbox."""
    return _created_email(api)[0] if api.target.grants("control") else api.test_datum("profile_id")


def readable_email(api: ApiClient) -> tuple[str, str]:
    """Return the id and the email of a profile that may be read."""
    return (
        _created_email(api) if api.target.grants("control") else (api.test_datum("profile_id"), api.test_datum("email"))
    )


def _created_email(api: ApiClient) -> tuple[str, str]:
    """With an address and purchase information, at which a read can look too."""
    person = api.new_customer()
    api.sandbox.put_document("profiles", READABLE, profile_of(person, birthDate="1925-11-17"))
    api.sandbox.put_document("addresses", READABLE_ADDRESS, {**ADDRESS, "profileId": READABLE})
    api.sandbox.put_document("purchase-info", READABLE, {"isToSavePersonalData": True})
    return READABLE, person.email


def last_update(meta: Mapping[str, Any]) -> Any:
    """Return the instant of the last write, under either of the names in VTEX's documents."""
    return meta.get("lastUpdateDate", meta.get("lastUpdate"))


def at(text: Any) -> datetime:
    """An instant of a `meta`: UTC with seven fractional digits and offset. Raises Broken for another form."""
    written = isinstance(text, str) and _SEVEN_DIGITS.fullmatch(text)
    holds(written, "a UTC instant with seven fractional digits and offset", f"{text!r}")
    return datetime.fromisoformat(str(text))
