"""Findings that are known and accepted for a while: `waivers.toml`.

```toml
[[waiver]]
rule = "VTEX-TTL-2"
target = "staging"              # "*" for every target
reason = "fixed in release 41"
expiry = 2026-03-31             # the last day on which it holds
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pii_sandbox.conformance.values.findings import Finding, RuleResult
from pii_sandbox.specs import catalogue

EVERY_TARGET = "*"
_KEYS = ("rule", "target", "reason", "expiry")


class BadWaiver(Exception):
    """A file of waivers that cannot be used; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule whose findings at a target do not count until after the day of `expiry`."""

    rule: str
    target: str
    reason: str
    expiry: date


def read_waivers(file: Path) -> list[Waiver]:
    """The waivers of a file. Raises BadWaiver for one that is no TOML, an unknown rule, a waiver that lacks a part."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadWaiver(f"{file}: {error}") from error
    entries = table.pop("waiver", [])
    if table or not isinstance(entries, list):
        raise BadWaiver(f"{file}: a waiver file must contain [[waiver]] tables and nothing else")
    return [_waiver(file, number, entry) for number, entry in enumerate(entries, start=1)]


def _waiver(file: Path, number: int, entry: Any) -> Waiver:
    place = f"{file}: waiver {number}"
    if not isinstance(entry, Mapping) or set(entry) != set(_KEYS):
        raise BadWaiver(f"{place} must have {', '.join(_KEYS)} and nothing else")
    texts = {key: entry[key] for key in ("rule", "target", "reason")}
    if not all(isinstance(text, str) and text.strip() for text in texts.values()):
        raise BadWaiver(f"{place}: rule, target and reason must be text, and not empty")
    expiry = entry["expiry"]
    if not isinstance(expiry, date) or isinstance(expiry, datetime):
        raise BadWaiver(f"{place}: expiry must be a date, written like 2026-03-31")
    rule = catalogue.rule(entry["rule"])
    if rule is None:
        raise BadWaiver(f"{place}: unknown rule {entry['rule']}; 'pii-sandbox rules' lists all rules")
    return Waiver(rule.id, entry["target"], entry["reason"].strip(), expiry)


def apply_waivers(results: Iterable[RuleResult], file: Path, target_name: str, today: date) -> list[RuleResult]:
    """The results, the findings of waived rules marked as such; an expired waiver is a finding of its own.

    Raises BadWaiver.
    """
    applying: dict[str, list[Waiver]] = {}
    for waiver in read_waivers(file):
        if waiver.target in {target_name, EVERY_TARGET}:
            applying.setdefault(waiver.rule, []).append(waiver)
    return [_apply(result, applying.get(result.rule, []), today) for result in results]


def _apply(result: RuleResult, waivers: list[Waiver], today: date) -> RuleResult:
    holding = [waiver for waiver in waivers if waiver.expiry >= today]
    if holding:
        longest = max(holding, key=lambda waiver: waiver.expiry)
        reason = f"{longest.reason} (until {longest.expiry.isoformat()})"
        return replace(result, waived=reason) if result.verdict == "breaks" else result
    expired = tuple(_expired_finding(result, waiver) for waiver in waivers)
    return replace(result, verdict="breaks", findings=(*result.findings, *expired)) if expired else result


def _expired_finding(result: RuleResult, waiver: Waiver) -> Finding:
    return Finding(
        rule=result.rule,
        api=result.api,
        operation_id=None,
        source="scenario",
        name="waiver",
        expected="a waiver that has not expired, or none",
        seen=f"a waiver that expired on {waiver.expiry.isoformat()} (its reason: {waiver.reason})",
    )
