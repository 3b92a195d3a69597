"""The four kinds of document of the Profile System, so that a scenario can run for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.scenarios.vtex import shop
from pii_sandbox.scenarios.vtex.shop import ADDRESS, REASON, Envelope, Params, profile_of, single_envelope


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document with the operation ids of VTEX.

    `created`: status of a create; `id`: path parameter of the document's id; `change`: body of an update.
    """

    name: str
    create: str
    update: str
    read: str
    unmasked: str
    delete: str
    created: int
    id: str
    change: Mapping[str, Any]


PROFILE = Kind(
    "a profile",
    "CreateClientProfile",
    "UpdateClientProfile",
    "GetProfile",
    "GetUnmaskedProfile",
    "DeleteClientProfile",
    201,
    "profileId",
    {"priceTable": "gold"},
)
ADDRESSES = Kind(
    "an address",
    "CreateClientAddress",
    "UpdateClientAddress",
    "GetAddress",
    "GetUnmaskedAddress",
    "DeleteAddress",
    201,
    "addressId",
    {"route": "Rua Nova"},
)
PROSPECT = Kind(
    "a prospect",
    "CreateProspect",
    "UpdateProspect",
    "GetProspect",
    "GetUnmaskedProspect",
    "DeleteProspect",
    201,
    "prospectId",
    {"isPJ": True},
)
PURCHASES = Kind(
    "purchase information",
    "CreatePurchaseInformation",
    "UpdatePurchaseInformation",
    "GetPurchaseInformation",
    "GetUnmaskedPurchaseInformation",
    "DeletePurchaseInformation",
    200,
    "profileId",
    {"isToSavePersonalData": False},
)
KINDS = (PROFILE, ADDRESSES, PROSPECT, PURCHASES)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document that a scenario created: its kind, its path parameters, and the response body of its create."""

    api: ApiClient
    kind: Kind
    path: Params
    envelope: Envelope

    def read(self, expect: int = 200) -> ApiResponse:
        return self.api.call(self.kind.read, expect=expect, **self.path)

    def unmasked(self, expect: int = 200) -> ApiResponse:
        return self.api.call(self.kind.unmasked, reason=REASON, expect=expect, **self.path)

    def meta(self) -> dict[str, Any]:
        """Return the `meta` of a read."""
        found: dict[str, Any] = single_envelope(self.read())["meta"]
        return found

    def update(self, body: Mapping[str, Any] | None = None, *, expect: int = 200, **params: Any) -> ApiResponse:
        """Update it, by default with the `change` of its kind."""
        change = self.kind.change if body is None else body
        return self.api.call(self.kind.update, body=dict(change), expect=expect, **self.path, **params)


def create_document(api: ApiClient, kind: Kind, **params: Any) -> StoredDocument:
    """Create a document of that kind; `params` (`ttl`, `credentials`) apply to it, not to its profile's create."""
    owner: Params = {} if kind in (PROFILE, PROSPECT) else {"profileId": str(shop.customer(api)["id"])}
    with nullcontext() if params else api.setting_up(kind.name):
        response = api.call(kind.create, body=body_for(api, kind), expect=kind.created, **owner, **params)
        return StoredDocument(api, kind, {**owner, kind.id: response.json["id"]}, response.json)


def body_for(api: ApiClient, kind: Kind) -> dict[str, Any]:
    """Return a valid body for a create of that kind."""
    shopper = api.new_customer()
    if kind is PROFILE:
        return profile_of(shopper)
    if kind is ADDRESSES:
        return dict(ADDRESS)
    if kind is PROSPECT:
        return {"lastName": shopper.last_name, "email": shopper.email}
    return {"isToSavePersonalData": True}
