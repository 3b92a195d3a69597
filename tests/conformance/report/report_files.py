"""Writes the report of a sample run in every form and reads the files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pii_sandbox.conformance.report import FORMS, write
from pii_sandbox.conformance.values.findings import RunResult
from pii_sandbox.specs import catalogue
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange, finding

RULES = sum(len(catalogue.rules(api)) for api in catalogue.apis_with_rules())
READ = exchange(
    "vtex", "GetProfile", "GET", f"/api/storage/profile-system/profiles/{samples.UUID}", response_body={"id": "x"}
)


def run_result(**about: Any) -> RunResult:
    broken = finding("VTEX-MASK-1", READ, expected="a mask", seen="none | `at` <all>")
    check = replace(finding("generated:status_code_conformance", READ), source="generated", name="status codes")
    result = samples.run(broken, finding("OCC-GET-1", expected="an answer", seen="none"), generated=[check], **about)
    waived = tuple(replace(rule, waived="ticket 4711") if rule.rule == "OCC-GET-1" else rule for rule in result.rules)
    return replace(result, rules=waived)


def write_forms(result: RunResult, folder: Path) -> dict[str, str]:
    files = write(result, folder / "new" / "folder", samples.target()).files
    return {file.name: file.read_text("utf-8") for file in files if file.name in FORMS}
