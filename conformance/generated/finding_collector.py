"""Findings out of what Schemathesis recorded: each once, by the smallest sequence of calls that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from schemathesis.core.failures import Failure
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.generation.meta import CoveragePhaseData, FuzzingPhaseData

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.generated.transport import GroupTransport
from pii_sandbox.conformance.http.excerpt import excerpts
from pii_sandbox.conformance.values.findings import Exchange, Finding
from pii_sandbox.conformance.values.json_content import json_or_none, texts
from pii_sandbox.specs import Dialect

# What each of Schemathesis's checks expects, in words without data; others are told by the title of the failure.
EXPECTED: Mapping[str, str] = {
    "not_a_server_error": "no server error",
    "status_code_conformance": "a documented status",
    "content_type_conformance": "a documented media type",
    "response_schema_conformance": "a response that conforms to the document",
    "response_headers_conformance": "headers that conform to the document",
    "positive_data_acceptance": "a call that the document allows is not refused as malformed",
    "negative_data_rejection": "a call that the document does not allow is refused",
    "missing_required_header": "a call without a required header is refused",
    "ignored_auth": "401 or 403 to a call without valid credentials",
    "unsupported_method": "405 with Allow for an undocumented method",
    "allow_header_conformance": "Allow with the documented methods",
    "use_after_free": "404 for a deleted object",
    "ensure_resource_availability": "a created object is found",
}
SHORTEST_ID = 16  # of what a server makes up


@dataclass(frozen=True, slots=True)
class _SizedFinding:
    finding: Finding
    size: tuple[int, int]


class FindingCollector:
    """Collects the findings of one group."""

    def __init__(self, api: str, dialect: Dialect, route: GroupTransport) -> None:
        self.notes: list[str] = []
        self._api, self._dialect, self._route = api, dialect, route
        self._smallest: dict[tuple[str, str | None, int | None], _SizedFinding] = {}
        self._creators: dict[str, Exchange] = {}

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def findings(self) -> Iterator[Finding]:
        return (kept.finding for kept in self._smallest.values())

    def take(self, recorder: ScenarioRecorder, fresh: bool) -> None:
        """Takes what one scenario of the engine recorded, and its calls out of the route.

        `fresh`: it began with nothing that earlier calls made.
        """
        if fresh:
            self._creators = {}
        for case_id in recorder.cases:
            seen = self._route.seen.get(case_id)
            if seen is None:
                continue
            self._note_created(seen.exchange)
            for breach in seen.breaches:
                calls = self._chain(recorder, case_id)
                self._keep_smallest(breach.rule, breach.check, breach.expected, breach.seen, calls)
        for case_id, checks in recorder.checks.items():
            for node in checks:
                if node.failure_info is not None:
                    self._note_failure(recorder, case_id, node.name, node.failure_info.failure)
        for case_id in recorder.cases:
            self._route.seen.pop(case_id, None)

    def _note_failure(self, recorder: ScenarioRecorder, case_id: str, check: str, failure: Failure) -> None:
        related = failure.related_case_ids()
        chain = recorder.iter_chain_cases(case_id=failure.case_id or case_id, related_case_ids=related)
        calls = tuple(self._route.seen[case.id].exchange for case in chain if case.id in self._route.seen)
        if calls:
            expected = EXPECTED.get(check, failure.title)
            seen = self._describe(recorder, case_id, check, failure, calls[-1])
            self._keep_smallest(f"generated:{check}", check, expected, seen, calls)

    def _describe(
        self, recorder: ScenarioRecorder, case_id: str, check: str, failure: Failure, exchange: Exchange
    ) -> str:
        """What was seen, without data: the engine's own messages quote answers."""
        status = f"status {exchange.status}"
        if check == "response_schema_conformance":
            facts = operations.operation(self._api, str(exchange.operation_id), self._dialect)
            return operations.contract_violation(facts, exchange, self._dialect) or f"{status}, {failure.title.lower()}"
        if check == "negative_data_rejection":
            meta = recorder.cases[case_id].value.meta
            if meta is not None and isinstance(meta.phase.data, CoveragePhaseData | FuzzingPhaseData):
                place = meta.phase.data.parameter_location
                return status if place is None else f"{status} to a call with an invalid {place.value}"
        return status if check in EXPECTED else f"{status}, {failure.title.lower()}"

    def _chain(self, recorder: ScenarioRecorder, case_id: str) -> tuple[Exchange, ...]:
        """The call and those that it took its values from, the first one first."""
        calls: list[Exchange] = []
        current: str | None = case_id
        while current is not None and current in self._route.seen:
            calls.append(self._route.seen[current].exchange)
            node = recorder.cases[current]
            current = node.parent_id if node.transition is not None else None
        return tuple(reversed(calls))

    def _note_created(self, exchange: Exchange) -> None:
        if exchange.status is None or not 200 <= exchange.status < 300:
            return
        if operations.operation(self._api, str(exchange.operation_id), self._dialect).safety == "create":
            for text in texts(json_or_none(exchange.response_body)):
                if len(text) >= SHORTEST_ID:
                    self._creators.setdefault(text, exchange)

    def _prepend_creators(self, calls: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
        """The calls, and before them those that made what they are about: generated calls take values from answers."""
        whole: list[Exchange] = []
        for call in calls:
            for value in _mentioned_values(call):
                maker = self._creators.get(value)
                if maker is not None and _is_before(maker, call):
                    whole += [each for each in self._prepend_creators((maker,)) if each not in whole]
            whole.append(call)
        return tuple(whole)

    def _keep_smallest(self, rule: str, check: str, expected: str, seen: str, calls: tuple[Exchange, ...]) -> None:
        last = calls[-1]
        if last.status != 404:
            calls = self._prepend_creators(calls)
        key = (check, last.operation_id, last.status)
        size = (len(calls), sum(len(call.url) + len(call.request_body) for call in calls))
        kept = self._smallest.get(key)
        if kept is None or size < kept.size:
            finding = Finding(rule, self._api, last.operation_id, "generated", check, expected, seen, excerpts(calls))
            self._smallest[key] = _SizedFinding(finding, size)


def _is_before(one: Exchange, other: Exchange) -> bool:
    return one.sent_at is not None and other.sent_at is not None and one.sent_at < other.sent_at


def _mentioned_values(call: Exchange) -> Iterator[str]:
    """Values in a call's path and body that an earlier answer may have given."""
    yield from (unquote(segment) for segment in urlsplit(call.url).path.split("/"))
    yield from texts(json_or_none(call.request_body))
