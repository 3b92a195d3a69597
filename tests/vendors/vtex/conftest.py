"""A shop that calls the Profile System, and says what it expects of each answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.credentials import VTEX

BASE = "/api/storage/profile-system"
JOHN = {
    "firstName": "John",
    "lastName": "Doe",
    "email": "john.doe@example.com",
    "birthDate": "1925-11-17",
    "document": "12345678911",
    "documentType": "CPF",
}
HOME = {
    "postalCode": "20200-000",
    "countryName": "Brasil",
    "countryCode": "BR",
    "administrativeAreaLevel1": "RJ",
    "locality": "Locality",
    "localityAreaLevel1": "locality area",
    "route": "51",
    "streetNumber": "999",
}


@dataclass(frozen=True)
class Shop:
    """Calls with full access unless told otherwise; `expect` is the status, `rule` the rule that the answer names."""

    http: Any
    headers: Mapping[str, str] = field(default_factory=lambda: VTEX)

    def send(
        self,
        method: str,
        path: str,
        expect: int,
        *,
        body: Any = None,
        rule: str | None = None,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Any:
        sent = {**(self.headers if headers is None else headers)}
        content = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            content = json.dumps(body)
        response = self.http.request(method, BASE + path, params=query or None, headers=sent, content=content)
        assert response.status_code == expect, f"{method} {path}: {response.status_code} {response.text}"
        if rule is not None:
            assert response.headers.get("X-Sandbox-Rule") == rule
        if not response.content:
            return None
        expected_type = "application/json" if expect < 400 else "application/problem+json"
        assert response.headers["Content-Type"].startswith(expected_type)
        return response.json()

    def get(self, path: str, expect: int = 200, **more: Any) -> Any:
        return self.send("GET", path, expect, **more)

    def post(self, path: str, body: Any, expect: int = 201, **more: Any) -> Any:
        return self.send("POST", path, expect, body=body, **more)

    def patch(self, path: str, body: Any, expect: int = 200, **more: Any) -> Any:
        return self.send("PATCH", path, expect, body=body, **more)

    def put(self, path: str, body: Any, expect: int = 201, **more: Any) -> Any:
        return self.send("PUT", path, expect, body=body, **more)

    def delete(self, path: str, expect: int = 204, **more: Any) -> Any:
        return self.send("DELETE", path, expect, **more)

    def customer(self, changes: Mapping[str, Any] | None = None, **query: Any) -> Any:
        """The envelope of a new profile: John, but for the changes."""
        return self.post("/profiles", {**JOHN, **(changes or {})}, **query)

    def get_unmasked(self, path: str, **more: Any) -> Any:
        return self.get(path, reason="support call", **more)


def ids(envelopes: list[dict[str, Any]]) -> list[str]:
    return [envelope["id"] for envelope in envelopes]


def find_one(envelopes: list[dict[str, Any]], id: str) -> dict[str, Any]:
    """The one with that id, of a list in which seeded people may stand too."""
    (found,) = (envelope for envelope in envelopes if envelope["id"] == id)
    return found


@pytest.fixture
def shop(http: Any) -> Shop:
    return Shop(http)


@pytest.fixture
def john() -> dict[str, Any]:
    return dict(JOHN)


@pytest.fixture
def home() -> dict[str, Any]:
    return dict(HOME)
