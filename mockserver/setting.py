"""Settings of a sandbox: defaults, and which values each of them takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pii_sandbox.mockserver.problems import Malformed


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rules call settable. `fits` says whether a value may be set; `meaning` tells what may."""

    default: Any
    fits: Callable[[Any], bool]
    meaning: str


def seconds(default: float) -> Setting:
    """A number of seconds, 0 or more."""
    return Setting(default, lambda value: _is_number(value) and 0 <= value <= 10**10, "a number of seconds, 0 or more")


def flag(default: bool) -> Setting:
    return Setting(default, lambda value: isinstance(value, bool), "true or false")


def limit(default: int | None) -> Setting:
    """A number of calls, or None for no limit."""

    def fits(value: Any) -> bool:
        return value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10**9)

    return Setting(default, fits, "a whole number, 1 or more, or null")


def text_list(default: tuple[str, ...] = ()) -> Setting:
    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)

    return Setting(list(default), fits, "a list of texts")


def integer(default: int, most: int) -> Setting:
    """A whole number from 0 to `most`."""

    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most

    return Setting(default, fits, f"a whole number from 0 to {most}")


JOURNAL_ENTRIES, JOURNAL_BYTES = "journal.entries", "journal.bytes"
SNAPSHOTS = "snapshots.most"
OWN_SETTINGS: Mapping[str, Setting] = {
    JOURNAL_ENTRIES: integer(1000, 100_000),  # 0 keeps none
    JOURNAL_BYTES: integer(8 * 2**20, 2**30),
    SNAPSHOTS: integer(100, 10_000),
}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def known_settings(own: Iterable[Mapping[str, Setting]], values: Mapping[str, Any]) -> dict[str, Setting]:
    """The settings of a server's own and of its vendors, with these values for defaults.

    Raises Malformed for a value of no setting, or one that does not fit.
    """
    known = {**OWN_SETTINGS, **{name: setting for settings in own for name, setting in settings.items()}}
    for name, value in values.items():
        if name not in known:
            raise Malformed(f"no such setting: {name}; there are {', '.join(sorted(known))}")
        if not known[name].fits(value):
            raise Malformed(f"setting {name} must be {known[name].meaning}")
    return {name: replace(setting, default=values.get(name, setting.default)) for name, setting in known.items()}
