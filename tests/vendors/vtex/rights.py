"""A shop that erases, and what it looks at before and after."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from tests.credentials import VTEX

STORAGE = "/api/storage/profile-system"
ERASE = "/api/user-rights/createAndProcessDeleteUserData"
JOBS = "/api/user-rights/forget/jobs"
EMAIL = "john@mail.com"
JOHN = {
    "firstName": "John",
    "lastName": "Doe",
    "email": EMAIL,
    "document": "12345678911",
    "documentType": "CPF",
    "cellPhone": "+5511987654321",
}
MARY = {"firstName": "Mary", "lastName": "Roe", "email": "mary@mail.com", "document": "987", "documentType": "ID"}
HOME = {
    "postalCode": "20200-000",
    "countryName": "Brasil",
    "administrativeAreaLevel1": "RJ",
    "locality": "Rio",
    "localityAreaLevel1": "Centro",
    "route": "Rua A",
    "streetNumber": "1",
}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def order_of(number: int, status: str, email: str = EMAIL) -> dict[str, Any]:
    return {
        "orderId": f"{number}-01",
        "status": status,
        "value": 3498,
        "creationDate": "2023-10-23T19:22:12.8989883+00:00",
        "clientProfileData": {"email": email, "firstName": "John", "lastName": "Doe", "phone": "+5511987654321"},
        "shippingData": {"address": {"receiverName": "John Doe", "street": "Rua A"}},
    }


def send(http: httpx.Client, method: str, path: str, body: Any = None, status: int = 200, **query: str) -> Any:
    response = http.request(method, path, json=body, params=query, headers=VTEX)
    assert response.status_code == status, response.text
    return response.json() if response.content else None


def create(http: httpx.Client, path: str, body: Any, status: int = 201) -> str:
    identifier: str = send(http, "POST", STORAGE + path, body, status)["id"]
    return identifier


def erase(http: httpx.Client, email: str = EMAIL) -> dict[str, Any]:
    answer: dict[str, Any] = send(http, "POST", ERASE, {"email": email}, an="store")
    return answer


def status_of(http: httpx.Client, path: str, **query: str) -> int:
    return http.get(STORAGE + path, params=query, headers=VTEX).status_code


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    return {application["application"]: application["status"] for application in answer["applications"]}


def evidence(answer: dict[str, Any]) -> str:
    told: str = json.loads(answer["dataResponse"])["orders"]["dataStatus"]["evidence"]
    return told
