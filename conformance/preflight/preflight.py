"""Runs the preflight of a target: reaches each host, tries each kind of credentials, looks up each datum.

At most ten requests an API, all of them reads, counted in the limits of the target. Nothing personal is told: calls are
named by the path of their operation, responses by status and media type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.preflight import judgement
from pii_sandbox.conformance.preflight.results import ApiPreflight, Check, CredentialState
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.specs.api_facts import Api, ProbeRead, apis

LARGEST = 10  # requests an API
FULL = "full"
NONE = "none"  # no credentials at all
NOWHERE = "pii-sandbox-preflight/no-such-path"
_REFUSALS = (401, 403)  # which are answers here


class _Probes:
    """The reads of one API's preflight."""

    def __init__(self, api: Api, target: Target, sender: Sender) -> None:
        self.api = api
        self.target = target
        self.sent = 0
        self.first: Exchange | None = None
        self._sender = sender

    def send(self, read: ProbeRead, kind: str, value: str | None = None) -> tuple[str, Exchange]:
        """What was asked (method and path of the operation) and what came back. Raises CannotCheck."""
        request = probe_request(self.api, self.target, read, kind, value)
        self.sent += 1
        assert request.facts is not None
        exchange = self._sender.send(request)
        if exchange.answer_class == "vendor" and exchange.status == 404:
            self._sender.remember_read(request)  # as a success is: repeated where credentials stop working in mid-run
        return f"{request.method} {request.facts.path}", exchange

    def send_nowhere(self) -> Exchange:
        """The response to a path that no API has."""
        self.sent += 1
        url = f"{self.target.urls[self.api.name].rstrip('/')}/{NOWHERE}"
        return self._sender.send(Request(self.api.name, None, "GET", url, self.target.headers, expected=_REFUSALS))

    def logs_in(self) -> bool:
        """Whether a new login gives an access token. Raises CannotCheck where that cannot be told."""
        before = self._sender.budget.requests
        try:
            return self._sender.logs_in(self.api.name)
        finally:
            self.sent += self._sender.budget.requests - before


def run_preflight(target: Target, sender: Sender, names: Iterable[str] | None = None) -> Iterator[ApiPreflight]:
    """Tries each API of the target, or those of these names. Raises RunStopped after the run's stop."""
    wanted = target.urls if names is None else [name for name in names if name in target.urls]
    for name in wanted:
        yield _try_api(_Probes(apis()[name], target, sender))


def probe_request(api: Api, target: Target, read: ProbeRead, kind: str, value: str | None = None) -> Request:
    """The read that shows whether a kind of credentials works, or whether there is anything of that value."""
    facts = operations.operation(api.name, read.operation, target.dialect)
    parameters = {**read.parameters, **({} if read.value_in is None or value is None else {read.value_in: value})}
    path, headers = operations.build_request(facts, parameters, target.dialect)
    known = target.credentials.get(api.name, {})
    return Request(
        api.name,
        facts.operation_id,
        facts.method,
        target.urls[api.name].rstrip("/") + path,
        {**target.headers, **known.get(kind, {}), **headers},
        facts=facts,
        path=operations.path_values(facts, parameters, target.dialect),
        credentials=kind if kind in known else None,
        expected=_REFUSALS,
    )


def _try_api(probes: _Probes) -> ApiPreflight:
    api, target = probes.api, probes.target
    host = urlsplit(target.urls[api.name]).netloc
    if api.preflight is None:
        return ApiPreflight(api.name, host, 0)
    try:
        first = _first_read(probes, api.preflight)
        if first.cause is not None:
            return ApiPreflight(api.name, host, probes.sent, first.cause, (first,))
        credentials = (first, *(_try_credentials(probes, api.preflight, kind) for kind in _other_kinds(target, api)))
        data = tuple(_try_datum(probes, name, value) for name, value in _data(target, api))
        obstacle = None if any(check.standing == "exists" for check in data) else _wrong_place(probes)
    except RunStopped:
        raise
    except CannotCheck as obstacle:
        return ApiPreflight(api.name, host, probes.sent, obstacle.cause)
    wrong_dialect = next((check.cause for check in data if check.cause and check.cause.kind == "dialect"), None)
    return ApiPreflight(api.name, host, probes.sent, obstacle or wrong_dialect, credentials, data)


