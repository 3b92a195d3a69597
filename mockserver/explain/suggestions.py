"""Suggests a corrected call for a refused one: one function per kind of error; the first match is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pii_sandbox import specs
from pii_sandbox.mockserver.explain.case import Case, Suggestion
from pii_sandbox.mockserver.explain.corrected_requests import to_operation, with_body, with_query, without_body
from pii_sandbox.mockserver.explain.examples import example_body, example_of, texts_of, with_examples
from pii_sandbox.mockserver.journal.exchange_parts import ExchangeParts, path_of
from pii_sandbox.redaction.detectors import is_email
from pii_sandbox.redaction.operation_schemas import operations_at

# methods that clients confuse, the most likely first
_CONFUSED: Mapping[str, tuple[str, ...]] = {
    "PUT": ("PATCH", "POST"),
    "PATCH": ("PUT", "POST"),
    "POST": ("PUT", "PATCH"),
}
_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"[\d .()/-]{5,}")


def injected_fault(case: Case) -> Suggestion | None:
    if case.exchange.fault is None:
        return None
    if "x-sandbox-fault" in case.exchange.headers:
        return Suggestion(
            "the call requests this fault itself, by X-Sandbox-Fault: leave the header out", case.exchange
        )
    remaining = case.fault_ids()
    if not remaining:
        return Suggestion(
            "the fault that was injected into this call is used up or deleted: send the same call again", case.exchange
        )
    which = "the fault that hits it" if len(remaining) == 1 else f"the {len(remaining)} faults that hit it"
    advice = f"a fault of the sandbox was injected into this call: delete {which}, no other, and send the call again"
    return Suggestion(advice, controls=tuple(("DELETE", f"/faults/{each}", None) for each in remaining))


def failing_rule(case: Case) -> Suggestion | None:
    """Suggest deleting the faults on `internal` that made the call's rule fail; the call may have been served."""
    remaining = case.internal_fault_ids()
    if not remaining:
        if case.kind != "InjectedError" or case.exchange.fault is not None:
            return None
        return Suggestion(
            f"the fault on {case.exchange.rule} is used up or deleted: send the same call again", case.exchange
        )
    which = "it, no other" if len(remaining) == 1 else f"the {len(remaining)} that do, no other"
    again = "the call" if case.fails_itself else " or ".join(case.failing)
    advice = f"a fault of the sandbox makes {case.exchange.rule} fail: delete {which}, and send {again} again"
    return Suggestion(advice, controls=tuple(("DELETE", f"/faults/{each}", None) for each in remaining))


def other_method(case: Case) -> Suggestion | None:
    """Suggest a method that the path allows: one that clients confuse with the sent one, or else GET."""
    if case.kind != "MethodNotAllowed":
        return None
    allowed = {facts.method: facts for facts in operations_at(path_of(case.exchange.url), case.exchange.dialect)}
    wanted = (*_CONFUSED.get(case.exchange.method, ()), "GET", *allowed)
    chosen = next((allowed[method] for method in wanted if method in allowed), None)
    advice = f"this path allows {case.exchange.response_headers.get('allow')}"
    if chosen is None:
        return Suggestion(advice)
    call = to_operation(case.exchange, chosen, case.exchange.path_values)
    schemas = ExchangeParts(call).schemas
    if schemas is None or not schemas.request:
        return Suggestion(advice, without_body(call))
    body = example_body(schemas)
    return Suggestion(advice, with_body(call, body, next(iter(schemas.request))), examples=texts_of(body))


def suggest_credentials(case: Case) -> Suggestion | None:
    """Suggest the same call: commands always use the sandbox's preset credentials."""
    if case.kind not in ("Unauthenticated", "Forbidden"):
        return None
    reason = "has no valid credentials" if case.kind == "Unauthenticated" else "has no permission for this"
    return Suggestion(f"the call {reason}; use these credentials of the sandbox", case.exchange)


def suggest_media_type(case: Case) -> Suggestion | None:
    if case.kind != "UnsupportedMediaType" or case.schemas is None:
        return None
    right = next(iter(case.schemas.request))
    example = None if isinstance(case.body, dict) else example_body(case.schemas)
    body = example or case.body
    advice = f"send the body as {' or '.join(case.schemas.request)}, in UTF-8"
    call = None if body is None else with_body(case.exchange, body, right)
    return Suggestion(advice, call, examples=texts_of(example))


def content_coding(case: Case) -> Suggestion | None:
    """Suggest sending the body without content coding."""
    if case.kind != "UnsupportedCoding" or case.schemas is None:
        return None
    codings = case.exchange.response_headers.get("accept-encoding")
    advice = f"send the body uncompressed, or in one of these content codings: {codings}"
    example = example_body(case.schemas)
    call = with_body(case.exchange, example, next(iter(case.schemas.request)))
    return Suggestion(advice, call, examples=texts_of(example))


def page_in_reach(case: Case) -> Suggestion | None:
    if case.kind != "BeyondReach" or case.schemas is None or case.schemas.facts.reach is None:
        return None
    reach, count = case.schemas.facts.reach, case.query.get("count", "")
    default = case.schemas.of("query").get("count", {}).get("schema", {}).get("default", 1)
    offset = max(0, reach - (int(count) if count.isdecimal() else default))
    advice = f"only the first {reach} items can be read: this is the last page; filter the list to get others"
    return Suggestion(advice, with_query(case.exchange, {"offset": offset}))


