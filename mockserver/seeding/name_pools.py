"""Name pools: the names, streets and companies of a locale, read from `pools.json`."""

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
    """A name, and its ASCII form for email addresses."""

    text: str
    ascii: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The names, streets and companies of one locale. Independent of seeds."""

    female: tuple[Name, ...]
    male: tuple[Name, ...]
    last: tuple[Name, ...]
    streets: tuple[str, ...]
    neighborhoods: tuple[str, ...]
    companies: tuple[str, ...]


@functools.cache
def pools() -> dict[str, Pool]:
    """Return the stored pools by locale. They do not depend on the installed version of Faker."""
    return {locale: _pool(lists) for locale, lists in load_pool_file()["pools"].items()}


def load_pool_file() -> dict[str, Any]:
    """Return the content of the file: `pools`, and the version of Faker that they come from as `faker`."""
    content: dict[str, Any] = json.loads((resources.files(__package__) / FILE).read_text("utf-8"))
    return content


def _pool(lists: dict[str, list[Any]]) -> Pool:
    read: dict[str, Any] = {
        name: tuple(Name(*pair) if name in _NAMES else pair for pair in values) for name, values in lists.items()
    }
    return Pool(**read)
