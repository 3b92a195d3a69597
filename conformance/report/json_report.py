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


def _rule(rule: ShownRule) -> dict[str, Any]:
    return {
        "rule": rule.rule.id,
        "api": rule.rule.api,
        "statement": rule.rule.statement,
        "source": dict(rule.rule.source),
        "status": rule.rule.status,
        "operations": list(rule.rule.operations),
        "outcome": rule.outcome,
        "waived": rule.result.waived,
        "reasons": list(rule.result.reasons),
        "causes": [{"kind": cause.kind, "cause": cause.text} for cause in rule.result.causes],
        "scenarios": list(rule.result.scenarios),
        "elapsed_seconds": rule.result.elapsed_seconds,
        "findings": list(rule.findings),
    }


def _finding(finding: ShownFinding) -> dict[str, Any]:
    return {
        "number": finding.number,
        "rule": finding.finding.rule,
        "api": finding.finding.api,
        "operation": finding.finding.operation_id,
        "source": finding.finding.source,
        "name": finding.finding.name,
        "expected": finding.finding.expected,
        "seen": finding.finding.seen,
        "standing": finding.finding.standing,
        "broken": finding.finding.broken,
        "played": finding.finding.played,
        "waived": finding.waived,
        "exchanges": [exchange_as_json(one) for one in finding.exchanges],
        "curl": finding.repeat.curl,
        "pytest": finding.repeat.pytest,
    }


def exchange_as_json(exchange: ShownExchange) -> dict[str, Any]:
    return {
        "api": exchange.api,
        "operation": exchange.operation_id,
        "sent_at": exchange.sent_at.isoformat() if exchange.sent_at else None,
        "elapsed_seconds": exchange.elapsed_seconds,
        "request": _message(exchange.request_headers, exchange.request_body, method=exchange.method, url=exchange.url),
        "response": None
        if exchange.status is None
        else _message(exchange.response_headers, exchange.response_body, status=exchange.status),
        "error": exchange.error,
    }


def _message(headers: Mapping[str, str], body: str, **about: Any) -> dict[str, Any]:
    return {**about, "headers": dict(headers), "body": body}


def _operation(operation: ShownOperation) -> dict[str, Any]:
    return {
        "api": operation.api,
        "operation": operation.operation_id,
        "document": operation.document,
        "method": operation.method,
        "path": operation.path,
        "statuses": {str(status): count for status, count in operation.statuses.items()},
        "documented": list(operation.documented),
        "rules_played": list(operation.played),
        "rules": list(operation.rules),
    }
