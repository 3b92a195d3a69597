"""What a response to a preflight read shows: pure functions of one exchange."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.specs import DIALECTS, Dialect
from pii_sandbox.specs.api_facts import Api, ProbeRead

_VARIES = re.compile(r"[\d/]")


def status_for_call(subject: str, exchange: Exchange) -> str:
    """`404 for GET /profiles/{profileId}`."""
    return f"{exchange.status or exchange.error or 'no response'} for {subject}"


def trouble(exchange: Exchange, subject: str) -> Cause | None:
    """Why the response is not the API's own, None where it may be."""
    host, status = urlsplit(exchange.url).netloc, exchange.status
    kind = exchange.answer_class
    match kind:
        case "vendor" | "credentials":
            return None
        case "network":
            return Cause("network", exchange.error or f"{host} gave no response to {subject}")
        case "oversize":
            return Cause("oversize", f"the response of {host} to {subject} {exchange.oversize or 'is too large'}")
        case "throttled":
            return Cause(
                "throttled",
                f"{host} limits the rate of requests ({status} for {subject}); run again later, or with "
                "a lower limits.requests_per_second",
            )
        case "unavailable":
            return Cause(
                "unavailable", f"{host} is unavailable ({status} for {subject}); run again when it is available"
            )
    if status == 407:
        return Cause(kind, f"a proxy in front of {host} requires credentials (407); set proxy in the target file")
    if status is not None and 300 <= status < 400:
        return Cause(kind, f"{host} redirects {subject} ({status}); check the url in the target file")
    what = _media_type(exchange) or "a body without media type"
    return Cause(
        kind,
        f"{host} answered {subject} with {what} instead of JSON ({status}): a page of a proxy, firewall or other "
        "server; check the url in the target file, and from where you call",
    )


def is_alike(exchange: Exchange, unknown_path: Exchange) -> bool:
    """Whether the host answers the call as it answers a path that there is not: then it does not know the API."""
    if (exchange.status, _media_type(exchange)) != (unknown_path.status, _media_type(unknown_path)):
        return False
    return bool(exchange.response_body.strip()) and _words(exchange) == _words(unknown_path)


def _words(exchange: Exchange) -> object:
    """The body without what differs from call to call: numbers, and texts with digits or a path in them."""
    try:
        value = json.loads(exchange.response_body)
    except (ValueError, RecursionError):
        return exchange.response_body
    if not isinstance(value, dict):
        return value
    return {
        name: None if isinstance(text, str) and _VARIES.search(text) else text
        for name, text in value.items()
        if not isinstance(text, float | int) or isinstance(text, bool)
    }


def wrong_place(exchange: Exchange) -> Cause:
    """The host does not know the API's path."""
    host = urlsplit(exchange.url).netloc
    text = f"{host} answers {exchange.operation_id} and a path that does not exist alike ({exchange.status})"
    return Cause("intermediary", f"{text}, so the API is not there; check host and path of the url in the target file")


def refusal(api: Api, exchange: Exchange, subject: str, variables: Sequence[str], kind: str = "full") -> Cause:
    """The API refused credentials that should open it."""
    which = "credentials" if kind == "full" else f"{kind} credentials"
    check = f"; check {' and '.join(variables)}" if variables else f"; check {api.name}.credentials.{kind}"
    return Cause("credentials" if kind == "full" else "credential",
                 f"{api.title} refused the {which} ({status_for_call(subject, exchange)}){check}")  # fmt: skip


def wrong_dialect(exchange: Exchange, dialect: Dialect) -> Cause | None:
    """The response leaves the document of the target's dialect and fits that of the other one."""
    if exchange.status != 200 or not _leaves(exchange, dialect):
        return None
    other = next((each for each in DIALECTS if not _leaves(exchange, each)), None)
    if other is None:
        return None
    return Cause(
        "dialect",
        f"the response to {exchange.operation_id} follows the dialect {other}, but the target has {dialect}; "
        f'set dialect = "{other}" in the target file',
    )


def is_found(exchange: Exchange, read: ProbeRead) -> bool:
    """Whether the response does not say that nothing is there."""
    if exchange.status in (404, 410):
        return False
    if exchange.status != 200:
        return True
    value = json_or_none(exchange.response_body)
    records = value.get(read.records) if read.records is not None and isinstance(value, dict) else value
    return records != []


def _leaves(exchange: Exchange, dialect: Dialect) -> bool:
    """Whether the response leaves the document of that dialect, or the dialect has no such operation."""
    try:
        facts = operations.operation(exchange.api, exchange.operation_id or "", dialect)
    except KeyError:
        return True
    return operations.contract_violation(facts, exchange, dialect) is not None


def _media_type(exchange: Exchange) -> str:
    headers = {name.lower(): value for name, value in exchange.response_headers.items()}
    return headers.get("content-type", "").partition(";")[0].strip().lower()
