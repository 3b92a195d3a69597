"""Measurement plan: duration, rounds, servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """`rounds` of `seconds` for each kind of load; `names`: the servers."""

    seconds: int
    rounds: int
    names: Sequence[str]
