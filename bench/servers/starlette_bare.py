"""Starlette with the same work written by hand: an upper bound for Python.

The same schemas of the same documents, compiled by the same library, the same masks, credentials looked up, parameters
and media type checked, unique emails, answers of the same form and size; uvicorn as the sandbox has it. No sandboxes,
clock, faults, journal or rules.
"""

from __future__ import annotations

import gc
import sys
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import uvicorn
from jsonschema_rs import Draft4Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.servers.samples import ANNA, SARA
from pii_sandbox import specs
from pii_sandbox.mockserver import schemas
from pii_sandbox.mockserver.rules import masking

VTEX, NEWSTORE = "vtex_profile_system", "newstore_customer_profile"
PATHS = specs.paths_with_keyword(VTEX, "ProfileDocument", "x-masked")
AUTHOR = "7166b518-67ef-596d-82e5-ab9f9b25e91e"
APP_KEYS = {"vtexappkey-sandbox": "sandbox-token"}
TOKENS = {"sandbox-newstore"}
Answer = Callable[[Request], Awaitable[Response]]
Document = dict[str, Any]


def inline_references(document: Document, node: Any) -> Any:
    """Return the node with references replaced by their targets."""
    node = specs.resolve_reference(document, node)
    if isinstance(node, dict):
        return {name: inline_references(document, inner) for name, inner in node.items()}
    return [inline_references(document, inner) for inner in node] if isinstance(node, list) else node


def check(name: str, schema: str) -> Draft4Validator:
    document = specs.load(name)
    return schemas.compile_validator(inline_references(document, document["components"]["schemas"][schema]))


class Shop:
    """Profiles in dicts, found by id and by email."""

    def __init__(self) -> None:
        self.vtex: dict[str, Document] = {}
        self.vtex_by_email: dict[str, Document] = {}
        self.newstore: dict[str, Document] = {}
        self.newstore_by_email: dict[str, Document] = {}
        self.key_check = schemas.compile_validator({"type": "string", "enum": ["email", "document"]})
        self.ttl_check = schemas.compile_validator({"type": "integer", "minimum": 1})
        self.vtex_check, self.newstore_check = check(VTEX, "ProfileCreate"), check(NEWSTORE, "CreateProfile")
        self.add_vtex(dict(SARA))
        self.first_id = self.add_newstore(dict(ANNA))["id"]

    def add_vtex(self, document: Document) -> Document:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        meta = {"version": str(uuid.uuid4()), "author": AUTHOR, "creationDate": now, "lastUpdate": now}
        profile: Document = {"id": str(uuid.uuid4()), "meta": meta, "document": document}
        self.vtex[profile["id"]] = self.vtex_by_email[document["email"].casefold()] = profile
        return profile

    def add_newstore(self, document: Document) -> Document:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        profile: Document = {
            "id": f"NS-EU-{uuid.uuid4()}-{uuid.uuid4()}",
            "display_id": "8CPE6N6S",
            "email": document["email"],
            "full_name": document.get("full_name"),
            "phone_number": document.get("phone_number"),
            "store_id": document.get("store_id"),
            "created_by": document.get("created_by"),
            "extended_attributes": document.get("extended_attributes", {}),
            "created_at": now,
            "updated_at": now,
        }
        self.newstore[profile["id"]] = self.newstore_by_email[document["email"].casefold()] = profile
        return profile

    async def get_masked(self, request: Request) -> Response:
        key = request.query_params.get("alternativeKey")
        if key is not None and not self.key_check.is_valid(key):
            return refusal(400)
        value = request.path_params["key"]
        profile = self.vtex.get(value) if key is None else self.vtex_by_email.get(value.casefold())
        if profile is None:
            return refusal(404)
        return answer({**profile, "document": masking.mask_paths(profile["document"], PATHS)})

    async def get_by_id(self, request: Request) -> Response:
        profile = self.newstore.get(request.path_params["key"])
        return refusal(404) if profile is None else answer(profile)

    async def get_first_id(self, request: Request) -> Response:
        return Response(self.first_id)

    async def create_vtex(self, request: Request) -> Response:
        ttl = request.query_params.get("ttl")
        if ttl is not None and not (ttl.isdecimal() and self.ttl_check.is_valid(int(ttl))):
            return refusal(400)
        document = await body(request, self.vtex_check)
        if isinstance(document, Response):
            return document
        if document["email"].casefold() in self.vtex_by_email:
            return refusal(409)
        return answer(self.add_vtex(document), 201)

    async def create_newstore(self, request: Request) -> Response:
        sent = await body(request, self.newstore_check)
        if isinstance(sent, Response):
            return sent
        found = self.newstore_by_email.get(sent["email"].casefold())
        return answer(self.add_newstore(sent), 201) if found is None else answer(found)


async def body(request: Request, check: Draft4Validator) -> Document | Response:
    """Return the body, or a refusal if it is invalid."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return refusal(415)
    try:
        document: Document = orjson.loads(await request.body())
    except ValueError:
        return refusal(400)
    return document if check.is_valid(document) else refusal(400)


def answer(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


def refusal(status: int) -> Response:
    return Response(orjson.dumps({"status": status}), status, media_type="application/problem+json")


def vtex(handler: Answer) -> Answer:
    """Refuse requests without key and token."""

    async def guard(request: Request) -> Response:
        token = APP_KEYS.get(request.headers.get("x-vtex-api-appkey", ""))
        if token is None or request.headers.get("x-vtex-api-apptoken") != token:
            return refusal(401)
        return await handler(request)

    return guard


def newstore(handler: Answer) -> Answer:
    """Refuse requests without a token."""

    async def guard(request: Request) -> Response:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or token not in TOKENS:
            return refusal(401)
        return await handler(request)

    return guard


def application() -> Starlette:
    shop = Shop()
    return Starlette(
        routes=[
            Route("/profiles", vtex(shop.create_vtex), methods=["POST"]),
            Route("/profiles/{key}", vtex(shop.get_masked)),
            Route("/newstore", newstore(shop.create_newstore), methods=["POST"]),
            Route("/newstore/{key}", newstore(shop.get_by_id)),
            Route("/first", shop.get_first_id),
        ]
    )


if __name__ == "__main__":
    app = application()
    gc.collect()
    gc.freeze()  # nothing of what was just built is ever garbage
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        ssl_certfile=sys.argv[2] if len(sys.argv) > 2 else None,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
    )
