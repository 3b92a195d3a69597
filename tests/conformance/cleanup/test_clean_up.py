"""A clean-up undoes all open entries, what hangs on others after them, at the target of the run alone."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.cleanup.cleanup import clean_up, target_mismatch
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.cleanup.ledger_entry import Entry
from pii_sandbox.conformance.target.model import Target
from tests.conformance.cleanup.stub_vendor import ABOUT, StubVendor, gone, record
from tests.conformance.cleanup.test_undo_entry import (
    ADDRESS_RECORD,
    DELETE,
    DONE,
    SHOW,
    SHOW_ADDRESS,
    UNDO,
    UNDO_ADDRESS,
)

PROSPECT = Entry(4, "left", "vtex", "CreateProspect", "b")
FAMILY = (
    Entry(1, "made", "vtex", "CreateClientProfile", undo=UNDO),
    Entry(2, "made", "vtex", "CreateClientAddress", under=1, undo=UNDO_ADDRESS),
    Entry(3, "intended", "vtex", "CreateClientAddress", under=1),
    PROSPECT,
    Entry(5, "gone", "vtex", "CreateProspect"),
)
WHOLE = ["GET /prospects", SHOW, DELETE, SHOW, SHOW_ADDRESS]


@pytest.mark.parametrize(
    ("address", "state"), [(gone(), "gone"), (ADDRESS_RECORD, "left")], ids=["gone with it", "outlives it"]
)
def test_all_open_entries_are_undone_the_latest_first_and_what_hangs_on_others_last(address: Any, state: str) -> None:
    ledger, told = Ledger(None, ABOUT), list[Entry]()
    ledger._entries = {entry.number: entry for entry in FAMILY}
    shop = StubVendor({"GET /prospects": [], SHOW: (record(), gone()), DELETE: DONE, SHOW_ADDRESS: address})
    with shop.context(ledger) as run_context:
        ended = clean_up(run_context, on_entry=told.append)
        assert [(entry.number, entry.state) for entry in ended] == [(4, "gone"), (3, "gone"), (2, state), (1, "gone")]
        assert told == ended
        assert shop.arrived == WHOLE
        again = [entry.number for entry in clean_up(run_context)]
    assert again == ([2] if state == "left" else [])


def test_what_hangs_on_an_object_that_stays_is_left() -> None:
    ledger = Ledger(None, ABOUT)
    ledger._entries = {entry.number: entry for entry in FAMILY[:3]}
    with StubVendor({SHOW: record(), DELETE: DONE}).context(ledger) as run_context:
        assert [entry.state for entry in clean_up(run_context)] == ["left"] * 3


URLS = {"vtex": "https://a.example.com", "newstore": "https://b.example.com"}
OTHER_URL = "the ledger is of a run at another URL of {} than this target's; give the target file of that run"
OTHER_CONTROL = "the ledger is of a run at another control_url than this target's; give the target file of that run"


@pytest.mark.parametrize(
    ("entries", "urls", "control", "why"),
    [
        ([], {}, None, None),
        ([Entry(1, "made", "vtex", "CreateProspect")], URLS, "http://127.0.0.1:1", None),
        ([Entry(1, "made", "vtex", "CreateProspect")], {"vtex": URLS["vtex"]}, None, None),
        ([Entry(1, "made", "vtex", "CreateProspect")], {"vtex": URLS["newstore"]}, None, OTHER_URL.format("vtex")),
        ([Entry(1, "made", "vtex", "CreateProspect")], {}, None, OTHER_URL.format("vtex")),
        ([Entry(1, "gone", "vtex", "CreateProspect")], {}, None, None),
        ([Entry(1, "made", "vtex"), Entry(2, "left", "newstore")], {"vtex": URLS["vtex"]}, None,
         OTHER_URL.format("newstore")),
        ([Entry(1, "made", sandbox="abc12345-x")], {}, "http://127.0.0.1:8000", None),
        ([Entry(1, "made", sandbox="abc12345-x")], {}, "http://127.0.0.1:1", OTHER_CONTROL),
        ([Entry(1, "made", sandbox="abc12345-x")], {}, None, OTHER_CONTROL),
        ([Entry(1, "gone", sandbox="abc12345-x")], {}, None, None),
    ],
)  # fmt: skip
def test_a_ledger_is_cleaned_up_where_its_run_went_alone(
    entries: list[Entry], urls: dict[str, str], control: str | None, why: str | None
) -> None:
    ledger = Ledger(None, {**ABOUT, "urls": URLS, "control": "http://127.0.0.1:8000"})
    ledger._entries = {entry.number: entry for entry in entries}
    told = target_mismatch(ledger, Target("other", urls, {}, control=control))
    assert told == (None if why is None else f"{why} with --target")