def _first_read(probes: _Probes, read: ProbeRead) -> Check:
    """With the credentials that open everything; without them it is seen at least whether the API answers there."""
    api, target = probes.api, probes.target
    kind = FULL if FULL in target.credentials.get(api.name, {}) else NONE
    asked, exchange = probes.send(read, kind)
    trouble = judgement.trouble(exchange, asked)
    if trouble is None and kind == FULL and exchange.status in _REFUSALS and probes.logs_in():
        asked, exchange = probes.send(read, kind)
        trouble = judgement.trouble(exchange, asked)
    if trouble is None and kind == FULL and exchange.status in _REFUSALS:
        trouble = judgement.refusal(api, exchange, asked, target.variables.get(api.name, {}).get(kind, ()))
    if trouble is None:
        trouble = judgement.wrong_dialect(exchange, target.dialect)
    elif trouble.kind == "network" and not target.isolates:
        trouble = replace(trouble, text=f"{trouble.text} (the setting is {api.name}.url)")
    probes.first = exchange
    return Check(kind, _standing(kind, trouble), judgement.status_for_call(asked, exchange), trouble)


def _standing(kind: str, trouble: Cause | None) -> CredentialState:
    """What the first read shows of its credentials."""
    if kind == NONE:
        return "not tried"
    if trouble is None or trouble.kind == "dialect":
        return "works"
    return "refused" if trouble.kind == "credentials" else "unclear"


def _wrong_place(probes: _Probes) -> Cause | None:
    """Why the host is not the API, where it answers the first read as it answers a path that there is not."""
    first = probes.first
    if first is None or first.status != 404 or probes.sent >= LARGEST:
        return None
    return judgement.wrong_place(first) if judgement.is_alike(first, probes.send_nowhere()) else None


def _try_credentials(probes: _Probes, read: ProbeRead, kind: str) -> Check:
    facts = probes.api.credentials.get(kind)
    if facts is None or not facts.tried:
        return Check(kind, "not tried", "no safe read shows whether they work")
    asked, exchange = probes.send(read, kind)
    seen = judgement.status_for_call(asked, exchange)
    if judgement.trouble(exchange, asked) is not None:
        return Check(kind, "unclear", seen)
    is_refused = exchange.status in _REFUSALS
    if facts.refused:
        if is_refused or kind == "wrong":  # an endpoint that lets wrong credentials in is a finding of a rule
            return Check(kind, "refused" if is_refused else "accepted", seen)
        cause = Cause(
            "credential",
            f"the {kind} credentials of {probes.api.title} are accepted, but should be refused "
            f"({seen}); check {probes.api.name}.credentials.{kind}",
        )
        return Check(kind, "accepted", seen, cause)
    if not is_refused:
        return Check(kind, "works", seen)
    names = probes.target.variables.get(probes.api.name, {}).get(kind, ())
    return Check(kind, "refused", seen, judgement.refusal(probes.api, exchange, asked, names, kind))


def _try_datum(probes: _Probes, name: str, value: str) -> Check:
    read = probes.api.data[name].read
    if read is None or probes.sent >= LARGEST:
        return Check(name, "not tried", "no read shows whether it exists")
    asked, exchange = probes.send(read, FULL, value)
    seen = judgement.status_for_call(asked, exchange)
    if judgement.trouble(exchange, asked) is not None:
        return Check(name, "unclear", seen)
    dialect = judgement.wrong_dialect(exchange, probes.target.dialect)
    if dialect is not None:
        return Check(name, "exists", seen, dialect)
    if not judgement.is_found(exchange, read):
        text = (
            f"{probes.api.name}.data.{name} of the target file was not found ({seen}); name a record that "
            "exists at the target"
        )
        return Check(name, "not there", seen, Cause("datum", text))
    return Check(name, "exists" if exchange.status == 200 else "unclear", seen)


def _other_kinds(target: Target, api: Api) -> Iterable[str]:
    """The kinds that the target names beside the first; a login is none: it has no headers of its own."""
    named: Mapping[str, Mapping[str, str]] = target.credentials.get(api.name, {})
    return [kind for kind in named if kind not in (FULL, "login")]


def _data(target: Target, api: Api) -> Iterable[tuple[str, str]]:
    """What the target says may be read there; nothing of it can be looked up without full credentials."""
    if FULL not in target.credentials.get(api.name, {}):
        return []
    return [(name, value) for name, value in target.data.get(api.name, {}).items() if name in api.data]
