"""The seed parameters of a sandbox's test people, and their validation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedSpec:
    """Seed parameters of a sandbox's people. `locale` None: several locales."""

    seed: int
    shoppers: int
    locale: str | None = None


NOBODY = SeedSpec(seed=0, shoppers=0)


def refuse_unfit_seed(seeded: SeedSpec) -> None:
    """Raise ValueError for parameters, read from a file, with which no people can be made."""
    from pii_sandbox.mockserver.seeding import check_people  # noqa: PLC0415 — not every server seeds

    if not (_is_count(seeded.seed) and _is_count(seeded.shoppers)):
        raise ValueError("seed and shoppers must be whole numbers, 0 or more")
    check_people(seeded.shoppers, seeded.locale)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0
