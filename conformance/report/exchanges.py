"""Calls and their answers as a report shows them: redacted, bodies as texts, long ones cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.text_safety import printable, safe

LONGEST_BODY = 20_000


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """A call and its answer, redacted, bodies as texts."""

    api: str
    operation_id: str | None
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int | None
    response_headers: Mapping[str, str]
    response_body: str
    error: str | None
    sent_at: datetime | None
    elapsed_seconds: float


def shown_exchange(redacted: Exchange) -> ShownExchange:
    """A redacted exchange with its bodies as texts, long ones cut."""
    redacted = safe(redacted)
    return ShownExchange(
        api=redacted.api,
        operation_id=redacted.operation_id,
        method=redacted.method,
        url=redacted.url,
        request_headers=redacted.request_headers,
        request_body=body(redacted.request_body),
        status=redacted.status,
        response_headers=redacted.response_headers,
        response_body=_response_body(redacted),
        error=redacted.error,
        sent_at=redacted.sent_at,
        elapsed_seconds=redacted.elapsed_seconds,
    )


def _response_body(redacted: Exchange) -> str:
    """The body as text; of one that was not read, or in part, what it was."""
    text = body(redacted.response_body)
    if not text and redacted.oversize is not None:
        return f"(not kept: it {redacted.oversize})"
    if redacted.cut is not None and redacted.cut not in text:
        return f"{text}… (of {redacted.cut})"
    return text


def body(content: bytes) -> str:
    text = printable(content.decode("utf-8", "backslashreplace"))
    if len(text) <= LONGEST_BODY:
        return text
    return f"{text[:LONGEST_BODY]}… ({len(text) - LONGEST_BODY} characters more)"
