"""The report as JSON; `schema/report-1.json` describes it. What breaks readers raises the first number of VERSION."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pii_sandbox.conformance.report.content import (
    OUTCOMES,
    Report,
    ShownFinding,
    ShownOperation,
    ShownRule,
)
from pii_sandbox.conformance.report.exchanges import ShownExchange

FORMAT = "pii-sandbox-report"
VERSION = "1.1"
SCHEMA = Path(__file__).parent / "schema" / "report-1.json"


def text(report: Report) -> str:
    return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"


def document(report: Report) -> dict[str, Any]:
    run = report.run
    return {
        "format": FORMAT,
        "version": VERSION,
        "verdict": report.verdict,
        "headline": report.headline,
        "exit_code": run.exit_code,
        "run": {
            "id": run.run_id,
            "target": run.target,
            "started_at": run.started_at.isoformat(),
            "elapsed_seconds": run.elapsed_seconds,
            "hosts": dict(run.hosts),
            "seed": run.seed,
            "powers": sorted(run.powers),
            "complete": run.complete,
            "revealed": run.revealed,
            "min_checked": run.min_checked,
            "facts": run.facts,
        },
        "counts": {outcome.replace(" ", "_"): report.count(outcome) for outcome in OUTCOMES}
        | {"findings": len(report.findings), "generated": len(run.generated)},
        "not_checked": [
            {"kind": group.cause.kind, "cause": group.cause.text, "rules": list(group.rules)} for group in report.causes
        ],
        "observed": list(report.observation_lines),
        "rules": [_rule(shown) for shown in report.rules],
        "findings": [_finding(shown) for shown in report.findings],
        "coverage": [_operation(shown) for shown in report.operations],
    }


def _rule(shown: ShownRule) -> dict[str, Any]:
    return {
        "rule": shown.rule.id,
        "api": shown.rule.api,
        "statement": shown.rule.statement,
        "source": dict(shown.rule.source),
        "status": shown.rule.status,
        "operations": list(shown.rule.operations),
        "outcome": shown.outcome,
        "waived": shown.result.waived,
        "reasons": list(shown.result.reasons),
        "causes": [{"kind": cause.kind, "cause": cause.text} for cause in shown.result.causes],
        "scenarios": list(shown.result.scenarios),
        "elapsed_seconds": shown.result.elapsed_seconds,
        "findings": list(shown.findings),
    }


def _finding(shown: ShownFinding) -> dict[str, Any]:
    return {
        "number": shown.number,
        "rule": shown.finding.rule,
        "api": shown.finding.api,
        "operation": shown.finding.operation_id,
        "source": shown.finding.source,
        "name": shown.finding.name,
        "expected": shown.finding.expected,
        "seen": shown.finding.seen,
        "standing": shown.finding.standing,
        "broken": shown.finding.broken,
        "played": shown.finding.played,
        "waived": shown.waived,
        "exchanges": [exchange_as_json(one) for one in shown.exchanges],
        "curl": shown.repeat.curl,
        "pytest": shown.repeat.pytest,
    }


def exchange_as_json(shown: ShownExchange) -> dict[str, Any]:
    return {
        "api": shown.api,
        "operation": shown.operation_id,
        "sent_at": shown.sent_at.isoformat() if shown.sent_at else None,
        "elapsed_seconds": shown.elapsed_seconds,
        "request": _message(shown.request_headers, shown.request_body, method=shown.method, url=shown.url),
        "response": None
        if shown.status is None
        else _message(shown.response_headers, shown.response_body, status=shown.status),
        "error": shown.error,
    }


def _message(headers: Mapping[str, str], body: str, **about: Any) -> dict[str, Any]:
    return {**about, "headers": dict(headers), "body": body}


def _operation(shown: ShownOperation) -> dict[str, Any]:
    return {
        "api": shown.api,
        "operation": shown.operation_id,
        "document": shown.document,
        "method": shown.method,
        "path": shown.path,
        "statuses": {str(status): count for status, count in shown.statuses.items()},
        "documented": list(shown.documented),
        "rules_played": list(shown.played),
        "rules": list(shown.rules),
    }
