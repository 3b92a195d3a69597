"""The rule catalogue: what each vendor's API does, rule by rule, with its source."""

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
    """One rule. `status` is documented, observed (seen in a client that really calls the API) or assumed.

    `source` has `document` and, where there is one, `section`; `operations` are operationIds.
    """

    id: str
    api: str
    statement: str
    status: str
    source: Mapping[str, str]
    operations: tuple[str, ...]

    @property
    def cited(self) -> str:
        """The source in one line."""
        return ", ".join(str(self.source[part]) for part in ("document", "section") if part in self.source)


def apis() -> list[str]:
    """The APIs that have a catalogue."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


@functools.cache
def rules(api: str) -> tuple[Rule, ...]:
    """The rules of an API in the order of its page. Raises SpecError for an unknown API or an entry that is no rule."""
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
        raise SpecError(f"{api}: {entry!r} is no rule: {error}") from error
    if rule.status not in STATUSES:
        raise SpecError(f"{rule.id}: status {rule.status!r} is none of {', '.join(sorted(STATUSES))}")
    return rule


def rule(id: str) -> Rule | None:
    """The rule with that id, in any case of letters; None where there is none."""
    wanted = id.upper()
    return next((known for api in apis() for known in rules(api) if known.id == wanted), None)
