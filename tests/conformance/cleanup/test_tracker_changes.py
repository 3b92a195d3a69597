"""What a scenario changes and deletes of its own, and how the rest is taken back when it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.cleanup.scripted_tracker import Tracked, lost, tracked
from tests.conformance.cleanup.stub_vendor import ADDRESS, GONE, OTHER, PROFILE, exchange, record
from tests.conformance.cleanup.test_ownership_guard import DELETE, DELETE_ADDRESS, request

DELETE_INFO = PlannedCall("DeletePurchaseInformation", {"profileId": PROFILE})
DELETED = exchange(204, b"")
VENDOR_404 = exchange(404, GONE["vtex"])
DELETE_PROFILE = request("DeleteClientProfile", {"profileId": PROFILE})


@pytest.mark.parametrize(
    ("answer", "state", "why"),
    [
        (DELETED, "gone", "deleted by the scenario"),
        (exchange(200, b""), "gone", "deleted by the scenario"),
        (exchange(201, b""), "gone", "deleted by the scenario"),
        (exchange(203, b""), "gone", "deleted by the scenario"),
        (exchange(202, b""), "accepted", "deleted by the scenario"),
        (exchange(400, {}), "made", None),
        (exchange(404, {}), "made", None),
        (exchange(204, b"", answer_class="intermediary"), "made", None),
        (lost(), "made", None),
    ],
)
def test_what_the_scenario_deletes_is_closed_where_the_vendor_says_so(
    answer: Exchange, state: str, why: str | None
) -> None:
    with tracked(answer) as run:
        run.profile()
        run.tracker.send(DELETE_PROFILE)
    [entry] = run.ledger.entries
    assert (entry.state, entry.why) == (state, why)
    assert run.sender.budget.settled == (state != "made")
    assert run.sender.sent == ["DeleteClientProfile"]  # a change is not sent again by the tracker


def family(run: Tracked) -> None:
    """Two profiles (1, 6); under the first purchase information (2), two addresses (3, 4) and one not known (5)."""
    run.profile()
    run.made("CreatePurchaseInformation", DELETE_INFO, under=1)
    run.made("CreateClientAddress", DELETE_ADDRESS, ADDRESS, under=1)
    second = PlannedCall("DeleteAddress", {"profileId": PROFILE, "addressId": OTHER})
    run.made("CreateClientAddress", second, OTHER, under=1)
    run.made("CreateClientAddress", None, under=1)
    run.made("CreateClientProfile", PlannedCall("DeleteClientProfile", {"profileId": "second"}), "second")


@pytest.mark.parametrize(
    ("operation_id", "path", "closed"),
    [
        ("DeletePurchaseInformation", {"profileId": PROFILE}, 2),
        ("DeleteAddress", {"profileId": PROFILE, "addressId": ADDRESS}, 3),
        ("DeleteAddress", {"profileId": PROFILE, "addressId": OTHER}, 4),
        ("DeleteClientProfile", {"profileId": PROFILE}, 1),
        ("DeleteClientProfile", {"profileId": "second"}, 6),
    ],
)
def test_the_object_that_the_scenario_deletes_is_closed_and_no_other(
    operation_id: str, path: dict[str, str], closed: int
) -> None:
    with tracked(DELETED) as run:
        family(run)
        run.tracker.send(request(operation_id, path))
    assert [entry.number for entry in run.ledger.entries if not entry.is_open] == [closed]
    assert run.sender.budget.settled == 1


def test_the_keys_that_an_update_gives_are_the_runs_from_then_on() -> None:
    by_key = request("UpdateClientProfile", {"profileId": "77"}, {})
    with tracked(VENDOR_404, exchange(200, record()), exchange(200, record())) as run:
        run.profile()
        with pytest.raises(CannotCheck, match="did not create"):
            run.tracker.send(by_key)
        run.tracker.send(request("UpdateClientProfile", {"profileId": PROFILE}, {"document": "77"}))
        run.tracker.send(by_key)
    assert run.sender.sent == ["GetProfile", "UpdateClientProfile", "UpdateClientProfile"]
    assert run.states() == ["made"]


def test_the_keys_that_an_update_gives_belong_to_what_is_updated() -> None:
    with tracked(VENDOR_404, exchange(200, {})) as run:
        run.profile()
        run.made("CreateClientAddress", DELETE_ADDRESS, ADDRESS, under=1)
        run.tracker.send(request("UpdateClientAddress", DELETE_ADDRESS.params, {"document": "77"}))
    assert run.tracker._ownership.owner("77") == 2


@pytest.mark.parametrize("answer", [exchange(400, {}), exchange(200, {}, answer_class="intermediary")])
def test_a_refused_update_gives_no_keys(answer: Exchange) -> None:
    with tracked(VENDOR_404, answer) as run:
        run.profile()
        run.tracker.send(request("UpdateClientProfile", {"profileId": PROFILE}, {"document": "77"}))
    assert run.tracker._ownership.owner("77") is None


def test_a_deletion_gives_no_keys() -> None:
    with tracked(VENDOR_404, DELETED) as run:
        run.profile()
        run.tracker.send(replace(DELETE_PROFILE, body=b'{"document": "77"}'))
    assert run.tracker._ownership.owner("77") is None


@pytest.mark.parametrize("operation_id", ["UpdateClientProfile", "DeleteClientProfile"])
def test_a_change_of_what_nobody_has_closes_nothing(operation_id: str) -> None:
    with tracked(VENDOR_404, exchange(200, {})) as run:
        run.profile()
        run.tracker.send(request(operation_id, {"profileId": OTHER}, {}))
    assert run.states() == ["made"]


def test_a_read_of_the_scenario_counts_as_a_look() -> None:
    with tracked(exchange(200, record()), exchange(200, record())) as run:
        run.profile()
        run.tracker._guard._proven.clear()
        run.tracker.send(request("GetUnmaskedProfile", {"profileId": PROFILE}))
        run.tracker.send(request("UpdateClientProfile", {"profileId": PROFILE}, {}))
    assert run.sender.sent == ["GetUnmaskedProfile", "UpdateClientProfile"]


# at the end of the scenario

SHOWN = exchange(200, record())


def test_what_hangs_on_an_object_is_undone_with_it() -> None:
    with tracked(SHOWN, DELETED) as run:
        run.profile()
        run.made("CreateClientAddress", DELETE_ADDRESS, under=1)
        run.tracker.undo(2)
        assert (run.sender.sent, run.states()) == ([], ["made", "made"])
        run.tracker.undo(1)
        assert (run.states(), run.sender.budget.settled) == (["gone", "gone"], 2)
        run.tracker.undo(2)
        run.tracker.undo(1)
    assert run.sender.sent == ["GetUnmaskedProfile", "DeleteClientProfile"]
    assert run.sender.budget.settled == 2


def test_what_cannot_be_undone_keeps_its_part_of_the_budget() -> None:
    with tracked(SHOWN, exchange(400, {})) as run:
        run.profile()
        run.tracker.undo(1)
    assert (run.states(), run.sender.budget.settled) == (["left"], 0)


@pytest.mark.parametrize(
    ("undo", "state", "looks", "ends", "given_back"),
    [
        (DELETE, "gone", [VENDOR_404], "gone", 1),
        (DELETE, "gone", [exchange(200, record(ADDRESS, email="", profileId=PROFILE))], "left", 0),  # it outlived it
        (DELETE, "made", [], "made", 0),  # it goes with it later
        (None, "intended", [], "left", 0),  # which may never be found
    ],
)
def test_what_hangs_on_an_object_that_does_not_go_is_looked_at_by_itself(
    undo: PlannedCall | None, state: Any, looks: list[Exchange], ends: str, given_back: int
) -> None:
    with tracked(*looks) as run:
        run.made("CreateClientProfile", undo, PROFILE)
        run.ledger.settle(1, state)
        run.made("CreateClientAddress", DELETE_ADDRESS, under=1)
        run.tracker.undo(2)
    assert run.states() == [state, ends]
    assert run.sender.budget.settled == given_back
