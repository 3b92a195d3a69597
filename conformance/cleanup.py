"""Undoes what a run left behind, from its ledger, and proves each object gone."""

from __future__ import annotations

from collections.abc import Callable

from conformance import undoing
from conformance.ledger import Entry, Ledger
from conformance.sender import NewClient, Sender, client
from conformance.targets import Target


def clean(
    ledger: Ledger,
    target: Target,
    *,
    sender: Sender | None = None,
    new_client: NewClient = client,
    told: Callable[[Entry], None] = lambda _: None,
) -> list[Entry]:
    """Undoes every open entry, the latest first; gives what became of each, in that order.

    Nothing that the ledger does not name is touched.
    """
    own = sender or Sender(target, new_client)
    numbers = [entry.number for entry in ledger.open_entries()]
    try:
        for number in numbers:
            if ledger.entry(number).under is None:
                undoing.take_back(target, own, ledger, ledger.entry(number), look=True)
        for number in numbers:  # what hangs on something goes with it; it is looked at when that is done
            if ledger.entry(number).under is not None:
                undoing.take_back(target, own, ledger, ledger.entry(number), look=True)
        undoing.follow(ledger)
    finally:
        if sender is None:
            own.close()
    ended = [ledger.entry(number) for number in numbers]
    for entry in ended:
        told(entry)
    return ended


def differing(ledger: Ledger, target: Target) -> str | None:
    """Why the target cannot be the one of the ledger, None where it can."""
    urls = ledger.about.get("urls", {})
    for api in sorted({entry.api for entry in ledger.open_entries() if entry.api}):
        if urls.get(api) != target.urls.get(api):
            return f"the ledger's run went to another {api} than this target"
    rooms = any(entry.sandbox for entry in ledger.open_entries())
    if rooms and ledger.about.get("control") != target.control:
        return "the ledger's run went to another sandbox than this target"
    return None
