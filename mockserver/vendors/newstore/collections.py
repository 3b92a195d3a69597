"""Collections of NewStore: records, their ids and keys, look-ups, and pagination info."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.rules import expiry, keys, times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.setting import EXACT, Setting, key_comparison
from pii_sandbox.mockserver.store import Record

DOCUMENT = "newstore_customer_profile"
PROFILES = "newstore/profiles"
ADDRESSES = "newstore/addresses"
DATA = "newstore/data"
TOKENS = "newstore/tokens"
ACCESS_TOKENS = "newstore/access-tokens"
KEY_COMPARISON = "newstore.key_comparison"
SETTINGS: Mapping[str, Setting] = {KEY_COMPARISON: key_comparison()}

REGION = "NS-EU"  # documented as one of several; the sandbox stands for a tenant in this one
DELETION_REQUESTED = "deletion_requested_at"  # stored in a profile that awaits deletion, never shown to clients
OWNER = "profile_id"  # stored in an address, never shown to clients
PROFILE_TEXTS = ("full_name", "phone_number", "store_id", "created_by")
PROFILE_FIELDS = ("id", "display_id", "email", *PROFILE_TEXTS, "extended_attributes", "created_at", "updated_at")
ADDRESS_REQUIRED = ("full_name", "address_line_1", "zip_code", "city", "country_code")
ADDRESS_OPTIONAL = ("company_name", "address_line_2", "state", "contact_phone")
ADDRESS_FIELDS = ("id", *ADDRESS_REQUIRED, *ADDRESS_OPTIONAL, "created_at", "updated_at")

_BELOW_A_MILLISECOND = [timedelta(microseconds=number) for number in range(1000)]
_profile_values = itemgetter(*PROFILE_FIELDS)

Value = Mapping[str, Any]


def now_in_milliseconds(sandbox: Sandbox) -> datetime:
    """Return the sandbox's time in whole milliseconds, so that clients can send the same instant back. (NS-LOCK-4)"""
    now = sandbox.now()
    return now - _BELOW_A_MILLISECOND[now.microsecond % 1000]


def seconds_after(at: datetime, seconds: float) -> datetime:
    """Return the instant `seconds` after `at`, at most the end of the calendar."""
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        return expiry.END_OF_TIME


def new_id(at: datetime) -> str:
    """Return an id for a profile, an address or a token created at `at`."""
    first, second = ids.two_ulids(at)
    return f"{REGION}-{first}-{second}"


def display_id(profile_id: str) -> str:
    """Return the last eight characters of the id. assumed: no document shows a display id."""
    return profile_id[-8:]


def attribute_texts(attributes: Mapping[str, Value]) -> dict[str, Any]:
    """Return extended attributes with text values: of a number or boolean its JSON text. (NS-GOC-3)"""
    return {
        name: attribute
        if isinstance(attribute["value"], str)
        else {**attribute, "value": json.dumps(attribute["value"])}
        for name, attribute in attributes.items()
    }


def profile_record(profile: Value, expires_at: datetime | None = None) -> Record:
    """Build a profile record, found by its case-folded email. `expires_at`: due time of a deletion. (NS-DEL-2)"""
    known = specs.alternative_keys(DOCUMENT, "Profile")
    return Record(profile["id"], dict(profile), keys.of(profile, known), expires_at)


def address_record(address: Value) -> Record:
    """Build an address record, found by its profile's id."""
    return Record(address["id"], dict(address), {OWNER: address[OWNER]})


def data_record(entry: Value) -> Record:
    """Build a data record, which expires `ttl` days after its `created_at`, or never. (NS-DATA-2)"""
    due = expiry.expires_at(times.parse(entry["created_at"]), entry["ttl"])
    return Record(entry["id"], dict(entry), expires_at=due)


def require_profile(sandbox: Sandbox, profile_id: str, rule: str | None = None) -> Record:
    """Return the profile with that id. Raises NotFound."""
    return _require_profile(sandbox.store.find(PROFILES, profile_id), rule)


def peek_profile(sandbox: Sandbox, profile_id: str) -> Record:
    """As `require_profile`, without a copy: it must not be changed. Raises NotFound."""
    return _require_profile(sandbox.store.peek(PROFILES, profile_id), None)


def _require_profile(record: Record | None, rule: str | None) -> Record:
    if record is None:
        raise NotFound("there is no profile with that id", rule=rule)
    return record


def profiles_with(sandbox: Sandbox, record: Record) -> dict[str, list[str]]:
    """Return, by key, the ids of the profiles that share it with `record`. (NS-GOC-1, NS-UNIQ-1)"""
    find_by = partial(sandbox.store.peek_by, PROFILES)
    return keys.holders(record, find_by, _spelling if sandbox.setting(KEY_COMPARISON) == EXACT else None)


def _spelling(profile: Record, key: str) -> Any:
    return profile.value[key]


def addresses_of(sandbox: Sandbox, profile_id: str) -> list[Record]:
    """Return the addresses of a profile, oldest first."""
    return sandbox.store.find_by(ADDRESSES, OWNER, profile_id)


def awaits_deletion(profile: Record) -> bool:
    return DELETION_REQUESTED in profile.value


def drop_profile(sandbox: Sandbox, profile_id: str) -> bool:
    """Drop the profile with its addresses; return False if there is none. (NS-DEL-2)"""
    for address in addresses_of(sandbox, profile_id):
        sandbox.store.drop(ADDRESSES, address.id)
    return sandbox.store.drop(PROFILES, profile_id)


def shown_profile(profile: Value) -> dict[str, Any]:
    return dict(zip(PROFILE_FIELDS, _profile_values(profile), strict=True))


def shown_address(address: Value) -> dict[str, Any]:
    return {name: address[name] for name in ADDRESS_FIELDS}


def pagination_info(returned: int, total: int, offset: int) -> dict[str, int]:
    """Return the `pagination_info` of a list. (NS-LIST-4)"""
    return {"count": returned, "total": total, "offset": offset}
