"""Collections of the Profile System: names, alternative keys, look-ups, cascading deletion and tombstones."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Call
from pii_sandbox.mockserver.problems import Malformed, NotFound
from pii_sandbox.mockserver.rules import keys, versions
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.setting import EXACT, Setting, key_comparison
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import custom_schema
from pii_sandbox.mockserver.vendors.vtex.custom_schema import SCHEMA, CustomSchema

FindBy = Callable[[str, str, str], Sequence[Record]]

DOCUMENT = "vtex_profile_system"

PROFILES = "vtex/profiles"
ADDRESSES = "vtex/addresses"
PROSPECTS = "vtex/prospects"
PURCHASE_INFO = "vtex/purchase-info"
ORDERS = "vtex/orders"
CARTS = "vtex/carts"
USERS = "vtex/users"
VERSIONS = "vtex/versions"
JOBS = "vtex/jobs"
TOMBSTONES = "vtex/departed"
KEY_COMPARISON = "vtex.key_comparison"
SETTINGS: Mapping[str, Setting] = {KEY_COMPARISON: key_comparison()}

COMPONENTS: Mapping[str, str] = {
    PROFILES: "ProfileDocument",
    ADDRESSES: "AddressDocument",
    PROSPECTS: "ProspectDocument",
    PURCHASE_INFO: "PurchaseInformationDocument",
}

__all__ = [
    "ADDRESSES",
    "CARTS",
    "COMPONENTS",
    "DOCUMENT",
    "JOBS",
    "ORDERS",
    "PROFILES",
    "PROSPECTS",
    "PURCHASE_INFO",
    "SCHEMA",
    "TOMBSTONES",
    "USERS",
    "VERSIONS",
]


def profile_keys(document: Mapping[str, Any], schema: CustomSchema) -> dict[str, str]:
    """Return the alternative keys of a profile: email, document, custom keys. (VTEX-ALT-1, VTEX-SCHEMA-6)"""
    found = keys.of(document, specs.alternative_keys(DOCUMENT, COMPONENTS[PROFILES]))
    for key in schema.keys:
        value = keys.normalize_key(_as_text(document.get(key.field)), "exact")
        if value is not None:
            found[key.name] = value
    return found


def _as_text(value: Any) -> Any:
    # a number or a flag is found by the text that it has in a URL
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value


def ensure_unique(profile: Record, sandbox: Sandbox) -> None:
    """Raise Duplicate if another live profile has one of its keys. (VTEX-UNIQ-1, VTEX-SCHEMA-6)"""
    find_by = partial(sandbox.store.peek_by, PROFILES)
    held_by = keys.holders(profile, find_by, _spelling if sandbox.setting(KEY_COMPARISON) == EXACT else None)
    keys.refuse_duplicate(profile.id, held_by, "VTEX-UNIQ-1")


def _spelling(profile: Record, key: str) -> Any:
    """Return a key as it is stored; every one but the email compares exactly in any case."""
    return profile.value["document"]["email"] if key == "email" else profile.keys[key]


def require_profile(call: Call, sandbox: Sandbox, otherwise: str = "VTEX-ALT-3") -> Record:
    """Return the profile that the path names, by its id or by the key of `alternativeKey`.

    Raises Malformed for an unknown key (VTEX-ALT-2), and NotFound for a missing profile: under the rule that removed
    it, under VTEX-ALT-4 for a value that is no id, else under `otherwise`.
    """
    return _require_profile(call, sandbox, otherwise, sandbox.store.find, sandbox.store.find_by)


def peek_profile(call: Call, sandbox: Sandbox) -> Record:
    """As `require_profile`, without a copy: the profile must not be changed."""
    return _require_profile(call, sandbox, "VTEX-ALT-3", sandbox.store.peek, sandbox.store.peek_by)


def _require_profile(
    call: Call,
    sandbox: Sandbox,
    otherwise: str,
    find: Callable[[str, str], Record | None],
    find_by: FindBy,
) -> Record:
    given: str = call.path["profileId"]
    key: str | None = call.query.get("alternativeKey")
    if key is None:
        record = find(PROFILES, given)
        if record is None:
            raise not_found(sandbox, PROFILES, given, otherwise if _is_id(given) else "VTEX-ALT-4")
        return record
    return _by_key(given, key, sandbox, find_by=find_by)


def _by_key(given: str, key: str, sandbox: Sandbox, *, find_by: FindBy) -> Record:
    value = keys.normalize_key(given, _comparison(key, sandbox))
    found = find_by(PROFILES, key, value) if value is not None else []
    if sandbox.setting(KEY_COMPARISON) == EXACT:
        found = keys.spelled_alike(found, key, given, _spelling)
    if not found:
        raise NotFound(f"no profile has this {key}", rule="VTEX-ALT-3")
    return found[0]


def _comparison(key: str, sandbox: Sandbox) -> str:
    """Return the comparison of a key's values. Raises Malformed for an unknown key."""
    added, documented = custom_schema.current(sandbox).keys, specs.alternative_keys(DOCUMENT, COMPONENTS[PROFILES])
    for custom in added:
        if custom.name == key:
            return "exact"
    for known in documented:
        if known.name == key:
            return known.compare
    names = ", ".join([known.name for known in documented] + [custom.name for custom in added])
    raise Malformed("no such key", rule="VTEX-ALT-2", errors={"alternativeKey": [f"must be one of {names}"]})


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def not_found(sandbox: Sandbox, collection: str, id: str, otherwise: str) -> NotFound:
    """Build the problem for an unknown id: under the rule that removed the record, else under `otherwise`."""
    departed = sandbox.store.find(TOMBSTONES, _tombstone_id(collection, id))
    return NotFound("nothing at this id", rule=otherwise if departed is None else departed.value["rule"])


