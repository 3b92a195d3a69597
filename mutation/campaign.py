"""A campaign: judges many mutants in forked processes, resumably."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, Protocol

from mutation.coverage_map import CoverageMap
from mutation.equivalents import is_listed
from mutation.processes import run_forked
from mutation.results import NOTICED, SESSIONS, MutantResult, Session, result_of
from mutation.source_mutants import ROOT, SourceMutant

COVERAGE_SECONDS = 1800.0


class Judge(Protocol):
    """What judges mutants of one subject. Each method but `warm_up` and `play_order` runs in a forked process."""

    @property
    def COVERED_BY(self) -> Sequence[str]: ...  # noqa: N802 — a constant of the module or class
    @property
    def TIMEOUT_SECONDS(self) -> float: ...  # noqa: N802

    def warm_up(self) -> None: ...
    def record_coverage(self) -> dict[str, Any]: ...
    def run_prepared(self, work: Callable[[], None]) -> None: ...
    def play_order(self, mutant: SourceMutant, coverage: CoverageMap, killers: Sequence[str]) -> list[str]: ...
    def judge(self, mutant: SourceMutant | None, names: Sequence[str], *, swap: bool = False) -> dict[str, Any]: ...


def coverage_map(subject: str, judge: Judge) -> CoverageMap:
    """Return which scenarios or tests run which lines: from a file if the sources are those of then, else recorded."""
    digest = sha256()
    for folder in judge.COVERED_BY:
        for file in sorted((ROOT / folder).rglob("*.py")) or [ROOT / folder]:
            digest.update(file.read_bytes())
    kept = SESSIONS / f"coverage-{subject}-{digest.hexdigest()[:12]}.json"
    if not kept.exists():
        [(_, recorded)] = run_forked([judge.record_coverage], 1, COVERAGE_SECONDS)
        if recorded is None or "lines" not in recorded:
            raise RuntimeError(f"which lines run could not be recorded: {(recorded or {}).get('why', 'too slow')}")
        SESSIONS.mkdir(exist_ok=True)
        for old in SESSIONS.glob(f"coverage-{subject}-*.json"):
            old.unlink()
        kept.write_text(json.dumps(recorded), "utf-8")
    return CoverageMap.of(json.loads(kept.read_text("utf-8")))


def run(
    judge: Judge,
    mutants: Iterable[SourceMutant],
    coverage: CoverageMap,
    session: Session,
    *,
    workers: int,
    on_result: Callable[[MutantResult], None],
    most: int | None = None,
) -> None:
    """Judge those that the session has no result for; keep each result as it comes.

    `most`: how many scenarios or tests judge one. Last come those in functions that do not run at import, whose code a
    prepared process can exchange: it has imported what the others import themselves.
    """
    known = session.latest()
    to_swap: list[SourceMutant] = []
    to_import: list[SourceMutant] = []
    for mutant in mutants:
        if mutant.name in known:
            continue
        if is_listed(mutant):
            session.add(result_of(mutant, {"fate": "equivalent"}, 0))
        elif mutant.function and not coverage.runs_at_import(mutant.file, *mutant.statement):
            to_swap.append(mutant)
        else:
            to_import.append(mutant)
    _judge_all(judge, to_import, coverage, session, workers, on_result, most, swap=False)
    if to_swap:
        judge.run_prepared(lambda: _judge_all(judge, to_swap, coverage, session, workers, on_result, most, swap=True))


def _judge_all(
    judge: Judge,
    to_judge: Sequence[SourceMutant],
    coverage: CoverageMap,
    session: Session,
    workers: int,
    on_result: Callable[[MutantResult], None],
    most: int | None,
    *,
    swap: bool,
) -> None:
    killers: dict[tuple[str, str], list[str]] = defaultdict(list)

    def job(number: int) -> Callable[[], dict[str, Any]]:
        mutant = to_judge[number]

        def judge_mutant() -> dict[str, Any]:
            names = judge.play_order(mutant, coverage, killers[mutant.file, mutant.function])[:most]
            return judge.judge(mutant, names, swap=swap) if names else {"fate": "not run"}

        return judge_mutant

    last = time.monotonic()
    for number, judged in run_forked([job(number) for number in range(len(to_judge))], workers, judge.TIMEOUT_SECONDS):
        mutant = to_judge[number]
        told = judged
        if told is None:
            names = judge.play_order(mutant, coverage, killers[mutant.file, mutant.function])[:most]
            told = _timed_out(judge, names)
        now = time.monotonic()
        result = result_of(mutant, told, now - last)
        last = now
        if result.fate in NOTICED and result.by:
            killers[mutant.file, mutant.function].append(result.by)
        session.add(result)
        on_result(result)


def _timed_out(judge: Judge, names: Sequence[str]) -> dict[str, Any]:
    """Tell a mutant that hangs from a machine that is too busy: judge the unchanged code in the same way."""
    started = time.monotonic()
    [(_, unchanged)] = run_forked([lambda: judge.judge(None, names)], 1, judge.TIMEOUT_SECONDS)
    needed = time.monotonic() - started
    fate = "timed out" if unchanged is not None and needed < judge.TIMEOUT_SECONDS / 2 else "undecided"
    return {"fate": fate, "why": f"ended after {judge.TIMEOUT_SECONDS:.0f} s; without the mutant {needed:.0f} s"}
