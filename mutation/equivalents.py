"""The equivalent mutants: changes that nobody can see from outside, each with the reason.

`equivalent.yaml` lists them by file and code, not by line, so that an entry ends when its code changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from mutation.source_mutants import SourceMutant, mutants_of

FILE = Path(__file__).parent / "equivalent.yaml"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A change without effect. `code`: the lines that change.

    `becomes`: what the mutants make of them; empty for whatever a mutant makes of them.
    """

    file: str
    code: str
    becomes: tuple[str, ...]
    reason: str

    def covers(self, mutant: SourceMutant) -> bool:
        return (
            mutant.file == self.file
            and mutant.code == self.code
            and (not self.becomes or mutant.becomes in self.becomes)
        )


@cache
def equivalents() -> tuple[Equivalent, ...]:
    """Return the list."""
    listed: Mapping[str, list[dict[str, object]]] = yaml.safe_load(FILE.read_text("utf-8")) or {}
    return tuple(
        Equivalent(file, str(entry["code"]), _texts(entry.get("becomes", [])), str(entry["reason"]))
        for file, entries in listed.items()
        for entry in entries
    )


def is_listed(mutant: SourceMutant) -> bool:
    """Return whether the list says that a mutant is equivalent."""
    known = [each for each in equivalents() if each.file == mutant.file]
    return bool(known) and any(each.covers(mutant) for each in known)


def outdated(listed: Iterable[Equivalent]) -> list[str]:
    """Return a line for each entry that no mutant matches any more, because its code has moved or changed."""
    lines = []
    for entry in listed:
        found = {mutant.becomes for mutant in mutants_of(entry.file) if mutant.code == entry.code}
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
        lines += [entry.reason, "", f"```diff\n- {entry.code}\n{changes}```", ""]
    return ("\n".join(lines).strip() or "None so far.") + "\n"


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
