"""Reads settings files: `pii-sandbox.toml`, or else `[tool.pii-sandbox]` in `pyproject.toml`.

Options on the command line take precedence over `PII_SANDBOX_*` variables, and these over the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SETTINGS_FILE = "pii-sandbox.toml"
PROJECT_FILE = "pyproject.toml"
RULES = "settings"


class BadSetting(Exception):
    """An invalid settings file or setting; the message is one line for the user."""


def from_files(folder: Path, known: frozenset[str]) -> dict[str, Any]:
    """Return the settings of a folder's files by the names of command-line options, with `_` for `-`.

    `settings` is the table of rule settings. Raises BadSetting for invalid TOML, and for a name that is not in
    `known`.
    """
    file, project = folder / SETTINGS_FILE, folder / PROJECT_FILE
    if file.is_file():
        return _check_names(file, _read_file(file), known)
    if project.is_file():
        return _check_names(project, _read_file(project).get("tool", {}).get("pii-sandbox", {}), known)
    return {}


def _read_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{file.name} cannot be read: {error}") from error


def _check_names(file: Path, values: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    settings = {name.replace("-", "_"): value for name, value in values.items()}
    unknown = sorted(set(settings) - known - {RULES})
    if unknown:
        raise BadSetting(f"{file.name}: unknown setting {unknown[0]}; the settings are {', '.join(sorted(known))}")
    return settings


def flatten(table: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten nested tables: `{"newstore": {"deletion_seconds": 5}}` → `{"newstore.deletion_seconds": 5}`."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": item for inner, item in value.items()})
        else:
            flat[name] = value
    return flat
