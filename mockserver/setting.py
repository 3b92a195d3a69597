"""Setting definitions of a sandbox: default, validation, description of valid values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pii_sandbox.mockserver.problems import Malformed


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `fits`: returns whether a value is valid; `meaning`: describes the valid values."""

    default: Any
    fits: Callable[[Any], bool]
    meaning: str


def seconds(default: float) -> Setting:
    """Define a setting in seconds, 0 or more."""
    return Setting(default, lambda value: _is_number(value) and 0 <= value <= 10**10, "a number of seconds, 0 or more")


def flag(default: bool) -> Setting:
    return Setting(default, lambda value: isinstance(value, bool), "true or false")


def limit(default: int | None) -> Setting:
    """Define a limit of calls; None: no limit."""

    def fits(value: Any) -> bool:
        return value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10**9)

    return Setting(default, fits, "a whole number, 1 or more, or null")


def text_list(default: tuple[str, ...] = ()) -> Setting:
    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)

    return Setting(list(default), fits, "a list of texts")


def integer(default: int, most: int) -> Setting:
    """Define a whole number from 0 to `most`."""

    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most

    return Setting(default, fits, f"a whole number from 0 to {most}")


def choice(default: str, *others: str) -> Setting:
    """Define a setting that is one of these texts."""
    options = (default, *others)
    return Setting(default, lambda value: value in options, f"one of {', '.join(options)}")


EXACT = "exact"


def key_comparison() -> Setting:
    """Define how keys compare: `tolerant`, by the comparison of the API's document, or code point by code point."""
    return choice("tolerant", EXACT)


JOURNAL_ENTRIES, JOURNAL_BYTES = "journal.entries", "journal.bytes"
SNAPSHOTS = "snapshots.most"
SANDBOX_SETTINGS: Mapping[str, Setting] = {
    JOURNAL_ENTRIES: integer(1000, 100_000),  # 0 keeps none
    JOURNAL_BYTES: integer(8 * 2**20, 2**30),
    SNAPSHOTS: integer(100, 10_000),
}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def known_settings(vendor_settings: Iterable[Mapping[str, Setting]], values: Mapping[str, Any]) -> dict[str, Setting]:
    """Return the settings of the server and of its vendors, with these values as defaults.

    Raises Malformed for an unknown setting, or an invalid value.
    """
    known = {
        **SANDBOX_SETTINGS,
        **{name: setting for settings in vendor_settings for name, setting in settings.items()},
    }
    for name, value in values.items():
        if name not in known:
            raise Malformed(f"unknown setting {name}; the settings are {', '.join(sorted(known))}")
        if not known[name].fits(value):
            raise Malformed(f"setting {name} must be {known[name].meaning}")
    return {name: replace(setting, default=values.get(name, setting.default)) for name, setting in known.items()}
