"""Problems in Fashion.AI's words: {statusCode, message, error}."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

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

# documented: 401, 404, 429 and 500. assumed: the others, which only HTTP itself brings about here
STATUS: Mapping[type[Problem], int] = {
    Malformed: 400,
    Unprocessable: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    TooMany: 429,
}
INTERNAL_MESSAGE = "Internal server error"


def render(problem: Problem) -> Reply:
    """Fashion.AI's answer to a problem."""
    status = _status(problem)
    body = {"statusCode": status, "message": _message(problem, status), "error": _phrase(status)}
    return Reply(status, body, headers=_headers(problem), rule=problem.rule)


def _status(problem: Problem) -> int:
    if isinstance(problem, Injected):
        return problem.status
    return next((STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS), 500)


def _message(problem: Problem, status: int) -> str:
    if isinstance(problem, Injected):
        return INTERNAL_MESSAGE if status == HTTPStatus.INTERNAL_SERVER_ERROR else _phrase(status)
    return problem.message


def _phrase(status: int) -> str:
    """The name of the status, as HTTP has it; a status without one is told by its number."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


def _headers(problem: Problem) -> dict[str, str]:
    if isinstance(problem, TooMany):
        return {"Retry-After": str(problem.retry_after_seconds)}
    if isinstance(problem, MethodNotAllowed):
        return {"Allow": ", ".join(problem.allow)}
    return {}
