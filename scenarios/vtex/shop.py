"""What the scenarios of VTEX have in common: the customers that a shop makes, and how it reads them."""

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
NOBODY = "00000000-0000-4000-8000-000000000000"  # well-formed, and no one's
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


def respelled(email: str) -> str:
    """An invented email in other letters, its mark of the run as it was."""
    return email.replace("pii-sandbox-check", "PII-Sandbox-Check").replace("example.com", "Example.COM")


def customer(api: ApiClient, person: TestCustomer | None = None, *, ttl: int | None = None, **more: Any) -> Envelope:
    """The envelope of a new profile, of that person or of somebody new."""
    body = profile_of(person or api.new_customer(), **more)
    with _setting_up(api, "a customer", plain=person is None and ttl is None and not more):
        created: Envelope = api.call("CreateClientProfile", body=body, expect=201, **_lifetime(ttl)).json
    return created


def address(api: ApiClient, profile_id: str, *, ttl: int | None = None, **more: Any) -> Envelope:
    """The envelope of a new address of that profile."""
    body = {**ADDRESS, **more}
    with _setting_up(api, "an address", plain=ttl is None and not more):
        created: Envelope = api.call(
            "CreateClientAddress", profileId=profile_id, body=body, expect=201, **_lifetime(ttl)
        ).json
    return created


def prospect(api: ApiClient, person: TestCustomer | None = None, *, ttl: int | None = None, **more: Any) -> Envelope:
    """The envelope of a new prospect, of that person or of somebody new."""
    shopper = person or api.new_customer()
    body = {"lastName": shopper.last_name, "email": shopper.email, **more}
    with _setting_up(api, "a prospect", plain=person is None and ttl is None and not more):
        created: Envelope = api.call("CreateProspect", body=body, expect=201, **_lifetime(ttl)).json
    return created


def purchases(api: ApiClient, profile_id: str, *, ttl: int | None = None, **more: Any) -> Envelope:
    """The envelope of the new purchase information of that profile. VTEX answers 200 here, not 201."""
    body = {"isToSavePersonalData": True, **more}
    with _setting_up(api, "purchase information", plain=ttl is None and not more):
        created: Envelope = api.call(
            "CreatePurchaseInformation", profileId=profile_id, body=body, expect=200, **_lifetime(ttl)
        ).json
    return created


def _setting_up(api: ApiClient, what: str, *, plain: bool) -> AbstractContextManager[None]:
    """A plain document is set up; the create of one with a TTL, a key in use or fields of its own may be the point."""
    return api.given(what) if plain else nullcontext()


def _lifetime(ttl: int | None) -> Params:
    return {} if ttl is None else {"ttl": ttl}


def household(api: ApiClient, person: TestCustomer | None = None) -> Params:
    """One customer with one of everything, and a prospect: their ids, by the names of the path parameters."""
    shopper = person or api.new_customer()
    with api.given("a customer with one of everything"):
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


def wanted(path: str, ids: Mapping[str, str]) -> Params:
    """Those of the ids that a path of a document has a place for."""
    return {name: ids[name] for name in re.findall(r"{(\w+)}", path)}


def problem_of(response: ApiResponse) -> dict[str, Any] | None:
    """The body of an error in the form that VTEX's services show; None in another one.

    No document has the errors of the Profile System: a form of its own breaks no rule at a vendor.
    """
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = response.json if media_type == "application/problem+json" else None
    return body if isinstance(body, dict) else None


def names_in_error(response: ApiResponse, names: list[str]) -> bool:
    """Whether an error names just these parameters or properties, or has a form that may name none."""
    problem = problem_of(response)
    return problem is None or list(problem.get("errors", ())) == names


def only(response: ApiResponse) -> Envelope:
    """The one envelope of an answer: an object or, as some reads and one dialect have it, an array of one."""
    body = response.json
    if isinstance(body, list):
        holds(len(body) == 1, "one document", f"{len(body)} documents")
        body = body[0]
    holds(isinstance(body, dict), "a document", f"a JSON {type(body).__name__}")
    found: Envelope = body
    return found


def among(response: ApiResponse, id: str) -> Envelope | None:
    """The envelope with that id in a list in which others may stand too; None where there is none."""
    return next((envelope for envelope in response.json if envelope["id"] == id), None)


def masked(api: ApiClient, profile_id: str, **params: Any) -> dict[str, Any]:
    """The document of a profile, masked."""
    document: dict[str, Any] = only(api.call("GetProfile", profileId=profile_id, expect=200, **params))["document"]
    return document


def unmasked(api: ApiClient, profile_id: str, **params: Any) -> dict[str, Any]:
    """The document of a profile, unmasked."""
    response = api.call("GetUnmaskedProfile", profileId=profile_id, reason=REASON, expect=200, **params)
    document: dict[str, Any] = only(response)["document"]
    return document


def same(seen: Mapping[str, Any], expected: Mapping[str, Any], where: str) -> None:
    """Holds that `seen` has just these values at these names; says which differ, not what they are."""
    differing = sorted(name for name in {*seen, *expected} if seen.get(name, ...) != expected.get(name, ...))
    holds(not differing, f"{where} as expected", f"other than expected: {', '.join(differing)}")


def readable_profile(api: ApiClient) -> str:
    """The id of a profile that may be read: one that the target names, or in a sandbox one that is put there."""
    return _created_email(api)[0] if api.target.grants("control") else api.known("profile_id")


def readable_email(api: ApiClient) -> tuple[str, str]:
    """The id of a profile that may be read, and its email."""
    return _created_email(api) if api.target.grants("control") else (api.known("profile_id"), api.known("email"))


def _created_email(api: ApiClient) -> tuple[str, str]:
    """With an address and purchase information, at which a read can look too."""
    person = api.new_customer()
    api.sandbox.put_document("profiles", READABLE, profile_of(person, birthDate="1925-11-17"))
    api.sandbox.put_document("addresses", READABLE_ADDRESS, {**ADDRESS, "profileId": READABLE})
    api.sandbox.put_document("purchase-info", READABLE, {"isToSavePersonalData": True})
    return READABLE, person.email


def last_update(meta: Mapping[str, Any]) -> Any:
    """The instant of the latest write, under either of the names that VTEX's documents give it."""
    return meta.get("lastUpdateDate", meta.get("lastUpdate"))


def at(text: Any) -> datetime:
    """An instant of a `meta`: UTC with seven fractional digits and offset. Raises Broken for another form."""
    written = isinstance(text, str) and _SEVEN_DIGITS.fullmatch(text)
    holds(written, "a UTC instant with seven fractional digits and offset", f"{text!r}")
    return datetime.fromisoformat(str(text))