def fresh_lock(case: Case) -> Suggestion | None:
    """Suggest reading the current record, and sending the update with its lock value."""
    if case.kind != "Stale" or case.schemas is None or not isinstance(case.body, dict):
        return None
    facts, lock = case.schemas.facts, case.schemas.definition["x-lock"]
    operations = specs.operations(facts.document, case.exchange.dialect).values()
    read = next((other for other in operations if other.path == facts.path and other.method == "GET"), None)
    if read is None:
        return None
    return Suggestion(
        f"read it again, check that the update still makes sense, and send its {lock['of']} as {lock['field']}",
        case.exchange,
        reread=without_body(to_operation(case.exchange, read, case.exchange.path_values)),
        fresh=(lock["field"], lock["of"]),
    )


def alternative_key(case: Case) -> Suggestion | None:
    """Suggest the alternative key that the value in the path looks like, if the query does not name it."""
    if case.schemas is None or case.kind not in ("NotFound", "Malformed") or not case.exchange.path_values:
        return None
    keys = [(name, schema) for name, schema in case.schemas.of("query").items() if schema.get("x-extensible")]
    if not keys:
        return None
    name, parameter = keys[0]
    value = case.exchange.path_values[0]
    key = "email" if is_email(value) else "document" if _DIGITS.fullmatch(value) else None
    if key is None or key == case.query.get(name) or key not in parameter["schema"].get("enum", ()):
        return None
    advice = f"the path has what looks like {'an email' if key == 'email' else 'a document number'}: send {name}={key}"
    return Suggestion(advice, with_query(case.exchange, {name: key}))


def suggest_wait(case: Case) -> Suggestion | None:
    wait = case.exchange.response_headers.get("retry-after")
    if case.kind != "TooMany" or wait is None:
        return None
    advice = f"wait {wait} s as Retry-After says, or advance the sandbox's clock by POST /_sandbox/v1/clock/advance"
    return Suggestion(advice, case.exchange, wait_seconds=int(wait))


def invalid_values(case: Case) -> Suggestion | None:
    """Suggest the document's example values for missing and invalid parameters and properties."""
    refused = case.exchange.refusal
    if case.schemas is None or refused is None or refused.kind not in ("Malformed", "Unprocessable"):
        return None
    query = case.schemas.of("query")
    invalid = [name for name in refused.errors if name in query]
    if invalid:
        values = {name: example_of(query[name]) for name in invalid}
        if None in values.values():
            return None
        advice = f"send valid values of {' and '.join(invalid)}, such as the document's examples"
        return Suggestion(advice, with_query(case.exchange, values), examples=texts_of(values))
    body = with_examples(case.schemas, case.body, list(refused.errors))
    if body is None:
        return None
    first = next(iter(case.schemas.request), "application/json")
    names = ", ".join(case.view.pseudonymizer.name(name) for name in refused.errors)
    call = with_body(case.exchange, body, first)
    return Suggestion(
        f"send valid values of {names}, such as the document's examples",
        call,
        examples=texts_of(example_body(case.schemas)),
    )


def retry_when_done(case: Case) -> Suggestion | None:
    if case.kind != "Pending":
        return None
    advice = "the record is being deleted: wait until the deletion is processed, or advance the sandbox's clock"
    return Suggestion(advice, controls=(("POST", "/clock/advance", {"minutes": 2}),))


def unused_key(case: Case) -> Suggestion | None:
    """Suggest a value that no record has, in place of one that another record has."""
    refused = case.exchange.refusal
    if case.kind != "Duplicate" or refused is None or case.schemas is None or not isinstance(case.body, dict):
        return None
    taken = [name for name in _WORD.findall(refused.message) if name in case.body]
    advice = f"another record has this {' and '.join(taken) or 'key'}: send one that nobody has, or update that record"
    if not taken:
        return Suggestion(advice)
    number = case.exchange.number
    serial = f"{number}0{case.newest}" if case.newest > number else str(number)
    values = {name: _new_value(str(case.body[name]), serial) for name in taken}
    call = with_body(case.exchange, {**case.body, **values}, next(iter(case.schemas.request)))
    return Suggestion(advice, call, examples=texts_of(values))


def _new_value(value: str, digits: str) -> str:
    """A value of the same kind, another one for each call and after each: what was suggested may be taken by now."""
    if is_email(value):
        return f"new.customer{digits}@example.com"
    return digits.rjust(len(value), "9") if value.isdecimal() else f"new-{digits}"


SUGGESTIONS: tuple[Callable[[Case], Suggestion | None], ...] = (
    injected_fault,
    failing_rule,
    other_method,
    suggest_credentials,
    suggest_media_type,
    content_coding,
    page_in_reach,
    fresh_lock,
    alternative_key,
    suggest_wait,
    invalid_values,
    retry_when_done,
    unused_key,
)


def suggestion(case: Case) -> Suggestion | None:
    """Return the first suggestion that applies; None if there is none."""
    return next(filter(None, (correct(case) for correct in SUGGESTIONS)), None)
