"""What a report holds whatever its form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import content, exchanges
from pii_sandbox.conformance.report.observation_lines import describe_observations
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Coverage, RuleResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from pii_sandbox.specs import catalogue
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange, finding
from tests.conformance.report.small_runs import breaking, cause, rule, run

ONLY = "seen in the only play; a limit or the end of the run prevented a second one"


@pytest.mark.parametrize(
    ("standing", "broken", "played", "words"),
    [
        ("breaks", 1, 1, ONLY),
        ("breaks", 2, 2, "seen in 2 of 2 plays"),
        ("breaks", 2, 3, "seen in 2 of 3 plays"),
        ("unstable", 1, 3, "unstable; seen in 1 of 3 plays"),
        ("assumed", 2, 2, "differs from an assumed behaviour, which no document states; seen in 2 of 2 plays"),
        ("assumed", 1, 1, f"differs from an assumed behaviour, which no document states; {ONLY}"),
    ],
)
def test_how_sure_a_finding_is(standing: Any, broken: int, played: int, words: str) -> None:
    found = replace(finding("VTEX-MASK-1"), standing=standing, broken=broken, played=played)
    (shown,) = content.report(run(breaking(1, found))).findings
    assert shown.certainty == words


@pytest.mark.parametrize(
    ("verdict", "waived", "outcome"),
    [
        ("breaks", None, "breaks"),
        ("breaks", "", "waived"),
        ("breaks", "ticket 4711", "waived"),
        ("conforms", "ticket 4711", "conforms"),
        ("drift", None, "drift"),
    ],
)
def test_a_broken_rule_that_is_waived_is_told_as_such(verdict: Any, waived: str | None, outcome: str) -> None:
    assert content.outcome(RuleResult("VTEX-TTL-1", "vtex", verdict, waived=waived)) == outcome


POWER = cause("power", "the target does not grant the power write")
HELD = rule(1, "conforms")


@pytest.mark.parametrize(
    ("rules", "complete", "verdict"),
    [
        ([HELD], True, "conforms"),
        ([HELD, rule(2, "breaks")], True, "does not conform"),
        ([rule(2, "not checked", POWER)], True, "could not be checked"),
        ([HELD], False, "was not checked to the end"),
    ],
)
def test_the_verdict_of_a_run(rules: list[RuleResult], complete: bool, verdict: str) -> None:
    assert content.report(run(*rules, complete=complete)).verdict == verdict


def test_tables_have_the_usual_columns_and_those_of_outcomes_that_came() -> None:
    usual = content.report(run(HELD))
    assert usual.outcomes == ("breaks", "conforms", "not checked")
    rules = (HELD, rule(2, "drift"), rule(3, "unstable", api="oracle"), rule(4, "breaks", waived="ticket"))
    report = content.report(run(*rules))
    assert report.outcomes == ("breaks", "waived", "unstable", "drift", "conforms", "not checked")
    assert report.apis == ("vtex", "oracle")
    assert [report.count(outcome) for outcome in report.outcomes] == [0, 1, 1, 1, 1, 0]
    assert [report.count(outcome, "vtex") for outcome in report.outcomes] == [0, 1, 0, 1, 1, 0]


@pytest.mark.parametrize("kind", ["network", "unavailable", "throttled", "credentials", "power", "oversize"])
def test_of_causes_that_resume_may_mend_those_pass_by_themselves_that_need_no_new_credentials(kind: Any) -> None:
    report = content.report(run(HELD, rule(2, "not checked", Cause(kind, "it was so"))))
    assert [group.rules for group in report.causes] == [("VTEX-2",)]
    assert bool(report.passing_causes) is (kind in ("network", "unavailable", "throttled"))


def test_facts_of_a_run_stand_in_every_form_only_where_they_say_something() -> None:
    plain = content.report(run(HELD, facts={"depth": "quick"})).run_facts
    assert plain == {
        "target": "staging", "hosts": {"vtex": "shop.example.com"}, "run": "r7k2",
        "started": "2026-01-31T09:30:00+00:00", "took": "61.5 s", "seed": 7, "powers": ["read", "write"],
        "depth": "quick",
    }  # fmt: skip
    powers = frozenset({"write", "control"})
    report = content.report(run(HELD, strict=True, min_checked=75, powers=powers))
    assert report.run_facts["strict"] is True
    assert report.run_facts["at least checked"] == "75 %"
    assert report.run_facts["powers"] == ["read", "control", "write"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, [("a", "none")]),
        (0, [("a", "0")]),
        ("two\nlines", [("a", "two\\nlines")]),
        ([], [("a", "none")]),
        (["x", 2], [("a", "x, 2")]),
        (("x", "y"), [("a", "x, y")]),
        (["two\nlines"], [("a", "two\\nlines")]),
        ({"b": {"c": 1}, "d": []}, [("a.b.c", "1"), ("a.d", "none")]),
        ({}, []),
    ],
)
def test_facts_in_words(value: Any, told: list[tuple[str, str]]) -> None:
    assert content.as_facts({"a": value, "z": 1}) == [*told, ("z", "1")]


@pytest.mark.parametrize(
    ("told", "of_target", "dialect"),
    [
        ("reference", None, "reference"),
        ("guide", None, "guide"),
        (None, None, "guide"),
        ("guide", "reference", "reference"),
    ],
)
def test_the_documents_of_a_report_are_those_of_the_targets_dialect_or_else_of_the_runs(
    told: str | None, of_target: Any, dialect: str
) -> None:
    target = replace(samples.target(), dialect=of_target) if of_target else None
    facts = {} if told is None else {"dialect": told}
    assert content.redactor_for(run(HELD, facts=facts), target).dialect == dialect


def test_what_a_target_names_as_data_is_hidden_from_the_start_but_for_ids() -> None:
    data = {"vtex": {"last_name": "Zx-Quill", "profile_id": "Zx-Rook"}}
    target = replace(samples.target(), data=data)
    redactor = content.redactor_for(run(HELD), target)
    text = redactor.text("nobody but Zx-Quill called Zx-Rook in r7k2")
    assert "Zx-Quill" not in text
    assert text.endswith(" called Zx-Rook in r7k2")
    assert content.redactor_for(run(HELD), None).text("Zx-Quill") == "Zx-Quill"


def test_a_redactor_that_has_seen_more_of_the_run_is_used() -> None:
    redactor = Redactor(known_values={"Zx-Quill": "lastName"})
    found = finding("VTEX-TTL-1", seen="Zx-Quill")
    assert "Zx-Quill" not in content.report(run(breaking(1, found)), None, redactor).findings[0].finding.seen


def test_findings_are_numbered_through_the_rules_and_the_generated_calls() -> None:
    found, unruly = finding("VTEX-TTL-1"), replace(finding("generated:x"), source="generated")
    result = run(breaking(1, found, found), HELD, breaking(3, found, waived="ticket"), generated=(unruly,))
    report = content.report(result)
    assert [shown.findings for shown in report.rules] == [(1, 2), (), (3,)]
    assert [(shown.number, shown.waived) for shown in report.findings] == [
        (1, None), (2, None), (3, "ticket"), (4, None),
    ]  # fmt: skip


def test_a_rule_of_no_catalogue_is_shown_by_its_id_and_others_by_their_statement() -> None:
    known = catalogue.rules("vtex")[0]
    report = content.report(run(rule(99, "conforms"), RuleResult(known.id, "vtex", "conforms")))
    assert [shown.rule.statement for shown in report.rules] == ["VTEX-99", known.statement]
    assert (report.rules[0].rule.citation, report.rules[0].rule.operations) == ("", ())


def test_a_fault_of_redaction_is_a_fact_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Redactor, *_: object) -> None:
        raise RuntimeError

    call = exchange("vtex", "GetProfile", "GET", "/x")
    result = run(breaking(1, finding("VTEX-TTL-1", call)), facts={"faults": ["an earlier fault"]})
    assert content.report(result).run.facts == result.facts
    monkeypatch.setattr(Redactor, "_exchange", fail)
    first, second = content.report(result).run.facts["faults"]
    assert first == "an earlier fault"
    assert "RuntimeError" in second


def test_coverage_has_each_operation_of_the_apis_with_its_statuses_and_rules() -> None:
    coverage = Coverage(
        {("vtex", "GetProfile"): {404: 3, 200: 12}}, {("vtex", "GetProfile"): ("VTEX-MASK-1", "VTEX-TTL-1")}
    )
    shown_operations = content.report(run(HELD, coverage=coverage)).operations
    documented = [(document, operation) for document in specs.APIS["vtex"] for operation in specs.operations(document)]
    assert [(shown.document, shown.operation_id) for shown in shown_operations] == documented
    (profile,) = [shown for shown in shown_operations if shown.operation_id == "GetProfile"]
    assert list(profile.statuses.items()) == [(200, 12), (404, 3)]
    assert profile.documented == tuple(sorted(profile.documented))
    assert {200, 404} <= set(profile.documented)
    assert profile.played == ("VTEX-MASK-1", "VTEX-TTL-1")
    assert profile.rules == tuple(each.id for each in catalogue.rules("vtex") if "GetProfile" in each.operations)
    assert [shown.played for shown in shown_operations if shown is not profile] == [()] * (len(shown_operations) - 1)


def test_a_default_response_is_no_documented_status(monkeypatch: pytest.MonkeyPatch) -> None:
    responses: dict[str | int, Any] = {"default": {}, "404": {}, 200: {}}
    monkeypatch.setattr(operations, "definition", lambda *_: {"responses": responses})
    assert {shown.documented for shown in content.report(run(HELD)).operations} == {(200, 404)}


SHORT = exchange("vtex", "GetProfile", "GET", "/x", response_body=b"text")


@pytest.mark.parametrize(
    ("about", "shown"),
    [
        ({}, "text"),
        ({"cut": "9 MB, sha256 00"}, "text… (of 9 MB, sha256 00)"),
        ({"cut": "text"}, "text"),
        ({"oversize": "unpacks to over 16 MB"}, "text"),
        ({"response_body": b"", "oversize": "unpacks to over 16 MB"}, "(not kept: it unpacks to over 16 MB)"),
        ({"response_body": b""}, ""),
        ({"response_body": b"x" * 20_000}, "x" * 20_000),
        ({"response_body": b"x" * 20_001}, f"{'x' * 20_000}… (1 characters more)"),
        ({"response_body": b"x" * 20_100}, f"{'x' * 20_000}… (100 characters more)"),
    ],
)
def test_a_body_that_is_shown_in_part_says_so(about: dict[str, Any], shown: str) -> None:
    assert exchanges.shown_exchange(replace(SHORT, **about)).response_body == shown


def test_a_shown_exchange_has_all_of_the_call() -> None:
    call = exchange("vtex", "GetProfile", "POST", "/x", request_body={"a": 1}, headers={"A": "b"}, error="odd", at=2)
    shown = exchanges.shown_exchange(call)
    assert (shown.api, shown.operation_id, shown.method, shown.url) == ("vtex", "GetProfile", "POST", call.url)
    assert (shown.request_headers, shown.request_body) == ({"Content-Type": "application/json", "A": "b"}, '{"a": 1}')
    assert (shown.status, shown.response_headers, shown.error) == (200, {"content-type": "application/json"}, "odd")
    assert (shown.sent_at, shown.elapsed_seconds) == (datetime(2026, 1, 31, 9, 30, 2, tzinfo=UTC), 0.25)


def test_observations_in_words() -> None:
    seen = Observations(
        {("vtex", "Z"): {"unavailable": 2, "network": 1}, ("oracle", "A"): {"throttled": 1}},
        {("vtex", "Z"): 1.25, ("oracle", "A"): 0.5},
        (Drift("vtex", "GetProfile", "property $.tier"),),
        {"vtex": 1, "oracle": 3},
    )
    lines = (
        "drift, vtex GetProfile: property $.tier is in no document",
        "lag, oracle A: a read showed the run's own write after 0.5 s",
        "lag, vtex Z: a read showed the run's own write after 1.2 s",
        "retries, oracle A: sent again once, because the host limited the rate of requests",
        "retries, vtex Z: sent again once, because the connection failed",
        "retries, vtex Z: sent again 2 times, because the host was unavailable",
        "logins, oracle: a new access token was requested 3 times, because the one in use was refused",
        "logins, vtex: a new access token was requested once, because the one in use was refused",
    )
    assert describe_observations(seen) == lines
    report = content.report(run(HELD, observations=seen))
    assert (report.observation_lines, report.incidents) == (lines, lines[1:])
