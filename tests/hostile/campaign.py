"""What is played against hostile answers: ways to run, and groups of kinds that are answered in one run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tests.hostile.answers import KINDS, Kind

ALL = bool(os.environ.get("HOSTILE_KINDS"))
APIS = ("vtex", "newstore", "fashionai", "oracle")
GROUP = 5
# a run that obeys, or is refused, sends hardly anything after these: they would keep the others from being answered
ALONE = frozenset({"wait for ever", "wait until overflow", "odd challenge"})
# what is played without HOSTILE_KINDS
FEW = ("deep arrays", "markup", "brotli bomb", "answers before it is asked", "a page")


@dataclass(frozen=True)
class Mode:
    """A way to run `check`. `times`: how often an operation gets an answer of each kind."""

    only: str
    powers: tuple[str, ...] = ()
    times: int = 2
    requests: int = 5000

    @property
    def controlled(self) -> bool:
        return "control" in self.powers


MODES: Mapping[str, Mode] = {
    "scenarios that read": Mode("scenarios"),
    "scenarios that write": Mode("scenarios", ("write", "delete"), times=1),
    "generated calls that read": Mode("generated", requests=400),
    # which are sent in sandboxes alone
    "generated calls that write": Mode("generated", ("write", "delete", "erase", "control"), requests=600),
}


def modes() -> list[str]:
    """The ways to play; without HOSTILE_KINDS not the scenarios that read, whose reads those that write send, too."""
    return [name for name, way in MODES.items() if way.powers or way.only == "generated" or ALL]


def mode(name: str) -> Mode:
    """The way of that name; without HOSTILE_KINDS it is a short one."""
    return MODES[name] if ALL else replace(MODES[name], requests=150)


def groups(kinds: Sequence[str]) -> list[tuple[str, ...]]:
    """Groups of a few kinds each, unlike ones together: what is slow is so in several runs."""
    mixed = [kind for kind in kinds if kind not in ALONE]
    count = -(-len(mixed) // GROUP)
    return [tuple(mixed[start::count]) for start in range(count)] + [(kind,) for kind in kinds if kind in ALONE]


def chosen_groups() -> list[tuple[str, ...]]:
    """The groups to play: HOSTILE_KINDS is `all`, or names kinds (each is then played by itself); else few."""
    wanted = os.environ.get("HOSTILE_KINDS", "")
    if wanted == "all":
        return groups([*KINDS])
    return [(kind,) for kind in wanted.split(";")] if wanted else [FEW]


def answers(group: Sequence[str]) -> Mapping[str, Kind]:
    return {kind: KINDS[kind] for kind in group}


def rotated_apis(group: Sequence[str]) -> list[str]:
    """Options that name the APIs, beginning with another one in each group: where requests are few, all have a turn."""
    start = [*KINDS].index(group[0]) % len(APIS)
    return [option for api in (*APIS[start:], *APIS[:start]) for option in ("--api", api)]
