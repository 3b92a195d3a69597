"""Exports the journal as an HTTP archive (HAR 1.2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from pii_sandbox.mockserver.journal.entries import journal_entry, placeholder
from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange
from pii_sandbox.mockserver.rules import times
from pii_sandbox.redaction.bodies import Content

UNKNOWN_SIZE = -1  # defined by HAR
_SANDBOX_FIELDS = ("id", "time", "api", "operation", "rule", "validation", "refusal", "fault", "error")


def archive(exchanges: Iterable[RedactedExchange], version: str) -> dict[str, Any]:
    """Return the archive. `version`: the version of pii-sandbox."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "pii-sandbox", "version": version},
            "entries": [_entry(view) for view in exchanges],
        }
    }


def _entry(view: RedactedExchange) -> dict[str, Any]:
    """Return a HAR entry; a placeholder if the exchange cannot be shown."""
    exchange = view.exchange
    elapsed_ms = round(exchange.elapsed_seconds * 1000, 3)
    fields = journal_entry(view)
    if "error" not in fields:
        try:
            request = _request(view, fields["request"]["headers"])
            response = _response(view, fields["response"]["headers"])
        except Exception as error:
            fields = placeholder(exchange, error)
    if "error" in fields:
        request, response = _empty_request(exchange), _empty_response(exchange)
    return {
        "startedDateTime": times.rfc3339(exchange.system_at),
        "time": elapsed_ms,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": elapsed_ms, "receive": 0},
        "_sandbox": {name: fields[name] for name in _SANDBOX_FIELDS if name in fields},
    }


def _empty_request(exchange: JournalExchange) -> dict[str, Any]:
    return {
        "method": exchange.method,
        "url": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [],
        "headersSize": UNKNOWN_SIZE,
        "bodySize": exchange.body_size,
    }


def _empty_response(exchange: JournalExchange) -> dict[str, Any]:
    return {
        "status": exchange.status,
        "statusText": _phrase(exchange.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": exchange.response_size, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": UNKNOWN_SIZE,
        "bodySize": exchange.response_size,
    }


def _request(view: RedactedExchange, headers: Mapping[str, str]) -> dict[str, Any]:
    exchange, body = view.exchange, view.body()
    url = view.quoted_url()
    request: dict[str, Any] = {
        **_empty_request(exchange),
        "url": url,
        "headers": _pairs(headers),
        "queryString": [{"name": name, "value": value} for name, value in view.query_parameters()],
    }
    if body.kind != "none":
        request["postData"] = {"mimeType": exchange.headers.get("content-type", ""), "text": text_of(body)}
    return request


def _response(view: RedactedExchange, headers: Mapping[str, str]) -> dict[str, Any]:
    exchange, body = view.exchange, view.response()
    content: dict[str, Any] = {
        "size": exchange.response_size,
        "mimeType": exchange.response_headers.get("content-type", "x-unknown"),
    }
    if body.kind != "none":
        content["text"] = text_of(body)
    if body.kind == "bytes" and view.revealed:
        content["encoding"] = "base64"
    return {**_empty_response(exchange), "headers": _pairs(headers), "content": content}


def text_of(content: Content) -> str:
    """Serialize a parsed body to text."""
    if content.kind == "json":
        return json.dumps(content.value, ensure_ascii=False)
    if content.kind == "form":
        return urlencode(content.value, doseq=True)
    return "" if content.value is None else str(content.value)


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
