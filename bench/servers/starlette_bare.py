"""Starlette alone, doing the same validation and masking by hand: what Python can do without help."""

from __future__ import annotations

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

import specs
from bench.servers.samples import SARA, SMALL_PROFILE
from mockserver import schemas
from mockserver.rules import masking

DOCUMENT = "vtex_profile_system"
PATHS = specs.marked(DOCUMENT, "ProfileDocument", "x-masked")
KEY = {"x-vtex-api-appkey": "vtexappkey-sandbox", "x-vtex-api-apptoken": "sandbox-token"}
Answer = Callable[[Request], Awaitable[Response]]


def inlined(document: dict[str, Any], node: Any) -> Any:
    """The node with what its references point at in their place."""
    node = specs.resolved(document, node)
    if isinstance(node, dict):
        return {name: inlined(document, inner) for name, inner in node.items()}
    return [inlined(document, inner) for inner in node] if isinstance(node, list) else node


def profile_check() -> Draft4Validator:
    document = specs.load(DOCUMENT)
    return schemas.compiled(inlined(document, document["components"]["schemas"]["ProfileCreate"]))


class Shop:
    """Profiles in dicts, found by id and by email."""

    def __init__(self) -> None:
        self.by_id: dict[str, dict[str, Any]] = {}
        self.by_email: dict[str, dict[str, Any]] = {}
        self.key_check = schemas.compiled({"type": "string", "enum": ["email", "document"]})
        self.add(dict(SARA))

    def add(self, document: dict[str, Any]) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        meta = {"version": str(uuid.uuid4()), "author": "a", "creationDate": now, "lastUpdate": now}
        profile: dict[str, Any] = {"id": str(uuid.uuid4()), "meta": meta, "document": document}
        self.by_id[profile["id"]] = self.by_email[document["email"].casefold()] = profile
        return profile

    async def masked(self, request: Request) -> Response:
        if not self.key_check.is_valid(request.query_params.get("alternativeKey")):
            return Response(b'{"status":400}', 400)
        profile = self.by_email.get(request.path_params["key"].casefold())
        if profile is None:
            return Response(b'{"status":404}', 404)
        return answer({**profile, "document": masking.masked(profile["document"], PATHS)})

    async def whole(self, request: Request) -> Response:
        profile = self.by_id.get(request.path_params["key"])
        return Response(b'{"status":404}', 404) if profile is None else answer(profile)

    async def first(self, request: Request) -> Response:
        return Response(next(iter(self.by_id)))

    def creator(self, check: Draft4Validator) -> Answer:
        async def create(request: Request) -> Response:
            document = orjson.loads(await request.body())
            if not check.is_valid(document):
                return Response(b'{"status":400}', 400)
            if document["email"].casefold() in self.by_email:
                return Response(b'{"status":409}', 409)
            return answer(self.add(document), 201)

        return create


def answer(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


def guarded(handler: Answer) -> Answer:
    """Refuses who does not send the key."""

    async def guard(request: Request) -> Response:
        if any(request.headers.get(name) != value for name, value in KEY.items()):
            return Response(b'{"status":401}', 401, media_type="application/problem+json")
        return await handler(request)

    return guard


def application() -> Starlette:
    shop = Shop()
    return Starlette(
        routes=[
            Route("/profiles", guarded(shop.creator(profile_check())), methods=["POST"]),
            Route("/small", guarded(shop.creator(schemas.compiled(SMALL_PROFILE))), methods=["POST"]),
            Route("/profiles/{key}", guarded(shop.masked)),
            Route("/by-id/{key}", guarded(shop.whole)),
            Route("/first", shop.first),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(application(), port=int(sys.argv[1]), log_level="warning", access_log=False)
