"""Commands of `pii-sandbox` in the process of the test: a start of Python less for each."""

from __future__ import annotations

import contextlib
import inspect
import subprocess
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from click.testing import CliRunner

from pii_sandbox.cli.group import main
from tests.server_process import environment

# without it click 8.1 mixes both streams; later versions do not know it
_APART: dict[str, Any] = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


def run_command(
    *arguments: str, stdin: str | None = None, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself, with the environment that a process of its own would have."""
    result = CliRunner(**_APART).invoke(main, arguments, input=stdin, env={**environment(), **(variables or {})})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)


def refused_server(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `serve` with arguments that it is to refuse: it must neither set up its log nor serve."""
    module = import_module("pii_sandbox.cli.serve")
    with (
        contextlib.chdir(cwd or Path.cwd()),
        mock.patch.object(module, "configure"),
        mock.patch.object(module, "_run_server", side_effect=AssertionError("it serves")),
    ):
        return run_command("serve", *arguments, variables=variables)
