"""The SARIF form of a report."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.report import write
from tests.conformance.report import samples
from tests.conformance.report.report_files import run_result


def test_sarif_points_at_the_operation_in_its_document(forms: dict[str, str]) -> None:
    run = json.loads(forms["report.sarif"])["runs"][0]
    first, waived, check = run["results"]
    place = first["locations"][0]["physicalLocation"]
    lines = specs.path("vtex_profile_system").read_text("utf-8").splitlines()
    line = place["region"]["startLine"]
    assert place["artifactLocation"]["uri"].endswith("new/folder/documents/vtex_profile_system.yaml")
    assert lines[line - 1].strip() == "get:"
    assert any("operationId: GetProfile" in below for below in lines[line : line + 12])
    assert waived["suppressions"][0]["justification"] == "ticket 4711"
    assert "suppressions" not in first
    for result in (first, waived, check):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert run["invocations"][0]["exitCode"] == 1


def test_sarif_locations_resolve_beside_the_report_or_below_a_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def uris(folder: Path, sarif_root: str | None = None) -> set[str]:
        written = write(run_result(), folder, samples.target(), sarif_root=sarif_root)
        (file,) = [file for file in written.files if file.name == "report.sarif"]
        results = json.loads(file.read_text("utf-8"))["runs"][0]["results"]
        return {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}

    monkeypatch.chdir(tmp_path)
    relative = uris(tmp_path / "my report")
    assert relative == {
        "my%20report/documents/vtex_profile_system.yaml",
        "my%20report/documents/oracle_profiles.yaml",
    }
    for uri in relative:
        document = tmp_path / unquote(uri)
        assert document.read_bytes() == specs.path(document.stem).read_bytes()
    assert uris(tmp_path / "other", "api/openapi/") == {
        "api/openapi/vtex_profile_system.yaml",
        "api/openapi/oracle_profiles.yaml",
    }
    assert not (tmp_path / "other" / "documents").exists()
    monkeypatch.chdir("/")
    outside = uris(tmp_path / "third")
    assert all(uri.startswith(str(tmp_path).lstrip("/")) for uri in outside)


def test_sarif_has_what_the_validator_of_microsoft_asks_for(forms: dict[str, str]) -> None:
    driver = json.loads(forms["report.sarif"])["runs"][0]["tool"]["driver"]
    assert all(rule.get("name") != rule["id"] for rule in driver["rules"]), "SARIF1001"
    assert {"name", "version", "informationUri"} <= driver.keys(), "SARIF2005"
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
