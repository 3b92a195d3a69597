"""Which rules a run is about."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.specs.catalogue import Rule, rules


class NoSuchRule(Exception):
    """A pattern that no rule fits; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class RuleSelection:
    """The rules that a result is to name. Those `left_out` are named as such and not played."""

    rules: tuple[Rule, ...]
    left_out: frozenset[str] = frozenset()

    @property
    def rules_to_play(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.id not in self.left_out)

    def scenarios(self, registry: Iterable[Scenario]) -> list[Scenario]:
        """Those of the rules that are played, in the catalogue's order."""
        by_rule: Mapping[str, list[Scenario]] = {rule.id: [] for rule in self.rules_to_play}
        for scenario in registry:
            if scenario.rule in by_rule:
                by_rule[scenario.rule].append(scenario)
        return [scenario for found in by_rule.values() for scenario in found]


def select_rules(apis: Sequence[str], only: Sequence[str] = (), skip: Sequence[str] = ()) -> RuleSelection:
    """The rules of the APIs that fit `only` (all without any), those that fit `skip` left out.

    Patterns are ids (`VTEX-TTL-1`), their beginnings up to a dash (`VTEX-TTL`) or have `*`; in any case of letters.
    Raises NoSuchRule for a pattern that fits none.
    """
    known = [rule for api in apis for rule in rules(api)]
    for pattern in (*only, *skip):
        if not any(_matches(rule, pattern) for rule in known):
            nearest = difflib.get_close_matches(pattern.upper(), [rule.id for rule in known])
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            raise NoSuchRule(f"unknown rule {pattern} of {', '.join(apis)}{hint}; 'pii-sandbox rules' lists all rules")
    named = [rule for rule in known if not only or any(_matches(rule, pattern) for pattern in only)]
    left_out = {rule.id for rule in named if any(_matches(rule, pattern) for pattern in skip)}
    return RuleSelection(tuple(named), frozenset(left_out))


def _matches(rule: Rule, pattern: str) -> bool:
    wanted = pattern.upper()
    return fnmatchcase(rule.id, wanted) or rule.id.startswith(f"{wanted}-")
