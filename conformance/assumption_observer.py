"""Observations of assumed rules: what an endpoint answers where no document of the vendor decides (`check --observe`).

The file is made to be sent to the project, and so holds words of the documents and of this program alone: rule ids,
scenario names, statuses, media types and the shapes of bodies. No value, host, header or name of an unknown property of
an answer gets into it.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.values.findings import Exchange, RuleResult, RunResult
from pii_sandbox.redaction.vocabulary import is_vocabulary
from pii_sandbox.specs import catalogue
from pii_sandbox.specs.catalogue import Rule

ABOUT = (
    "What a real endpoint did where the vendor's documents are silent and pii-sandbox assumes a behaviour. It holds no "
    "personal data, no credentials and no host: please send it to the project."
)
DEEPEST, MOST_SHAPES, MOST_ANSWERS = 6, 5, 40
_MEDIA_TYPES = frozenset(
    {"application/json", "application/problem+json", "application/xml", "text/html", "text/plain", "text/json"}
)
_CODES = frozenset({"status", "statusCode", "errorCode"})  # whose values tell how an answer differs
_CODE = re.compile(r"[1-5]\d{2}|22\d{3}|[A-Z][A-Za-z]{2,20}", re.ASCII)
_UNKNOWN = "(unknown properties)"

Answer = tuple[str, int, str, str]  # operation, status, media type, shape of the body as JSON


def is_observed(rule: Rule) -> bool:
    """Whether what an endpoint does about the rule is worth knowing: the rule, or a part of it, is assumed."""
    return rule.has_assumptions and rule.status != "withdrawn"


class AssumptionObserver:
    """Counts the answers to scenarios of assumed rules. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, str], Counter[Answer]] = defaultdict(Counter)
        self._outcomes: dict[tuple[str, str], str] = {}

    def note(self, result: ScenarioResult) -> None:
        """Take in what came of one scenario."""
        rule = catalogue.rule(result.scenario.rule)
        if rule is None or not is_observed(rule):
            return
        answers = Counter(_answer(each, each.status) for each in result.exchanges if each.status is not None)
        held = "holds" if result.holds else "differs" if result.finding is not None else "not checked"
        with self._lock:
            self._outcomes[rule.id, result.scenario.name] = held
            self._answers[rule.id, result.scenario.name].update(answers)

    def text(self, run: RunResult, version: str) -> str:
        """The observations of a run as JSON."""
        known = {rule.id: rule for api in catalogue.apis_with_rules() for rule in catalogue.rules(api)}
        observed = [result for result in run.rules if is_observed(known[result.rule])]
        told = {
            "format": 1,
            "about": ABOUT,
            "pii-sandbox": version,
            "day": run.started_at.date().isoformat(),
            "dialect": "reference" if run.facts.get("dialect") == "reference" else "guide",
            "powers": sorted(run.powers),
            "rules": [self._rule(known[result.rule], result) for result in observed],
        }
        return json.dumps(told, ensure_ascii=True, indent=2) + "\n"

    def _rule(self, rule: Rule, result: RuleResult) -> dict[str, Any]:
        with self._lock:
            scenarios = {name: outcome for (of, name), outcome in self._outcomes.items() if of == rule.id}
            return {
                "rule": rule.id,
                "api": rule.api,
                "status": rule.status,
                "statement": rule.statement,
                "outcome": result.verdict,
                "not checked for": sorted({cause.kind for cause in result.causes}),
                "scenarios": [
                    {"name": name, "outcome": outcome, "answers": _counts_as_json(self._answers[rule.id, name])}
                    for name, outcome in sorted(scenarios.items())
                ],
            }


def _counts_as_json(answers: Mapping[Answer, int]) -> list[dict[str, Any]]:
    return [
        {
            "operation": operation,
            "status": status,
            "media type": media_type,
            "body": json.loads(body),
            "times": times,
        }
        for (operation, status, media_type, body), times in sorted(answers.items())[:MOST_ANSWERS]
    ]


def _answer(exchange: Exchange, status: int) -> Answer:
    named = (value for name, value in exchange.response_headers.items() if name.lower() == "content-type")
    media_type = next(named, "").partition(";")[0].strip().lower()
    told = media_type if media_type in _MEDIA_TYPES else "another" if media_type else "none"
    return exchange.operation_id or "another call", status, told, json.dumps(_body(exchange))


def _body(exchange: Exchange) -> Any:
    if not exchange.response_body:
        return None
    try:
        return shape(json.loads(exchange.response_body))
    except (ValueError, RecursionError):
        return "no JSON"


def shape(value: Any, name: str = "", depth: int = 0) -> Any:
    """The structure of a JSON value: types in place of values, and names of properties that a document knows.

    Other names are counted, for a client can choose them. A status or error code that a document lists is told.
    """
    if depth > DEEPEST:
        return "…"
    match value:
        case dict():
            known = {key: shape(inner, key, depth + 1) for key, inner in value.items() if is_vocabulary(key)}
            return known | ({_UNKNOWN: len(value) - len(known)} if len(known) < len(value) else {})
        case list():
            shapes = {json.dumps(shape(item, name, depth + 1), sort_keys=True) for item in value}
            return [json.loads(each) for each in sorted(shapes)[:MOST_SHAPES]]
        case bool():
            return "boolean"
        case int() | float():
            return value if name in _CODES and _CODE.fullmatch(str(value)) else "number"
        case str():
            return value if name in _CODES and _is_code(value) else "text"
    return None


def _is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None and (text.isdecimal() or is_vocabulary(text))
