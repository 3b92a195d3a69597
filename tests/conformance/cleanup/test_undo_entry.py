"""What becomes of one entry of a ledger that is undone: nothing is deleted that is not proven to be the run's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import httpx
import pytest

from pii_sandbox.conformance.cleanup.ledger import EntryState, Ledger
from pii_sandbox.conformance.cleanup.ledger_entry import Entry
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.undo import settle_dependents, undo_entry
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.cleanup.stub_vendor import (
    ABOUT,
    ADDRESS,
    BEFORE,
    EMAIL,
    GONE,
    PROBLEM,
    PROFILE,
    STRANGER,
    WITHIN,
    StubVendor,
    exchange,
    gone,
    page,
    record,
)

if TYPE_CHECKING:
    from pii_sandbox.conformance.http.sender import Sender
    from pii_sandbox.conformance.values.request import Request

UNDO = PlannedCall("DeleteClientProfile", {"profileId": PROFILE})
UNDO_ADDRESS = PlannedCall("DeleteAddress", {"profileId": PROFILE, "addressId": ADDRESS})
SHOW = f"GET /profiles/{PROFILE}/unmask?reason=data-validation"
SHOW_ADDRESS = f"GET /profiles/{PROFILE}/addresses/{ADDRESS}/unmask?reason=data-validation"
DELETE = f"DELETE /profiles/{PROFILE}"
FIND = f"GET /profiles/{quote(EMAIL)}?alternativeKey=email"
DONE = httpx.Response(204)
ADDRESS_RECORD = record(ADDRESS, email="", profileId=PROFILE)


@dataclass
class Undone:
    """What became of an entry, and of the run."""

    entry: Entry
    arrived: list[str]
    slept: list[float]
    faults: list[str]

    @property
    def told(self) -> tuple[str, str | None]:
        return self.entry.state, self.entry.why


def undo(
    responses: dict[str, Any], entry: Entry | None = None, *above: Entry, look: bool = True, stopped: bool = False,
    api: str = "vtex", about: dict[str, str] = ABOUT, **more: Any,
) -> Undone:  # fmt: skip
    """Undoes an entry at a vendor that answers so; `above` are other entries."""
    shop, ledger = StubVendor(responses, api), Ledger(None, about)
    made = entry or Entry(1, "made", "vtex", "CreateClientProfile", "0f3k2a", undo=UNDO)
    ledger._entries = {each.number: each for each in (made, *above)}
    with shop.context(ledger, **more) as run_context:
        if stopped:
            run_context.sender.stop.set()
        undo_entry(run_context, made, look=look)
        return Undone(ledger.entry(made.number), shop.arrived, shop.time.slept, run_context.faults.texts)


def problem(status: int) -> httpx.Response:
    return httpx.Response(status, json={**GONE["vtex"], "status": status}, headers={"content-type": PROBLEM})


@pytest.mark.parametrize(
    ("shown", "deletion", "state", "why"),
    [
        ((record(), gone()), DONE, "gone", "DeleteClientProfile answered 204, then GetUnmaskedProfile answered 404"),
        ((record(), gone()), httpx.Response(202), "gone", "DeleteClientProfile answered 202, then GetUnm"),
        (record(), DONE, "left", "DeleteClientProfile answered 204, then GetUnmaskedProfile answered 200"),
        (record(), problem(400), "left", "DeleteClientProfile answered 400"),
        (record(), problem(409), "left", "DeleteClientProfile answered 409"),
        (record(), httpx.Response(401), "left", "DeleteClientProfile answered 401"),
        (record(), gone(), "gone", "DeleteClientProfile answered 404"),
        (record(), page(404), "left", "something other than the API answered"),
    ],
)
def test_an_object_of_the_run_is_deleted_and_shown_to_be_gone(
    shown: Any, deletion: httpx.Response, state: str, why: str
) -> None:
    undone = undo({SHOW: shown, DELETE: deletion})
    assert undone.entry.state == state
    assert str(undone.entry.why).startswith(why)
    assert undone.arrived[:2] == [SHOW, DELETE]
    assert undone.arrived[2:].count(SHOW) == (", then " in str(undone.entry.why)) or deletion.status_code == 401
    assert undone.faults == []


def test_a_deletion_is_not_looked_at_where_nobody_asks_for_it() -> None:
    undone = undo({SHOW: record(), DELETE: DONE}, look=False)
    assert undone.told == ("gone", "DeleteClientProfile answered 204")
    assert undone.arrived == [SHOW, DELETE]


@pytest.mark.parametrize(
    ("shown", "state", "why"),
    [
        (gone(), "gone", "GetUnmaskedProfile answered 404"),
        (record(STRANGER), "not ours", "it has another id than the one requested"),
        (record(created=BEFORE), "not ours", "it is older than this run"),
        (record(email="jane@example.org"), "not ours", "it contains an email that this run did not invent"),
        (httpx.Response(401), "left", "GetUnmaskedProfile answered 401, which does not show the owner"),
        (page(404), "left", "something other than the API answered at shop.example.com (status 404, text/html)"),
    ],
)
def test_what_is_not_proven_to_be_the_runs_is_not_deleted(shown: Any, state: str, why: str) -> None:
    undone = undo({SHOW: shown, DELETE: DONE})
    assert undone.told == (state, why)
    assert undone.arrived == [SHOW]
    assert undone.faults == []


@pytest.mark.parametrize(
    ("operation_id", "step"),
    [("CreateClientProfile", PlannedCall("DeleteProspect", {"prospectId": PROFILE})), ("GetProspects", UNDO)],
)
def test_a_call_that_does_not_delete_what_was_created_is_not_sent(operation_id: str, step: PlannedCall) -> None:
    undone = undo({SHOW: record(), DELETE: DONE}, Entry(1, "made", "vtex", operation_id, undo=step))
    assert undone.told == ("not ours", f"{step.operation_id} does not delete what {operation_id} creates")
    assert undone.arrived == []


@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
def test_a_target_that_lags_behind_is_waited_for_before_and_after_the_deletion(stopped: bool) -> None:
    shown = (gone(), record(), record(), gone())
    undone = undo({SHOW: shown, DELETE: DONE}, settle_seconds=1.0, stopped=stopped)
    assert undone.told == ("gone", "DeleteClientProfile answered 204, then GetUnmaskedProfile answered 404")
    assert undone.arrived == [SHOW, SHOW, DELETE, SHOW, SHOW]
    assert undone.slept == pytest.approx([0.1, 0.1])


@pytest.mark.parametrize(("status", "state"), [(199, "left"), (200, "gone"), (299, "gone"), (300, "left")])
def test_only_a_success_counts_as_a_deletion(status: int, state: str) -> None:
    class Sending:
        def send(self, request: Request) -> Exchange:
            return exchange(status) if request.safety == "delete" else exchange(200, record())

    ledger = Ledger(None, ABOUT)
    ledger.settle(ledger.record_intent("vtex", "CreateClientProfile"), "made", undo=UNDO)
    with StubVendor().context(ledger) as run_context:
        undo_entry(replace(run_context, sender=cast("Sender", Sending())), ledger.entry(1), look=False)
    assert (ledger.entry(1).state, ledger.entry(1).why) == (state, f"DeleteClientProfile answered {status}")


NS_ENTRY = Entry(
    1, "made", "newstore", "getOrCreateProfile", undo=PlannedCall("requestProfileDeletion", {"profile_id": PROFILE})
)
NS_SHOW, NS_DELETE = f"GET /profiles/{PROFILE}", f"POST /profiles/{PROFILE}/delete"
NS_RECORD = {"id": PROFILE, "email": EMAIL, "created_at": WITHIN}
NS_CONFLICT = httpx.Response(409, json=GONE["newstore"], headers={"content-type": PROBLEM})
LATER = ": the vendor deletes it later"


@pytest.mark.parametrize(
    ("shown", "deletion", "state", "why", "slept"),
    [
        (NS_RECORD, httpx.Response(202), "accepted", f"202, then getProfile answered 200{LATER}", []),
        (NS_RECORD, NS_CONFLICT, "accepted", f"409, then getProfile answered 200{LATER}", []),  # it was asked before
        ((NS_RECORD, gone("newstore")), httpx.Response(202), "gone", "202, then getProfile answered 404", []),
        ((NS_RECORD, httpx.Response(401), gone("newstore")), httpx.Response(202), "gone",
         "202, then getProfile answered 404", [0.1]),
        ((NS_RECORD, gone("newstore")), httpx.Response(200), "gone", "200, then getProfile answered 404", []),
    ],
)  # fmt: skip
def test_a_deletion_that_the_vendor_accepts_is_done_later(
    shown: Any, deletion: httpx.Response, state: str, why: str, slept: list[float]
) -> None:
    undone = undo({NS_SHOW: shown, NS_DELETE: deletion}, NS_ENTRY, api="newstore", settle_seconds=1.0)
    assert undone.told == (state, f"requestProfileDeletion answered {why}")
    assert undone.slept == pytest.approx(slept)


def test_a_deletion_that_the_vendor_accepts_is_told_without_a_look() -> None:
    undone = undo({NS_SHOW: NS_RECORD, NS_DELETE: httpx.Response(202)}, NS_ENTRY, api="newstore", look=False)
    assert undone.told == ("accepted", f"requestProfileDeletion answered 202{LATER}")


INTENDED = Entry(1, "intended", "vtex", "CreateClientProfile", "0f3k2a")


@pytest.mark.parametrize(
    ("found", "settle_seconds", "looks", "slept"),
    [(gone(), 0.0, 1, []), (gone(), 0.5, 2, [0.5]), ((gone(), record()), 0.5, 2, [0.5]), (record(), 0.5, 1, [])],
)
@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
def test_an_object_without_a_known_id_is_looked_for_until_it_shows_and_deleted(
    found: Any, settle_seconds: float, looks: int, slept: list[float], stopped: bool
) -> None:
    responses = {FIND: found, SHOW: (record(), gone()), DELETE: DONE}
    undone = undo(responses, INTENDED, settle_seconds=settle_seconds, stopped=stopped)
    was_created = isinstance(found, dict | tuple)
    assert undone.arrived == [FIND] * looks + ([SHOW, DELETE, SHOW] if was_created else [])
    assert undone.slept == slept
    assert undone.entry.state == "gone"
    assert (undone.entry.why == "it was never created, or is already gone") is not was_created


@pytest.mark.parametrize(
    ("parent", "shown", "state", "why", "looks"),
    [
        ("not ours", gone(), "not ours", "it belongs to entry 1, which this run did not create", 0),
        ("made", gone(), "left", "it is deleted with entry 1, which is not gone", 0),
        ("left", gone(), "left", "it is deleted with entry 1, which is not gone", 0),
        ("gone", gone(), "gone", "deleted with entry 1; GetUnmaskedAddress answered 404", 1),
        ("gone", ADDRESS_RECORD, "left", "deleted with entry 1; GetUnmaskedAddress answered 200", 1),
        ("accepted", gone(), "gone", "deleted with entry 1; GetUnmaskedAddress answered 404", 1),
        ("accepted", ADDRESS_RECORD, "accepted", "deleted with entry 1; GetUnmaskedAddress answered 200", 1),
    ],
)
def test_what_hangs_on_an_object_goes_with_it_and_is_never_deleted_by_itself(
    parent: EntryState, shown: Any, state: str, why: str, looks: int
) -> None:
    above = Entry(1, parent, "vtex", "CreateClientProfile", undo=UNDO)
    hanging = Entry(2, "made", "vtex", "CreateClientAddress", under=1, undo=UNDO_ADDRESS)
    undone = undo({SHOW_ADDRESS: shown}, hanging, above)
    assert undone.told == (state, why)
    assert undone.arrived == [SHOW_ADDRESS] * looks


@pytest.mark.parametrize(
    ("parent", "state", "why"),
    [
        ("gone", "gone", "deleted with entry 1"),
        ("accepted", "accepted", "deleted with entry 1"),
        ("not ours", "not ours", "deleted with entry 1"),
        ("left", "left", "whether it was created is not known; it is deleted with the object that it belongs to"),
    ],
)
def test_what_hangs_on_an_object_and_has_no_known_id_shares_its_end(parent: EntryState, state: str, why: str) -> None:
    above = Entry(1, parent, "vtex", "CreateClientProfile", undo=UNDO)
    undone = undo({}, Entry(2, "intended", "vtex", "CreateClientAddress", under=1), above)
    assert undone.told == (state, why)
    assert (undone.arrived, undone.faults) == ([], [])


def test_an_obstacle_leaves_the_entry_open_and_is_no_fault() -> None:
    undone = undo({}, credentials={})
    assert undone.told == (
        "left", "the target has no URL or no full credentials for vtex; set them in the target file"
    )  # fmt: skip
    assert undone.faults == []


def test_a_fault_of_this_program_leaves_the_entry_open_and_is_told() -> None:
    undone = undo({}, Entry(1, "made", "vtex", "NoOperation", undo=UNDO))
    assert undone.entry.state == "left"
    assert str(undone.entry.why).startswith("an internal error of pii-sandbox in the clean-up: KeyError")
    assert undone.faults == [undone.entry.why]


@pytest.mark.parametrize(
    ("state", "under", "above", "ends"),
    [
        ("made", 1, "gone", "gone"),
        ("intended", 1, "accepted", "accepted"),
        ("made", 1, "not ours", "not ours"),
        ("left", 1, "gone", "left"),  # it was seen after that
        ("made", 1, "made", "made"),
        ("made", 1, "left", "made"),
        ("refused", 1, "gone", "refused"),
        ("made", None, "gone", "made"),
    ],
)
def test_what_hangs_on_an_object_shares_its_end(
    state: EntryState, under: int | None, above: EntryState, ends: str
) -> None:
    ledger = Ledger(None, ABOUT)
    first, second = Entry(1, above), Entry(2, state, under=under, why="before")
    ledger._entries = {1: first, 2: second}
    followed = settle_dependents(ledger)
    if ends == state:
        assert (followed, ledger.entry(2)) == ([], second)
        return
    assert followed == [second]
    assert (ledger.entry(2).state, ledger.entry(2).why) == (ends, "deleted with entry 1")
