"""The equivalent mutants: changes that nobody can see from outside, each with the reason.

`equivalent.yaml` lists them by file and code, not by line, so that an entry ends when its code changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mutation.source_mutants import SourceMutant, mutants_of

FILE = Path(__file__).parent / "equivalent.yaml"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A change without effect. `code`: the lines that change.

    `becomes`: what the mutants make of them; empty for whatever a mutant makes of them. `function`: the only one in
    which it holds.
    """

    file: str
    code: str
    becomes: tuple[str, ...]
    reason: str
    function: str | None = None

    def is_at(self, mutant: SourceMutant) -> bool:
        """Return whether a mutant of the file changes these lines."""
        if mutant.text not in self.code or self.function not in (None, mutant.function):  # cheap, and mostly so
            return False
        return mutant.code == self.code

    def covers(self, mutant: SourceMutant) -> bool:
        at = mutant.file == self.file and self.is_at(mutant)
        return at and (not self.becomes or mutant.becomes in self.becomes)


@cache
def equivalents() -> tuple[Equivalent, ...]:
    """Return the list."""
    listed: Mapping[str, list[dict[str, Any]]] = yaml.safe_load(FILE.read_text("utf-8")) or {}
    return tuple(
        Equivalent(
            file, str(entry["code"]), _texts(entry.get("becomes", [])), str(entry["reason"]), entry.get("function")
        )
        for file, entries in listed.items()
        for entry in entries
    )


def is_listed(mutant: SourceMutant) -> bool:
    """Return whether the list says that a mutant is equivalent."""
    known = [each for each in equivalents() if each.file == mutant.file]
    return bool(known) and any(each.covers(mutant) for each in known)


def outdated_entries(entries: Iterable[Equivalent]) -> list[str]:
    """Return a line for each entry that no mutant matches any more, because its code has moved or changed."""
    lines = []
    known = cache(lambda file: list(mutants_of(file)))
    for entry in entries:
        found = {mutant.becomes for mutant in known(entry.file) if entry.is_at(mutant)}
        if not found:
            lines.append(f"{entry.file}: {entry.code!r}")
        lines += [
            f"{entry.file}: {entry.code!r} becomes {each!r}" for each in entry.becomes if found and each not in found
        ]
    return lines


def page() -> str:
    """Return the list as Markdown."""
    lines: list[str] = []
    file = ""
    for entry in equivalents():
        if entry.file != file:
            file = entry.file
            lines += ["", f"### `{file}`", ""]
        changes = "".join(f"+ {each}\n" for each in entry.becomes or ["any change"])
        where = f"In `{entry.function}`: " if entry.function else ""
        lines += [where + entry.reason, "", f"```diff\n- {entry.code}\n{changes}```", ""]
    return ("\n".join(lines).strip() or "None so far.") + "\n"


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
