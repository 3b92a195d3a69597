"""The seeded shoppers of a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Shopper:
    """A seeded person, the same at every vendor. `ids`: ids of the profiles, by API.

    `phone`: E.164. `document`: a valid CPF if `document_type` is CPF. `birth_date`: ISO. `company`: only of businesses.
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
    """Return the shopper of a control API response; unknown fields of a newer server are ignored."""
    return Shopper(**{name: field for name, field in value.items() if name in _FIELDS and name != "addresses"},
                   addresses=tuple(value["addresses"]))  # fmt: skip
