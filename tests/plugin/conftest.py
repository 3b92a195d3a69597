"""A project of its own for each test of the plugin."""

from __future__ import annotations

import pytest

from tests.sample_projects import Run, runner


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(pytester, monkeypatch)
