"""Settings from files: `pii-sandbox.toml`, else `[tool.pii-sandbox]` in `pyproject.toml`.

Flags win over `PII_SANDBOX_*` variables, and these over the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OWN_FILE = "pii-sandbox.toml"
PROJECT_FILE = "pyproject.toml"
RULES = "settings"


class BadSetting(Exception):
    """A setting that cannot be used; the message is one line for the user."""


def from_files(folder: Path, known: frozenset[str]) -> dict[str, Any]:
    """The settings that a folder's files hold, names as flags have them but with `_`.

    `settings` holds a table of what the rules call settable. Raises BadSetting for a file that is no TOML or a name
    outside `known`.
    """
    own, project = folder / OWN_FILE, folder / PROJECT_FILE
    if own.is_file():
        return _checked(own, _read(own), known)
    if project.is_file():
        return _checked(project, _read(project).get("tool", {}).get("pii-sandbox", {}), known)
    return {}


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{file.name} cannot be read: {error}") from error


def _checked(file: Path, values: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    settings = {name.replace("-", "_"): value for name, value in values.items()}
    unknown = sorted(set(settings) - known - {RULES})
    if unknown:
        raise BadSetting(f"{file.name}: no such setting: {unknown[0]}; there are {', '.join(sorted(known))}")
    return settings


def flatten(table: Mapping[str, Any]) -> dict[str, Any]:
    """`{"newstore": {"deletion_seconds": 5}}` as `{"newstore.deletion_seconds": 5}`."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": below for inner, below in value.items()})
        else:
            flat[name] = value
    return flat
