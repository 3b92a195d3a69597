"""pytest within pytest: projects that use the plugin as anybody's would."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Run = Callable[..., pytest.RunResult]
# what pytest says of a plugin that the process has imported before
ALREADY_IMPORTED = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"


def runner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *, autoload: bool = False) -> Run:
    """Runs pytest; warnings are errors there, as they are here.

    Without `autoload` it has no plugins but this one, and pytest-xdist where it is asked for: others take longer to be
    imported than most of these projects to run. With one of both, or with `process=True`, it runs in a process of its
    own; otherwise within this one, which has imported already what a server needs.
    """
    for name in [name for name in os.environ if name.startswith(("PII_SANDBOX_", "PYTEST_XDIST_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    installed = any(entry.value == "pii_sandbox.pytest_plugin" for entry in entry_points(group="pytest11"))
    # from a checkout nothing says that it is there
    plugin = [] if autoload and installed else ["-p", "pii_sandbox.pytest_plugin"]
    if not autoload:
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*arguments: str, process: bool = False) -> pytest.RunResult:
        workers = ["-p", "xdist"] if "-n" in arguments and not autoload else []
        settings = (*plugin, *workers, "-W", "error", "-p", "no:cacheprovider")
        if process or workers or autoload:
            return pytester.runpytest_subprocess(*settings, *arguments)
        return pytester.runpytest_inprocess(*settings, "-W", ALREADY_IMPORTED, *arguments)

    return run
