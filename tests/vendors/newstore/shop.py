"""Calls to NewStore, with its access token and its base path."""

from __future__ import annotations

import itertools
from typing import Any

import httpx

from tests.credentials import NEWSTORE

BASE = "/v1/d/pii"
UNKNOWN = "NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX"
UNKNOWN_DATA = "NS-EU-a5548746-acc1-4d75-81b9-72aec2bfebb7"
ADDRESS = {
    "full_name": "Ada Lovelace",
    "address_line_1": "Unter den Linden 1",
    "zip_code": "10117",
    "city": "Berlin",
    "country_code": "DE",
}

_NUMBERS = itertools.count(1)


class Shop:
    """`path` of a call is what follows `/v1/d/pii`."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        return self.http.request(method, BASE + path, json=body, params=query or None, headers=NEWSTORE)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.call("POST", path, body)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> httpx.Response:
        return self.call("DELETE", path)

    def profile(self, **fields: Any) -> dict[str, Any]:
        """A new profile, of somebody invented."""
        fields.setdefault("email", f"customer{next(_NUMBERS)}@newstore.test")
        return self._created("/profiles", fields)

    def address(self, profile: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """A new address of that profile."""
        return self._created(f"/profiles/{profile['id']}/addresses", {**ADDRESS, **fields})

    def data(self, content: str, **fields: Any) -> str:
        """The id of a new data entry."""
        identifier: str = self._created("/data", {"content_type": "text/plain", "content": content, **fields})["id"]
        return identifier

    def tokens(self, **values: Any) -> dict[str, str]:
        """A token for each value."""
        found: dict[str, str] = self.post("/tokenize", {"data": values}).json()["tokens"]
        return found

    def _created(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self.post(path, body)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created


def refusal_message(response: httpx.Response, status: int, rule: str | None = None) -> str:
    """The message of a refusal, held against status and rule."""
    assert response.status_code == status, response.text
    assert response.headers.get("X-Sandbox-Rule") == rule
    message: str = response.json()["message"]
    return message
