"""The files of a run's report, by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.report.report_files import run_result, write_forms


@pytest.fixture
def forms(tmp_path: Path) -> dict[str, str]:
    return write_forms(run_result(), tmp_path)
