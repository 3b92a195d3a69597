"""Formats a request as a curl command for a shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.har import text_of
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange
from pii_sandbox.mockserver.problems import Problem
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendor import PresentedCredentials, Vendor
from pii_sandbox.redaction.operation_schemas import OperationSchemas


def command(view: RedactedExchange, vendor: Vendor | None, sandbox: Sandbox) -> str:
    """Return a curl command with the sandbox's preset credentials instead of the client's, so that it works."""
    exchange = view.exchange
    parts = ["curl", "-s"]
    if exchange.method == "HEAD":
        parts.append("-I")
    elif exchange.method != "GET":
        parts += ["-X", exchange.method]
    for name, value in _headers(view, vendor, sandbox).items():
        parts += ["-H", shlex.quote(f"{name}: {value}")]
    body = view.body()
    if body.kind == "omitted":
        parts += ["-d", "@body.json"]
    elif body.kind != "none":
        parts += ["-d", shlex.quote(text_of(body))]
    url = exchange.url if view.revealed else view.quoted_url()
    if set("[]{}") & set(url):
        parts.append("-g")
    return " ".join((*parts, shlex.quote(url)))


def _headers(view: RedactedExchange, vendor: Vendor | None, sandbox: Sandbox) -> dict[str, str]:
    exchange, schemas = view.exchange, view.schemas
    headers = dict(working_credentials(schemas, vendor, sandbox)) if schemas and vendor else {}
    if "x-sandbox" in exchange.headers and not urlsplit(exchange.url).path.startswith("/~"):
        headers["X-Sandbox"] = exchange.headers["x-sandbox"]
    if view.body().kind != "none" and "content-type" in exchange.headers:
        headers["Content-Type"] = exchange.headers["content-type"]
    headers_in_view = view.headers()
    documented = schemas.of("header").values() if schemas else ()
    names = (parameter["name"] for parameter in documented)
    return headers | {name: headers_in_view[name.lower()] for name in names if name.lower() in headers_in_view}


def working_credentials(schemas: OperationSchemas, vendor: Vendor, sandbox: Sandbox) -> Mapping[str, str]:
    """Return the headers of the first preset credential that the operation accepts; empty if it needs none."""
    required = schemas.definition.get("security", schemas.document.get("security", ()))
    names = {name for requirement in required for name in requirement}
    schemes = schemas.document.get("components", {}).get("securitySchemes", {})
    for credential in vendor.credentials if names else ():
        sent = {name.lower(): value for name, value in credential.headers.items()}
        values = {name: value for name in names if (value := _sent_credential(schemes[name], sent)) is not None}
        try:
            vendor.authenticate(PresentedCredentials(values, sent), schemas.facts, sandbox)
        except Problem:
            continue
        return credential.headers
    return {}


def _sent_credential(scheme: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    if scheme["type"] == "http":
        return headers.get("authorization", "").partition(" ")[2] or None
    return headers.get(scheme["name"].lower()) if scheme["in"] == "header" else None


def control(exchange: JournalExchange, method: str, path: str, body: Any = None) -> str:
    """Return a curl command that calls the control API of the exchange's sandbox."""
    parts = urlsplit(exchange.url)
    prefix = parts.path[: parts.path.index("/", 1)] if parts.path.startswith("/~") else ""
    sandbox = exchange.headers.get("x-sandbox")
    words = ["curl", "-s", "-X", method]
    if sandbox is not None and not prefix:
        words += ["-H", shlex.quote(f"X-Sandbox: {sandbox}")]
    if body is not None:
        words += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(json.dumps(body))]
    return " ".join((*words, shlex.quote(f"{parts.scheme}://{parts.netloc}{prefix}/_sandbox/v1{path}")))
