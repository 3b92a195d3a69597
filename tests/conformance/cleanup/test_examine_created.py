"""What a create answered is taken for the run's only where it is proven; what a scenario reads counts as a look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.cleanup.ledger_entry import Entry
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.errors import CannotCheck
from tests.conformance.cleanup.stub_vendor import (
    ADDRESS,
    BEFORE,
    OTHER,
    PROFILE,
    STRANGER,
    exchange,
    gone,
    record,
)
from tests.conformance.cleanup.test_ownership_guard import (
    ADDRESS_RECORD,
    ADDRESS_SHOWN,
    DELETE,
    DELETE_ADDRESS,
    FOREIGN,
    SHOWN,
    Guarded,
    guarded,
    request,
)

CREATE = request("CreateClientProfile", {})
NEW = PlannedCall("DeleteClientProfile", {"profileId": OTHER})
NEW_SHOWN = f"GET /profiles/{OTHER}/unmask?reason=data-validation"
UNMARKED = "it does not contain this run's marker"
EARLIER = "its id was in an earlier response, of an object that this run did not create"


@pytest.mark.parametrize(
    ("answer", "undo", "why"),
    [
        (record(OTHER), NEW, None),
        (record(OTHER, email="jane@example.org"), NEW, "it contains an email that this run did not invent"),
        (record(OTHER, created=BEFORE), NEW, "it is older than this run"),
        ({"document": record()["document"]}, None, "the response contains no id"),
        ({**record(), "id": ""}, None, "the response contains no id"),
        (b"no json", None, "the response contains no id"),
    ],
)
def test_the_response_to_a_create_proves_by_itself_whose_the_object_is(
    answer: Any, undo: PlannedCall | None, why: str | None
) -> None:
    with guarded({NEW_SHOWN: record(OTHER)}) as run:
        assert run.guard.examine_created(CREATE, None, exchange(201, answer)) == (undo, why)
    assert run.shop.arrived == []


@pytest.mark.parametrize("answer", [{"id": OTHER}, record(OTHER, email=""), record(OTHER, created=None)])
@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (record(OTHER), None),
        (record(OTHER, email="jane@example.org"), "it contains an email that this run did not invent"),
        (record(OTHER, email=""), UNMARKED),
        (httpx.Response(401), "GetUnmaskedProfile answered 401, which does not show the owner"),
        (gone(), "GetUnmaskedProfile answered 404"),
    ],
)
def test_an_object_that_the_response_does_not_show_is_looked_at(answer: Any, shown: Any, why: str | None) -> None:
    with guarded({NEW_SHOWN: shown}) as run:
        assert run.guard.examine_created(CREATE, None, exchange(201, answer)) == (NEW, why)
    assert run.shop.arrived == [NEW_SHOWN]


def test_an_object_that_does_not_show_yet_is_looked_at_again() -> None:
    with guarded({NEW_SHOWN: (gone(), gone(), record(OTHER))}, settle_seconds=1.0) as run:
        assert run.guard.examine_created(CREATE, None, exchange(201, {"id": OTHER})) == (NEW, None)
    assert run.shop.time.slept == pytest.approx([0.1, 0.2])


def test_the_time_that_is_kept_for_undoing_is_not_spent_on_looks() -> None:
    with guarded({NEW_SHOWN: gone()}, settle_seconds=1.0, limits=Limits(minutes=10)) as run:
        run.shop.time.at += 600 - 60 - 0.05  # the last minute is for undoing
        with pytest.raises(CannotCheck, match="the limit of minutes leaves no time"):
            run.guard.examine_created(CREATE, None, exchange(201, {"id": OTHER}))
    assert run.shop.time.slept == []


def test_an_id_that_an_earlier_response_showed_as_someone_elses_is_not_the_runs() -> None:
    with guarded() as run:
        run.ownership.note_seen(f'[{{"id": "{OTHER}"}}]'.encode())
        assert run.guard.examine_created(CREATE, None, exchange(201, record(OTHER))) == (NEW, EARLIER)


def test_an_object_that_was_given_as_someone_elses_before_is_not_the_runs() -> None:
    with guarded() as run:
        assert run.guard.examine_created(CREATE, None, exchange(201, record())) == (DELETE, None)
        run.ledger.settle(1, "not ours")
        assert run.guard.examine_created(CREATE, None, exchange(201, record())) == (DELETE, EARLIER)


def test_an_object_of_no_operation_is_not_the_runs() -> None:
    outside = replace(CREATE, facts=None)
    with guarded() as run:
        undo, why = run.guard.examine_created(outside, None, exchange(201, record()))
    assert (undo, why) == (None, "the call that created it is no operation of the documents")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (ADDRESS_RECORD, None),  # needs no mark of its own
        (record(ADDRESS, email="", profileId=STRANGER), "it belongs to an object that this run did not create"),
        (record(ADDRESS, created=BEFORE, email="", profileId=PROFILE), "it is older than this run"),
    ],
)
def test_what_hangs_on_an_object_of_the_run_is_the_runs_where_it_says_so(answer: Any, why: str | None) -> None:
    create = request("CreateClientAddress", {"profileId": PROFILE})
    with guarded() as run:
        undo, told = run.guard.examine_created(create, run.ledger.entry(1), exchange(201, answer))
    assert undo is not None
    assert (undo.operation_id, undo.params["addressId"], told) == ("DeleteAddress", ADDRESS, why)
    assert run.shop.arrived == []


def test_what_hangs_on_an_object_without_a_known_id_is_judged_by_itself() -> None:
    create = request("CreateClientAddress", {"profileId": PROFILE})
    parent = Entry(7, "intended", "vtex", "CreateClientProfile", mark="b")
    with guarded() as run:
        found = run.guard.examine_created(create, parent, exchange(201, ADDRESS_RECORD))
    assert found == (DELETE_ADDRESS, None)


# reads of the scenario


def looks_before_update(run: Guarded) -> list[str]:
    return run.update({})


READ = request("GetUnmaskedProfile", {"profileId": PROFILE})


def test_a_read_that_proves_whose_an_object_is_counts_as_a_look() -> None:
    with guarded({SHOWN: record()}) as run:
        run.guard.note_seen(READ, exchange(200, record()))
        assert looks_before_update(run) == []


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (READ, exchange(200, FOREIGN)),
        (READ, exchange(200, record(STRANGER))),
        (READ, exchange(200, record(created=None))),
        (READ, exchange(200, record(created=BEFORE))),
        (READ, exchange(206, record())),
        (READ, exchange(201, record())),
        (replace(READ, facts=None), exchange(200, record())),
        (request("GetUnmaskedProfile", {"profileId": STRANGER}), exchange(200, record())),
        (request("GetUnmaskedProfile", {}), exchange(200, record())),
        (request("GetUnmaskedClientAddresses", {"profileId": PROFILE}), exchange(200, [record(), record()])),
        (request("GetProspects", {}), exchange(200, [])),
        # the response shows what the run itself has just written there
        (request("UpdateClientProfile", {"profileId": PROFILE}), exchange(200, record())),
    ],
)
def test_another_response_is_no_look(sent: Any, answer: Any) -> None:
    with guarded({SHOWN: record()}) as run:
        run.guard.note_seen(sent, answer)
        assert looks_before_update(run) == [SHOWN]


def test_a_read_of_what_no_id_is_known_of_is_no_look() -> None:
    with guarded() as run:
        number = run.ledger.record_intent("vtex", "CreateClientProfile", mark="b")
        run.ownership.add(number, ["key"])
        run.guard.note_seen(request("GetUnmaskedProfile", {"profileId": "key"}), exchange(200, record()))
        run.ledger.settle(number, "made", undo=NEW)
        assert run.check("UpdateClientProfile", {"profileId": "key"}, {}) == [NEW_SHOWN]


def test_a_read_is_no_look_at_what_hangs_on_another_object() -> None:
    shown = {name: value for name, value in ADDRESS_RECORD.items() if name != "id"}
    with guarded({SHOWN: record(), ADDRESS_SHOWN: ADDRESS_RECORD}) as run:
        number = run.ledger.record_intent("vtex", "CreateClientAddress", under=1)
        run.ledger.settle(number, "made", undo=DELETE_ADDRESS)
        run.ownership.add(number, [ADDRESS])
        astray = request("GetUnmaskedAddress", {"profileId": ADDRESS, "addressId": ADDRESS})
        shown["document"] = record()["document"]
        run.guard.note_seen(astray, exchange(200, shown))
        assert run.check("DeleteAddress", DELETE_ADDRESS.params) == [SHOWN, ADDRESS_SHOWN]
