"""Oracle's error form: {message, status, errorCode}, the status as text."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.problems import InjectedError, Malformed, Problem
from pii_sandbox.mockserver.rules import statuses

# Statuses: 400, 404 and 500 (getProfile) and 401 (authentication) are documented; the others, which HTTP itself brings
# about, are assumed.

# documented: getProfile's own codes
NULL_OR_EMPTY_ID, INTERNAL_ERROR, NO_SUCH_PROFILE = "22000", "22001", "22002"
# documented: 82001 is a missing header's. assumed: no page gives a code for anything else, 401 included; these are made
# in its likeness from the status
MISSING_PARAMETER = "82001"
INTERNAL_MESSAGE = "There was an internal error while getting the profile"
NULL_OR_EMPTY_MESSAGE = "The profile id is null or empty"


def render(problem: Problem) -> Reply:
    """Return Oracle's response to a problem."""
    status = statuses.status_of(problem)
    code = _code(problem, status)
    body: dict[str, Any] = {"message": _message(problem, status, code), "status": str(status), "errorCode": code}
    if isinstance(problem, Malformed) and problem.errors:
        body["o:errorPath"] = next(iter(problem.errors))
    return Reply(status, body, headers=statuses.problem_headers(problem), rule=problem.rule)


def _code(problem: Problem, status: int) -> str:
    if problem.rule in ("OCC-GET-2", "OCC-PREV-1"):
        return NO_SUCH_PROFILE
    if isinstance(problem, Malformed):
        return NULL_OR_EMPTY_ID if "id" in problem.errors else MISSING_PARAMETER
    return INTERNAL_ERROR if status == HTTPStatus.INTERNAL_SERVER_ERROR else f"82{status}"


def _message(problem: Problem, status: int, code: str) -> str:
    if code == NULL_OR_EMPTY_ID:
        return NULL_OR_EMPTY_MESSAGE
    if isinstance(problem, InjectedError):
        return INTERNAL_MESSAGE if code == INTERNAL_ERROR else statuses.phrase_of(status)
    return problem.message
