"""Customers that a scenario invents: nobody real, under reserved domains, marked with the run that made them."""

from __future__ import annotations

import random
from dataclasses import dataclass

DOMAIN = "example.com"
MARK = "pii-sandbox-check"


@dataclass(frozen=True, slots=True)
class Somebody:
    """An invented customer. `document` is a valid CPF of digits alone, `phone` is E.164."""

    first_name: str
    last_name: str
    email: str
    document: str
    phone: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def somebody(run_id: str, dice: random.Random) -> Somebody:
    """A customer whom nobody else has; the email and the last name carry the run's id."""
    token = f"{dice.randrange(36**6):06x}"
    return Somebody(
        first_name=dice.choice(("Ada", "Bruno", "Clara", "Davi", "Elisa", "Fabio", "Gilda", "Hugo")),
        last_name=f"Check {run_id} {token}",
        email=f"{MARK}.{run_id}.{token}@{DOMAIN}",
        document=_cpf(dice),
        phone=f"+5511{dice.randrange(10**8):08d}",
    )


def _cpf(dice: random.Random) -> str:
    digits = [dice.randrange(10) for _ in range(9)]
    for length in (9, 10):
        total = sum(digit * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        digits.append((total * 10 % 11) % 10)
    return "".join(map(str, digits))
