"""Control API: journal entries, explanations, verification of calls, HAR export, lint findings, metrics."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.control import audit, names
from pii_sandbox.mockserver.explain import explanation_of
from pii_sandbox.mockserver.journal import JournalExchange, metrics
from pii_sandbox.mockserver.journal.entries import journal_entry
from pii_sandbox.mockserver.journal.event_source import JournalEvents
from pii_sandbox.mockserver.journal.har import archive
from pii_sandbox.mockserver.journal.lint import LintFinding, findings
from pii_sandbox.mockserver.journal.matching import closest_exchanges, in_order, matching_exchanges
from pii_sandbox.mockserver.journal.redacted_exchange import RedactedExchange, learn_values
from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.redaction.value_cache import ValueCache

_FILTERS = ("api", "operation", "status", "rule")
_LATEST = "last"


def list_journal(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    chosen, total = _filtered(sandboxes, call, sandbox)
    return Reply(200, {"entries": [journal_entry(view) for view in _views(call, sandbox, chosen)], "total": total})


def stream_journal(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Events for the entries after `Last-Event-ID`, or else after `since`; without both for those that come."""
    pattern = {name: call.query[name] for name in _FILTERS if name in call.query}
    names.refuse_unknown_names(sandboxes.vendors, pattern)
    after = call.headers.get("last-event-id", call.query.get("since"))
    number = sandbox.journal.latest_number if after is None else int(after)
    return Reply(200, JournalEvents(sandbox.journal, lambda: sandbox.lifetime.ended, pattern, number))


