"""The Markdown form of a report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pii_sandbox.conformance.report import markdown
from pii_sandbox.conformance.values.findings import RuleResult
from pii_sandbox.specs import catalogue
from tests.conformance.report.small_runs import (
    CALL,
    FOUND,
    LOST,
    SPENT,
    breaking,
    cause,
    rule,
    run,
    run_of_all_outcomes,
    small_report,
)  # fmt: skip

TABLE = """\
| API | breaks | waived | unstable | drift | conforms | not checked |
|---|---:|---:|---:|---:|---:|---:|
| VTEX | 1 | 1 | 1 | 1 | 2 | 1 |
| Oracle Commerce | 0 | 0 | 0 | 0 | 1 | 0 |
| **all** | **1** | **1** | **1** | **1** | **3** | **1** |

## Not checked

- 1 rule: no power (VTEX-4)

## Findings

### 1. VTEX-2 at `GetProfile`

- scenario: it is so
- expected: `status 404`
- seen: `status 200`
- certainty: seen in 2 of 2 plays
- call 1: `GET https://staging.example.net/x` → 200

<details><summary>To reproduce it</summary>

```sh
curl 1
```

</details>

"""
WAIVED = """\
### 3. VTEX-3 at `GetProfile` (waived)

- waived: ticket 4711
- scenario: it is so
"""
UNSTABLE = """\
### 4. VTEX-6 at `GetProfile`

- scenario: it is so
- expected: `status 404`
- seen: `status 200`
- certainty: unstable; seen in 1 of 2 plays

### 5. VTEX-7 at `GetProfile`
"""
END = """\
### 8. generated:status\\_code\\_conformance

- generated: status codes
- expected: `status 404`
- seen: `status 200`
- certainty: unstable; seen in 2 of 2 plays

## Observed

- lag, vtex GetProfile: a read showed the run's own write after 1.5 s
- lag, vtex ListProfiles: a read showed the run's own write after 1.0 s

## Run

- target: `staging`
- hosts.vtex: `shop.example.com`
- run: `r7k2`
- started: `2026-01-31T09:30:00+00:00`
- took: `61.5 s`
- seed: `7`
- powers: `read, write`
- left alone: `entry 1, entry 2`
- depth: `quick`
"""


def test_a_summary_has_counts_causes_findings_observations_and_facts() -> None:
    report = small_report(run_of_all_outcomes())
    text = markdown.text(report)
    head, _, rest = text.partition("\n\n")
    assert head.startswith("# 7 of 8 rules checked at shop.example.com \\(VTEX\\) and no named host")
    assert rest.startswith(f"{TABLE}### 2. VTEX-2 at `GetProfile`\n")
    assert f"\n\n{WAIVED}" in rest
    assert f"\n\n{UNSTABLE}" in rest
    assert rest.endswith(f"\n\n{END}")


PLAIN = """\
# 1 of 1 rule checked at shop.example.com \\(VTEX\\); none breaks

| API | breaks | conforms | not checked |
|---|---:|---:|---:|
| VTEX | 0 | 1 | 0 |
| **all** | **0** | **1** | **0** |

## Run

- target: `staging`
"""


def test_a_run_of_which_there_is_little_to_say_has_a_short_summary() -> None:
    assert markdown.text(small_report(run(rule(1, "conforms")))).startswith(PLAIN)


def test_a_summary_begins_with_what_readers_must_know_first() -> None:
    lines = markdown.text(small_report(run(rule(1, "conforms"), complete=False, revealed="ticket #9"))).splitlines()
    assert lines[1:7] == [
        "",
        "> **This report shows personal data**, because: ticket \\#9",
        "",
        "> **The run was cut short:** the results below are incomplete.",
        "",
        "| API | breaks | conforms | not checked |",
    ]


def test_a_host_that_was_away_is_no_reason_to_begin_anew() -> None:
    away = rule(2, "not checked", cause("unavailable", "the host was away"))
    lines = markdown.text(small_report(run(rule(1, "conforms"), away))).splitlines()
    at = lines.index("## Not checked")
    assert lines[at + 1 : at + 6] == [
        "",
        "- 1 rule: the host was away (VTEX-2)",
        "",
        "Once the host answers, `pii-sandbox check --resume DIR` continues the run; DIR is the folder of this report.",
        "",
    ]
    assert "Once the host" not in markdown.text(small_report(run(rule(2, "not checked", SPENT))))


def test_a_finding_of_a_rule_of_the_catalogue_has_its_statement_and_source() -> None:
    known = catalogue.rules("vtex")[0]
    found = replace(FOUND, rule=known.id)
    text = markdown.text(small_report(run(RuleResult(known.id, "vtex", "breaks", (found,)))))
    after = text.partition(f"### 1. {known.id} at `GetProfile`\n\n")[2].splitlines()
    assert after[0].replace("\\", "") == f"{known.statement} *Source: {known.citation} ({known.status}).*"
    assert after[1:3] == ["", "- scenario: it is so"]


def test_a_call_without_an_answer_says_why_or_that_there_was_none() -> None:
    found = replace(FOUND, exchanges=(CALL, LOST, replace(LOST, error=None)))
    lines = markdown.text(small_report(run(breaking(1, found)))).splitlines()
    assert [line.partition(" → ")[2] for line in lines if line.startswith("- call ")] == [
        "200", "`refused`", "`no answer`",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("a", "`a`"),
        ("", "` `"),
        (" a\n  b ", "`a b`"),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("a`", "`` a` ``"),
        ("``", "``` `` ```"),
        ("a``b`c", "```a``b`c```"),
    ],
)
def test_a_code_span_holds_whatever_the_words_hold(words: str, code: str) -> None:
    assert markdown.code(words) == code


@pytest.mark.parametrize(
    ("block", "ticks"), [("curl", "```"), ("a`b", "```"), ("a``b", "```"), ("a```b", "````"), ("a`````b ", "``````")]
)
def test_a_code_block_holds_whatever_the_command_holds(block: str, ticks: str) -> None:
    report = small_report(run(breaking(1, FOUND)))
    shown = replace(report.findings[0], repeat=replace(report.findings[0].repeat, curl=f"{block}\n"))
    text = markdown.text(replace(report, findings=(shown,)))
    assert f"\n\n{ticks}sh\n{block.rstrip()}\n{ticks}\n\n</details>\n" in text
