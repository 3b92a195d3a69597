"""Shared by NewStore's scenarios: creating test customers and addresses, unused ids, comparisons."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds

# in the form of the vendor's samples; with the time 1970 and zeros for randomness, so that no object has them
UNKNOWN = "NS-EU-00000000000000000000000000-00000000000000000000000000"
UNKNOWN_DATA = "NS-EU-00000000-0000-4000-8000-000000000000"

Params = dict[str, Any]  # of a call, by name

LONG_AGO = "2019-08-24T14:15:22Z"  # the updated_at of the vendor's example

ADDRESS: Mapping[str, Any] = {
    "full_name": "Ada Check",
    "address_line_1": "Unter den Linden 1",
    "zip_code": "10117",
    "city": "Berlin",
    "country_code": "DE",
}

CHANGING = frozenset({"write", "delete"})  # every created object is deleted at the end


def address_place(profile: Mapping[str, Any], address: Mapping[str, Any]) -> Params:
    """Return the path parameters of an address."""
    return {"profile_id": profile["id"], "address_id": address["id"]}


def new_profile(api: ApiClient, **fields: Any) -> dict[str, Any]:
    """Create a profile of a test customer; return it."""
    body = {"email": api.new_customer().email, **fields}
    with nullcontext() if fields else api.setting_up("a customer"):
        profile: dict[str, Any] = api.call("getOrCreateProfile", body=body, expect=201).json
    return profile


def profile_now(api: ApiClient, profile: Mapping[str, Any]) -> dict[str, Any]:
    """Read the profile."""
    stored: dict[str, Any] = api.call("getProfile", profile_id=profile["id"], expect=200).json
    return stored


def added_address(api: ApiClient, profile: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """Create an address of that profile; return it."""
    body = {**ADDRESS, **fields}
    with nullcontext() if fields else api.setting_up("an address"):
        address: dict[str, Any] = api.call("getOrCreateAddress", profile_id=profile["id"], body=body, expect=201).json
    return address


def readable_profile(api: ApiClient) -> str:
    """Return the id of a profile that may be read: a new one in our sandbox, else the one that the target names."""
    if not api.target.grants("control"):
        return api.test_datum("profile_id")
    person = api.new_customer()
    part = uuid.uuid5(uuid.NAMESPACE_URL, person.email).hex[:25].upper()
    profile_id = f"NS-EU-0{part}-0{part}"
    document = {"email": person.email, "full_name": person.full_name, "phone_number": person.phone}
    api.sandbox.put_document("profiles", profile_id, document)
    return profile_id


def standing_still(api: ApiClient) -> None:
    """Freeze the clock if the target has one, so that nothing expires during a scenario."""
    if api.target.grants("clock"):
        api.sandbox.freeze()


def are_same(stored: Mapping[str, Any], seen: Mapping[str, Any], expected: str) -> None:
    """Check that both are equal; the finding names the properties that differ, but no value."""
    names = sorted(name for name in {*stored, *seen} if stored.get(name) != seen.get(name))
    holds(not names, expected, f"another value of {', '.join(names)}")
