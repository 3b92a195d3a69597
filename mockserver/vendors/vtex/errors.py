"""VTEX's error form: `{type, title, status, traceId}` as application/problem+json."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.problems import Malformed, Problem
from pii_sandbox.mockserver.rules import statuses

MEDIA_TYPE = "application/problem+json"
BLANK = "about:blank"

# Statuses are those of mockserver/rules/statuses.py. Assumed: no document says which status a taken email gives;
# VTEX-UNIQ-1 decides.
# documented for 404 (seed 004, dataResponse); assumed for the others, which cite the same standard
_RFC7231 = "https://tools.ietf.org/html/rfc7231#section-"
_TYPE: Mapping[int, str] = {
    400: f"{_RFC7231}6.5.1",
    401: "https://tools.ietf.org/html/rfc7235#section-3.1",
    403: f"{_RFC7231}6.5.3",
    404: f"{_RFC7231}6.5.4",
    409: f"{_RFC7231}6.5.8",
}
_WHOLE_REQUEST = "$"  # the place of an error that concerns no single field


def render(problem: Problem) -> Reply:
    """Return VTEX's response to a problem. A 400 lists in `errors` what is wrong, by field."""
    status = statuses.status_of(problem)
    body = status_body(status)
    if isinstance(problem, Malformed):
        body["errors"] = {field: list(messages) for field, messages in problem.errors.items()} or {
            _WHOLE_REQUEST: [problem.message]
        }
    return Reply(status, body, MEDIA_TYPE, statuses.problem_headers(problem), problem.rule)


def status_body(status: int) -> dict[str, object]:
    """Return the error body for a status, with a new trace id."""
    return {"type": _TYPE.get(status, BLANK), "title": _title(status), "status": status, "traceId": ids.trace_id()}


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"  # an unregistered status of an injected fault
