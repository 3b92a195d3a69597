"""The seeded shoppers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Shopper:
    """One person, the same at every vendor; `ids` has the id of the profile at each, by API.

    `phone` is E.164. `document` is a valid CPF where `document_type` is CPF. `birth_date` is ISO. A business has a
    `company`.
    """

    number: int
    locale: str
    first_name: str
    last_name: str
    full_name: str
    email: str
    phone: str
    document: str
    document_type: str
    birth_date: str
    gender: str
    language: str
    company: str | None
    is_business: bool
    addresses: tuple[Mapping[str, Any], ...]
    ids: Mapping[str, str]


_FIELDS = frozenset(field.name for field in fields(Shopper))


def shopper(value: Mapping[str, Any]) -> Shopper:
    """As the control API tells them; what a newer server says beyond that is left out."""
    return Shopper(**{name: told for name, told in value.items() if name in _FIELDS and name != "addresses"},
                   addresses=tuple(value["addresses"]))  # fmt: skip
