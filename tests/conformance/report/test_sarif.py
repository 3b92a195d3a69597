"""The SARIF form of a report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.report import sarif, write
from pii_sandbox.conformance.report.source_lines import source_line
from pii_sandbox.conformance.values.findings import Finding, RuleResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from pii_sandbox.specs import catalogue
from tests.conformance.report import samples
from tests.conformance.report.report_files import run_result
from tests.conformance.report.small_runs import (
    CHECK,
    FOUND,
    POWER,
    breaking,
    cause,
    rule,
    run,
    run_of_all_outcomes,
    small_report,
)  # fmt: skip


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


def sarif_run(*rules: RuleResult, **about: Any) -> dict[str, Any]:
    return run_in(sarif.document(small_report(run(*rules, **about))))


def run_in(document: dict[str, Any]) -> dict[str, Any]:
    (only,) = document["runs"]
    return dict(only)


HELD = rule(1, "conforms")


@pytest.mark.parametrize(
    ("rules", "complete", "code", "successful"),
    [
        ([HELD], True, 0, True),
        ([HELD, breaking(2, FOUND)], True, 1, True),
        ([HELD, breaking(2, FOUND)], False, 1, False),
        ([rule(2, "not checked", POWER)], True, 2, False),
        ([HELD], False, 2, False),
    ],
)
def test_a_run_was_successful_where_it_came_to_its_end_and_checked_something(
    rules: list[RuleResult], complete: bool, code: int, successful: bool
) -> None:
    (invocation,) = sarif_run(*rules, complete=complete)["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (code, successful)
    assert invocation["startTimeUtc"] == "2026-01-31T09:30:00.000Z"
    assert invocation["endTimeUtc"] == "2026-01-31T09:31:01.500Z"


def test_what_a_reader_must_know_beside_the_results_are_notifications() -> None:
    document = sarif.document(small_report(run_of_all_outcomes()))
    (invocation,) = run_in(document)["invocations"]
    notes = invocation["toolExecutionNotifications"]
    assert [(note["level"], note["message"]["text"], note.get("associatedRule")) for note in notes] == [
        ("note", "VTEX-4 was not checked: no power; it ran out", {"id": "VTEX-4"}),
        ("note", "VTEX-5 was not completely checked: it ran out", {"id": "VTEX-5"}),
        ("note", "lag, vtex GetProfile: a read showed the run's own write after 1.5 s", None),
        ("note", "lag, vtex ListProfiles: a read showed the run's own write after 1.0 s", None),
        ("warning", "Not made by this run, left alone: entry 1", None),
        ("warning", "Not made by this run, left alone: entry 2", None),
    ]


def test_a_text_of_a_message_is_neither_a_link_nor_a_placeholder() -> None:
    odd = replace(FOUND, seen="[a](b) {0} \\")
    told = sarif_run(breaking(1, odd), rule(2, "not checked", cause("setup", "{1}")), facts={"left alone": ["[c]"]})
    assert told["results"][0]["message"]["text"] == "Expected status 404; saw \\[a\\](b) {{0}} \\\\."
    notes = [note["message"]["text"] for note in told["invocations"][0]["toolExecutionNotifications"]]
    assert notes == ["VTEX-2 was not checked: {{1}}", "Not made by this run, left alone: \\[c\\]"]


def test_the_rules_are_those_of_the_run_the_checks_of_its_findings_and_drift() -> None:
    known = catalogue.rules("vtex")[0]
    drift = Observations(drift=(Drift("vtex", "GetProfile", "header X"),))
    result = (RuleResult(known.id, "vtex", "conforms"), breaking(2, FOUND))
    rules = sarif_run(*result, generated=(CHECK, CHECK), observations=drift)["tool"]["driver"]["rules"]
    told = "Generated calls: status code conformance."
    assert [(each["id"], each["shortDescription"]["text"]) for each in rules[:3]] == [
        (known.id, known.statement), ("VTEX-2", "VTEX-2"), ("generated:status_code_conformance", told),
    ]  # fmt: skip
    assert [each["help"]["text"] for each in rules[:3]] == [
        f"{known.statement} Source: {known.citation} ({known.status}).", "VTEX-2 Source: none (assumed).", told,
    ]  # fmt: skip
    assert rules[0]["properties"] == {"api": "vtex", "status": known.status, "verdict": "conforms"}
    assert [each["id"] for each in rules[3:]] == ["drift"]
    assert len(sarif_run(HELD)["tool"]["driver"]["rules"]) == 1


@pytest.mark.parametrize(("facts", "version"), [({"pii-sandbox": "0.1.0"}, "0.1.0"), ({}, None)])
def test_the_tool_has_its_version_where_the_run_knows_it(facts: dict[str, str], version: str | None) -> None:
    told = sarif_run(HELD, facts=facts)
    assert told["tool"]["driver"].get("version") == version
    assert told["properties"] == {
        "headline": "1 of 1 rule checked at shop.example.com (VTEX); none breaks", "target": "staging",
        "hosts": {"vtex": "shop.example.com"}, "dialect": None, "seed": 7, "powers": ["read", "write"],
        "complete": True, "revealed": None,
    }  # fmt: skip


def test_a_result_has_level_message_place_and_command() -> None:
    known = catalogue.rules("vtex")[0]
    found = replace(FOUND, rule=known.id)
    first, lesser, waived = sarif_run(
        RuleResult(known.id, "vtex", "breaks", (found, replace(found, standing="unstable"))),
        breaking(2, FOUND, waived="ticket"),
    )["results"]
    line = source_line("vtex", "GetProfile").line
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == (known.id, 0, "error")
    assert first["message"]["text"].endswith(". Expected status 404; saw status 200.")
    assert first["message"]["text"].startswith(known.statement.partition("{")[0])
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "specs/vtex_profile_system.yaml"},
                "region": {"startLine": line},
            },
            "logicalLocations": [{"name": "GetProfile", "kind": "function"}],
        }
    ]
    assert first["properties"] == {"number": 1, "source": "scenario", "name": "it_is_so", "curl": "curl 1"}
    assert (lesser["level"], "suppressions" in lesser, lesser["properties"]["number"]) == ("warning", False, 2)
    assert waived["message"]["text"] == "Expected status 404; saw status 200."
    assert waived["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "ticket"}]


def fingerprint(finding: Finding) -> str:
    (result,) = sarif_run(HELD, generated=(finding,))["results"]
    return str(result["partialFingerprints"]["finding/v1"])


def test_a_finding_has_the_same_fingerprint_in_every_run_and_another_has_another() -> None:
    first = fingerprint(CHECK)
    assert len(first) == 32
    assert fingerprint(replace(CHECK, seen="status 500", exchanges=())) == first
    others = [
        fingerprint(replace(CHECK, **change))
        for change in ({"rule": "generated:x"}, {"name": "x"}, {"operation_id": "x"}, {"operation_id": None})
    ]
    assert len({first, *others}) == 5


MANY = next(each for each in catalogue.rules("vtex") if len(each.operations) > 2)


@pytest.mark.parametrize(
    ("rule_id", "operation", "place"),
    [
        (MANY.id, "GetProfile", "GetProfile"),
        (MANY.id, None, MANY.operations[0]),
        ("generated:x", None, None),
    ],
)
def test_a_finding_without_an_operation_stands_at_the_first_one_of_its_rule(
    rule_id: str, operation: str | None, place: str | None
) -> None:
    found = replace(CHECK, rule=rule_id, operation_id=operation)
    report = small_report(run(HELD, generated=(found,)))
    ((location,),) = (each["locations"] for each in run_in(sarif.document(report))["results"])
    line = source_line("vtex", place)
    assert location["physicalLocation"]["region"]["startLine"] == line.line
    assert location.get("logicalLocations", []) == ([{"name": place, "kind": "function"}] if place else [])
    assert sarif.document_names(report) == [line.document]


def test_the_documents_of_a_report_are_those_of_findings_and_drift() -> None:
    drift = Observations(drift=(Drift("oracle", "getProfile", "header X"),))
    assert sarif.document_names(small_report(run(HELD, observations=drift))) == ["oracle_profiles"]
    both = small_report(run(breaking(2, FOUND, FOUND), observations=drift))
    assert sarif.document_names(both) == ["oracle_profiles", "vtex_profile_system"]


@pytest.mark.parametrize(("strict", "level"), [(False, "note"), (True, "error")])
def test_drift_is_a_result_at_its_operation(strict: bool, level: str) -> None:
    drift = Observations(drift=(Drift("vtex", "GetProfile", "header X"), Drift("vtex", "GetProfile", "header Y")))
    told = sarif_run(HELD, observations=drift, strict=strict)
    first, second = told["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("drift", 1, level)
    assert first["message"]["text"] == "GetProfile of vtex: header X is in no document."
    assert first["locations"][0]["logicalLocations"] == [{"name": "GetProfile", "kind": "function"}]
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_the_file_is_indented_and_keeps_letters_as_they_are() -> None:
    text = sarif.text(small_report(run(HELD, target="Köln")))
    assert text.startswith('{\n  "$schema": ')
    assert '"target": "Köln"' in text
    assert text.endswith("\n}\n")
