"""The application that tests run against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mockserver.app import App
from mockserver.sandbox import Seeded
from mockserver.sandboxes import DEFAULT_SEED, Blueprint
from pii_sandbox.serve import OPTIONS
from pii_sandbox.settings import RULES, flattened, from_files


def application(folder: Path, *, loopback_only: bool = False) -> App:
    """In memory, with the people, dialect and settings of the folder's settings file.

    Raises BadSetting for a file that cannot be used, Malformed for a setting that does not fit.
    """
    chosen = settings(folder)
    seeded = Seeded(
        chosen.get("seed", DEFAULT_SEED.seed), chosen.get("shoppers", DEFAULT_SEED.shoppers), chosen.get("locale")
    )
    blueprint = Blueprint(seeded, chosen.get("dialect", "guide"), flattened(chosen.get(RULES, {})))
    return App(blueprint, loopback_only=loopback_only)


def settings(folder: Path) -> dict[str, Any]:
    """Return what the folder's settings file says of the server. Raises BadSetting."""
    return from_files(folder, OPTIONS | {"check"})
