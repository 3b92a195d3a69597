"""Test customers: invented by scenarios, under reserved domains, with the marker of the run that created them."""

from __future__ import annotations

import random
from dataclasses import dataclass

DOMAIN = "example.com"
MARK = "pii-sandbox-check"


@dataclass(frozen=True, slots=True)
class TestCustomer:
    """An invented customer. `document` has the form of a CPF and is nobody's; `phone` is E.164 and is nobody's.

    Both check digits of a CPF follow from the nine before them, so that a number with a wrong one was never issued.
    Ofcom keeps +44 7700 900000 to 900999 for drama: they are issued to nobody.
    """

    first_name: str
    last_name: str
    email: str
    document: str
    phone: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def new_customer(run_id: str, rng: random.Random) -> TestCustomer:
    """A customer whom nobody else has; the email and the last name carry the run's id."""
    token = f"{rng.randrange(36**6):06x}"
    return TestCustomer(
        first_name=rng.choice(("Ada", "Bruno", "Clara", "Davi", "Elisa", "Fabio", "Gilda", "Hugo")),
        last_name=f"Check {run_id} {token}",
        email=f"{MARK}.{run_id}.{token}@{DOMAIN}",
        document=_unissued_cpf(rng),
        phone=f"+447700900{rng.randrange(1000):03d}",
    )


def _unissued_cpf(rng: random.Random) -> str:
    """Eleven digits whose last check digit is wrong."""
    digits = [rng.randrange(10) for _ in range(9)]
    for length in (9, 10):
        total = sum(digit * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        digits.append((total * 10 % 11) % 10)
    digits[-1] = (digits[-1] + 1 + rng.randrange(9)) % 10  # any but the right one
    return "".join(map(str, digits))
