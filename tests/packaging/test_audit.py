"""The audit of dependencies in CI: a known vulnerability fails, and an audit that could not be made is told as such."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOUND = {"name": "sound", "version": "1.0", "vulns": []}
HOLE = {"name": "hole", "version": "2.0", "vulns": [{"id": "PYSEC-2026-1"}]}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("found", "code", "message"),
    [
        ([SOUND, UNKNOWN], 0, "pip-audit: 1 of 2 packages audited, 0 vulnerable"),
        ([SOUND, HOLE], 1, "hole 2.0: PYSEC-2026-1"),
        ([UNKNOWN], 0, "pip-audit: not run: no advisory database"),
        (None, 0, "pip-audit: not run: ['ConnectionError: no route']"),
    ],
)
def test_an_audit_reports_what_it_found_or_that_it_was_not_run(
    found: list[dict[str, Any]] | None, code: int, message: str, tmp_path: Path
) -> None:
    answer = "print(" + repr(json.dumps({"dependencies": found})) + ")"
    fails = "import sys; sys.exit('Traceback\\nConnectionError: no route')"
    (tmp_path / "pip_audit.py").write_text(fails if found is None else answer, "utf-8")
    run = subprocess.run(
        [sys.executable, ROOT / ".ci" / "audit.py"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert run.returncode == code, run.stderr
    assert message in run.stdout
