"""Undoes what a run left behind, from its ledger, and proves each object gone."""

from __future__ import annotations

from collections.abc import Callable

from pii_sandbox.conformance.cleanup import undo
from pii_sandbox.conformance.cleanup.ledger import Entry, Ledger
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.target.model import Target


def clean_up(context: RunContext, *, on_entry: Callable[[Entry], None] = lambda _: None) -> list[Entry]:
    """Undoes every open entry, the latest first; gives what became of each, in that order.

    Nothing that the ledger does not name is touched.
    """
    ledger = context.ledger
    numbers = [entry.number for entry in ledger.open_entries()]
    # what hangs on something goes with it; it is looked at when that is done
    for number in sorted(numbers, key=lambda number: ledger.entry(number).under is not None):
        undo.undo_entry(context, ledger.entry(number), look=True)
    ended = [ledger.entry(number) for number in numbers]
    for entry in ended:
        on_entry(entry)
    return ended


def target_mismatch(ledger: Ledger, target: Target) -> str | None:
    """Why the target cannot be the one of the ledger, None where it can."""
    urls = ledger.about.get("urls", {})
    for api in sorted({entry.api for entry in ledger.open_entries()}):
        if urls.get(api) != target.urls.get(api):
            return (
                f"the ledger is of a run at another URL of {api} than this target's; give the target file "
                "of that run with --target"
            )
    rooms = any(entry.sandbox for entry in ledger.open_entries())
    if rooms and ledger.about.get("control") != target.control:
        return (
            "the ledger is of a run at another control_url than this target's; give the target file of "
            "that run with --target"
        )
    return None
