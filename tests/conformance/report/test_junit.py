"""The JUnit form of a report."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from pii_sandbox.conformance.report import junit
from tests.conformance.report.small_runs import FOUND, SPENT, breaking, rule, run, run_of_all_outcomes, small_report

SAW = "expected status 404; saw status 200"
CALLED = 'GET https://staging.example.net/x\n  200 {"id": "x"}'


def suites(**about: Any) -> ElementTree.Element:
    return ElementTree.fromstring(junit.text(small_report(run_of_all_outcomes(**about))))


def cases(suite: ElementTree.Element) -> dict[str, list[tuple[str, str | None, str | None]]]:
    """What each case contains: tag, message, text."""
    return {
        case.get("name", ""): [(told.tag, told.get("message"), told.text) for told in case]
        for case in suite.iter("testcase")
    }


def test_each_rule_is_a_case_that_says_what_came_of_it() -> None:
    vtex, oracle, generated = suites()
    assert cases(vtex) == {
        "VTEX-1: VTEX-1": [],
        "VTEX-2: VTEX-2": [
            ("failure", SAW, f"scenario it_is_so: {SAW}\n{CALLED}\n\ncurl 1"),
            (
                "failure",
                "expected status 404; saw no answer",
                f"scenario it_is_so: expected status 404; saw no answer\n{CALLED}\n"
                "GET https://staging.example.net/x\n  refused \n\ncurl 2",
            ),
        ],
        "VTEX-3: VTEX-3": [("skipped", "waived: ticket 4711", None)],
        "VTEX-4: VTEX-4": [("skipped", "not checked: no power; it ran out", None)],
        "VTEX-5: VTEX-5": [("system-out", None, "not completely checked: it ran out")],
        "VTEX-6: VTEX-6": [("system-out", None, f"unstable: {SAW}")],
        "VTEX-7: VTEX-7": [("system-out", None, f"drift: {SAW}\ndrift: {SAW}")],
    }
    assert cases(oracle) == {"ORACLE-1: ORACLE-1": []}
    check = "generated:status_code_conformance"
    assert cases(generated) == {
        f"{check}: GetProfile (7)": [("failure", SAW, f"generated status_codes: {SAW}\n{CALLED}\n\ncurl 7")],
        f"{check}: vtex (8)": [("system-out", None, f"unstable: {SAW}")],
    }


@pytest.mark.parametrize(("strict", "failures"), [(False, ("2", "1", "0", "1")), (True, ("5", "3", "0", "2"))])
def test_suites_count_their_cases_and_a_strict_run_has_failures_for_lesser_findings(
    strict: bool, failures: tuple[str, ...]
) -> None:
    root = suites(strict=strict)
    total, *each = failures
    about = {"name": "pii-sandbox check", "time": "61.500", "tests": "10", "failures": total, "errors": "0"}
    assert root.attrib == about
    told = [
        ("VTEX", "7", "2", "0.750"), ("Oracle Commerce", "1", "0", "0.000"), ("generated", "2", "0", "0.000"),
    ]  # fmt: skip
    for suite, (name, tests, skipped, time), failed in zip(root, told, each, strict=True):
        assert suite.attrib == {
            "name": name, "timestamp": "2026-01-31T09:30:00+00:00", "tests": tests, "failures": failed,
            "skipped": skipped, "errors": "0", "time": time,
        }  # fmt: skip
    (unstable,) = [case for case in root.iter("testcase") if case.get("name") == "VTEX-6: VTEX-6"]
    assert [told.tag for told in unstable] == (["failure"] if strict else ["system-out"])


def test_cases_have_a_class_and_a_time() -> None:
    first = next(suites().iter("testcase"))
    assert first.attrib == {"name": "VTEX-1: VTEX-1", "classname": "rules.vtex", "time": "0.500"}
    assert [case.get("classname") for case in suites()[2]] == ["generated.vtex"] * 2


@pytest.mark.parametrize("verdict", ["breaks", "drift"])
def test_a_rule_that_was_not_completely_checked_says_so_beside_its_findings(verdict: Any) -> None:
    result = run(breaking(2, FOUND, verdict=verdict, causes=(SPENT,)))
    (suite,) = ElementTree.fromstring(junit.text(small_report(result)))
    (told,) = suite.iter("system-out")
    lesser = f"drift: {SAW}\n" if verdict == "drift" else ""
    assert told.text == f"{lesser}not completely checked: it ran out"


def test_each_suite_says_what_the_run_was() -> None:
    for suite in suites()[:2]:
        properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
        headline = str(properties.pop("headline"))
        assert headline.startswith("7 of 8 rules checked at shop.example.com (VTEX)")
        assert properties == {
            "complete": "true", "target": "staging", "hosts.vtex": "shop.example.com", "run": "r7k2",
            "started": "2026-01-31T09:30:00+00:00", "took": "61.5 s", "seed": "7", "powers": "read, write",
            "depth": "quick", "observed 1": "lag, vtex GetProfile: a read showed the run's own write after 1.5 s",
            "observed 2": "lag, vtex ListProfiles: a read showed the run's own write after 1.0 s",
            "left alone 1": "entry 1", "left alone 2": "entry 2",
        }  # fmt: skip
    revealed = suites(revealed="ticket 9")[0]
    assert {each.get("name"): each.get("value") for each in revealed.iter("property")}[
        "personal data revealed"
    ] == "ticket 9"


def test_a_run_without_generated_findings_has_no_suite_for_them() -> None:
    assert [suite.get("name") for suite in suites(generated=())] == ["VTEX", "Oracle Commerce"]


def test_the_file_is_an_xml_document_of_several_lines() -> None:
    lines = junit.text(small_report(run(rule(1, "conforms")))).split("\n")
    assert lines[0].startswith("<?xml version='1.0' encoding=")
    assert lines[1].startswith('<testsuites name="pii-sandbox check"')
    assert lines[2].startswith('  <testsuite name="VTEX"')
    assert lines[-2:] == ["</testsuites>", ""]
