"""NewStore's error form: {request_id, message, type, title} as application/problem+json."""

from __future__ import annotations

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.problems import InjectedError, Problem, Unauthenticated, Unprocessable
from pii_sandbox.mockserver.rules import statuses

MEDIA_TYPE = "application/problem+json"
UPSTREAM = "NS-UP-1"

# documented: 400, 401, 403, 404, 409, 422, 500 and 502. assumed: the others, which only HTTP itself brings about
STATUSES = {**statuses.STATUSES, Unprocessable: 422}


def render(problem: Problem) -> Reply:
    """Return NewStore's response to a problem, with a new request id. (NS-ERR-1)"""
    status = statuses.status_of(problem, STATUSES)
    title = statuses.phrase_of(status).capitalize()  # documented in this spelling for 502: `Bad gateway`
    body = {
        "request_id": ids.uuid4(),
        "message": f"{title}." if isinstance(problem, InjectedError) else problem.message,
        "type": "about:blank",
        "title": title,
    }
    rule = problem.rule or (UPSTREAM if isinstance(problem, InjectedError) else None)
    return Reply(status, body, MEDIA_TYPE, _headers(problem), rule)


def _headers(problem: Problem) -> dict[str, str]:
    if isinstance(problem, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    return statuses.problem_headers(problem)
