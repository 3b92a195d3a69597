"""The forms of a report: JSON, JUnit, Markdown, and what all of them say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.report import FORMS, json_report, markdown, source_lines, write
from pii_sandbox.conformance.values.observations import Drift, Observations
from pii_sandbox.specs import catalogue
from tests.conformance.report import samples
from tests.conformance.report.report_files import READ, RULES, run_result, write_forms
from tests.conformance.report.samples import finding


def test_every_form_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_forms(run_result(), tmp_path)
    assert {file.name for file in (tmp_path / "new" / "folder").iterdir()} == {*FORMS, "documents"}


def test_the_json_fits_its_schema_and_counts(forms: dict[str, str]) -> None:
    report = json.loads(forms["report.json"])
    schema = json.loads(json_report.SCHEMA.read_text("utf-8"))
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(report)
    assert report["verdict"] == "does not conform"
    assert report["counts"] == {
        "breaks": 1, "waived": 1, "conforms": RULES - 3, "not_checked": 1, "unstable": 0, "drift": 0,
        "findings": 3, "generated": 1,
    }  # fmt: skip
    assert [found["number"] for found in report["findings"]] == [1, 2, 3]
    rule = next(rule for rule in report["rules"] if rule["rule"] == "VTEX-MASK-1")
    assert (rule["outcome"], rule["findings"]) == ("breaks", [1])
    profile = next(entry for entry in report["coverage"] if entry["operation"] == "GetProfile")
    assert profile["statuses"] == {"200": 12, "404": 3, "418": 1}
    assert 418 not in profile["documented"]


def test_the_schema_refuses_what_is_no_report(forms: dict[str, str]) -> None:
    schema = json.loads(json_report.SCHEMA.read_text("utf-8"))
    report = json.loads(forms["report.json"])
    report["findings"][0].pop("curl")
    assert not jsonschema_rs.validator_for(schema).is_valid(report)


def test_junit_has_a_case_a_rule(forms: dict[str, str]) -> None:
    suites = ElementTree.fromstring(forms["junit.xml"])
    cases = {case.get("name", "").partition(":")[0]: case for case in suites.iter("testcase")}
    assert suites.get("tests") == str(RULES + 1)
    assert suites.get("failures") == "2"
    assert sum(int(suite.get("skipped", "0")) for suite in suites) == 2
    assert cases["VTEX-MASK-1"].find("failure") is not None
    assert cases["OCC-GET-1"].find("skipped") is not None
    skipped = cases["OCC-LANG-1"].find("skipped")
    assert skipped is not None
    assert "the target does not grant the power control" in skipped.get("message", "")
    assert cases["VTEX-TTL-1"].find("failure") is None


DRIFT = Observations(drift=(Drift("vtex", "GetProfile", "property $.document.tier"),))


@pytest.mark.parametrize(("strict", "level"), [(False, "note"), (True, "error")])
def test_drift_is_told_in_every_form_and_is_an_error_of_a_strict_run_alone(
    strict: bool, level: str, tmp_path: Path
) -> None:
    forms = write_forms(replace(samples.run(), observations=DRIFT, strict=strict), tmp_path)
    for name in ("report.html", "summary.md", "junit.xml", "report.json", "report.sarif"):
        assert "$.document.tier" in forms[name], name
    run = json.loads(forms["report.sarif"])["runs"][0]
    (sarif_result,) = run["results"]
    assert (sarif_result["ruleId"], sarif_result["level"]) == ("drift", level)
    assert run["tool"]["driver"]["rules"][sarif_result["ruleIndex"]]["id"] == "drift"
    place = sarif_result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place.endswith("documents/vtex_profile_system.yaml")
    assert (tmp_path / "new" / "folder" / "documents" / "vtex_profile_system.yaml").exists()


@pytest.mark.parametrize(("strict", "failures", "code"), [(False, "0", 0), (True, "1", 1)])
def test_an_unstable_finding_of_generated_calls_fails_a_strict_run_alone(
    strict: bool, failures: str, code: int, tmp_path: Path
) -> None:
    check = replace(finding("generated:not_a_server_error", READ), source="generated", standing="unstable", played=3)
    result = replace(samples.run(generated=[check]), strict=strict)
    assert result.exit_code == code
    forms = write_forms(result, tmp_path)
    assert ElementTree.fromstring(forms["junit.xml"]).get("failures") == failures
    assert "1 unstable finding of generated calls" in forms["summary.md"]
    assert "unstable" in forms["report.html"]


def test_a_form_that_cannot_be_written_is_named_and_the_others_are_written(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    (tmp_path / "report.html" / "kept").touch()
    written = write(run_result(), tmp_path, samples.target())
    assert {file.name for file in written.files} >= set(FORMS) - {"report.html"}
    assert written.failures == (f"{tmp_path}/report.html could not be written: Is a directory",)
    assert not list(tmp_path.glob(".*.new"))


@pytest.mark.parametrize("api", catalogue.apis_with_rules())
def test_every_operation_has_its_line(api: str) -> None:
    for document in specs.APIS[api]:
        for operation_id, facts in specs.operations(document).items():
            found = source_lines.source_line(api, operation_id)
            lines = specs.path(found.document).read_text("utf-8").splitlines()
            assert lines[found.line - 1].strip().partition(":")[0] == facts.method.lower()


def test_markdown_is_not_broken_by_what_it_holds(forms: dict[str, str]) -> None:
    text = forms["summary.md"]
    assert text.startswith(f"# {RULES - 1} of {RULES} rules checked at shop.example.com \\(VTEX, ")
    assert "- seen: ``none | `at` <all>``" in text
    assert "- 1 rule: the target does not grant the power control (OCC-LANG-1)" in text
    assert markdown.code("a`b``c") == "```a`b``c```"
    assert markdown.code("`") == "`` ` ``"


@pytest.mark.parametrize(
    ("about", "words"),
    [({"complete": False}, "cut short"), ({"revealed": "ticket 9"}, "ticket 9")],
)
def test_a_run_that_was_cut_short_or_shows_persons_says_so(about: dict[str, Any], words: str, tmp_path: Path) -> None:
    forms = write_forms(run_result(**about), tmp_path)
    assert words in forms["summary.md"]
    assert words in forms["report.html"]


@pytest.mark.parametrize(
    ("code", "words"), [(0, "none breaks"), (2, "not checked, because the target does not grant the power control")]
)
def test_the_headline_stands_first(code: int, words: str, tmp_path: Path) -> None:
    result = samples.run()
    if code == 2:
        causes = next(rule.causes for rule in result.rules if rule.causes)
        unchecked = (replace(rule, verdict="not checked", causes=causes) for rule in result.rules)
        result = replace(result, rules=tuple(unchecked))
    forms = write_forms(result, tmp_path)
    assert result.exit_code == code
    assert words in forms["summary.md"].splitlines()[0]
    assert words in forms["report.html"].partition("<h1>")[2].partition("</h1>")[0]


def test_a_run_that_was_cut_short_before_anything_broke_does_not_conform_yet(tmp_path: Path) -> None:
    forms = write_forms(samples.run(complete=False), tmp_path)
    assert json.loads(forms["report.json"])["verdict"] == "was not checked to the end"
