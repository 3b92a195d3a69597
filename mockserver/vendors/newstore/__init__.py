"""NewStore Customer Profile API v1 (legacy): profiles, addresses, data entries, tokens."""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Handler
from pii_sandbox.mockserver.sandbox import Sandbox, seconds
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.mockserver.vendors.newstore import (
    addresses,
    credentials,
    data,
    errors,
    profiles,
    public_collections,
    seeding,
    tokens,
    updates,
    upstream,
)
from pii_sandbox.mockserver.vendors.newstore.collections import DOCUMENT, PROFILES, SETTINGS, drop_profile


def _on_expiry(sandbox: Sandbox, collection: str, record: Record) -> None:
    """Drop an expired record; a profile with its addresses. (NS-DEL-2, NS-DATA-2, NS-TOK-2)"""
    if collection == PROFILES:
        drop_profile(sandbox, record.id)
    else:
        sandbox.store.drop(collection, record.id)


def _sample_request(sandbox: Sandbox) -> str | None:
    records = sandbox.store.page(PROFILES, count=1).records
    path = specs.operations(DOCUMENT)["getProfile"].path
    return path.replace("{profile_id}", records[0].id) if records else None


HANDLERS: Mapping[str, Handler] = {
    "listProfiles": profiles.list_profiles,
    "getOrCreateProfile": profiles.get_or_create_profile,
    "getProfile": profiles.get_profile,
    "updateProfile": profiles.update_profile,
    "requestProfileDeletion": profiles.request_profile_deletion,
    "getOrCreateAddress": addresses.get_or_create_address,
    "listAddresses": addresses.list_addresses,
    "getAddress": addresses.get_address,
    "updateAddress": addresses.update_address,
    "deleteAddress": addresses.delete_address,
    "createData": data.create_data,
    "getData": data.get_data,
    "deleteData": data.delete_data,
    "tokenize": tokens.tokenize,
    "detokenize": tokens.detokenize,
    "createToken": credentials.create_token,
    "createRealmToken": credentials.create_realm_token,
}

VENDOR = Vendor(
    name="newstore",
    documents=(DOCUMENT,),
    handlers={name: upstream.failing(handler) for name, handler in HANDLERS.items()},
    playable_failures={errors.UPSTREAM: HANDLERS.keys(), tokens.FAILURE: ("tokenize", "detokenize")},
    render=errors.render,
    authenticate=credentials.authenticate,
    anonymous=credentials.ANONYMOUS,
    credentials=credentials.CREDENTIALS,
    on_expiry=_on_expiry,
    due_events={"profiles": "deletion"},
    seed=seeding.seed,
    collections={
        "profiles": public_collections.Profiles(),
        "addresses": public_collections.Addresses(),
        "data": public_collections.Data(),
        "tokens": public_collections.Tokens(),
    },
    stored={"access-tokens": credentials.rebuild},
    sample_request=_sample_request,
    settings={
        **SETTINGS,
        **credentials.SETTINGS,
        **data.SETTINGS,
        **updates.SETTINGS,
        profiles.DELETION_SECONDS: seconds(60),
    },
)

__all__ = ["VENDOR"]
