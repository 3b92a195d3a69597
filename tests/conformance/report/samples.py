"""Runs made by hand: what a report is to be made of."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Coverage, Exchange, Finding, RuleResult, RunResult
from pii_sandbox.specs import catalogue
from tests.conformance.report import canary


class UncloseableTransport(httpx.BaseTransport):
    """A transport that outlives the clients that use it."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transport.handle_request(request)


BEGIN = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
HOST = "https://staging.example.net"
TARGET = local_sandbox(HOST)
VTEX = {"X-VTEX-API-AppKey": "vtexappkey-live", "X-VTEX-API-AppToken": canary.APP_TOKEN}
UUID = "70caf394-8534-447e-a0ca-1803c669c771"
NS_ID = "NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX"
PROFILE = {
    "email": canary.EMAIL,
    "firstName": canary.FIRST_NAME,
    "lastName": canary.LAST_NAME,
    "document": canary.DOCUMENT,
    "documentType": "CPF",
    "birthDate": canary.BIRTH_DATE,
    "nickname of hers": canary.NICKNAME,
}


def exchange(
    api: str,
    operation_id: str | None,
    method: str,
    path: str,
    *,
    request_body: Any = None,
    headers: Mapping[str, str] | None = None,
    status: int | None = 200,
    response_body: Any = None,
    media_type: str = "application/json",
    at: float = 0,
    error: str | None = None,
) -> Exchange:
    """A call; `sent` and `came` are bytes, or what is to be sent as JSON. `at`: seconds after the run's begin."""
    return Exchange(
        api=api,
        operation_id=operation_id,
        method=method,
        url=HOST + path,
        request_headers={
            **({} if isinstance(request_body, bytes) else {"Content-Type": "application/json"}),
            **(headers or {}),
        },
        request_body=_bytes(request_body),
        status=status,
        response_headers={"content-type": media_type} if status else {},
        response_body=_bytes(response_body),
        error=error,
        sent_at=BEGIN + timedelta(seconds=at),
        elapsed_seconds=0.25,
    )


def _bytes(value: Any) -> bytes:
    return b"" if value is None else value if isinstance(value, bytes) else json.dumps(value).encode()


def finding(rule: str, *exchanges: Exchange, expected: str = "status 404", seen: str = "status 200") -> Finding:
    last = exchanges[-1] if exchanges else None
    api = (catalogue.rule(rule) or catalogue.rules("vtex")[0]).api
    return Finding(rule, api, last.operation_id if last else None, "scenario", "it_is_so", expected, seen, exchanges)


CAUSE = Cause("power", "the target does not grant the power control")


def run(*findings: Finding, generated: Iterable[Finding] = (), **about: Any) -> RunResult:
    """A run in which all rules conform but those with findings; OCC-LANG-1 was not checked."""
    broken: dict[str, tuple[Finding, ...]] = {}
    for one in findings:
        broken[one.rule] = (*broken.get(one.rule, ()), one)
    results = []
    for api in ("vtex", "newstore", "fashionai", "oracle"):
        for rule in catalogue.rules(api):
            found = broken.get(rule.id, ())
            skipped = rule.id == "OCC-LANG-1"
            results.append(
                RuleResult(
                    rule.id,
                    api,
                    "breaks" if found else "not checked" if skipped else "conforms",
                    found,
                    (Cause("power", "the target does not grant the power control"),) if skipped else (),
                    ("it_is_so",),
                    0.5,
                )
            )
    coverage = Coverage(
        {("vtex", "GetProfile"): {200: 12, 404: 3, 418: 1}, ("oracle", "getProfile"): {200: 1}},
        {("vtex", "GetProfile"): ("VTEX-MASK-1", "VTEX-TTL-1")},
    )
    facts = {"pii-sandbox": "0.1.0", "depth": "quick", "requests": 17}
    hosts = dict.fromkeys(("vtex", "newstore", "fashionai", "oracle"), "shop.example.com")
    given: dict[str, Any] = {"rules": tuple(results), "coverage": coverage, "facts": facts, "hosts": hosts, **about}
    return RunResult(
        "r7k2", "staging", BEGIN, 61.5, 7, frozenset({"read", "write"}), generated=tuple(generated), **given
    )


def target() -> Target:
    return TARGET


def canary_findings() -> list[Finding]:
    """Findings in which her data are wherever they can be: bodies, URLs, headers, texts, in every encoding."""
    return [*_at_vtex(), _at_newstore(), *_at_fashionai_and_oracle()]


