"""Judges mutants by tests: runs those that run the changed lines, until one fails."""

from __future__ import annotations

import importlib
import io
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import redirect_stdout
from typing import Any

import pytest

from mutation import import_hook
from mutation.coverage_map import CoverageMap, recorded_lines
from mutation.source_mutants import ROOT, SourceMutant

_LIBRARIES = ("connexion", "httpx", "jsonschema_rs", "rich", "tinydb", "uvicorn")
_QUIET = (
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "--no-header",
    "--tb=line",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)


class _CoverageByTest:
    """Pytest plugin: tells coverage.py which test runs, and measures how long it takes."""

    def __init__(self, recorder: Any) -> None:
        self._recorder = recorder
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._recorder.switch_context(item.nodeid)
        started = time.monotonic()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.monotonic() - started

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


class _FirstFailure:
    """Pytest plugin: keeps the first failure."""

    def __init__(self) -> None:
        self.test = ""
        self.why = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.test:
            crash = getattr(report.longrepr, "reprcrash", None)
            self.test, self.why = report.nodeid, str(getattr(crash, "message", ""))[:300]


class TestJudge:
    """Judges mutants of some files by the tests of some folders."""

    __test__ = False  # for pytest
    TIMEOUT_SECONDS = 180.0

    def __init__(self, files: Sequence[str], folders: Sequence[str]) -> None:
        self._files = files
        self._folders = folders
        self.COVERED_BY = (*folders, *dict.fromkeys(file.partition("/")[0] for file in files))

    def warm_up(self) -> None:
        """Import what all judging processes share; the mutated packages are not among it."""
        for name in _LIBRARIES:
            importlib.import_module(name)

    def record_coverage(self) -> dict[str, Any]:
        """Run the tests on the unbroken code; return the lines that each runs and the seconds that it takes."""
        coverage = importlib.import_module("coverage")
        files = [f"{ROOT}/**/{file}" for file in self._files]
        recorder = coverage.Coverage(data_file=None, include=files, config_file=False)
        plugin = _CoverageByTest(recorder)
        recorder.start()
        pytest.main([*_QUIET, *self._folders], plugins=[plugin])
        recorder.stop()
        lines = recorded_lines(recorder.get_data())
        passed = {
            file: {name: run for name, run in names.items() if name not in plugin.failed}
            for file, names in lines.items()
        }
        return {"lines": passed, "seconds": plugin.seconds, "failed": plugin.failed}

    def play_order(self, mutant: SourceMutant, covered: CoverageMap, killers: Sequence[str]) -> list[str]:
        """Return the tests that may notice a mutant: those that noticed its neighbours, then all that run its lines.

        For what runs at import, all that run any line of the file.
        """
        running = covered.running(mutant.file, *mutant.statement)
        if not running and not mutant.function:
            running = covered.running_file(mutant.file)
        known = [name for name in dict.fromkeys(reversed(killers)) if name in running]
        return list(dict.fromkeys([*known, *running]))

    def judge(self, mutant: SourceMutant | None, names: Sequence[str], *, swap: bool = False) -> dict[str, Any]:
        """Run the tests on the mutant in this process, which must not have imported its package.

        None: on the unchanged code, to see how long that takes. `swap` is of no use here: nothing is imported yet.
        """
        if mutant is not None:
            import_hook.install(mutant)
            try:
                importlib.import_module(mutant.module)
            except Exception as error:
                return {"fate": "cannot start", "why": f"{type(error).__name__}: {error}"}
        failure = _FirstFailure()
        output = io.StringIO()
        with redirect_stdout(output):
            code = pytest.main([*_QUIET, "-x", *names], plugins=[failure])
        if failure.test:
            return {"fate": "noticed", "by": failure.test, "why": failure.why}
        if code != pytest.ExitCode.OK:
            return {"fate": "noticed", "by": f"pytest ({code!r})", "why": output.getvalue()[-300:]}
        sys.stdout.flush()
        return {"fate": "survived"}
