"""The JSON form of a report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema_rs

from pii_sandbox.conformance.report import json_report
from pii_sandbox.conformance.report.exchanges import shown_exchange
from pii_sandbox.conformance.values.findings import RunResult
from tests.conformance.report.small_runs import CALL, LOST, rule, run, run_of_all_outcomes, small_report

SCHEMA = jsonschema_rs.validator_for(json.loads(json_report.SCHEMA.read_text("utf-8")), validate_formats=True)


def document(result: RunResult) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json_report.text(small_report(result)))
    SCHEMA.validate(read)
    return read


def test_the_run_and_its_counts() -> None:
    told = document(run_of_all_outcomes(min_checked=50))
    assert told["run"] == {
        "id": "r7k2", "target": "staging", "started_at": "2026-01-31T09:30:00+00:00", "elapsed_seconds": 61.5,
        "hosts": {"vtex": "shop.example.com"}, "seed": 7, "powers": ["read", "write"], "complete": True,
        "revealed": None, "min_checked": 50, "facts": {"left alone": ["entry 1", "entry 2"], "depth": "quick"},
    }  # fmt: skip
    assert told["counts"] == {
        "breaks": 1, "waived": 1, "unstable": 1, "drift": 1, "conforms": 3, "not_checked": 1, "findings": 8,
        "generated": 2,
    }  # fmt: skip
    assert (told["verdict"], told["exit_code"]) == ("does not conform", 1)
    assert told["not_checked"] == [{"kind": "power", "cause": "no power", "rules": ["VTEX-4"]}]
    assert len(told["observed"]) == 2


def test_rules_refer_to_their_findings_by_number() -> None:
    told = document(run_of_all_outcomes())
    assert [(each["rule"], each["outcome"], each["findings"]) for each in told["rules"]] == [
        ("VTEX-1", "conforms", []), ("VTEX-2", "breaks", [1, 2]), ("VTEX-3", "waived", [3]),
        ("VTEX-4", "not checked", []), ("VTEX-5", "conforms", []), ("VTEX-6", "unstable", [4]),
        ("VTEX-7", "drift", [5, 6]), ("ORACLE-1", "conforms", []),
    ]  # fmt: skip
    assert told["rules"][3]["reasons"] == ["no power", "it ran out"]
    assert told["rules"][3]["causes"][1] == {"kind": "limit", "cause": "it ran out"}
    assert [each["waived"] for each in told["findings"]] == [None, None, "ticket 4711", None, None, None, None, None]


def test_a_call_has_request_response_and_error() -> None:
    answered = json_report.exchange_as_json(shown_exchange(CALL))
    request = {
        "method": "GET", "url": CALL.url, "headers": {"Content-Type": "application/json"}, "body": "",
    }  # fmt: skip
    assert answered == {
        "api": "vtex", "operation": "GetProfile", "sent_at": "2026-01-31T09:30:00+00:00", "elapsed_seconds": 0.25,
        "request": request,
        "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": '{"id": "x"}'},
        "error": None,
    }  # fmt: skip
    lost = json_report.exchange_as_json(shown_exchange(replace(LOST, sent_at=None)))
    assert (lost["sent_at"], lost["request"], lost["response"], lost["error"]) == (None, request, None, "refused")


def test_the_file_is_indented_and_keeps_letters_as_they_are() -> None:
    text = json_report.text(small_report(run(rule(1, "conforms"), target="Köln")))
    assert text.startswith('{\n  "format": ')
    assert '"target": "Köln"' in text
    assert text.endswith("\n}\n")
