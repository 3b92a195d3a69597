"""When each rule was last seen to hold, and where: a JSON file that runs add to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pii_sandbox.conformance import private_files
from pii_sandbox.conformance.values.findings import RunResult

FOR_ALL = 0o644  # it belongs to the project, and holds nothing of what a run saw
FORMAT = "pii-sandbox-record"
VERSION = 1

LastSeen = Mapping[str, Mapping[str, date]]


class BadRecord(Exception):
    """A file that is no record; the message is one line for the user."""


def read_last_seen(file: Path) -> LastSeen:
    """By rule, then by target's name, the day on which the rule was last seen to hold; empty where there is no file.

    Raises BadRecord.
    """
    try:
        content = json.loads(file.read_text("utf-8"))
        if content["format"] != FORMAT or content["version"] != VERSION:
            raise BadRecord(f"{file} is not a record of version {VERSION}; name another file")
        return {
            rule: {target: date.fromisoformat(day) for target, day in targets.items()}
            for rule, targets in content["last_seen_true"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRecord(f"{file} cannot be read as a record ({type(error).__name__}); name another file") from error


def update_last_seen(file: Path, result: RunResult) -> int:
    """Notes the rules that conformed, under the day of the run; how many. Raises BadRecord.

    What was seen earlier stays, also of rules that break now. The file is written whole or not at all.
    """
    today = result.started_at.date()
    seen = {rule: dict(targets) for rule, targets in read_last_seen(file).items()}
    held = [rule.rule for rule in result.rules if rule.verdict == "conforms"]
    for rule in held:
        targets = seen.setdefault(rule, {})
        targets[result.target] = max(today, targets.get(result.target, today))
    content = {
        "format": FORMAT,
        "version": VERSION,
        "last_seen_true": {
            rule: {target: day.isoformat() for target, day in sorted(seen[rule].items())} for rule in sorted(seen)
        },
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        private_files.replace(file, json.dumps(content, ensure_ascii=False, indent=2) + "\n", mode=FOR_ALL)
    except OSError as error:
        raise BadRecord(f"{file} cannot be written: {error.strerror}") from error
    return len(held)


def last_seen_summary(targets: Mapping[str, date]) -> str:
    """`last seen true at staging on 2026-01-31, at sandbox on 2026-02-01`; empty for none."""
    places = [f"at {target} on {day.isoformat()}" for target, day in targets.items()]
    return f"last seen true {', '.join(places)}" if places else ""
