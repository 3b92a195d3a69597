"""Seeding of Fashion.AI: the customers of a new sandbox."""

from __future__ import annotations

import random
import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.seeding.people import Person
from pii_sandbox.mockserver.vendors.fashionai.collections import CUSTOMERS, DOCUMENT, customer_record
from pii_sandbox.mockserver.vendors.fashionai.sample_profiles import profile

PRINTED = {"phone": "5511999998888", "email": "customer@example.com", "document": "12345678900"}


def seed(people: Sequence[Person], sandbox: Sandbox, seed: int) -> None:
    """Store the customer of the vendor's example and one for each person."""
    sandbox.store.put_all(CUSTOMERS, map(customer_record, customers(people, seed)))


def customers(people: Sequence[Person], seed: int) -> Iterator[dict[str, Any]]:
    """Yield the customer of the vendor's example, and one with a sample profile for each person. (FAI-TEXT-1)"""
    printed = printed_customer()
    taken = {printed["userProfileId"]}
    yield printed
    for person in people:
        user_profile_id = free_id(person, seed, taken)
        taken.add(user_profile_id)
        yield {
            "userProfileId": user_profile_id,
            "phone": person.phone,
            "email": person.email,
            "document": person.document,
            "profile": profile(person, seed),
        }


def printed_customer() -> dict[str, Any]:
    """Return the customer of the vendor's example: profile from its response, keys from its requests. (FAI-SEED-1)"""
    answer: Mapping[str, Any] = specs.load(DOCUMENT)["components"]["examples"]["CustomerProfile"]["value"]
    return {"userProfileId": answer["userProfileId"], **PRINTED, "profile": answer["profile"]}


def free_id(person: Person, seed: int, taken: Collection[str]) -> str:
    """Return an unused id in the form of the printed one: four letters and five digits."""
    draw = random.Random(f"{seed}/{person.number}/fashionai/id")
    while True:
        user_profile_id = "".join(draw.choices(string.ascii_lowercase, k=4) + draw.choices(string.digits, k=5))
        if user_profile_id not in taken:
            return user_profile_id