def _at_vtex() -> Iterable[Finding]:
    profiles = "/api/storage/profile-system/profiles"
    text = json.dumps(PROFILE, ensure_ascii=False)
    coded = base64.b64encode(b"x" + text.encode()).decode()
    trouble = f"no customer {canary.EMAIL.upper()} ({canary.FIRST_NAME} {canary.LAST_NAME}) at {canary.STREET}"
    response_body: dict[str, Any] = {"id": UUID, "document": PROFILE}
    created = exchange(
        "vtex",
        "CreateClientProfile",
        "POST",
        profiles,
        request_body=PROFILE,
        headers=VTEX,
        status=201,
        response_body=response_body,
    )
    name = f"{quote(canary.FIRST_NAME)}+{quote(canary.LAST_NAME)}"
    path = f"{profiles}/{quote(canary.EMAIL, safe='')}?alternativeKey=email&onBehalfOf={name}"
    page = f"<p>{trouble}</p><i>{coded}</i>".encode()
    by_email = exchange(
        "vtex", "GetProfile", "GET", path, headers=VTEX, status=500, media_type="text/html", response_body=page
    )
    path = f"{profiles}/{UUID}/unmasked?reason=x"
    cut = exchange("vtex", "GetUnmaskedProfile", "GET", path, headers=VTEX, response_body=text[:-30].encode(), at=2)
    response_body = {"uuid": UUID, "email": canary.EMAIL, "dataResponse": json.dumps({"who": text})}
    path = "/api/user-rights/createAndProcessDeleteUserData"
    sent = {"email": canary.EMAIL.title()}
    nested = exchange(
        "vtex",
        "createAndProcessDeleteUserData",
        "POST",
        path,
        request_body=sent,
        headers=VTEX,
        response_body=response_body,
        at=3,
    )
    yield finding("VTEX-MASK-1", created, by_email, expected="the masked email", seen=f"{PROFILE!r} and {trouble}")
    yield finding("VTEX-UNMASK-1", created, cut, nested, seen=f"status 200 {coded}")


def _at_newstore() -> Finding:
    form = f"grant_type=password&username={quote(canary.EMAIL)}&password={canary.PASSWORD}".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    token = {"access_token": canary.APP_TOKEN, "token_type": "Bearer", "expires_in": 60}
    login = exchange(
        "newstore", "createToken", "POST", "/v0/token", headers=headers, request_body=form, response_body=token
    )
    content = f"{canary.STREET}, {canary.NICKNAME}\n{canary.POSTAL_CODE}".encode()
    bearer = {"Authorization": f"Bearer {canary.APP_TOKEN}"}
    sent: dict[str, Any] = {"content_type": "text/plain", "content": base64.b64encode(content).decode()}
    stored = exchange(
        "newstore", "createData", "POST", "/v1/d/pii/data", headers=bearer, request_body=sent, status=201, at=1
    )
    path = f"/v1/d/pii/data/{NS_ID}"
    read = exchange(
        "newstore", "getData", "GET", path, headers=bearer, media_type="text/plain", response_body=content, at=2
    )
    sent = {"data": {"a": canary.TAX_CODE, "b": [canary.CARD]}}
    tokens = exchange("newstore", "tokenize", "POST", "/v1/d/pii/tokenize", headers=bearer, request_body=sent, at=3)
    return finding("NS-DATA-1", login, stored, read, tokens, expected="the same bytes", seen=repr(content))


def _at_fashionai_and_oracle() -> Iterable[Finding]:
    path = f"/api/v1/crm/protected/profile/phone/{quote(canary.PHONE)}"
    headers = {"X-FashionAI-APP-Token": canary.APP_TOKEN}
    error = f"ConnectError: {canary.PHONE[3:]} cannot be looked up"
    phone = exchange("fashionai", "getProfileByPhone", "GET", path, headers=headers, status=None, error=error)
    sent = {
        "id": "p-1",
        "email": canary.EMAIL,
        "creditCards": [{"creditCardNumber": canary.CARD}],
        "taxExemptionCode": canary.TAX_CODE,
        "daytimeTelephoneNumber": canary.PHONE,
    }
    put = exchange("sandbox", None, "PUT", "/_sandbox/v1/documents/oracle/profiles/p-1", request_body=sent)
    page = f"<e><email>{canary.EMAIL}</email><phoneNumber>{canary.PHONE}</phoneNumber></e>"
    xml = "application/xml"
    odd = exchange(
        "oracle",
        "getProfile",
        "GET",
        "/ccapp/v1/profiles/p-1",
        status=502,
        media_type=xml,
        response_body=page.encode(),
        at=1,
    )
    yield finding("FAI-GET-2", phone, expected="an answer", seen=error)
    yield finding("OCC-GET-1", put, odd, seen=page)
