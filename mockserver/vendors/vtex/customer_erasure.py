"""Erasure of one customer in the four applications: Checkout, Orders, Profile System and VTEX ID."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pii_sandbox.mockserver.rules import erasure, keys, residue
from pii_sandbox.mockserver.sandbox import Sandbox, Setting, choice
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import audit_trail, disclosure
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
DELETED = "ProfileSystemUserRightsDelete"  # the action of the audit event, VTEX-AUDIT-2
BLOCKED_ERASURE = "vtex.blocked_erasure"
SETTINGS: Mapping[str, Setting] = {
    BLOCKED_ERASURE: choice("rest", "nothing")  # what an open order lets go: assumed, VTEX-ERASE-4
}
_APPLICATION_OF = {CARTS: "chk", USERS: "vid"}
_NO_FAILURES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class ErasureResult:
    """The result of an erasure.

    `anonymised` and `blocked` count orders; `kept_all`: blocking orders kept everything (VTEX-ERASE-4). `found`: there
    was anything of the person; `user`: a user of VTEX ID. `failures`: status by application. (VTEX-ERASE-9)
    """

    anonymised: int
    blocked: int
    found: bool
    user: bool
    kept_all: bool = False
    failures: Mapping[str, str] = field(default_factory=dict)


def email_key(email: Any) -> str | None:
    """Return the normalised email, equal for emails that count as the same; None for none."""
    return keys.normalize_key(email.strip() if isinstance(email, str) else None, "caseless")


def order_keys(order: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of an order: its customer's email, until it is anonymised."""
    customer = order.get("clientProfileData")
    email = email_key(customer.get("email") if isinstance(customer, dict) else None)
    return {} if email is None else {"email": email}


def erase_customer(
    email: str, author: str, sandbox: Sandbox, failures: Mapping[str, str] = _NO_FAILURES
) -> ErasureResult:
    """Erase the data of the customer with that email as far as allowed. (VTEX-ERASE-2 to VTEX-ERASE-4, VTEX-ERASE-8)

    `failures`: status by application that an injected fault fails; it keeps its data. (VTEX-ERASE-9)
    """
    wanted = email_key(email) or ""
    store = sandbox.store
    with store.exclusive():
        profiles = store.find_by(PROFILES, "email", wanted)
        prospects = _prospects_with(wanted, sandbox)
        orders = erasure.sort_out(
            store.find_by(ORDERS, "email", wanted), erasable=lambda order: order.get("status") in CLOSED
        )
        others = {name: store.find_by(name, "email", wanted) for name in (CARTS, USERS)}
        found = any((profiles, prospects, orders.erase, orders.blocked, *others.values()))
        result = ErasureResult(0, len(orders.blocked), found, user=bool(others[USERS]), failures=failures)
        if orders.blocked and sandbox.setting(BLOCKED_ERASURE) == "nothing":
            return replace(result, kept_all=True)
        person = audit_trail.erased_person(
            email.strip(), profiles, prospects, [*orders.erase, *orders.blocked], sandbox
        )
        audit_trail.scrub(person, sandbox)
        if "profileSystemV2" not in failures:
            _erase_profiles(profiles, author, sandbox)
            _erase_prospects(prospects, wanted, sandbox)
        for name, application in _APPLICATION_OF.items():
            for record in others[name] if application not in failures else ():
                store.drop(name, record.id)
        if "orders" in failures:
            return result
        for order in orders.erase:
            store.put(ORDERS, _without_identity(order))
    return replace(result, anonymised=len(orders.erase))


def _erase_profiles(profiles: Sequence[Record], author: str, sandbox: Sandbox) -> None:
    """Drop profiles with dependent records; record an audit event without personal data. (VTEX-AUDIT-2)"""
    for profile in profiles:
        drop_profile(sandbox, profile.id, RULE)
        disclosure.record_event(sandbox, DELETED, author, profileId=profile.id)


def _erase_prospects(prospects: Sequence[Record], email: str, sandbox: Sandbox) -> None:
    """Drop the person's own prospects; in others empty the parts that name the email. (VTEX-ERASE-2)"""
    for prospect in prospects:
        document = prospect.value["document"]
        if _has_email(document, email):
            drop_prospect(sandbox, prospect.id, RULE)
        else:
            kept = {name: _without(value, email) for name, value in document.items()}
            sandbox.store.put(PROSPECTS, replace(prospect, value={**prospect.value, "document": kept}))


def _has_email(document: Mapping[str, Any], email: str) -> bool:
    return email_key(document.get("email")) == email


def _without(value: Any, email: str) -> Any:
    """Return a copy in which the innermost object that names the email is empty; so is a text outside of objects."""
    if isinstance(value, list):
        return [_without(item, email) for item in value]
    if isinstance(value, dict):
        if any(_names_directly(inner, email) for inner in value.values()):
            return {}
        return {name: _without(inner, email) for name, inner in value.items()}
    return "" if email_key(value) == email else value


def _names_directly(value: Any, email: str) -> bool:
    """Whether a text, or one in an array, is that email; objects in an array are handled separately."""
    if isinstance(value, list):
        return any(_names_directly(item, email) for item in value)
    return email_key(value) == email


def _prospects_with(email: str, sandbox: Sandbox) -> list[Record]:
    """Return the prospects with a text at any level that is that email; a search index preselects them."""
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
    """Return the order with id, status, amounts and dates, but without its customer. (VTEX-ERASE-3)"""
    return Record(order.id, erasure.anonymize(order.value, IDENTITY), {}, order.expires_at)


def _contains(value: Any, email: str) -> bool:
    """Whether a text at any level is that email. (VTEX-ERASE-2)"""
    if isinstance(value, dict):
        return any(_contains(inner, email) for inner in value.values())
    if isinstance(value, list):
        return any(_contains(inner, email) for inner in value)
    return email_key(value) == email
