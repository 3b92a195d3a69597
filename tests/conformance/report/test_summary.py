"""The headline, the causes, what to do next, and reports that name no host."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pii_sandbox.conformance.report import FORMS, content, write
from pii_sandbox.conformance.report.host_names import HIDDEN, hide_host_names
from pii_sandbox.conformance.report.next_steps import next_steps
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import RuleResult, RunResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from tests.conformance.report import samples

REFUSED = Cause("credentials", "VTEX refused the credentials (401 for GET /schemas); check KEY")
POWER = Cause("power", "the target does not grant the power write")


def run_result(*rules: RuleResult, **about: Any) -> RunResult:
    hosts = {"vtex": "shop.example.com", "newstore": "tenant.example.com"}
    return replace(samples.run(), rules=rules, hosts=hosts, **about)


def rule(number: int, verdict: Any, *causes: Cause, api: str = "vtex") -> RuleResult:
    return RuleResult(f"{api.upper()}-{number}", api, verdict, causes=causes)


HELD = [rule(number, "conforms") for number in range(3)]


@pytest.mark.parametrize(
    ("rules", "headline"),
    [
        (HELD, "3 of 3 rules checked at shop.example.com (VTEX); none breaks"),
        (
            [*HELD, rule(7, "not checked", POWER, api="newstore")],
            "3 of 4 rules checked at shop.example.com (VTEX) and tenant.example.com (NewStore); none breaks; "
            "1 not checked, because the target does not grant the power write",
        ),
        (
            [rule(1, "not checked", REFUSED), rule(2, "not checked", REFUSED), rule(3, "not checked", POWER)],
            "0 of 3 rules checked at shop.example.com (VTEX); 3 not checked, 2 of them because VTEX refused the "
            "credentials (401 for GET /schemas); check KEY; 1 more cause below",
        ),
        (
            [*HELD, rule(8, "breaks"), replace(rule(9, "breaks"), waived="known"), rule(10, "unstable")],
            "6 of 6 rules checked at shop.example.com (VTEX); 1 breaks; 1 waived; 1 unstable",
        ),
    ],
)
def test_the_headline_says_what_was_done(rules: list[RuleResult], headline: str) -> None:
    assert content.report(run_result(*rules)).headline == headline


def test_causes_are_told_once_the_largest_first() -> None:
    report = content.report(
        run_result(rule(1, "not checked", POWER), *(rule(n, "not checked", REFUSED) for n in (2, 3)))
    )
    assert [group.title for group in report.causes] == [f"2 rules: {REFUSED.text}", f"1 rule: {POWER.text}"]
    assert report.causes[0].rules == ("VTEX-2", "VTEX-3")


@pytest.mark.parametrize(("percent", "code"), [(0, 0), (75, 0), (76, 2), (100, 2)])
def test_too_few_rules_checked_is_exit_2(percent: int, code: int) -> None:
    assert run_result(*HELD, rule(7, "not checked", POWER), min_checked=percent).exit_code == code
    assert run_result(rule(1, "breaks"), rule(2, "not checked", POWER), min_checked=percent).exit_code == 1


def test_every_form_says_where_when_with_what_and_how_much(tmp_path: Path) -> None:
    facts = {"pii-sandbox": "0.1.0", "dialect": "guide", "python": "3.11.9"}
    written = write(run_result(*HELD, rule(7, "not checked", POWER), facts=facts), tmp_path, samples.target())
    for file in written.files:
        text = file.read_text("utf-8")
        for phrase in ("staging", "shop.example.com", "2026-01-31", "guide", "write", "0.1.0", "7", POWER.text):
            assert phrase in text, (file.name, phrase)


def test_no_form_names_a_host_that_is_to_be_hidden(tmp_path: Path) -> None:
    where = samples.HOST.removeprefix("https://")
    cause = Cause("network", f"{where} cannot be reached: nothing listens on this port")
    result = replace(
        samples.run(*samples.canary_findings()),
        hosts={"vtex": where},
        facts={"left alone": [f"entry 1 at {where}"], "dialect": "guide"},
    )
    rules = (*result.rules, rule(99, "not checked", cause))
    shown, target = hide_host_names(replace(result, rules=rules), samples.target())
    for file in write(shown, tmp_path, target).files:
        if file.name in FORMS:
            assert where not in file.read_text("utf-8"), file.name
            assert HIDDEN in file.read_text("utf-8"), file.name


def steps(result: RunResult, folder: Path | None = None, ledger: Path | None = None) -> list[str]:
    return next_steps(content.report(result), folder, ledger)


def test_the_next_steps_are_the_most_urgent_three() -> None:
    unchecked = (rule(1, "not checked", REFUSED), rule(2, "not checked", POWER))
    left = run_result(*unchecked, facts={"left behind": 2}, complete=False)
    assert steps(left, Path("report"), Path("report/ledger-a.jsonl")) == [
        "delete what the run left behind (2): pii-sandbox cleanup report/ledger-a.jsonl",
        "finish the run: pii-sandbox check --resume report",
        f"fix what kept 1 rule from being checked: {REFUSED.text}",
    ]
    broken = samples.run(samples.finding("VTEX-MASK-1"))
    assert steps(broken, Path("report"))[:2] == [
        "see each finding with its calls, as commands: report/report.html",
        "read the rule and its source: pii-sandbox rules VTEX-MASK-1",
    ]
    assert steps(run_result(*HELD)) == [
        "write a report to share: add --report DIR",
        "repeat this exact run: add --seed 7",
        "record which rules held, for pii-sandbox rules: add --record FILE",
    ]
    assert steps(run_result(*HELD), Path("report"))[0] == "share report/report.html"


AWAY = Cause("unavailable", "host unavailable since 10:00:00 UTC: shop.example.com was unavailable")


def test_after_a_host_went_away_the_next_step_is_to_go_on_with_the_run(tmp_path: Path) -> None:
    result = run_result(*HELD, *(rule(n, "not checked", AWAY) for n in (7, 8)), rule(9, "not checked", POWER))
    assert steps(result, Path("report"))[:2] == [
        "once the host answers, check the 2 rules that could not be checked: pii-sandbox check --resume report",
        f"fix what kept 2 rules from being checked: {AWAY.text}",
    ]
    assert "run again with --report DIR, which --resume DIR continues" in steps(result)[0]
    refused = run_result(*HELD, rule(7, "not checked", REFUSED))
    assert steps(refused, Path("report"))[0].endswith(f"{REFUSED.text}; then pii-sandbox check --resume report")
    assert steps(refused)[0].endswith(REFUSED.text)
    assert not [step for step in steps(run_result(rule(1, "not checked", POWER)), Path("report")) if "--resume" in step]
    texts = {file.name: file.read_text("utf-8") for file in write(result, tmp_path, samples.target()).files}
    assert "Once the host answers, `pii-sandbox check --resume DIR` continues the run" in texts["summary.md"]
    assert (
        "Once the host answers, <code>pii-sandbox check --resume DIR</code> continues the run" in texts["report.html"]
    )


def test_the_json_groups_causes(tmp_path: Path) -> None:
    written = write(run_result(*HELD, rule(7, "not checked", REFUSED)), tmp_path, samples.target())
    report = json.loads(next(file for file in written.files if file.name == "report.json").read_text("utf-8"))
    assert report["not_checked"] == [{"kind": "credentials", "cause": REFUSED.text, "rules": ["VTEX-7"]}]
    assert report["run"]["hosts"] == {"vtex": "shop.example.com", "newstore": "tenant.example.com"}


@pytest.mark.parametrize(
    ("expected", "status", "text"),
    [
        ("status 201", 409, "a customer could not be set up (GetProfile: status 409, see finding 1)"),
        ("status 422", 409, "a customer could not be set up (GetProfile: status 409)"),
        ("status 422", 500, "a customer could not be set up (GetProfile: status 500, see finding 1)"),
        ("status 201", 404, "a customer could not be set up (GetProfile: status 409)"),
    ],
)
def test_a_set_up_step_that_failed_refers_to_the_finding_that_shows_it(
    expected: str, status: int, text: str, tmp_path: Path
) -> None:
    seen = 409 if status == 404 else status
    call = samples.exchange("vtex", "GetProfile", "GET", "/x", status=status, response_body={})
    result = samples.run(samples.finding("VTEX-PROF-1", call, expected=expected, seen=f"status {status}"))
    cause = Cause("setup", f"a customer could not be set up (GetProfile: status {seen})", failed=("GetProfile", seen))
    rules = tuple(
        replace(rule, verdict="not checked", causes=(cause,)) if rule.rule == "VTEX-TTL-1" else rule
        for rule in result.rules
    )
    files = write(replace(result, rules=rules), tmp_path, samples.target()).files
    for name in ("report.json", "summary.md", "report.html", "junit.xml"):
        assert text in (tmp_path / name).read_text("utf-8").replace("\\", ""), name
    assert files


@pytest.mark.parametrize(
    ("calls", "findings", "text"),
    [
        (1204, 0, "1,204 generated calls at staging.example.net (VTEX); nothing found; the rules were left out"),
        (
            1,
            2,
            "1 generated call at staging.example.net (VTEX); 2 findings of generated calls; the rules were left out",
        ),
        (0, 0, "0 generated calls at staging.example.net (VTEX); nothing checked; the rules were left out"),
    ],
)
def test_the_headline_of_generated_calls_alone_counts_the_calls(calls: int, findings: int, text: str) -> None:
    left_out = Cause("left out", "scenarios were left out on request")
    result = samples.run(generated=[samples.finding("generated:ignored_auth")] * findings)
    rules = tuple(
        replace(rule, verdict="not checked", causes=(left_out,), findings=())
        for rule in result.rules
        if rule.api == "vtex"
    )
    result = replace(result, rules=rules, facts={"generated calls": calls}, hosts={"vtex": "staging.example.net"})
    assert content.report(result).headline.startswith(text)
    assert result.exit_code == (1 if findings else 0 if calls else 2)


def test_drift_lag_and_retries_are_told_in_every_form(tmp_path: Path) -> None:
    seen = Observations(
        {("vtex", "GetProfile"): {"unavailable": 2}},
        {("vtex", "GetProfile"): 1.25},
        (Drift("vtex", "GetProfile", "property $.loyalty.tier"),),
    )
    written = write(run_result(*HELD, observations=seen), tmp_path, samples.target())
    for file in (file for file in written.files if file.name in FORMS):
        text = file.read_text("utf-8").replace("\\", "")
        for phrase in (
            "property $.loyalty.tier is in no document",
            "after 1.2 s",
            "sent again 2 times, because the host",
        ):
            assert phrase in text, (file.name, phrase)


@pytest.mark.parametrize(("broken", "message"), [(1, True), (2, False)])
def test_a_finding_that_limits_kept_from_a_second_play_says_so(broken: int, message: bool, tmp_path: Path) -> None:
    found = replace(samples.finding("VTEX-MASK-1"), broken=broken, played=broken)
    write(samples.run(found), tmp_path, samples.target())
    for name in ("report.html", "summary.md"):
        assert (
            "a limit or the end of the run prevented a second one" in (tmp_path / name).read_text("utf-8")
        ) is message


@pytest.mark.parametrize(
    ("standing", "message", "verdict"),
    [
        ("unstable", "unstable; seen in 1 of 3 plays", "unstable"),
        ("assumed", "differs from an assumed behaviour", "drift"),
    ],
)
def test_findings_that_do_not_break_a_rule_are_told_as_such(
    standing: Any, message: str, verdict: Any, tmp_path: Path
) -> None:
    found = replace(samples.finding("VTEX-MASK-1"), standing=standing, broken=1, played=3)
    result = samples.run(found)
    rules = tuple(replace(each, verdict=verdict) if each.findings else each for each in result.rules)
    texts = {
        file.name: file.read_text("utf-8")
        for file in write(replace(result, rules=rules), tmp_path, samples.target()).files
    }
    assert message in texts["report.html"]
    assert message in texts["summary.md"]
    report = json.loads(texts["report.json"])
    assert (report["findings"][0]["standing"], report["exit_code"]) == (standing, 0)
    assert json.loads(texts["report.sarif"])["runs"][0]["results"][0]["level"] == "warning"
    assert "<failure" not in texts["junit.xml"]
    strict = {
        file.name: file.read_text("utf-8")
        for file in write(replace(result, rules=rules, strict=True), tmp_path, samples.target()).files
    }
    assert json.loads(strict["report.json"])["exit_code"] == 1
    assert "<failure" in strict["junit.xml"]
