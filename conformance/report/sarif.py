"""The report as SARIF 2.1.0: a result a finding, at the line of the OpenAPI document where the operation stands."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from pii_sandbox.conformance.report.content import Report, ShownFinding, ShownRule
from pii_sandbox.conformance.report.source_lines import source_line
from pii_sandbox.conformance.values.observations import Drift

DOCUMENTS = "documents"  # folder beside the report that the locations point into
DRIFT = "drift"
_DRIFT_TEXT = {
    "text": "What a vendor's responses contain beyond the document. Clients that rely on the document are not affected."
}
INFORMATION_URI = "urn:pii-sandbox:check"
_MARKUP = re.compile(r"[\[\]\\]")
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def text(report: Report) -> str:
    return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"


def document(report: Report) -> dict[str, Any]:
    run = report.run
    ids = {shown.rule.id for shown in report.rules}
    # a finding of a generated call may belong to a rule that the run was not asked about
    extra = [rule for rule in dict.fromkeys(shown.finding.rule for shown in report.findings) if rule not in ids]
    rules = [_rule(shown) for shown in report.rules] + [_check(check) for check in extra]
    if run.observations.drift:
        rules.append({"id": DRIFT, **dict.fromkeys(("shortDescription", "fullDescription", "help"), _DRIFT_TEXT)})
    indices = {rule["id"]: index for index, rule in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {**_driver(report), "rules": rules}},
                "automationDetails": {"id": f"pii-sandbox/{run.target}/{run.run_id}"},
                "invocations": [
                    {
                        "executionSuccessful": run.complete and run.exit_code != 2,
                        "exitCode": run.exit_code,
                        "startTimeUtc": _utc(run.started_at),
                        "endTimeUtc": _utc(run.started_at + timedelta(seconds=run.elapsed_seconds)),
                        "toolExecutionNotifications": [
                            *(_notification(shown) for shown in report.rules if _has_gaps(shown)),
                            *(
                                {"level": "note", "message": {"text": _escape_markup(line)}}
                                for line in report.incidents
                            ),
                            *map(_untouched_notification, run.facts.get("left alone", ())),
                        ],
                    }
                ],
                "results": [
                    *(_result(shown, indices, report.documents_uri) for shown in report.findings),
                    *(_drift(each, report, indices) for each in run.observations.drift),
                ],
                "properties": {
                    "headline": report.headline,
                    "target": run.target,
                    "hosts": dict(run.hosts),
                    "dialect": run.facts.get("dialect"),
                    "seed": run.seed,
                    "powers": sorted(run.powers),
                    "complete": run.complete,
                    "revealed": run.revealed,
                },
            }
        ],
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _driver(report: Report) -> dict[str, str]:
    version = report.run.facts.get("pii-sandbox")
    return {"name": "pii-sandbox", "informationUri": INFORMATION_URI, **({"version": str(version)} if version else {})}


def _rule(shown_rule: ShownRule) -> dict[str, Any]:
    rule = shown_rule.rule
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.statement},
        "fullDescription": {"text": rule.statement},
        "help": {"text": f"{rule.statement} Source: {rule.citation or 'none'} ({rule.status})."},
        "properties": {"api": rule.api, "status": rule.status, "verdict": shown_rule.outcome},
    }


def _escape_markup(text: str) -> str:
    """The text as a SARIF message in which nothing is a link or a placeholder (3.11.5, 3.11.6)."""
    return _MARKUP.sub(r"\\\g<0>", text).replace("{", "{{").replace("}", "}}")


def _check(check: str) -> dict[str, Any]:
    """A check of generated calls that belongs to no rule of the catalogue."""
    words = check.rpartition(":")[2].replace("_", " ")
    told = {"text": f"Generated calls: {words}."}
    return {"id": check, "shortDescription": told, "fullDescription": told, "help": told}


def document_names(report: Report) -> list[str]:
    """The names of the OpenAPI documents that the results point at."""
    places = [(shown.finding.api, _operation_id(shown)) for shown in report.findings]
    places += [(each.api, each.operation_id) for each in report.run.observations.drift]
    return sorted({source_line(*place).document for place in places})


def _operation_id(finding: ShownFinding) -> str | None:
    return finding.finding.operation_id or (
        finding.rule.operations[0] if finding.rule and finding.rule.operations else None
    )


def _has_gaps(rule: ShownRule) -> bool:
    return bool(rule.result.reasons)


def _notification(rule: ShownRule) -> dict[str, Any]:
    wholly = "not checked" if rule.outcome == "not checked" else "not completely checked"
    return {
        "level": "note",
        "message": {"text": _escape_markup(f"{rule.rule.id} was {wholly}: {'; '.join(rule.result.reasons)}")},
        "associatedRule": {"id": rule.rule.id},
    }


def _untouched_notification(text: str) -> dict[str, Any]:
    return {"level": "warning", "message": {"text": _escape_markup(f"Not made by this run, left alone: {text}")}}


def _result(shown_finding: ShownFinding, indices: dict[str, int], documents_uri: str) -> dict[str, Any]:
    finding, operation_id = shown_finding.finding, _operation_id(shown_finding)
    statement = f"{shown_finding.rule.statement} " if shown_finding.rule else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": indices[finding.rule],
        "level": "error" if finding.standing == "breaks" else "warning",
        "message": {"text": _escape_markup(f"{statement}Expected {finding.expected}; saw {finding.seen}.")},
        "locations": [_location(finding.api, operation_id, documents_uri)],
        "partialFingerprints": {"finding/v1": _fingerprint(finding.rule, finding.name, operation_id or "")},
        "properties": {
            "number": shown_finding.number,
            "source": finding.source,
            "name": finding.name,
            "curl": shown_finding.repeat.curl,
        },
    }
    if shown_finding.waived is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": shown_finding.waived}]
    return result


def _drift(each: Drift, report: Report, indices: dict[str, int]) -> dict[str, Any]:
    """What a vendor added, as a note; `--strict` makes it an error."""
    return {
        "ruleId": DRIFT,
        "ruleIndex": indices[DRIFT],
        "level": "error" if report.run.strict else "note",
        "message": {"text": _escape_markup(f"{each.operation_id} of {each.api}: {each.what} is in no document.")},
        "locations": [_location(each.api, each.operation_id, report.documents_uri)],
        "partialFingerprints": {"finding/v1": _fingerprint(DRIFT, each.api, each.operation_id, each.what)},
    }


def _location(api: str, operation_id: str | None, documents_uri: str) -> dict[str, Any]:
    """The line of the document at which the operation stands."""
    found = source_line(api, operation_id)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": f"{documents_uri}/{found.document}.yaml"},
            "region": {"startLine": found.line},
        },
        **({"logicalLocations": [{"name": operation_id, "kind": "function"}]} if operation_id else {}),
    }


def _fingerprint(*parts: str) -> str:
    """The same at every run in which the same shows."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]
