"""Telephone numbers in E.164 form that are, as far as is known, not in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Plan:
    """A country's calling code, the prefixes of its numbers that are used here, and the number of further digits."""

    calling_code: str
    blocks: tuple[str, ...]
    digits: int

    @property
    def capacity(self) -> int:
        block_size: int = 10**self.digits
        return len(self.blocks) * block_size


# North American area codes: 2-9, 0-8, 0-9, and not of the form N11
_AREAS = tuple(str(area) for area in range(200, 990) if area // 10 % 10 != 9 and area % 100 != 11)
_PLANS: Mapping[str, _Plan] = {
    # documented: numbers that the regulators of these countries reserve for fiction
    "en_US": _Plan("1", tuple(f"{area}55501" for area in _AREAS), 2),
    "de_DE": _Plan("49", ("3023125", "6990009", "4066969", "2214710", "8999998"), 4),
    "fr_FR": _Plan("33", ("63998", "19900", "26191", "35301", "46571", "53649"), 4),
    # assumed: these reserve none; a first digit of the subscriber's number (Italy: a prefix) that is not assigned
    "pt_BR": _Plan("55", tuple(f"{area}90" for area in (11, 21, 31, 41, 51, 61, 71, 81, 85, 19, 48, 62, 91, 92)), 7),
    "es_MX": _Plan("52", ("550", "330", "810"), 7),
    "it_IT": _Plan("39", ("315",), 7),
    "ja_JP": _Plan("81", ("900", "800"), 7),
}
_STRIDE = 1_000_003  # a prime that divides no capacity: consecutive numbers look unrelated, and all are different


def capacity(locale: str) -> int:
    """Return the number of different telephone numbers of a locale."""
    return _PLANS[locale].capacity


def phone(locale: str, number: int, offset: int) -> str:
    """Return a telephone number such as `+5511900000000`, a different one for each `number` below `capacity(locale)`.

    `offset`: selects the series, which differs by seed.
    """
    plan = _PLANS[locale]
    index = (offset + number * _STRIDE) % plan.capacity
    block, rest = plan.blocks[index % len(plan.blocks)], index // len(plan.blocks)
    return f"+{plan.calling_code}{block}{rest:0{plan.digits}d}"
