"""Peers from npm, installed once into a folder of their own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".bench"
PACKAGES = ("json-server@0.17.4", "@mockoon/cli@9", "@stoplight/prism-cli@5", "wiremock@3")


def installed(name: str) -> Path:
    """A file or folder below `node_modules`; installs the packages the first time."""
    found = FOLDER / "node_modules" / name
    if not found.exists():
        if shutil.which("npm") is None:
            raise RuntimeError(f"{name} comes from npm, which is not installed")
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}\n')
        subprocess.run(["npm", "install", "--silent", *PACKAGES], cwd=FOLDER, check=True)
    return found
