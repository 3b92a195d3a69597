"""Where chance comes from: a run's seed, and the id that marks what it makes."""

from __future__ import annotations

import random
import secrets

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
LENGTH = 8
LARGEST = 2**32 - 1


def new_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(LARGEST + 1)


def run_id(seed: int) -> str:
    """The id that a seed gives: the same seed makes the same calls, to the letter, where nobody else is."""
    return _random_id(random.Random(f"run/{seed}"))


def fresh_run_id() -> str:
    """An id that no other run has: where others are, what a run made must be told apart from all else."""
    return _random_id(random.SystemRandom())


def _random_id(rng: random.Random) -> str:
    return rng.choice(_LETTERS[10:]) + "".join(rng.choice(_LETTERS) for _ in range(LENGTH - 1))
