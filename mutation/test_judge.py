"""Judges mutants by tests: runs those that run the changed lines, until one fails."""

from __future__ import annotations

import importlib
import io
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any

import pytest

from mutation import code_swap, import_hook
from mutation.coverage_map import AT_IMPORT, CoverageMap, recorded_lines
from mutation.source_mutants import ROOT, SourceMutant

_LONGEST_SECONDS = 60.0  # of all tests that judge one mutant, as measured once
_LIBRARIES = ("connexion", "httpx", "jsonschema_rs", "rich", "tinydb", "uvicorn")
_QUIET = (
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-s",
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


class _InsteadOfTests:
    """Pytest plugin: does other work where pytest would run the tests that it has collected."""

    def __init__(self, work: Callable[[Mapping[str, pytest.Item]], None]) -> None:
        self._work = work

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._work({item.nodeid: item for item in session.items})
        return True


class TestJudge:
    """Judges mutants of some files by the tests of some folders.

    Inside `run_prepared`, the tests are imported and collected: a mutant of a function that has not run yet gets its
    code in a fork of that process, and a test takes no more than itself. Outside, each judging process imports and
    collects.
    """

    __test__ = False  # for pytest
    TIMEOUT_SECONDS = 90.0

    def __init__(self, files: Sequence[str], folders: Sequence[str]) -> None:
        self._files = files
        self._folders = folders
        self._items: Mapping[str, pytest.Item] = {}
        self._failure = _FirstFailure()
        self.COVERED_BY = (*folders, *dict.fromkeys(file.partition("/")[0] for file in files))

    def warm_up(self) -> None:
        """Import what all judging processes share; the mutated packages are not among it."""
        for name in _LIBRARIES:
            importlib.import_module(name)

    def record_coverage(self) -> dict[str, Any]:
        """Run the tests on the unbroken code; return the lines that each runs and the seconds that it takes.

        If pytest cannot collect them, only why.
        """
        coverage = importlib.import_module("coverage")
        files = [f"{ROOT}/**/{file}" for file in self._files]
        recorder = coverage.Coverage(data_file=None, include=files, config_file=False)
        plugin = _CoverageByTest(recorder)
        recorder.start()
        recorder.switch_context(AT_IMPORT)
        code = pytest.main([*_QUIET, *self._folders], plugins=[plugin])
        recorder.stop()
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return {"why": _cannot_run(code)}
        lines = recorded_lines(recorder.get_data())
        passed = {
            file: {name: run for name, run in names.items() if name not in plugin.failed}
            for file, names in lines.items()
        }
        return {"lines": passed, "seconds": plugin.seconds, "failed": plugin.failed}

    def play_order(self, mutant: SourceMutant, coverage: CoverageMap, killers: Sequence[str]) -> list[str]:
        """Return the tests that may notice a mutant: those that noticed its neighbours, then all that run its lines.

        For what runs at import, all that run any line of the file.
        """
        running = coverage.running(mutant.file, *mutant.statement)
        if not running and not mutant.function:
            running = coverage.running_file(mutant.file)
        known = [name for name in running if name in killers]  # the fastest first
        return coverage.within(list(dict.fromkeys([*known, *running])), _LONGEST_SECONDS)

    def run_prepared(self, work: Callable[[], None]) -> None:
        """Do the work in a process that has imported and collected the tests.

        Raises RuntimeError if pytest cannot collect them.
        """

        def with_items(items: Mapping[str, pytest.Item]) -> None:
            self._items = items
            work()
            self._items = {}

        code = pytest.main([*_QUIET, *self._folders], plugins=[self._failure, _InsteadOfTests(with_items)])
        if code != pytest.ExitCode.OK:
            raise RuntimeError(_cannot_run(code))

    def judge(self, mutant: SourceMutant | None, names: Sequence[str], *, swap: bool = False) -> dict[str, Any]:
        """Run the tests on the mutant in this process.

        None: on the unchanged code, to see how long that takes. `swap`: the mutant is in a function that has not run
        yet. Otherwise this process must not have imported its package.
        """
        if self._items:
            return self._judge_prepared(mutant, [self._items[name] for name in names if name in self._items])
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

    def _judge_prepared(self, mutant: SourceMutant | None, items: Sequence[pytest.Item]) -> dict[str, Any]:
        try:
            is_swapped = mutant is None or code_swap.swap_code(mutant) > 0
        except SyntaxError as error:
            return {"fate": "cannot start", "why": f"SyntaxError: {error}"}
        if not is_swapped:
            return {"fate": "error", "why": "no function has the code that the mutant changes"}
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failure.test:
                return {"fate": "noticed", "by": self._failure.test, "why": self._failure.why}
        return {"fate": "survived"}


def _cannot_run(code: int) -> str:
    return f"pytest cannot collect the tests and ends with {code!r}: run it by hand on the same folders"
