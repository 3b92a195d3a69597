"""Reads that show whose an object is, sent just before it is changed, deleted or erased."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pii_sandbox import specs
from pii_sandbox.conformance.cleanup import links, ownership_proof
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership_proof import RunMark
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.http.classification import cause_of
from pii_sandbox.conformance.http.credential_watch import call_description
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.specs import Dialect, Operation

SendCall = Callable[[PlannedCall], Exchange]
Owner = Literal["ours", "nobody", "not ours", "unknown"]
GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class OwnershipStatus:
    """Whose an object was when it was last looked at. `why` is for people."""

    standing: Owner
    why: str
    exchange: Exchange | None = None

    @property
    def value(self) -> Any:
        """The JSON value of what was seen, None where nothing was."""
        return None if self.exchange is None else ownership_proof.response_value(self.exchange.response_body)


def call_sender(context: RunContext, api: str, *, undoes: bool) -> SendCall:
    """Sends steps to one API, with full credentials. `undoes`: from what the budget kept back for undoing.

    Raises CannotCheck for a response that is not the vendor's, or none.
    """

    target = context.target

    def call(step: PlannedCall) -> Exchange:
        facts = operations.operation(api, step.operation_id, target.dialect)
        credentials = target.credentials.get(api, {}).get("full")
        if credentials is None or api not in target.urls:
            raise CannotCheck(
                f"the target has no URL or no full credentials for {api}; set them in the target file", "credential"
            )
        path, headers = operations.build_request(facts, step.params, target.dialect)
        sent = {**target.headers, **credentials, **headers}
        url = target.urls[api].rstrip("/") + path
        request = Request(
            api, step.operation_id, facts.method, url, sent, safety=facts.safety, facts=facts, credentials="full",
            expected=tuple(GONE) if facts.safety == "delete" else (), undoes=undoes,
        )  # fmt: skip
        exchange = context.sender.send(request)
        cause = cause_of(exchange, call_description(request))
        if cause is not None and cause.kind != "credentials":
            raise CannotCheck.of(cause)  # no proof of anything: another than the vendor answered
        if exchange.surplus:
            raise CannotCheck(f"the response to {step.operation_id} continues after its end, so it proves nothing")
        return exchange

    return call


def look_until_settled(
    context: RunContext, look: Callable[[], OwnershipStatus], unsettled: Owner, *, undoes: bool
) -> OwnershipStatus:
    """Looks again while a target that lags behind may still show what was before the last write."""
    seen, waited, pause = look(), 0.0, 0.1
    while seen.standing == unsettled and waited < context.target.settle_seconds:
        step = min(pause, context.target.settle_seconds - waited)
        context.sender.wait(step, undoes=undoes)
        waited, pause, seen = waited + step, pause * 2, look()
    return seen


def object_status(
    operation_id: str,
    api: str,
    undo: PlannedCall,
    parent: PlannedCall | None,
    mark: RunMark,
    dialect: Dialect,
    call: SendCall,
) -> OwnershipStatus:
    """Whose the object is that `undo` would delete, which `operation_id` made; `parent` deletes what it hangs on."""
    facts = operations.operation(api, operation_id, dialect)
    step = links.proof_step(facts, dialect, undo.params)
    if step is None:
        return OwnershipStatus("unknown", "no operation shows the owner")
    exchange = call(step)
    told = f"{step.operation_id} answered {exchange.status}"
    reads = operations.operation(api, step.operation_id, dialect)
    if says_gone(reads, exchange, dialect) or _is_empty(exchange):
        return OwnershipStatus("nobody", told, exchange)
    if exchange.status != 200:
        return OwnershipStatus("unknown", f"{told}, which does not show the owner", exchange)
    wanted = None if parent is not None else next(iter(undo.params.values()), None)
    dated = ownership_proof.shows_date(reads.document, reads.operation_id, dialect)
    why = ownership_proof.foreign_reason(exchange, mark, dated=dated, wanted_id=wanted, marked=parent is None)
    if why is None and parent is not None and not _belongs_under(facts, exchange, undo, parent, dialect):
        why = "it belongs to an object that this run did not create"
    return OwnershipStatus("ours", told, exchange) if why is None else OwnershipStatus("not ours", why, exchange)


def key_status(
    api: str, value: str, key: str, dialect: Dialect, call: SendCall, *, unmasked: bool = False
) -> OwnershipStatus:
    """Whether somebody has that value of an alternative key: `nobody`, or `not ours` with the response."""
    reader = key_reader(api, dialect, unmasked=unmasked)
    if reader is None:
        return OwnershipStatus("unknown", f"no operation looks up people by {key}")
    [name] = [name for name, place in _places(reader, dialect).items() if place == "path"]
    reason = {"reason": "data-validation"} if "reason" in _places(reader, dialect) else {}
    exchange = call(PlannedCall(reader.operation_id, {name: value, "alternativeKey": key, **reason}))
    told = f"{reader.operation_id} by {key} answered {exchange.status}"
    if says_gone(reader, exchange, dialect) or _is_empty(exchange):
        return OwnershipStatus("nobody", told, exchange)
    if exchange.status != 200:
        return OwnershipStatus("unknown", f"{told}, which does not show whether it is in use", exchange)
    return OwnershipStatus("not ours", told, exchange)


def place_status(facts: Operation, path: Mapping[str, str], dialect: Dialect, call: SendCall) -> OwnershipStatus:
    """Whether there is anything at the ids of a call, by a plain read of the place that it names."""
    reader = _reader(facts, dialect)
    if reader is None:
        return OwnershipStatus("unknown", "no operation reads the object")
    wanted = {name: path[name] for name, place in _places(reader, dialect).items() if place == "path"}
    exchange = call(PlannedCall(reader.operation_id, wanted))
    told = f"{reader.operation_id} answered {exchange.status}"
    malformed = exchange.status == 400 and exchange.answer_class == "vendor"  # nobody can have an id of that form
    if malformed or says_gone(reader, exchange, dialect) or _is_empty(exchange):
        return OwnershipStatus("nobody", told, exchange)
    return OwnershipStatus("not ours" if exchange.status == 200 else "unknown", told, exchange)


def says_gone(facts: Operation, exchange: Exchange, dialect: Dialect) -> bool:
    """Whether the vendor itself says that there is no such object: a 404 or 410 in the form that its document has.

    The page of a gateway, or of a host that is not the vendor's, proves nothing.
    """
    own = exchange.status in GONE and exchange.answer_class == "vendor"
    return own and operations.contract_violation(facts, exchange, dialect) is None


def key_reader(api: str, dialect: Dialect, *, unmasked: bool = False) -> Operation | None:
    """The operation that finds a record by an alternative key, None where the API has none."""
    for name in specs.APIS[api]:
        for facts in specs.operations(name, dialect).values():
            listed = _places(facts, dialect)
            in_path = [each for each, place in listed.items() if place == "path"]
            wanted = facts.disclosure == "unmasked" if unmasked else facts.disclosure != "unmasked"
            if facts.safety == "read" and "alternativeKey" in listed and len(in_path) == 1 and wanted:
                return facts
    return None


def keys(document: str, dialect: Dialect) -> tuple[str, ...]:
    """The names of the alternative keys that a document declares."""
    schemas = specs.load(document, dialect)["components"]["schemas"]
    found = (key.name for schema in schemas for key in specs.alternative_keys(document, schema, dialect))
    return tuple(dict.fromkeys(found))


def _reader(facts: Operation, dialect: Dialect) -> Operation | None:
    """The plain read of the longest part of a call's path that ends in an id."""
    known = specs.operations(facts.document, dialect).values()
    reads = [each for each in known if each.method == "GET" and each.path.endswith("}")]
    fitting = [each for each in reads if (facts.path + "/").startswith(each.path + "/")]
    return max(fitting, key=lambda each: len(each.path), default=None)


def _belongs_under(
    facts: Operation, exchange: Exchange, undo: PlannedCall, parent: PlannedCall, dialect: Dialect
) -> bool:
    found = links.undo_step(facts, dialect, undo.params, ownership_proof.response_value(exchange.response_body))
    return found is None or all(found.params.get(name, value) == value for name, value in parent.params.items())


def _is_empty(exchange: Exchange) -> bool:
    return exchange.status == 200 and exchange.answer_class == "vendor" and exchange.response_body.strip() == b"[]"


def _places(facts: Operation, dialect: Dialect) -> Mapping[str, str]:
    return operations.parameter_locations(facts.document, facts.operation_id, dialect)
