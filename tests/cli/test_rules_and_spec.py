"""`pii-sandbox rules` and `pii-sandbox spec`."""

from __future__ import annotations

import json
from datetime import date

import yaml
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from pii_sandbox.specs import catalogue


def run_main(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def test_rules_lists_one_rule_a_line() -> None:
    lines = run_main("rules").splitlines()
    assert [line.split()[0] for line in lines] == [
        rule.id for api in catalogue.apis_with_rules() for rule in catalogue.rules(api)
    ]


def test_rules_of_one_api() -> None:
    assert {line.split("-")[0] for line in run_main("rules", "--api", "oracle").splitlines()} == {"OCC"}


def test_one_rule_whole_in_any_case_of_letters() -> None:
    output = run_main("rules", "vtex-ttl-1")
    assert "VTEX-TTL-1" in output
    assert "source" in output


def test_rules_as_json() -> None:
    rules = json.loads(run_main("rules", "--json", "--api", "newstore"))
    assert {"id", "statement", "source", "status", "operations"} <= set(rules[0])


def test_assumed_rules_are_listed_with_those_of_which_a_part_is_assumed() -> None:
    listed = {line.split()[0] for line in run_main("rules", "--status", "assumed").splitlines()}
    assert {"VTEX-ERASE-4", "NS-DATA-1", "OCC-GET-2"} <= listed
    assert "VTEX-ERASE-1" not in listed
    assert run_main("rules", "--status", "withdrawn").split()[0] == "VTEX-SCHEMA-6"


def test_a_rule_tells_its_setting_and_the_day_of_its_source() -> None:
    output = run_main("rules", "VTEX-ERASE-4")
    assert "vtex.blocked_erasure" in output
    assert "2026-11-29" in output


def test_every_rule_tells_its_status_its_source_and_the_day_of_that() -> None:
    as_json = {rule["id"]: rule for rule in json.loads(run_main("rules", "--json"))}
    for api in catalogue.apis_with_rules():
        for rule in catalogue.rules(api):
            words = " ".join(run_main("rules", rule.id).split())
            source = as_json[rule.id]["source"]
            for fact in (as_json[rule.id]["status"], source["document"], source.get("section", ""), source["seen"]):
                assert " ".join(fact.split()) in words, rule.id
            date.fromisoformat(source["seen"])


def test_an_unknown_rule_is_exit_2() -> None:
    assert "unknown rule NOPE-1" in run_main("rules", "NOPE-1", code=2)


def test_spec_prints_a_document_in_a_dialect() -> None:
    guide, reference = (
        yaml.safe_load(run_main("spec", "vtex_profile_system", "--dialect", dialect))
        for dialect in ("guide", "reference")
    )
    assert guide["openapi"] == "3.0.3"
    assert guide != reference
    assert "x-dialects" not in json.dumps(reference)


def test_an_unknown_document_is_exit_2() -> None:
    assert "nonsense" in run_main("spec", "nonsense", code=2)
