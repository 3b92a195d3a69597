"""Installs servers from npm, once, into a separate folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".bench"
PACKAGES = ("json-server@0.17.4", "@mockoon/cli@9", "@stoplight/prism-cli@5", "wiremock@3")


def npm_path(name: str) -> Path:
    """Return a path below `node_modules`; installs the packages at the first call."""
    found = FOLDER / "node_modules" / name
    if not found.exists():
        if shutil.which("npm") is None:
            raise RuntimeError(f"{name} comes from npm, which is not installed")
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "package.json").write_text('{"private": true}\n')
        subprocess.run(["npm", "install", "--silent", *PACKAGES], cwd=FOLDER, check=True)
    return found
