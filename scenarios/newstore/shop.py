"""What the scenarios of NewStore have in common: customers that they invent, ids that nobody has, things told apart."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds

# in the form of the vendor's samples; of the year 1970 and of no randomness at all, so nobody has them
UNKNOWN = "NS-EU-00000000000000000000000000-00000000000000000000000000"
UNKNOWN_DATA = "NS-EU-00000000-0000-4000-8000-000000000000"

Params = dict[str, Any]  # of a call, by name

LONG_AGO = "2019-08-24T14:15:22Z"  # what the vendor prints as updated_at

ADDRESS: Mapping[str, Any] = {
    "full_name": "Ada Check",
    "address_line_1": "Unter den Linden 1",
    "zip_code": "10117",
    "city": "Berlin",
    "country_code": "DE",
}

CHANGING = frozenset({"write", "delete"})  # what is created is deleted at the end


def address_place(profile: Mapping[str, Any], address: Mapping[str, Any]) -> Params:
    """Where that address of that profile is."""
    return {"profile_id": profile["id"], "address_id": address["id"]}


def created(api: ApiClient, **fields: Any) -> dict[str, Any]:
    """A new profile of somebody invented."""
    body = {"email": api.new_customer().email, **fields}
    with nullcontext() if fields else api.given("a customer"):
        profile: dict[str, Any] = api.call("getOrCreateProfile", body=body, expect=201).json
    return profile


def profile_now(api: ApiClient, profile: Mapping[str, Any]) -> dict[str, Any]:
    """The profile as it is stored."""
    stored: dict[str, Any] = api.call("getProfile", profile_id=profile["id"], expect=200).json
    return stored


def added_address(api: ApiClient, profile: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A new address of that profile."""
    body = {**ADDRESS, **fields}
    with nullcontext() if fields else api.given("an address"):
        address: dict[str, Any] = api.call("getOrCreateAddress", profile_id=profile["id"], body=body, expect=201).json
    return address


def readable_profile(api: ApiClient) -> str:
    """The id of a profile that may be read: one put into our sandbox, else what the target names."""
    if not api.target.grants("control"):
        return api.known("profile_id")
    person = api.new_customer()
    part = uuid.uuid5(uuid.NAMESPACE_URL, person.email).hex[:25].upper()
    profile_id = f"NS-EU-0{part}-0{part}"
    document = {"email": person.email, "full_name": person.full_name, "phone_number": person.phone}
    api.sandbox.put_document("profiles", profile_id, document)
    return profile_id


def standing_still(api: ApiClient) -> None:
    """Stops the clock where the target has one, so that nothing falls due while a scenario plays."""
    if api.target.grants("clock"):
        api.sandbox.freeze()


def are_same(stored: Mapping[str, Any], seen: Mapping[str, Any], expected: str) -> None:
    """Holds that both are equal; a report names the properties that differ, and no value."""
    names = sorted(name for name in {*stored, *seen} if stored.get(name) != seen.get(name))
    holds(not names, expected, f"another value of {', '.join(names)}")
