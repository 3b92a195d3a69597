"""Control API at `/_sandbox/v1`: handlers, authentication, error form. Served like a vendor's API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hmac import compare_digest
from typing import Any

from pii_sandbox.mockserver import cross_site
from pii_sandbox.mockserver.call import Handler, Principal, Reply
from pii_sandbox.mockserver.control import (
    audit,
    clock,
    documents,
    due,
    faults,
    journal,
    people,
    residue,
    rules,
    snapshots,
    state,
    stored_people,
)
from pii_sandbox.mockserver.problems import Problem, Unauthenticated
from pii_sandbox.mockserver.rules import statuses
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import PresentedCredentials, Vendor
from pii_sandbox.specs import Operation

NAME = "sandbox"


def vendor(sandboxes: Sandboxes, token: str | None, *, loopback_only: bool = False) -> Vendor:
    """Return the control API for these sandboxes.

    `token`: required of every caller; None: not required (the server listens on loopback). `loopback_only`: accept only
    host names of this machine.
    """
    handlers: dict[str, Callable[..., Reply]] = {
        **audit.HANDLERS,
        **state.HANDLERS,
        **stored_people.HANDLERS,
        **clock.HANDLERS,
        **documents.HANDLERS,
        **due.HANDLERS,
        **faults.HANDLERS,
        **journal.HANDLERS,
        **people.HANDLERS,
        **residue.HANDLERS,
        **rules.HANDLERS,
        **snapshots.HANDLERS,
    }
    return Vendor(
        name=NAME,
        documents=("sandbox_control",),
        handlers={name: _bind(handler, sandboxes) for name, handler in handlers.items()},
        render=render,
        authenticate=partial(_authenticate, token, loopback_only),
        anonymous=Principal("anonymous"),
        credentials=(),
        on_expiry=_no_expiry,
        seed=_no_seed,
        fault_injection=False,
        journaled=False,
        streams=journal.STREAMS,
        outlasts_sandbox=frozenset({"deleteSandbox"}),
        stateless=frozenset(
            {"getHealth", "getLiveness", "getReadiness", "getCredentials", "listSandboxes", "deleteSandbox"}
        ),
        in_thread=frozenset({"seedSandbox", "resetSandbox", "deleteSandbox", "listSandboxes", "getReadiness"}).union(
            documents.LONG,
            journal.HANDLERS,
            people.LONG,
            stored_people.LONG,
            residue.LONG,
            rules.HANDLERS,
            snapshots.LONG,
        ),
        reads_journal=residue.LONG.union(journal.HANDLERS, rules.HANDLERS),
    )


def render(problem: Problem) -> Reply:
    """Render a problem as problem details (RFC 9457)."""
    status = statuses.status_of(problem)
    body: dict[str, Any] = {"type": "about:blank", "title": problem.message, "status": status}
    errors = getattr(problem, "errors", None)
    if errors:
        body["errors"] = {field: list(messages) for field, messages in errors.items()}
    headers = statuses.problem_headers(problem)
    return Reply(status, body, media_type="application/problem+json", headers=headers, rule=problem.rule)


def _bind(handler: Callable[..., Reply], sandboxes: Sandboxes) -> Handler:
    return partial(handler, sandboxes)


def _authenticate(
    token: str | None, loopback_only: bool, presented: PresentedCredentials, operation: Operation, sandbox: Sandbox
) -> Principal:
    cross_site.refuse_foreign(presented.headers, loopback_only=loopback_only)
    if token is None or any(compare_digest(value.encode(), token.encode()) for value in presented.values.values()):
        return Principal("control")
    raise Unauthenticated("the control API requires its token; send it in X-Sandbox-Control-Token")


def _no_expiry(sandbox: Sandbox, collection: str, record: Record) -> None:
    """The control API has no records that expire."""


def _no_seed(people: Sequence[Any], sandbox: Sandbox, seed: int) -> None:
    """The control API has no seed records."""
