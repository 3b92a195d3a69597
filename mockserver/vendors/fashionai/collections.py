"""Collections of Fashion.AI, and the look-up of customers by their four keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.rules import keys
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.setting import EXACT, Setting, key_comparison
from pii_sandbox.mockserver.store import Record

DOCUMENT = "fashionai_profiling"
CUSTOMERS = "fashionai/customers"
CALLS = "fashionai/calls"
PHONE = re.compile(r"[0-9+() -]+")
KEY_COMPARISON = "fashionai.key_comparison"
SETTINGS: Mapping[str, Setting] = {KEY_COMPARISON: key_comparison()}


def customer_keys() -> tuple[specs.AlternativeKey, ...]:
    return specs.alternative_keys(DOCUMENT, "Customer")


def customer_record(customer: Mapping[str, Any]) -> Record:
    """Build a record of {userProfileId, phone, email, document, profile}, indexed by the first four. (FAI-GET-1)"""
    return Record(customer["userProfileId"], dict(customer), keys=keys.of(customer, customer_keys()))


def customer_by(key: str, value: str, sandbox: Sandbox) -> Mapping[str, Any]:
    """Return the customer whose `key` compares equal to `value` (FAI-GET-3). Raises NotFound (FAI-GET-2)."""
    wanted = _search_value(key, value)
    found = sandbox.store.find_by(CUSTOMERS, key, wanted) if wanted is not None else []
    if sandbox.setting(KEY_COMPARISON) == EXACT:
        found = keys.spelled_alike(found, key, value, lambda customer, name: customer.value[name])
    if not found:
        raise NotFound("Profile not found", rule="FAI-GET-2")
    return found[0].value


def _search_value(key: str, value: str) -> str | None:
    """Return the normalised value to look up; None for a phone with other characters than phone numbers have."""
    if key == "phone" and not PHONE.fullmatch(value):
        return None
    compare = next(known.compare for known in customer_keys() if known.name == key)
    return keys.normalize_key(value, compare)
