"""The `Vendor` value: the interface between the server and a vendor's package."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pii_sandbox.mockserver.call import Call, Handler, Principal, Reply
from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.lint import LintFinding
from pii_sandbox.mockserver.problems import Problem
from pii_sandbox.mockserver.sandbox import Sandbox, Setting
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import Operation


@dataclass(slots=True)  # never modified; creating a frozen one takes three times as long
class PresentedCredentials:
    """The credentials that a request presents, by the name of the security scheme in the document.

    `headers`: all headers of the request, by name in lower case.
    """

    values: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


class Authenticate(Protocol):
    def __call__(self, presented: PresentedCredentials, operation: Operation, sandbox: Sandbox) -> Principal:
        """Return the caller. Raises Unauthenticated or Forbidden."""
        ...


class PublicCollection(Protocol):
    """Reads and writes one collection for the control API, even if the vendor's API cannot write it."""

    def __hash__(self) -> int: ...

    def to_document(self, record: Record) -> Mapping[str, Any]:
        """Return the fields beside `id` in a response: {"document": …} and, if the vendor has it, {"meta": …}."""
        ...

    def from_document(self, id: str, document: Mapping[str, Any], sandbox: Sandbox) -> Record:
        """Return the record of a document. Raises Malformed for an invalid one, Duplicate for an existing key."""
        ...

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        """Delete the record with its dependents; return False if it does not exist."""
        ...


Rebuild = Callable[[Record, Sandbox], Record]
VendorLint = Callable[[Sandbox, Sequence[JournalExchange]], Iterator[LintFinding]]


@dataclass(frozen=True, slots=True)
class Credential:
    """A preset credential of the sandbox: the headers to send, and a description of what they permit."""

    headers: Mapping[str, str]
    allows: str


@dataclass(frozen=True, slots=True)
class CrossOrigin:
    """The CORS decision for an origin: response headers and rule. No headers: the origin is refused."""

    headers: Mapping[str, str]
    rule: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """One API of the sandbox.

    `handlers`: the handler of each operationId of `documents`. `render`: converts a problem to the vendor's error form.
    `collections`: those of the control API, by name without the API's; the first has the people, whose documents have
    an `email`.
    `stored`: for collections that the control API does not have, or that are not stored as by `from_document`: rebuilds
    a record from its value. A different record, Malformed or an error means that no call could have created it.
    `on_expiry(sandbox, collection, record)`: called once the clock has passed `record.expires_at`, for collections
    whose name starts with `<name>/`; it deletes the record with its dependents, or carries out what was scheduled.
    `due_events`: what happens to a record once it is due, by collection without the API's name: `deletion` where a call
    asked for it, `erasure` of a person by a job; `end` (its lifetime is over) where it is not named.
    `seed(people, sandbox, seed)`: writes the vendor's records of the people.
    `anonymous`: the caller of operations without security, and of every call if the server runs without authentication.
    `fault_injection` False: no faults are injected into its calls.
    `playable_failures`: by rule, the operations in which a fault can simulate the failure of that rule.
    `journaled` False: its calls are not in the journal.
    `in_thread`: slow operations on a single sandbox; other requests are served meanwhile.
    `reads_journal`: those of them that read or clear the sandbox's journal or counters.
    `streams`: operations whose handlers return events without an end (`EventSource`).
    `outlasts_sandbox`: operations whose response is sent although their sandbox is deleted: they delete it.
    `stateless`: operations whose response does not depend on the sandbox that they are called in.
    `guard(headers)`: raises CrossSite for a request that no caller may make; None: every request is accepted.
    `sample_request(sandbox)`: path and query of a GET that returns a seeded person; None without one.
    `lints`: find client behaviour in the exchanges of a sandbox's journal; run only when findings are asked for.
    `cross_origin(origin, sandbox)`: the CORS decision for an origin, for preflight requests and calls.
    """

    name: str
    documents: tuple[str, ...]
    handlers: Mapping[str, Handler]
    render: Callable[[Problem], Reply]
    authenticate: Authenticate
    anonymous: Principal
    credentials: Sequence[Credential]
    on_expiry: Callable[[Sandbox, str, Record], None]
    seed: Callable[[Sequence[Any], Sandbox, int], None]
    collections: Mapping[str, PublicCollection] = field(default_factory=dict)
    stored: Mapping[str, Rebuild] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    cross_origin: Callable[[str, Sandbox], CrossOrigin] | None = None
    fault_injection: bool = True
    due_events: Mapping[str, str] = field(default_factory=dict)
    playable_failures: Mapping[str, Collection[str]] = field(default_factory=dict)
    journaled: bool = True
    in_thread: frozenset[str] = frozenset()
    reads_journal: frozenset[str] = frozenset()
    streams: frozenset[str] = frozenset()
    outlasts_sandbox: frozenset[str] = frozenset()
    stateless: frozenset[str] = frozenset()
    guard: Callable[[Mapping[str, str]], None] | None = None
    sample_request: Callable[[Sandbox], str | None] | None = None
    lints: Sequence[VendorLint] = ()


__all__ = [
    "Authenticate",
    "Call",
    "Credential",
    "CrossOrigin",
    "Handler",
    "PresentedCredentials",
    "PublicCollection",
    "Rebuild",
    "Reply",
    "Vendor",
    "VendorLint",
]
