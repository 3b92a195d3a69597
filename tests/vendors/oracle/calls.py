"""Oracle's operations as the tests call them, and a profile to call them for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from tests.credentials import ORACLE, ORACLE_APPLICATION

ID = "900001"
PROFILE: dict[str, Any] = {
    "id": ID,
    "firstName": "Ana",
    "lastName": "Souza",
    "email": "ana.souza@example.com",
    "active": "true",
    "profileType": "b2b_user",
    "roles": [
        {
            "function": "buyer",
            "relativeTo": {"id": "1"},
            "repositoryId": "11",
            "name": "Buyer",
            "type": "organizationalRole",
        },
        {"function": "admin", "repositoryId": "12", "name": "Administrator", "type": "globalRole"},
    ],
    "creditCards": [
        {"id": "card-1", "cardProps": {"lastFour": "1111"}, "creditCardNumber": "4111111111111111"},
        {"id": "card-2", "cardProps": {}, "creditCardNumber": "5555555555554444"},
    ],
    "parentOrganization": {"id": "1", "name": "Acme", "active": True},
    "shippingAddresses": [{"alias": "Home", "city": "Recife"}],
    "translations": {},
    "hasIncompleteOrder": True,
    "isAnonymous": False,
    "profileComments": [{"repositoryId": "7", "comment": "Called twice", "creationDate": "2024-01-31T10:00:00.000Z"}],
}
STANDING = {"hasIncompleteOrder", "isAnonymous", "profileComments"}
ORGANIZATIONAL = [role for role in PROFILE["roles"] if role["type"] == "organizationalRole"]
FLAT = {name: value for name, value in PROFILE.items() if name not in STANDING} | {"roles": ORGANIZATIONAL}


def get_profile(
    http: httpx.Client, id: str = ID, headers: Mapping[str, str] | None = None, **query: str
) -> httpx.Response:
    return http.get(f"/ccapp/v1/profiles/{id}", params=query or None, headers={**ORACLE, **(headers or {})})


def login(http: httpx.Client, headers: Mapping[str, str] = ORACLE_APPLICATION) -> httpx.Response:
    return http.post("/ccapp/v1/login", data={"grant_type": "client_credentials"}, headers=dict(headers))


def verify(http: httpx.Client, headers: Mapping[str, str]) -> httpx.Response:
    return http.post("/ccadmin/v1/verify", json={}, headers=dict(headers))


def refresh(http: httpx.Client, headers: Mapping[str, str]) -> httpx.Response:
    return http.post("/ccapp/v1/refresh", headers=dict(headers))


def bearer(response: httpx.Response) -> dict[str, str]:
    """The header to send after that login or refresh."""
    assert response.status_code == 200, response.text
    return {"Authorization": f"Bearer {response.json()['access_token']}"}


def rule(response: httpx.Response) -> str | None:
    named: str | None = response.headers.get("X-Sandbox-Rule")
    return named


def refusal(response: httpx.Response) -> tuple[int, str | None]:
    """Status and rule of an error, whose form is Oracle's."""
    body = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert body["status"] == str(response.status_code)
    assert body["message"]
    assert body["errorCode"].isdecimal()
    return response.status_code, rule(response)
