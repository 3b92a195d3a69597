"""Rule catalogue: the documented, observed and assumed behaviour of each vendor's API, with sources."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pii_sandbox.specs.vocabulary import SpecError

FOLDER = Path(__file__).parent / "rules"
STATUSES = frozenset({"documented", "observed", "assumed", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `status`: documented, observed (in a client that calls the real API), assumed, or withdrawn (the vendor took it out
    of its documents: never held against a vendor). `source`: has `document`, `seen` (the day on which the rule was last
    compared with it) and optionally `section`. `operations`: operationIds. `setting`: the setting that switches to the
    other reading, `setting_value` its value for the reading of the rule; of a rule with assumptions that has none,
    `without_setting` says why no client's code depends on it. `dialects`: the document that each dialect follows, where
    documents disagree.
    """

    id: str
    api: str
    statement: str
    status: str
    source: Mapping[str, str]
    operations: tuple[str, ...]
    setting: str | None = None
    setting_value: Any = None
    without_setting: str | None = None
    dialects: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_assumptions(self) -> bool:
        """Whether the rule, or a part of it that its statement names, is assumed."""
        return self.status == "assumed" or "assumed" in self.statement

    @property
    def citation(self) -> str:
        """Return the source in one line."""
        return ", ".join(str(self.source[part]) for part in ("document", "section") if part in self.source)


def apis_with_rules() -> list[str]:
    """Return the APIs that have a catalogue."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


@functools.cache
def rules(api: str) -> tuple[Rule, ...]:
    """Return the rules of an API in the order of its file. Raises SpecError for an unknown API or an invalid entry."""
    file = FOLDER / f"{api}.yaml"
    if not file.is_file():
        raise SpecError(f"no rules for {api!r}; there are rules for {', '.join(apis_with_rules())}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return tuple(_rule(api, entry) for entry in yaml.load(file.read_bytes(), loader))


def _rule(api: str, entry: Mapping[str, Any]) -> Rule:
    try:
        rule = Rule(
            id=entry["id"],
            api=api,
            statement=" ".join(entry["statement"].split()),
            status=entry["status"],
            source=entry["source"],
            operations=tuple(entry["operations"]),
            setting=entry.get("setting"),
            setting_value=entry.get("setting_value"),
            without_setting=entry.get("without_setting"),
            dialects=entry.get("dialects", {}),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SpecError(f"{api}: {entry!r} is not a valid rule: {error}") from error
    if rule.status not in STATUSES:
        raise SpecError(f"{rule.id}: status {rule.status!r} is none of {', '.join(sorted(STATUSES))}")
    if not _is_day(rule.source.get("seen")):
        raise SpecError(f"{rule.id}: the source has no date in `seen`")
    return rule


def _is_day(text: object) -> bool:
    try:
        date.fromisoformat(str(text))
    except ValueError:
        return False
    return True


def settings_of_rules() -> dict[str, Any]:
    """Return the settings that select a reading, each with its value for the reading of the rules."""
    known = [rule for api in apis_with_rules() for rule in rules(api)]
    return {rule.setting: rule.setting_value for rule in known if rule.setting is not None}


def rule(id: str) -> Rule | None:
    """Return the rule with that id, case-insensitively; None if there is none."""
    wanted = id.upper()
    return next((known for api in apis_with_rules() for known in rules(api) if known.id == wanted), None)
