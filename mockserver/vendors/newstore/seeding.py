"""Seeding of NewStore: the profiles and addresses of a new sandbox."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.seeding.people import Address, Person
from pii_sandbox.mockserver.vendors.newstore.collections import (
    ADDRESSES,
    OWNER,
    PROFILES,
    REGION,
    address_record,
    display_id,
    now_in_milliseconds,
    profile_record,
)

_FIRST_ID = int(datetime(2022, 1, 1, tzinfo=UTC).timestamp() * 1000)  # fixed: ids do not depend on the time of seeding
_RANDOM_BITS = 80


def seed(people: Sequence[Person], sandbox: Sandbox, seed: int) -> None:
    """Store a profile for each person, with the person's addresses."""
    written = times.rfc3339(now_in_milliseconds(sandbox))
    profiles, addresses = [], []
    for person in people:
        ids_of_person = _ids(person, seed)
        profile = profile_of_person(person, next(ids_of_person), written)
        profiles.append(profile_record(profile))
        for address in person.addresses:
            value = address_of_person(person, address, next(ids_of_person), written)
            addresses.append(address_record({**value, OWNER: profile["id"]}))
    sandbox.store.put_all(PROFILES, profiles)
    sandbox.store.put_all(ADDRESSES, addresses)


def profile_of_person(person: Person, profile_id: str, written: str) -> dict[str, Any]:
    return {
        "id": profile_id,
        "display_id": display_id(profile_id),
        "email": person.email,
        "full_name": person.full_name,
        "phone_number": person.phone,
        "store_id": f"store-{person.number % 5 + 1}",
        "created_by": None,
        "extended_attributes": {"loyalty_id": {"data_type": "string", "value": f"{person.number:010d}"}},
        "created_at": written,
        "updated_at": written,
    }


def address_of_person(person: Person, address: Address, address_id: str, written: str) -> dict[str, Any]:
    return {
        "id": address_id,
        "full_name": person.full_name,
        "company_name": person.company,
        "address_line_1": f"{address.street} {address.number}",
        "address_line_2": address.complement,
        "zip_code": address.postal_code,
        "city": address.city,
        "state": address.state,
        "country_code": address.country_code,
        "contact_phone": person.phone,
        "created_at": written,
        "updated_at": written,
    }


def _ids(person: Person, seed: int) -> Iterator[str]:
    """Yield the ids of a person's profile and addresses, the same for the same seed."""
    draw = random.Random(f"{seed}/{person.number}/newstore")
    while True:
        parts = (ids.encode_ulid(_FIRST_ID + person.number, draw.getrandbits(_RANDOM_BITS)) for _ in range(2))
        yield "-".join((REGION, *parts))
