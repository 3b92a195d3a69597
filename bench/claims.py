"""Claims: target values and results, the first table of RESULTS.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Claim:
    """A target: `value` must be at least, at most or under `bound`, both in `unit`. None: not measured."""

    what: str
    relation: Literal["at least", "at most", "under"]
    bound: float
    unit: str
    value: float | None

    @property
    def verdict(self) -> str:
        if self.value is None:
            return ""
        if self.relation == "at least":
            return "met" if self.value >= self.bound else "**missed**"
        reached = self.value < self.bound if self.relation == "under" else self.value <= self.bound
        return "met" if reached else "**missed**"

    def line(self) -> str:
        measured = "not measured" if self.value is None else f"{_figure(self.value)} {self.unit}"
        return f"| {self.what} | {self.relation} {self.bound:g} {self.unit} | {measured} | {self.verdict} |"


@dataclass(frozen=True)
class ClaimResult:
    """The result of one part: its claims, and its tables as lines of Markdown."""

    title: str
    claims: Sequence[Claim]
    lines: Sequence[str]


def table(claims: Iterable[Claim]) -> list[str]:
    return ["| what | to reach | measured | |", "|---|---|---|---|", *(claim.line() for claim in claims)]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
