"""Erasing what the four applications hold of one customer: Checkout, Orders, Profile System and VTEX ID."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.rules import erasure, keys, residue
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import audit_trail
from pii_sandbox.mockserver.vendors.vtex.collections import (
    CARTS,
    ORDERS,
    PROFILES,
    PROSPECTS,
    USERS,
    drop_profile,
    drop_prospect,
)
from pii_sandbox.specs import PropertyPath

CLOSED = ("invoiced", "canceled")  # documented: no other order is erased, VTEX-ERASE-3 [G]
IDENTITY: tuple[PropertyPath, ...] = (("clientProfileData",), ("shippingData",))
RULE = "VTEX-ERASE-2"


@dataclass(frozen=True, slots=True)
class ErasureResult:
    """What an erasure found: orders anonymised, orders that block it, whether there was anything, and a user."""

    anonymised: int
    blocked: int
    found: bool
    user: bool


def email_key(email: Any) -> str | None:
    """What two emails that count as one have in common."""
    return keys.normalised(email.strip() if isinstance(email, str) else None, "caseless")


def order_keys(order: Mapping[str, Any]) -> dict[str, str]:
    """What an order is found by: the email of its customer, for as long as it has one."""
    customer = order.get("clientProfileData")
    email = email_key(customer.get("email") if isinstance(customer, dict) else None)
    return {} if email is None else {"email": email}


def erase(email: str, sandbox: Sandbox) -> ErasureResult:
    """Erases all that may go of the customer with that email. (VTEX-ERASE-2 to VTEX-ERASE-4, VTEX-ERASE-8)"""
    wanted = email_key(email) or ""
    store = sandbox.store
    with store.exclusive():
        profiles = store.find_by(PROFILES, "email", wanted)
        prospects = _prospects_with(wanted, sandbox)
        orders = erasure.sort_out(
            store.find_by(ORDERS, "email", wanted), erasable=lambda order: order.get("status") in CLOSED
        )
        others = [(name, record) for name in (CARTS, USERS) for record in store.find_by(name, "email", wanted)]
        subject = audit_trail.subject(email.strip(), profiles, prospects, [*orders.erase, *orders.blocked], sandbox)
        audit_trail.scrub(subject, sandbox)
        for profile in profiles:
            drop_profile(sandbox, profile.id, RULE)
        for prospect in prospects:
            drop_prospect(sandbox, prospect.id, RULE)
        for order in orders.erase:
            store.put(ORDERS, _without_identity(order))
        for name, record in others:
            store.drop(name, record.id)
    found = any((profiles, prospects, orders.erase, orders.blocked, others))
    return ErasureResult(len(orders.erase), len(orders.blocked), found, user=any(name == USERS for name, _ in others))


def _prospects_with(email: str, sandbox: Sandbox) -> list[Record]:
    """The prospects in which a text at any level is that email; looks at those alone in which it may be at all."""
    subject = residue.DataSubject(email)
    ids = [
        record["id"]
        for _, part in sandbox.store.parts(PROSPECTS)
        if subject.may_be_among(part)
        for record in part.records.values()
        if _contains(record["value"]["document"], email)
    ]
    found = (sandbox.store.find(PROSPECTS, one) for one in ids)
    return [record for record in found if record is not None]


def _without_identity(order: Record) -> Record:
    """The order with its id, status, amounts and dates, found by no customer any more. (VTEX-ERASE-3)"""
    return Record(order.id, erasure.anonymised(order.value, IDENTITY), {}, order.expires_at)


def _contains(value: Any, email: str) -> bool:
    """Whether a text at any level is that email. (VTEX-ERASE-2)"""
    if isinstance(value, dict):
        return any(_contains(inner, email) for inner in value.values())
    if isinstance(value, list):
        return any(_contains(inner, email) for inner in value)
    return email_key(value) == email
