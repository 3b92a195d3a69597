"""The results of mutants: kept in a file while they are judged, counted, and printed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from mutation.source_mutants import ROOT, SourceMutant

SESSIONS = ROOT / ".mutation"

Fate = Literal[
    "noticed", "not playable", "timed out", "survived", "not run", "undecided", "equivalent", "cannot start", "error"
]
NOTICED: frozenset[Fate] = frozenset({"noticed", "not playable", "timed out"})
UNNOTICED: frozenset[Fate] = frozenset({"survived", "not run", "undecided", "error"})


@dataclass(frozen=True, slots=True)
class MutantResult:
    """What came of one mutant.

    `fate`: "not playable": a scenario that holds without the mutant could not be played to its end, twice. "timed out":
    the judge had to be ended, and takes less than half that time without the mutant; "undecided": it takes longer, so
    that the machine may be to blame. "not run": no judge runs the changed lines. "cannot start": the changed module
    cannot be imported, which says nothing about the judges; it counts for neither side, as "equivalent" does.
    `by`: what noticed it. `why`: what that expected and saw, or why it was not noticed.
    """

    mutant: str
    file: str
    line: int
    operator: str
    code: str
    becomes: str
    fate: Fate
    by: str = ""
    why: str = ""
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.file, self.operator, self.code, self.becomes


def result_of(mutant: SourceMutant, outcome: Mapping[str, Any], seconds: float) -> MutantResult:
    """Return the result of a mutant from what its judging process answered."""
    return MutantResult(
        mutant.name,
        mutant.file,
        mutant.line,
        mutant.operator,
        mutant.code,
        mutant.becomes,
        outcome["fate"],
        outcome.get("by", ""),
        outcome.get("why", ""),
        round(seconds, 2),
    )


class Session:
    """A file with one result a line, so that a run that was cut short can be resumed."""

    def __init__(self, name: str, *, resume: bool, folder: Path = SESSIONS) -> None:
        self.file = folder / f"{name}.jsonl"
        folder.mkdir(exist_ok=True)
        if not resume:
            self.file.unlink(missing_ok=True)
        self.results = list(self._read())

    def _read(self) -> Iterator[MutantResult]:
        if self.file.exists():
            for line in self.file.read_text("utf-8").splitlines():
                yield MutantResult(**json.loads(line))

    def add(self, result: MutantResult) -> None:
        """Keep a result. A later one of the same mutant replaces it."""
        self.results.append(result)
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(result)) + "\n")

    def latest(self) -> dict[str, MutantResult]:
        """Return the last result of each mutant by its name."""
        return {result.mutant: result for result in self.results}


def score(results: Iterable[MutantResult]) -> tuple[int, int]:
    """Return how many mutants were noticed, and of how many that count."""
    fates = Counter(result.fate for result in results)
    noticed = sum(fates[fate] for fate in NOTICED)
    return noticed, noticed + sum(fates[fate] for fate in UNNOTICED)


def summary(results: Sequence[MutantResult]) -> str:
    """Return the figures and the mutants that nobody noticed, as text."""
    noticed, counted = score(results)
    fates = Counter(result.fate for result in results)
    share = f" ({100 * noticed / counted:.1f} %)" if counted else ""
    lines = [f"{noticed} of {counted} mutants noticed{share}; {', '.join(f'{n} {fate}' for fate, n in fates.items())}"]
    for result in sorted(results, key=lambda result: (result.file, result.line)):
        if result.fate in UNNOTICED:
            lines.append(f"{result.file}:{result.line} {result.fate} ({result.operator})")
            lines.append(f"  - {result.code}\n  + {result.becomes}")
            if result.why:
                lines.append(f"  {result.why}")
    return "\n".join(lines)
