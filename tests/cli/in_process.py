"""Commands of `pii-sandbox` in the process of the test: a start of Python less for each."""

from __future__ import annotations

import inspect
import subprocess
from collections.abc import Mapping
from typing import Any

from click.testing import CliRunner

from pii_sandbox.cli.group import main
from tests.server_process import environment

# without it click 8.1 mixes both streams; later versions do not know it
_APART: dict[str, Any] = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


def run_command(
    *arguments: str, stdin: str | None = None, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself, with the environment that a process of its own would have."""
    came = CliRunner(**_APART).invoke(main, arguments, input=stdin, env={**environment(), **(variables or {})})
    assert came.exception is None or isinstance(came.exception, SystemExit), came.exception
    return subprocess.CompletedProcess(arguments, came.exit_code, came.stdout, came.stderr)
