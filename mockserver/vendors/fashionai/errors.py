"""Fashion.AI's error form: {statusCode, message, error}."""

from __future__ import annotations

from http import HTTPStatus

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.problems import InjectedError, Problem, Unprocessable
from pii_sandbox.mockserver.rules import statuses

# documented: 401, 404, 429 and 500. assumed: the others, which only HTTP itself brings about here
STATUSES = {**statuses.STATUSES, Unprocessable: 422}
INTERNAL_MESSAGE = "Internal server error"


def render(problem: Problem) -> Reply:
    """Return Fashion.AI's response to a problem."""
    status = statuses.status_of(problem, STATUSES)
    body = {"statusCode": status, "message": _message(problem, status), "error": statuses.phrase_of(status)}
    return Reply(status, body, headers=statuses.problem_headers(problem), rule=problem.rule)


def _message(problem: Problem, status: int) -> str:
    if isinstance(problem, InjectedError):
        return INTERNAL_MESSAGE if status == HTTPStatus.INTERNAL_SERVER_ERROR else statuses.phrase_of(status)
    return problem.message
