"""Seeding of VTEX: profiles, addresses, purchase information, prospects, orders, carts and users of a new sandbox."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.seeding.people import Person
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import credentials, customer_erasure, envelopes, sample_documents
from pii_sandbox.mockserver.vendors.vtex.collections import (
    ADDRESSES,
    CARTS,
    ORDERS,
    PROFILES,
    PROSPECTS,
    PURCHASE_INFO,
    USERS,
)

Found = tuple[str, Record]  # a collection, and what to store in it

AUTHOR = credentials.ANONYMOUS.identity
STATUSES = (
    "invoiced",
    "canceled",
    "handling",
    "ready-for-handling",
    "payment-approved",
    "payment-pending",
    "order-created",
)
_STATUS_WEIGHTS = (50, 15, 10, 8, 8, 5, 4)
_ORDERS_WEIGHTS = (25, 40, 20, 15)  # of none, one, two, three
ADDRESS_NAMES = ("home", "work")
_MEMBER_DAYS = 730


def seed(people: Sequence[Person], sandbox: Sandbox, seed: int) -> None:
    """Store the records of each person, with the same ids for the same seed, all dated before the sandbox's now."""
    now = sandbox.now()
    found: dict[str, list[Record]] = {}
    for place, person in enumerate(people):
        draw = random.Random(f"{seed}/{person.number}/vtex")
        relative = people[(place + 1) % len(people)].first_name
        for collection, record in _records_of(person, relative, draw, sandbox, now):
            found.setdefault(collection, []).append(record)
    for collection, records in found.items():
        sandbox.store.put_all(collection, records)


def _records_of(person: Person, relative: str, draw: random.Random, sandbox: Sandbox, now: datetime) -> Iterator[Found]:
    """Yield the records of one person in the four applications."""
    joined = now - timedelta(days=draw.randint(1, _MEMBER_DAYS), seconds=draw.randrange(86_400))
    user_id = ids.uuid4(draw)
    meta = _meta(PROFILES, joined, draw)
    profile = envelopes.new_profile_record(ids.uuid4(draw), sample_documents.profile(person), meta, None, sandbox)
    yield PROFILES, profile
    addresses = list(_addresses(person, profile.id, joined, draw))
    for address in addresses:
        yield ADDRESSES, address
    orders = list(_orders(person, joined, now, draw))
    for order in orders:
        yield ORDERS, Record(order["orderId"], order, customer_erasure.order_keys(order))
    if draw.random() < 1 / 3:
        info = sample_documents.purchase_info(person, draw, addresses[0].id, orders, user_id, now.year)
        meta = _meta(PURCHASE_INFO, joined, draw)
        yield PURCHASE_INFO, envelopes.new_purchase_info_record(profile.id, info, meta, None)
    owner = {"email": customer_erasure.email_key(person.email) or ""}
    if draw.random() < 0.85:
        yield USERS, Record(user_id, {"email": person.email}, owner)
    if draw.random() < 0.2:
        yield CARTS, Record(f"{draw.getrandbits(128):032x}", sample_documents.cart(person, draw), owner)
    if draw.random() < 0.12:
        prospect = sample_documents.prospect(person, relative, draw, ids.uuid4(draw))
        yield PROSPECTS, envelopes.new_prospect_record(ids.uuid4(draw), prospect, _meta(PROSPECTS, joined, draw), None)


def _addresses(person: Person, profile_id: str, joined: datetime, draw: random.Random) -> Iterator[Record]:
    """Yield one or two addresses of the person."""
    for home, name in zip(person.addresses, ADDRESS_NAMES, strict=False):
        meta = _meta(ADDRESSES, joined, draw)
        yield envelopes.new_address_record(
            ids.uuid4(draw), profile_id, sample_documents.address(person, home, name), meta, None
        )


def _orders(person: Person, joined: datetime, now: datetime, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Yield up to three orders, oldest first, all after the person joined."""
    count = draw.choices(range(len(_ORDERS_WEIGHTS)), _ORDERS_WEIGHTS)[0]
    moments = sorted(joined + (now - joined) * draw.random() for _ in range(count))
    statuses = draw.choices(STATUSES, _STATUS_WEIGHTS, k=count)
    for number, (created, status) in enumerate(zip(moments, statuses, strict=True), 1):
        order_id = f"1{person.number:06d}{number}{draw.randrange(100_000):05d}-01"
        yield sample_documents.order(person, order_id, status, draw.randint(2_000, 90_000), times.seven_digits(created))


def _meta(collection: str, at: datetime, draw: random.Random) -> Mapping[str, Any]:
    return {**envelopes.first_meta(collection, at, AUTHOR, None), "version": ids.uuid4(draw)}
