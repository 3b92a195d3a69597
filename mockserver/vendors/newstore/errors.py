"""Problems in NewStore's words: {request_id, message, type, title} as application/problem+json."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from mockserver import ids
from mockserver.call import Reply
from mockserver.problems import (
    Conflict,
    Forbidden,
    Injected,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unprocessable,
    UnsupportedMediaType,
)

MEDIA_TYPE = "application/problem+json"
UPSTREAM = "NS-UP-1"

# documented: 400, 401, 403, 404, 409, 422, 500 and 502. assumed: the others, which only HTTP itself brings about
STATUS: Mapping[type[Problem], int] = {
    Unprocessable: 422,
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    TooMany: 429,
}


def render(problem: Problem) -> Reply:
    """NewStore's answer to a problem, with a request id of its own. (NS-ERR-1)"""
    status = problem.status if isinstance(problem, Injected) else _status(problem)
    title = _phrase(status)
    body = {
        "request_id": ids.uuid4(),
        "message": f"{title}." if isinstance(problem, Injected) else problem.message,
        "type": "about:blank",
        "title": title,
    }
    rule = problem.rule or (UPSTREAM if isinstance(problem, Injected) else None)
    return Reply(status, body, MEDIA_TYPE, _headers(problem), rule)


def _status(problem: Problem) -> int:
    """Raises LookupError for a problem that this vendor's rules cannot lead to: a fault of ours."""
    for kind in type(problem).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    raise LookupError(f"no status for {type(problem).__name__}")


def _phrase(status: int) -> str:
    """The name of the status: documented in this spelling for 502, `Bad gateway`."""
    try:
        return HTTPStatus(status).phrase.capitalize()
    except ValueError:
        return f"Status {status}"  # one that somebody made up for a fault


def _headers(problem: Problem) -> dict[str, str]:
    if isinstance(problem, MethodNotAllowed):
        return {"Allow": ", ".join(problem.allow)}
    if isinstance(problem, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(problem, TooMany):
        return {"Retry-After": str(problem.retry_after_seconds)}
    return {}
