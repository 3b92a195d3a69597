"""Ledger entry: one object that a run makes, its state, and how it is undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pii_sandbox.conformance.cleanup.links import PlannedCall

EntryState = Literal["intended", "made", "refused", "gone", "accepted", "left", "not ours"]
OPEN: frozenset[EntryState] = frozenset({"intended", "made", "left"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One object. `mark` is the part of an invented email that finds it again; `under` the entry that it hangs on.

    `sandbox`: not an object at a vendor but a sandbox of that name. `why` says more about its state. What is `not ours`
    was answered to a create of this run and belongs to somebody else: it is never touched.
    """

    number: int
    state: EntryState
    api: str = ""
    operation_id: str = ""
    mark: str | None = None
    under: int | None = None
    sandbox: str | None = None
    undo: PlannedCall | None = None
    why: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def describe_untouched(entry: Entry) -> str:
    """What is told of something that was given to the run and belongs to somebody else."""
    return f"{entry.api or 'sandbox'} {entry.operation_id or entry.sandbox} (entry {entry.number}): {entry.why}"


def as_json(entry: Entry) -> dict[str, Any]:
    shown = {
        "entry": entry.number,
        "state": entry.state,
        "api": entry.api or None,
        "operation": entry.operation_id or None,
        "mark": entry.mark,
        "under": entry.under,
        "sandbox": entry.sandbox,
        "undo": entry.undo and {"operation": entry.undo.operation_id, "params": dict(entry.undo.params)},
        "why": entry.why,
    }
    return {name: value for name, value in shown.items() if value is not None}


def from_json(line: Mapping[str, Any]) -> Entry:
    return Entry(
        line["entry"],
        line["state"],
        line.get("api", ""),
        line.get("operation", ""),
        line.get("mark"),
        line.get("under"),
        line.get("sandbox"),
        _step(line.get("undo")),
        line.get("why"),
    )


def _step(value: Mapping[str, Any] | None) -> PlannedCall | None:
    return None if value is None else PlannedCall(value["operation"], value["params"])
