"""What people of a locale are put together from: names, streets and companies, kept in `pools.json`."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

FILE = "pools.json"
_NAMES = ("female", "male", "last")


@dataclass(frozen=True, slots=True)
class Name:
    """A name, and how it is written in an email address."""

    text: str
    ascii: str


@dataclass(frozen=True, slots=True)
class Pool:
    """A locale's supply. The same in every process: only who gets what depends on a seed."""

    female: tuple[Name, ...]
    male: tuple[Name, ...]
    last: tuple[Name, ...]
    streets: tuple[str, ...]
    neighborhoods: tuple[str, ...]
    companies: tuple[str, ...]


@functools.cache
def pools() -> dict[str, Pool]:
    """By locale, those of the file: the same whatever version of Faker is installed."""
    return {locale: _pool(lists) for locale, lists in pool_file()["pools"].items()}


def pool_file() -> dict[str, Any]:
    """The file: `pools`, and as `faker` the version that they were drawn with."""
    content: dict[str, Any] = json.loads((resources.files(__package__) / FILE).read_text("utf-8"))
    return content


def _pool(lists: dict[str, list[Any]]) -> Pool:
    read: dict[str, Any] = {
        name: tuple(Name(*pair) if name in _NAMES else pair for pair in values) for name, values in lists.items()
    }
    return Pool(**read)
