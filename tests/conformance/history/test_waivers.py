"""Findings that are accepted for a while."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pii_sandbox.conformance.history.waivers import BadWaiver, apply_waivers, read_waivers
from pii_sandbox.conformance.values.findings import RuleResult
from tests.conformance.report import samples

WAIVER = """
[[waiver]]
rule = "vtex-ttl-1"
target = "staging"
reason = "fixed in release 41"
expiry = 2026-03-31
"""
LAST_DAY = date(2026, 3, 31)
DAY_AFTER = date(2026, 4, 1)
BREAKS = RuleResult("VTEX-TTL-1", "vtex", "breaks", (samples.finding("VTEX-TTL-1"),))
CONFORMS = RuleResult("VTEX-TTL-1", "vtex", "conforms")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "waivers.toml"
    file.write_text(WAIVER, "utf-8")
    return file


def test_a_waived_finding_is_shown_as_such_and_does_not_count(file: Path) -> None:
    other = RuleResult("VTEX-TTL-2", "vtex", "breaks", (samples.finding("VTEX-TTL-2"),))
    result, untouched = apply_waivers([BREAKS, other], file, "staging", LAST_DAY)
    assert result.waived == "fixed in release 41 (until 2026-03-31)"
    assert result.findings == BREAKS.findings
    assert untouched == other


@pytest.mark.parametrize("result", [BREAKS, CONFORMS], ids=["breaks", "conforms"])
def test_an_expired_waiver_is_a_failure(result: RuleResult, file: Path) -> None:
    (after,) = apply_waivers([result], file, "staging", DAY_AFTER)
    assert after.verdict == "breaks"
    assert after.waived is None
    assert after.findings[-1].name == "waiver"
    assert "2026-03-31" in after.findings[-1].seen


def test_a_waiver_of_another_target_does_nothing(file: Path) -> None:
    assert apply_waivers([BREAKS, CONFORMS], file, "production", DAY_AFTER) == [BREAKS, CONFORMS]


def test_a_rule_that_conforms_needs_no_waiver(file: Path) -> None:
    assert apply_waivers([CONFORMS], file, "staging", LAST_DAY) == [CONFORMS]


def test_a_star_is_every_target_and_the_longest_waiver_counts(file: Path) -> None:
    file.write_text(WAIVER + WAIVER.replace('"staging"', '"*"').replace("2026-03-31", "2026-12-31"), "utf-8")
    for today in (LAST_DAY, DAY_AFTER):
        (result,) = apply_waivers([BREAKS], file, "staging", today)
        assert result.waived is not None
        assert "2026-12-31" in result.waived


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WAIVER.replace("vtex-ttl-1", "VTEX-NOPE-1"), "unknown rule VTEX-NOPE-1"),
        (WAIVER.replace('reason = "fixed in release 41"', ""), "waiver 1 must have rule, target, reason, expiry and"),
        (WAIVER + WAIVER.replace("expiry", "expires"), "waiver 2 must have"),
        (WAIVER.replace('"staging"', "3"), "must be text"),
        (WAIVER.replace("fixed in release 41", " "), "and not empty"),
        (WAIVER.replace("2026-03-31", '"2026-03-31"'), "expiry must be a date"),
        (WAIVER.replace("2026-03-31", "2026-03-31T10:00:00Z"), "expiry must be a date"),
        (WAIVER + 'ticket = "4711"', "nothing else"),
        ("[waivers]", "tables and nothing else"),
        (WAIVER.replace("[[waiver]]", "[waiver]"), "tables and nothing else"),
        (f"title = 1\n{WAIVER}", "tables and nothing else"),
        ("waiver = [3]", "waiver 1 must have"),
        ("[[waiver", "waivers.toml"),
    ],
)
def test_a_file_that_is_wrong_is_told_in_one_line(text: str, words: str, file: Path) -> None:
    file.write_text(text, "utf-8")
    with pytest.raises(BadWaiver, match=words) as error:
        read_waivers(file)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    for name in ("none.toml", "bytes.toml"):
        with pytest.raises(BadWaiver, match=name):
            read_waivers(tmp_path / name)
