"""What a vendor is to the server: one value that names everything which is its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pii_sandbox.mockserver.call import Call, Handler, Principal, Reply
from pii_sandbox.mockserver.problems import Problem
from pii_sandbox.mockserver.sandbox import Sandbox, Setting
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import Operation


@dataclass(slots=True)  # nobody changes one; a frozen one takes three times as long to make
class PresentedCredentials:
    """The credentials that a request shows: value by security scheme, as the operation's document names them.

    `headers` are all that it has, by name in lower case.
    """

    values: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)


class Authenticate(Protocol):
    def __call__(self, presented: PresentedCredentials, operation: Operation, sandbox: Sandbox) -> Principal:
        """Who calls. Raises Unauthenticated or Forbidden."""
        ...


class PublicCollection(Protocol):
    """How the control API reads and writes one collection: also what the vendor's API itself cannot write."""

    def to_document(self, record: Record) -> Mapping[str, Any]:
        """What stands beside `id` in an answer: {"document": …} and, where the vendor has it, {"meta": …}."""
        ...

    def from_document(self, id: str, document: Mapping[str, Any], sandbox: Sandbox) -> Record:
        """The record to store for a bare document. Raises Malformed where it is none, Duplicate for a taken key."""
        ...

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        """Drops the record with what hangs on it; False where there is none."""
        ...


Rebuild = Callable[[Record, Sandbox], Record]


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential that works out of the box: the headers to send and what they allow, in words."""

    headers: Mapping[str, str]
    allows: str


@dataclass(frozen=True, slots=True)
class CrossOrigin:
    """What a browser is told whose page is of another origin, and by which rule. No headers: its call is refused."""

    headers: Mapping[str, str]
    rule: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """One API of the sandbox.

    `handlers` maps each operationId of `documents` to its function. `render` words a problem as this vendor does.
    `collections` are shown by the control API, keyed by their name without the API's; the first holds the people,
    whose documents have an `email`.
    `stored` tells, for collections that are not shown and those that are stored otherwise than `from_document` makes
    them, how a record is made anew from its value: another one, Malformed or an error means that no call made it.
    `on_expiry(sandbox, collection, record)` is called once the clock has passed `record.expires_at`, for collections
    whose name begins with `<name>/`: it drops the record with what hangs on it, or does what was due.
    `seed(people, sandbox, seed)` writes what this vendor knows of the people.
    `anonymous` is the caller of operations without security, and of every call where the server authenticates nobody.
    `fault_injection` False: no fault that somebody asked for befalls its calls.
    `journaled` False: its calls are not in the journal.
    `in_thread`: operations that take long and touch one sandbox alone; the others go on being served meanwhile.
    `outlasts_sandbox`: operations that are answered although their own sandbox is deleted meanwhile: they delete it.
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
    journaled: bool = True
    in_thread: frozenset[str] = frozenset()
    outlasts_sandbox: frozenset[str] = frozenset()
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
