"""Classifies an exchange by whose answer it holds: the vendor's, an intermediary's, or none that can be judged.

Pure functions of an exchange and of what its document says. Only an answer of class `vendor` is held against a rule.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pii_sandbox.conformance.contract import schemas
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import AnswerClass, Cause
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.conformance.values.request import Request

# a gateway's own: it got no answer, or none in time, or is over its load (Cloudflare: 520 to 530)
_UNAVAILABLE = frozenset({408, 425, 502, 503, 504, *range(520, 531), 598, 599})
_OWN_ERROR = "x-sandbox-error"  # a sandbox says so of an internal error: it is up, and fails in what was asked of it
_INTERMEDIARY = frozenset({407, 511})  # a proxy's or a captive portal's own
_REFUSALS = frozenset({401, 403})
_PAGE = "text/html"
_OPENING = frozenset({"full", "application", "user"})  # credentials that are to open all that they are sent to


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """What is known of an answer before it comes.

    `media_types` are those that the document has for the operation, at any status; empty where it is in no document.
    `by_status` has those of each status.
    `statuses` are those that the document has. `wanted`: statuses that the caller asks for. `opens`: the call was sent
    with credentials that should open it. `error_forms`: the properties that a 500 of the vendor's own has, by form;
    empty where any JSON may be one.
    """

    media_types: Collection[str] = ()
    statuses: Collection[int] = ()
    wanted: Collection[int] = ()
    opens: bool = False
    by_status: Mapping[int, Collection[str]] = field(default_factory=dict)
    error_forms: Collection[frozenset[str]] = ()


def expected_answer(request: Request, target: Target) -> ExpectedAnswer:
    """What the document and the target say of the answer to a request."""
    ours = target.isolates  # its credentials and limits are known to be good: a refusal is an answer
    opens = request.credentials in _OPENING and not ours
    wanted = (*request.expected, 429) if ours else request.expected
    if request.operation_id is None or request.facts is None:
        return ExpectedAnswer(wanted=range(200, 600) if request.api == "sandbox" else wanted, opens=opens)
    known = schemas.response_schemas(request.facts.document, request.operation_id, target.dialect)
    return ExpectedAnswer(
        {media_type for media_types in known.values() for media_type in media_types},
        {int(status) for status in known if status.isdecimal()},
        wanted,
        opens,
        {int(status): media_types for status, media_types in known.items() if status.isdecimal() and media_types},
        # nothing stands between a run and a sandbox of ours, and all that fails there is a finding
        () if ours else schemas.server_error_forms(request.facts.document, request.operation_id, target.dialect),
    )


def classify(exchange: Exchange, expected: ExpectedAnswer) -> AnswerClass:
    """The class of the answer. A status that the caller asks for, in a vendor's form, is always the vendor's."""
    if exchange.oversize is not None:
        return "oversize"
    if exchange.status is None:
        return "network"
    foreign = _is_foreign(exchange, exchange.status, expected)
    if exchange.status == 500 and _header(exchange, _OWN_ERROR):
        return "vendor"
    if exchange.status in expected.wanted and not foreign:
        return "vendor"
    failed = exchange.status == 500 and (foreign or not _is_vendor_failure(exchange, expected))
    if exchange.status in _UNAVAILABLE or failed:
        asks_to_wait = exchange.status == 503 and _header(exchange, "retry-after")
        return "throttled" if asks_to_wait else "unavailable"
    if exchange.status == 429:
        return "throttled"
    redirects = 300 <= exchange.status < 400 and exchange.status not in expected.statuses
    if foreign or exchange.status in _INTERMEDIARY or redirects:
        return "intermediary"
    if exchange.status in _REFUSALS and expected.opens:
        return "credentials"
    return "vendor"


def _is_foreign(exchange: Exchange, status: int, expected: ExpectedAnswer) -> bool:
    """Whether the body is a page or text where the document has JSON. No body, or JSON by another name, is not."""
    if not expected.media_types or not exchange.response_body.strip():
        return False
    media_type = _header(exchange, "content-type").partition(";")[0].strip().lower()
    documented = {name.lower() for name in expected.by_status.get(status, expected.media_types)}
    if media_type in documented or _is_json_type(media_type):
        return False
    if "*/*" in documented:  # whatever somebody stored: no page, where the caller asks for other statuses
        return media_type == _PAGE and bool(expected.wanted) and status not in expected.wanted
    return not _is_json(exchange.response_body)


def _is_vendor_failure(exchange: Exchange, expected: ExpectedAnswer) -> bool:
    """Whether a 500 is the vendor's own: it has what the document asks of one. Gateways fail in JSON too."""
    if not expected.error_forms:
        return True
    body = json_or_none(exchange.response_body)
    return isinstance(body, dict) and any(form <= body.keys() for form in expected.error_forms)


def _is_json_type(media_type: str) -> bool:
    return media_type in ("application/json", "text/json") or media_type.endswith("+json")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _header(exchange: Exchange, header_name: str) -> str:
    return next((value for name, value in exchange.response_headers.items() if name.lower() == header_name), "")


def cause_of(exchange: Exchange, call: str) -> Cause | None:
    """Why the answer cannot be judged, None for a vendor's. `call` names the call without personal data."""
    host = urlsplit(exchange.url).netloc.rpartition("@")[2]
    match exchange.answer_class:
        case "vendor":
            return None
        case "intermediary":
            media_type = _header(exchange, "content-type").partition(";")[0] or "no media type"
            text = f"something other than the API answered at {host} (status {exchange.status}, {media_type})"
        case "credentials":
            text = f"{host} refused the credentials (status {exchange.status})"
        case "throttled":
            text = f"{host} limits the rate of requests (status {exchange.status})"
        case "unavailable":
            text = f"{host} was unavailable (status {exchange.status})"
        case "network":
            text = exchange.error or f"{host} gave no response"
        case "oversize":
            text = f"the response {exchange.oversize}"
    return Cause(exchange.answer_class, text, call)
