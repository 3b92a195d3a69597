"""What a report takes is bounded by its design: the characters that are redacted, and how often it is made."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pii_sandbox.cli.check import check
from pii_sandbox.conformance.http.excerpt import REPORT_CHARACTERS, excerpt
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import content, json_report
from tests.conformance.report import samples

READ = samples.exchange("vtex", "GetProfile", "GET", f"/api/storage/profile-system/profiles/{samples.UUID}")


def test_however_many_large_answers_there_are_about_two_million_characters_are_redacted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = json.dumps([{"note": "a" * 4_000 + "!", "number": number} for number in range(60)]).encode()
    large = excerpt(replace(READ, response_headers={"content-type": "application/json"}, response_body=body))
    findings = [samples.finding("VTEX-MASK-1", replace(large), seen=f"text {number}") for number in range(60)]
    assert len(findings) * len(large.response_body) > 3 * REPORT_CHARACTERS
    redacted: list[int] = []
    genuine = Redactor.json

    def count_call(redactor: Redactor, value: Any) -> Any:
        redacted.append(len(json.dumps(value)))
        return genuine(redactor, value)

    monkeypatch.setattr(Redactor, "json", count_call)
    report = content.report(samples.run(*findings), samples.target())
    assert sum(redacted) < 1.5 * REPORT_CHARACTERS
    report_json = json.loads(json_report.text(report))
    assert len(report_json["findings"]) == len(findings)
    assert all(f"{len(body)} bytes, sha256" in json.dumps(each) for each in report_json["findings"])


def test_the_terminal_and_the_files_show_one_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    created: list[None] = []
    genuine = Redactor.result

    def count_call(redactor: Redactor, result: Any) -> Any:
        created.append(None)
        return genuine(redactor, result)

    monkeypatch.setattr(Redactor, "result", count_call)
    options = ["--rule", "FAI-AUTH", "--only", "scenarios", "--seed", "1", "--report", str(tmp_path / "r")]
    outcome = CliRunner().invoke(check, ["--api", "fashionai", *options])
    assert outcome.exit_code == 0, outcome.output
    assert len(created) == 1
