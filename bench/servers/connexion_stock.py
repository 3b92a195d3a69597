"""Unmodified Connexion: AsyncApp, the same document, handlers on dicts. No rules."""

from __future__ import annotations

import copy
import sys
import uuid
from typing import Any

import uvicorn
from connexion.apps.asynchronous import AsyncApp

from pii_sandbox import specs

WANTED = {"/profiles": "post", "/profiles/{profileId}": "get"}
HERE = "bench.servers.connexion_stock"
META = {
    "version": "70caf394-8534-447e-a0ca-1803c669c771",
    "author": "70caf394-8534-447e-a0ca-1803c669c771",
    "creationDate": "2022-01-18T18:51:34.1293829+00:00",
    "lastUpdate": "2022-01-18T18:51:34.1293829+00:00",
}
JSON = {"Content-Type": "application/json"}
BY_ID: dict[str, Any] = {}
BY_EMAIL: dict[str, Any] = {}


async def get(profileId: str, alternativeKey: str | None = None) -> Any:
    found = BY_EMAIL.get(profileId) if alternativeKey == "email" else BY_ID.get(profileId)
    return (found, 200, JSON) if found is not None else ({"status": 404}, 404, JSON)


async def post(body: dict[str, Any]) -> Any:
    if body["email"] in BY_EMAIL:
        return {"status": 409}, 409, JSON
    stored: dict[str, Any] = {"id": str(uuid.uuid4()), "meta": META, "document": body}
    BY_ID[stored["id"]] = BY_EMAIL[body["email"]] = stored
    return stored, 201, JSON


def known_key(key: str) -> dict[str, str]:
    return {"sub": key}


def document() -> dict[str, Any]:
    """Return the VTEX document, reduced to the two measured operations."""
    cut = copy.deepcopy(specs.load("vtex_profile_system"))
    paths = {}
    for path, method in WANTED.items():
        item = cut["paths"][path]
        for response in item[method]["responses"].values():
            response.pop("links", None)
        operation = {**item[method], "operationId": f"{HERE}.{method}"}
        paths[path] = {"parameters": item.get("parameters", []), method: operation}
    for scheme in cut["components"]["securitySchemes"].values():
        scheme["x-apikeyInfoFunc"] = f"{HERE}.known_key"
    cut["components"].pop("links", None)
    return {**cut, "paths": paths, "servers": [{"url": "/api"}]}


if __name__ == "__main__":
    app = AsyncApp(__name__)
    app.add_api(document())
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