def drop_profile(sandbox: Sandbox, profile_id: str, rule: str) -> bool:
    """Drop a profile with its addresses, purchase information and versions; return False if there is none.

    `rule`: the rule that later reads name for their 404. (VTEX-PROF-3, VTEX-TTL-5)
    """
    cascade_rule = "VTEX-TTL-5" if rule == "VTEX-TTL-1" else rule
    with sandbox.store.exclusive():
        if not _drop(sandbox, PROFILES, profile_id, rule):
            return False
        for address in sandbox.store.find_by(ADDRESSES, "profile", profile_id):
            drop_address(sandbox, address.id, cascade_rule)
        drop_purchase_info(sandbox, profile_id, cascade_rule)
    return True


def drop_address(sandbox: Sandbox, address_id: str, rule: str) -> bool:
    """Drop an address with its versions; return False if there is none."""
    with sandbox.store.exclusive():
        return _drop(sandbox, ADDRESSES, address_id, rule)


def drop_prospect(sandbox: Sandbox, prospect_id: str, rule: str) -> bool:
    with sandbox.store.exclusive():
        return _drop(sandbox, PROSPECTS, prospect_id, rule)


def drop_purchase_info(sandbox: Sandbox, profile_id: str, rule: str) -> bool:
    with sandbox.store.exclusive():
        return _drop(sandbox, PURCHASE_INFO, profile_id, rule)


def _drop(sandbox: Sandbox, collection: str, id: str, rule: str) -> bool:
    if not sandbox.store.drop(collection, id):
        return False
    if collection in (PROFILES, ADDRESSES):
        for version in sandbox.store.find_by(VERSIONS, versions.OWNER, id):
            sandbox.store.drop(VERSIONS, version.id)
    # only an id and a rule's id: no personal data remains
    sandbox.store.put(TOMBSTONES, Record(_tombstone_id(collection, id), {"rule": rule}))
    return True


def _tombstone_id(collection: str, id: str) -> str:
    return f"{collection}/{id}"
