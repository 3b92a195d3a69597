"""HTTP status codes and response headers of problems, shared by the error forms of all vendors."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from pii_sandbox.mockserver.problems import (
    Conflict,
    Forbidden,
    InjectedError,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)

# Statuses that HTTP defines for these problems (RFC 9110, RFC 6585). A vendor's error form selects those that its
# documents list, and adds its own.
STATUSES: Mapping[type[Problem], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    TooMany: 429,
    Unavailable: 503,
}


def status_of(problem: Problem, statuses: Mapping[type[Problem], int] = STATUSES) -> int:
    """Return the status of a problem: that of the nearest class in `statuses`; an injected fault carries its own.

    Raises LookupError for a problem in no table: a fault of the server, which is never to look like a vendor's error.
    """
    if isinstance(problem, InjectedError):
        return problem.status
    for kind in type(problem).__mro__:
        if kind in statuses:
            return statuses[kind]
    raise LookupError(f"no status for {type(problem).__name__}")


def problem_headers(problem: Problem) -> dict[str, str]:
    """Return the headers that HTTP requires with the status of a problem: `Allow` or `Retry-After`."""
    if isinstance(problem, MethodNotAllowed):
        return {"Allow": ", ".join(problem.allow)}
    if isinstance(problem, (TooMany, Unavailable)):
        return {"Retry-After": str(problem.retry_after_seconds)}
    return {}


def phrase_of(status: int) -> str:
    """Return the reason phrase of a status, `Status 599` for one that HTTP does not name (an injected fault)."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
