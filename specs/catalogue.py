"""Rule catalogue: the documented, observed and assumed behaviour of each vendor's API, with sources."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pii_sandbox.specs.vocabulary import SpecError

FOLDER = Path(__file__).parent / "rules"
STATUSES = frozenset({"documented", "observed", "assumed"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `status`: documented, observed (in a client that calls the real API) or assumed.

    `source`: has `document` and optionally `section`. `operations`: operationIds.
    """

    id: str
    api: str
    statement: str
    status: str
    source: Mapping[str, str]
    operations: tuple[str, ...]

    @property
    def cited(self) -> str:
        """Return the source in one line."""
        return ", ".join(str(self.source[part]) for part in ("document", "section") if part in self.source)


def apis() -> list[str]:
    """Return the APIs that have a catalogue."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


@functools.cache
def rules(api: str) -> tuple[Rule, ...]:
    """Return the rules of an API in the order of its file. Raises SpecError for an unknown API or an invalid entry."""
    file = FOLDER / f"{api}.yaml"
    if not file.is_file():
        raise SpecError(f"no rules for {api!r}; there are rules for {', '.join(apis())}")
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
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SpecError(f"{api}: {entry!r} is not a valid rule: {error}") from error
    if rule.status not in STATUSES:
        raise SpecError(f"{rule.id}: status {rule.status!r} is none of {', '.join(sorted(STATUSES))}")
    return rule


def rule(id: str) -> Rule | None:
    """Return the rule with that id, case-insensitively; None if there is none."""
    wanted = id.upper()
    return next((known for api in apis() for known in rules(api) if known.id == wanted), None)
