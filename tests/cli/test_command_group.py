"""The command group imports no more than its commands need, and knows the settings of `serve` without importing it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pii_sandbox.cli.serve import serve
from pii_sandbox.cli.serve_settings import SERVE_SETTINGS

NOT_IN_A_FILE = {"hosts"}  # prints lines for a hosts file instead of serving


def test_settings_files_have_a_setting_for_each_option_of_serve() -> None:
    assert {parameter.name for parameter in serve.params} - NOT_IN_A_FILE == SERVE_SETTINGS


@pytest.mark.parametrize(
    ("modules", "unneeded"),
    [
        ("group", "pii_sandbox.mockserver pii_sandbox.conformance.api_client connexion httpx"),
        ("group explain snapshot rules", "pii_sandbox.mockserver connexion"),
        ("group data", "pii_sandbox.mockserver.app pii_sandbox.conformance.api_client connexion"),
        ("group check cleanup target", "pii_sandbox.mockserver connexion uvicorn"),
        ("group serve", "pii_sandbox.conformance.api_client"),
    ],
)
def test_a_command_does_not_import_what_it_does_not_need(modules: str, unneeded: str) -> None:
    imports = ", ".join(f"pii_sandbox.cli.{module}" for module in modules.split())
    program = f"import sys, {imports}; print(*sorted(set(sys.modules) & set({unneeded.split()!r})))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == ""
