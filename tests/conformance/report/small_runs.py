"""Small runs: a few rules made by hand, with no coverage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pii_sandbox.conformance.report.content import Report, report
from pii_sandbox.conformance.repro import Reproduction
from pii_sandbox.conformance.values.causes import Cause, CauseKind
from pii_sandbox.conformance.values.findings import Coverage, Finding, RuleResult, RunResult, Verdict
from pii_sandbox.conformance.values.observations import Observations
from tests.conformance.report import samples
from tests.conformance.report.samples import exchange, finding


def cause(kind: CauseKind, text: str, **about: Any) -> Cause:
    return Cause(kind, text, **about)


def rule(number: int, verdict: Verdict, *causes: Cause, api: str = "vtex", **about: Any) -> RuleResult:
    """A rule that no catalogue has."""
    return RuleResult(f"{api.upper()}-{number}", api, verdict, causes=causes, **about)


def breaking(number: int, *findings: Finding, **about: Any) -> RuleResult:
    """A rule of no catalogue with findings, which take its id."""
    own = tuple(replace(finding, rule=f"VTEX-{number}", api="vtex") for finding in findings)
    verdict, causes = about.pop("verdict", "breaks"), about.pop("causes", ())
    return rule(number, verdict, *causes, findings=own, **about)


def run(*rules: RuleResult, **about: Any) -> RunResult:
    given: dict[str, Any] = {"coverage": Coverage(), "hosts": {"vtex": "shop.example.com"}, "facts": {}, **about}
    return replace(samples.run(), rules=rules, **given)


CALL = exchange("vtex", "GetProfile", "GET", "/x", response_body={"id": "x"})
LOST = replace(CALL, status=None, response_body=b"", error="refused")
FOUND = replace(finding("VTEX-1", CALL), broken=2, played=2)
ODD = replace(FOUND, standing="unstable", exchanges=(), broken=1)
CHECK = replace(FOUND, rule="generated:status_code_conformance", source="generated", name="status_codes")
SPENT = cause("limit", "it ran out")
POWER = cause("power", "no power")


def run_of_all_outcomes(**about: Any) -> RunResult:
    """A rule of VTEX of each outcome, one of Oracle, and two findings of generated calls."""
    facts = {"left alone": ["entry 1", "entry 2"], "depth": "quick"}
    lag = {("vtex", "GetProfile"): 1.5, ("vtex", "ListProfiles"): 1.0}
    return run(
        rule(1, "conforms", elapsed_seconds=0.5),
        breaking(2, FOUND, replace(FOUND, exchanges=(CALL, LOST), seen="no answer"), elapsed_seconds=0.25),
        breaking(3, FOUND, waived="ticket 4711"),
        rule(4, "not checked", POWER, SPENT),
        rule(5, "conforms", SPENT),
        breaking(6, ODD, verdict="unstable"),
        breaking(7, ODD, ODD, verdict="drift"),
        rule(1, "conforms", api="oracle"),
        **{
            "generated": (CHECK, replace(CHECK, standing="unstable", operation_id=None, exchanges=())),
            "facts": facts,
            "observations": Observations(lag_seconds=lag),
            **about,
        },
    )


def small_report(result: RunResult) -> Report:
    """The report of a run, with short commands to repeat its findings."""
    made = report(result)
    return replace(
        made,
        findings=tuple(
            replace(shown, repeat=Reproduction(f"curl {shown.number}" if shown.exchanges else "", "pytest"))
            for shown in made.findings
        ),
    )
