"""Builds the ASGI application that tests run against, from a project's settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pii_sandbox.cli.serve_settings import SERVE_SETTINGS
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import DEFAULT_SEED, SandboxDefaults
from pii_sandbox.settings import RULES, flatten, from_files


def application(folder: Path, *, loopback_only: bool = False) -> App:
    """Return an application that stores in memory, with people, dialect and settings of the folder's settings file.

    Raises BadSetting for an invalid file, Malformed for an invalid value of a setting.
    """
    chosen = settings(folder)
    seeded = SeedSpec(
        chosen.get("seed", DEFAULT_SEED.seed), chosen.get("shoppers", DEFAULT_SEED.shoppers), chosen.get("locale")
    )
    defaults = SandboxDefaults(seeded, chosen.get("dialect", "guide"), flatten(chosen.get(RULES, {})))
    return App(defaults, loopback_only=loopback_only)


def settings(folder: Path) -> dict[str, Any]:
    """Return the server's settings of the folder's settings file. Raises BadSetting."""
    return from_files(folder, SERVE_SETTINGS | {"check"})
