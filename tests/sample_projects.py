"""pytest within pytest: projects that use the plugin as anybody's would."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Run = Callable[..., pytest.RunResult]


def runner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest in a process of its own; warnings are errors there, as they are here."""
    for name in [name for name in os.environ if name.startswith(("PII_SANDBOX_", "PYTEST_XDIST_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    installed = any(entry.value == "pii_sandbox.pytest_plugin" for entry in entry_points(group="pytest11"))
    plugin = [] if installed else ["-p", "pii_sandbox.pytest_plugin"]  # from a checkout nothing says that it is there

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess(*plugin, "-W", "error", "-p", "no:cacheprovider", *arguments)

    return run
