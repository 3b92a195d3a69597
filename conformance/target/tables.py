"""Typed access to the tables of a target file; every refusal names the setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class BadTarget(Exception):
    """A target file that cannot be used; the message is one line for the user."""


def subtable(table: Mapping[str, Any], name: str, at: str = "") -> Mapping[str, Any]:
    """The table of that name, an empty one where there is none. `at` is the path of the outer table (`vtex.`)."""
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise BadTarget(f"{at}{name} must be a table")
    return value


def typed_setting(table: Mapping[str, Any], name: str, kind: type[T], default: T, at: str) -> T:
    """The setting, which must be of that type."""
    value = table.get(name, default)
    if not isinstance(value, kind):
        raise BadTarget(f"{at}{name} must be {'text' if kind is str else 'true or false'}")
    return value


def refuse_unknown_settings(table: Mapping[str, Any], known: frozenset[str], at: str) -> None:
    """Raises BadTarget for a setting that does not exist."""
    unknown = sorted(set(table) - known)
    if unknown:
        raise BadTarget(f"unknown setting {at}{unknown[0]}; the settings here are {', '.join(sorted(known))}")
