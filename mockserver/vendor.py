"""The `Vendor` value: the interface between the server and a vendor's package."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pii_sandbox.mockserver.call import Call, Handler, Principal, Reply
from pii_sandbox.mockserver.problems import Problem
from pii_sandbox.mockserver.sandbox import Sandbox, Setting
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import Operation


@dataclass(slots=True)  # nobody changes one; a frozen one takes three times as long to make
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
    """Reads and writes one collection for the control API, also where the vendor's API cannot write."""

    def to_document(self, record: Record) -> Mapping[str, Any]:
        """Return the fields beside `id` in a response: {"document": …} and, where the vendor has it, {"meta": …}."""
        ...

    def from_document(self, id: str, document: Mapping[str, Any], sandbox: Sandbox) -> Record:
        """Return the record of a document. Raises Malformed for an invalid one, Duplicate for an existing key."""
        ...

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        """Delete the record with its dependents; return False if it does not exist."""
        ...


Rebuild = Callable[[Record, Sandbox], Record]


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

    `handlers`: function of each operationId of `documents`. `render` turns a problem into this vendor's error form.
    `collections` are shown by the control API, keyed by their name without the API's; the first holds the people,
    whose documents have an `email`.
    `stored` tells, for collections that are not shown and those that are stored otherwise than `from_document` makes
    them, how a record is made anew from its value: another one, Malformed or an error means that no call made it.
    `on_expiry(sandbox, collection, record)` is called once the clock has passed `record.expires_at`, for collections
    whose name begins with `<name>/`: it drops the record with what hangs on it, or does what was due.
    `seed(people, sandbox, seed)` writes what this vendor knows of the people.
    `anonymous` is the caller of operations without security, and of every call where the server authenticates nobody.
    `fault_injection` False: no faults are injected into its calls.
    `playable_failures`: by rule, the operations in which a fault can play the failure that the rule is about.
    `journaled` False: its calls are not in the journal.
    `in_thread`: operations that take long and touch one sandbox alone; the others go on being served meanwhile.
    `outlasts_sandbox`: operations that are answered although their own sandbox is deleted meanwhile: they delete it.
    `stateless`: operations whose answer depends on no sandbox.
    `guard(headers)` raises CrossSite for a request that no caller may make; None: all are let in.
    `sample_request(sandbox)` is the path and query of a GET that shows a seeded person, None where there is nobody.
    `cross_origin(origin, sandbox)` decides what a CORS preflight and a call of that origin are told.
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
    playable_failures: Mapping[str, Collection[str]] = field(default_factory=dict)
    journaled: bool = True
    in_thread: frozenset[str] = frozenset()
    outlasts_sandbox: frozenset[str] = frozenset()
    stateless: frozenset[str] = frozenset()
    guard: Callable[[Mapping[str, str]], None] | None = None
    sample_request: Callable[[Sandbox], str | None] | None = None


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
]
