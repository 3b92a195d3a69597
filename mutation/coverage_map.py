"""Which scenarios or tests run which lines of the mutated code, and how long each takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mutation.source_mutants import ROOT

OUTSIDE_ALL = ""  # the name of coverage.py's context before a scenario or test gives it one
AT_IMPORT = "import"  # the name of the context in which the mutated packages are imported
_NO_JUDGES = frozenset({OUTSIDE_ALL, AT_IMPORT})


@dataclass(frozen=True)
class CoverageMap:
    """The lines by file and name of scenario or test, and the seconds by name.

    Those that run beside them, at start-up for instance, have the names `OUTSIDE_ALL` and `AT_IMPORT`.
    """

    lines: Mapping[str, Mapping[str, frozenset[int]]]
    seconds: Mapping[str, float]

    @classmethod
    def of(cls, records: Mapping[str, Any]) -> CoverageMap:
        """Return it from its JSON form."""
        lines = {
            file: {name: frozenset(lines) for name, lines in names.items()} for file, names in records["lines"].items()
        }
        return cls(lines, records["seconds"])

    def running(self, file: str, first: int, last: int) -> list[str]:
        """Return the names of those that run one of those lines, the fastest first."""
        return [name for name in self._running(file, first, last) if name not in _NO_JUDGES]

    def runs_outside_all(self, file: str, first: int, last: int) -> bool:
        """Return whether one of those lines runs, but while none of them does: at start-up, for instance."""
        running = self._running(file, first, last)
        return bool(running) and _NO_JUDGES.issuperset(running)

    def runs_at_import(self, file: str, first: int, last: int) -> bool:
        """Return whether one of those lines runs while the packages are imported."""
        return AT_IMPORT in self._running(file, first, last)

    def running_file(self, file: str) -> list[str]:
        """Return the names of those that run any line of the file, the fastest first."""
        return self._sorted(name for name in self.lines.get(file, {}) if name not in _NO_JUDGES)

    def within(self, names: Sequence[str], seconds: float) -> list[str]:
        """Return the first of the names that take no longer together than that, and one at least."""
        chosen: list[str] = []
        total = 0.0
        for name in names:
            total += self.seconds.get(name, 0.0)
            if chosen and total > seconds:
                break
            chosen.append(name)
        return chosen

    def _running(self, file: str, first: int, last: int) -> list[str]:
        wanted = range(first, last + 1)
        return self._sorted(name for name, lines in self.lines.get(file, {}).items() if not lines.isdisjoint(wanted))

    def _sorted(self, names: Any) -> list[str]:
        return sorted(names, key=lambda name: self.seconds.get(name, 0.0))


def recorded_lines(data: Any) -> dict[str, dict[str, list[int]]]:
    """Return the lines by file and context from the data of coverage.py."""
    lines: dict[str, dict[str, list[int]]] = {}
    for measured in data.measured_files():
        file = str(measured).removeprefix(f"{ROOT}/").removeprefix("pii_sandbox/")
        for line, contexts in data.contexts_by_lineno(measured).items():
            for name in contexts:
                lines.setdefault(file, {}).setdefault(name, []).append(line)
    return lines