def clear_journal(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandbox.journal.clear()
    return Reply(204)


def get_entry(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Return an entry; with its explanation if asked for, so that one reveal shows both."""
    view = _views(call, sandbox, [_require_exchange(call, sandbox)])[0]
    found = journal_entry(view)
    if call.query["explain"]:
        found["explanation"] = explanation_of(view.exchange, sandboxes.vendors, sandbox, view.revealed)
    return Reply(200, found)


def explain_entry(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    view = _views(call, sandbox, [_require_exchange(call, sandbox)])[0]
    return Reply(200, explanation_of(view.exchange, sandboxes.vendors, sandbox, view.revealed))


def verify_journal(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Verify that matching calls were made, in the given number or order.

    Raises Malformed for a pattern that no call can match, since such a check would be meaningless.
    """
    names.refuse_unknown_names(sandboxes.vendors, call.body.get("match", {}), "match.")
    for index, step in enumerate(call.body.get("order", [])):
        names.refuse_unknown_names(sandboxes.vendors, step, f"order.{index}.")
    exchanges, steps = sandbox.journal.exchanges(), call.body.get("order", [])
    pattern = call.body.get("match", {} if "count" in call.body or not steps else None)
    matches = in_order(exchanges, steps)
    result = {"ok": len(matches) == len(steps), "count": len(matches), "nearest": []}
    if not result["ok"]:
        result["nearest"] = closest_exchanges(exchanges, steps[len(matches)])
    if steps:
        result["order"] = [exchange.number for exchange in matches]
    if pattern is not None:
        result["count"] = count = len(matching_exchanges(exchanges, pattern))
        if not _is_expected_count(count, call.body.get("count", {"at_least": 1})):
            result |= {"ok": False, "nearest": closest_exchanges(exchanges, pattern)}
    return Reply(200, result)


def _is_expected_count(count: int, expected: int | Mapping[str, int]) -> bool:
    if isinstance(expected, int):
        return count == expected
    return expected.get("at_least", 0) <= count <= expected.get("at_most", count)


def export_har(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    version = specs.load("sandbox_control")["info"]["version"]
    return Reply(200, archive(_views(call, sandbox, _filtered(sandboxes, call, sandbox)[0]), version))


def list_findings(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Return findings about the calls in the journal, those of the vendors' own lints included."""
    lints = [functools.partial(lint, sandbox) for vendor in sandboxes.vendors.values() for lint in vendor.lints]
    return Reply(200, {"findings": [_finding(finding) for finding in findings(sandbox.journal.exchanges(), lints)]})


def _finding(finding: LintFinding) -> dict[str, Any]:
    rule = finding.stated_rule
    return {
        "kind": finding.kind,
        "message": finding.message,
        "advice": finding.advice,
        "operation": finding.operation,
        "calls": list(finding.calls),
        "rule": None if rule is None else rule.id,
        "statement": None if rule is None else rule.statement,
        "source": finding.source if rule is None else rule.citation,
    }


def get_metrics(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    labels, counts = {"sandbox": sandbox.name}, sandbox.store.counts()
    documents = [
        ("", {**labels, "api": vendor.name, "collection": name}, float(counts.get(f"{vendor.name}/{name}", 0)))
        for vendor in sandboxes.vendors.values()
        for name in vendor.collections
    ]
    gauges: Sequence[tuple[str, str, float]] = (
        ("pii_sandbox_journal_entries", "Entries in the journal.", len(sandbox.journal)),
        ("pii_sandbox_journal_bytes", "Approximate memory of the journal.", sandbox.journal.weight),
        (
            "pii_sandbox_clock_offset_seconds",
            "Offset of the sandbox's clock from the system time.",
            sandbox.clock.offset_seconds,
        ),
    )
    families = [
        *metrics.response_metrics(sandbox.counters, sandbox.name),
        ("pii_sandbox_documents", "gauge", "Stored documents.", documents),
        *((name, "gauge", meaning, [("", labels, value)]) for name, meaning, value in gauges),
        ("pii_sandbox_sandboxes", "gauge", "Sandboxes of the server.", [("", {}, float(len(sandboxes.names())))]),
    ]
    return Reply(200, metrics.exposition(families).encode(), media_type=metrics.MEDIA_TYPE)


def _filtered(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> tuple[list[JournalExchange], int]:
    """Return the entries that match the query, at most `limit`, and the number of all matching ones.

    Without `since` these are the latest, with it the first after that id, for paging forward. Raises Malformed for an
    unknown API, operation or rule.
    """
    since, limit = call.query.get("since"), call.query["limit"]
    pattern = {name: call.query[name] for name in _FILTERS if name in call.query}
    names.refuse_unknown_names(sandboxes.vendors, pattern)
    matches = [
        exchange
        for exchange in matching_exchanges(sandbox.journal.exchanges(), pattern)
        if exchange.number > (since or 0)
    ]
    return (matches[-limit:] if since is None else matches[:limit]), len(matches)


def _require_exchange(call: Call, sandbox: Sandbox) -> JournalExchange:
    number = call.path["id"]
    exchange = sandbox.journal.find(None if number == _LATEST else int(number))
    if exchange is None:
        raise NotFound("the journal has no entry with that id; it may have been dropped")
    return exchange


def _views(call: Call, sandbox: Sandbox, exchanges: Sequence[JournalExchange]) -> list[RedactedExchange]:
    """Return redacted views; revealed ones if a reason is given, which is recorded as an audit event."""
    reason = call.query.get("reveal")
    if reason is not None and exchanges:
        entries = f"{exchanges[0].number}-{exchanges[-1].number}"
        audit.record_event(call, sandbox, "JournalRevealed", reason=reason, entries=entries)
    cache = ValueCache()
    views = [RedactedExchange(exchange, reason is not None, cache=cache) for exchange in exchanges]
    learn_values(views)
    return views


HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "listJournal": list_journal,
    "streamJournal": stream_journal,
    "clearJournal": clear_journal,
    "getJournalEntry": get_entry,
    "explainJournalEntry": explain_entry,
    "verifyJournal": verify_journal,
    "exportJournal": export_har,
    "listFindings": list_findings,
    "getMetrics": get_metrics,
}
STREAMS = frozenset({"streamJournal"})
