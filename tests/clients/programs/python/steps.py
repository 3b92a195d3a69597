"""The conversation that each Python client has; one JSON line a step: its name, the status, the decisive value."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

VTEX = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}
NEWSTORE = {"Authorization": "Bearer sandbox-newstore"}
JSON = {"Content-Type": "application/json"}
PROFILES = os.environ["VTEX_URL"] + "/api/storage/profile-system/profiles"
CUSTOMERS = os.environ["NEWSTORE_URL"] + "/v1/d/pii/profiles"

Answer = tuple[int, Mapping[str, str], bytes]  # status, headers, body
# of a method, a URL, headers, a body, and whether that is to be chunked
Call = Callable[[str, str, dict[str, str], "bytes | None", bool], Answer]
Many = Callable[[str, dict[str, str], int], "list[int]"]


def customer(email: str, document: str) -> bytes:
    fields = {"firstName": "Ana", "lastName": "Lima", "email": email, "document": document, "documentType": "CPF"}
    return json.dumps(fields).encode()


def print_step(step: str, status: int, value: Any) -> None:
    print(json.dumps({"step": step, "status": status, "value": value}), flush=True)


def rule(headers: Mapping[str, str]) -> str | None:
    return next((value for name, value in headers.items() if name.lower() == "x-sandbox-rule"), None)


def play(call: Call, many: Many | None = None) -> None:
    ana = customer("ana+matrix@example.com", "12345678911")
    status, _, body = call("POST", PROFILES, {**VTEX, **JSON}, ana, False)
    profile = json.loads(body)
    print_step("create", status, profile["document"]["email"])
    status, headers, _ = call("POST", PROFILES, {**VTEX, **JSON}, ana, False)
    print_step("conflict", status, rule(headers))
    by_email = f"{PROFILES}/{quote('ana+matrix@example.com', safe='')}?alternativeKey=email"
    status, _, body = call("GET", by_email, dict(VTEX), None, False)
    print_step("masked read", status, json.loads(body)["document"]["email"])
    ben = customer("ben@example.com", "98765432100")
    status, _, body = call("POST", PROFILES, {**VTEX, **JSON}, ben, True)
    print_step("chunked create", status, json.loads(body)["document"]["email"])
    known = json.dumps({"email": "ana+matrix@example.com", "full_name": "Ana Lima"}).encode()
    _, _, body = call("POST", CUSTOMERS, {**NEWSTORE, **JSON}, known, False)
    created = json.loads(body)
    change = json.dumps({"full_name": "Ana B.", "last_updated_at": created["updated_at"]}).encode()
    one = f"{CUSTOMERS}/{created['id']}"
    status, _, body = call("PATCH", one, {**NEWSTORE, **JSON}, change, False)
    print_step("update", status, json.loads(body)["full_name"])
    status, headers, _ = call("PATCH", one, {**NEWSTORE, **JSON}, change, False)
    print_step("stale update", status, rule(headers))
    status, _, body = call("GET", f"{CUSTOMERS}?count=50", dict(NEWSTORE), None, False)
    print_step("list", status, len(json.loads(body)["profiles"]))
    status, _, body = call("DELETE", f"{PROFILES}/{profile['id']}", dict(VTEX), None, False)
    print_step("delete", status, body.decode())
    status, _, _ = call("GET", f"{PROFILES}/{profile['id']}", dict(VTEX), None, False)
    print_step("read after delete", status, "")
    statuses = (many or threads(call))(one, dict(NEWSTORE), 50)
    print_step("side by side", statuses[0], statuses.count(200))


def threads(call: Call) -> Many:
    def many(url: str, headers: dict[str, str], count: int) -> list[int]:
        with ThreadPoolExecutor(10) as pool:
            return list(pool.map(lambda _: call("GET", url, dict(headers), None, False)[0], range(count)))

    return many


def pieces(body: bytes) -> Any:
    """The body as an iterator of unknown length: clients send it chunked."""
    return (body[at : at + 20] for at in range(0, len(body), 20))
