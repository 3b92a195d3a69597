"""The control API as tests use it: one sandbox, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx

BASE = "/_sandbox/v1"


class ControlClient:
    """Every call raises for an answer that is no success."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        response = self._http.request(method, BASE + path, json=body, params=query or None)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def advance(self, **by: float) -> Any:
        return self.call("POST", "/clock/advance", by)

    def clock(self, **to: Any) -> Any:
        return self.call("PUT", "/clock", to) if to else self.call("GET", "/clock")

    def dialect(self, dialect: str) -> None:
        self.call("PUT", "/dialect", {"dialect": dialect})

    def settings(self, values: dict[str, Any]) -> Any:
        return self.call("PATCH", "/settings", values)

    def fault(self, fault: dict[str, Any]) -> str:
        identifier: str = self.call("POST", "/faults", fault)["id"]
        return identifier

    def documents(self, api: str, collection: str, count: int = 1000) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", f"/documents/{api}/{collection}", count=count)["documents"]
        return found

    def put(self, api: str, collection: str, id: str, document: dict[str, Any]) -> Any:
        return self.call("PUT", f"/documents/{api}/{collection}/{id}", document)

    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "/audit")["events"]
        return found
