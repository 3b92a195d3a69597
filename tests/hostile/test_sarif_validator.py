"""The SARIF form under its official validator, npm's `@microsoft/sarif-multitool`: no error and no warning."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hostile.hostile_report import write_hostile_report

NPX = shutil.which("npx")
pytestmark = [
    pytest.mark.skipif(os.environ.get("HOSTILE_KINDS") != "all", reason="fetches 100 MB: for tox env hostile"),
    pytest.mark.skipif(NPX is None, reason="the validator comes from npm"),
]


def test_the_official_validator_finds_nothing(tmp_path: Path) -> None:
    write_hostile_report(tmp_path)
    found = tmp_path / "validation.sarif"
    command = [str(NPX), "--yes", "@microsoft/sarif-multitool@5", "validate", str(tmp_path / "report.sarif"),
               "--output", str(found), "--log", "ForceOverwrite"]  # fmt: skip
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert found.exists(), outcome.stdout + outcome.stderr
    results = [result for run in json.loads(found.read_text("utf-8-sig"))["runs"] for result in run.get("results", [])]
    assert results == []
