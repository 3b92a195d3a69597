"""A scenario's writes: announced before they are sent, and written down as what their responses prove."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.cleanup.ledger_file import open_locked
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance import stub_transport
from tests.conformance.cleanup.scripted_tracker import CREATE, SENT_AT, lost, tracked
from tests.conformance.cleanup.stub_vendor import ABOUT, ADDRESS, EMAIL, OTHER, PROFILE, RUN, STRANGER, exchange, record
from tests.conformance.cleanup.test_ownership_guard import DELETE, FOREIGN, request

UNMARKED_CREATE = request("CreateClientProfile", {}, {"firstName": f"Check {RUN}"})
CREATE_ADDRESS = request("CreateClientAddress", {"profileId": PROFILE}, {"locality": "Rio"})
ADDRESS_RECORD = record(ADDRESS, email="", profileId=PROFILE)


@pytest.mark.parametrize(
    ("answer", "state", "why", "given_back"),
    [
        (exchange(201, record()), "made", None, 0),
        (exchange(400, {}), "refused", "status 400", 1),
        (exchange(409, {}), "refused", "status 409", 1),
        (exchange(499, {}), "refused", "status 499", 1),
        (exchange(199, record()), "refused", "status 199", 1),
        (exchange(300, record()), "refused", "status 300", 1),
        (exchange(401, {}, answer_class="credentials"), "refused", "status 401", 1),
        (exchange(429, {}, answer_class="throttled"), "refused", "status 429", 1),
        # nobody knows what these did
        (exchange(500, {}), "intended", None, 0),
        (exchange(501, {}), "intended", None, 0),
        (replace(exchange(201, record()), status=None, sent_at=SENT_AT), "intended", None, 0),
        (exchange(404, {}, answer_class="intermediary"), "intended", None, 0),
        (exchange(201, record(), answer_class="oversize"), "intended", None, 0),
        (exchange(201, record(), surplus=3), "intended", None, 0),
        (exchange(400, {}, surplus=3), "intended", None, 0),
        (exchange(201, {}), "intended", None, 0),
        (exchange(200, record()), "intended", None, 0),  # a success that the document does not have
        (exchange(202, record()), "intended", None, 0),
        (exchange(299, record()), "intended", None, 0),
        (lost(), "intended", None, 0),
        (lost(was_sent=False), "refused", "it was never sent", 0),
    ],
)
def test_a_create_is_written_down_as_what_its_response_proves(
    answer: Exchange, state: str, why: str | None, given_back: int
) -> None:
    with tracked(answer) as run:
        assert run.tracker.send(CREATE) == answer
    [entry] = run.ledger.entries
    assert (entry.state, entry.why, entry.mark) == (state, why, "0f3k2a")
    assert entry.undo == (DELETE if state == "made" else None)
    assert (run.announced, run.sender.budget.settled) == ([1], given_back)
    assert [sent.makes for sent in run.sender.requests] == [True]


@pytest.mark.parametrize(
    ("create", "answer", "why"),
    [
        (CREATE, FOREIGN, "it contains an email that this run did not invent"),
        (UNMARKED_CREATE, {}, "the response contains no id"),
    ],
)
def test_a_create_that_is_answered_with_what_is_not_the_runs_ends_the_scenario(
    create: Any, answer: Any, why: str
) -> None:
    text = f"CreateClientProfile answered with an object that this run did not create: {why}"
    with tracked(exchange(201, answer)) as run:
        with pytest.raises(CannotCheck, match=text):
            run.tracker.send(create)
        assert run.tracker._ownership.is_theirs([PROFILE]) is ("id" in answer)
    [entry] = run.ledger.entries
    assert (entry.state, entry.why) == ("not ours", f"status 201: {why}")
    assert entry.undo == (DELETE if "id" in answer else None)
    assert run.sender.budget.settled == 1


def test_the_id_of_a_created_object_is_kept_where_nobody_can_look_whose_it_is() -> None:
    page = exchange(200, {}, answer_class="intermediary")
    with tracked(exchange(201, {"id": PROFILE}), page, exchange(200, record()), exchange(204, {})) as run:
        with pytest.raises(CannotCheck) as raised:
            run.tracker.send(UNMARKED_CREATE)
        [entry] = run.ledger.entries
        assert (entry.state, entry.undo) == ("left", DELETE)
        assert entry.why == f"whose it is could not be looked up: {raised.value}"
        run.tracker.undo(1)
    assert run.states() == ["gone"]  # after another look
    assert run.sender.sent[2:] == [
        run.sender.sent[1],
        DELETE.operation_id,
    ]


def test_an_id_of_an_object_of_the_run_is_not_kept_twice() -> None:
    page = exchange(200, {}, answer_class="intermediary")
    with tracked(exchange(201, {"id": PROFILE}), page) as run:
        run.profile()
        with pytest.raises(CannotCheck):
            run.tracker.send(UNMARKED_CREATE)
    assert run.states() == ["made", "intended"]
    assert run.ledger.entry(2).undo is None


@pytest.mark.parametrize(("status", "state"), [(201, "made"), (200, "refused")], ids=["created", "there before"])
def test_an_object_that_was_there_before_is_not_taken_for_created(status: int, state: str) -> None:
    body = {"id": PROFILE, "email": EMAIL, "created_at": "2026-05-01T10:00:30+00:00"}
    with tracked(exchange(status, body), api="newstore") as run:
        run.tracker.send(request("getOrCreateProfile", {}, {"email": EMAIL}, api="newstore"))
    assert run.states() == [state]
    assert run.sender.budget.settled == (state == "refused")


def test_a_create_that_is_documented_with_200_is_made_by_it() -> None:
    info = request("CreatePurchaseInformation", {"profileId": PROFILE}, {})
    with tracked(exchange(200, record(email=""))) as run:
        run.profile()
        run.tracker.send(info)
    assert run.states() == ["made", "made"]
    assert run.ledger.entry(2).undo == PlannedCall("DeletePurchaseInformation", {"profileId": PROFILE})


def test_an_object_that_is_answered_twice_is_undone_once() -> None:
    again = record(OTHER, email="", profileId=PROFILE)
    answers = [exchange(201, value) for value in (ADDRESS_RECORD, again, ADDRESS_RECORD)]
    with tracked(*answers) as run:
        run.profile()
        for _ in answers:
            run.tracker.send(CREATE_ADDRESS)
    assert run.states() == ["made", "made", "made", "refused"]
    assert run.ledger.entry(4).why == "status 201: the object that entry 2 created"
    assert [entry.under for entry in run.ledger.entries] == [None, 1, 1, 1]
    assert run.sender.budget.settled == 1


def test_a_profile_that_is_answered_twice_is_undone_once() -> None:
    with tracked(exchange(201, record()), exchange(201, record())) as run:
        run.tracker.send(CREATE)
        run.tracker.send(CREATE)
    assert run.states() == ["made", "refused"]


def test_an_empty_id_names_no_object_and_no_other_hangs_on_it() -> None:
    with tracked(exchange(201, {**record(), "id": ""}), exchange(201, record())) as run:
        run.tracker.send(CREATE)
        run.tracker.send(CREATE)
    assert run.states() == ["intended", "made"]
    assert [entry.under for entry in run.ledger.entries] == [None, None]


def test_the_keys_of_a_created_object_are_the_runs() -> None:
    create = request("CreateClientProfile", {}, {"email": EMAIL, "document": "", "phone": 5}, query="")
    with tracked(exchange(201, record()), exchange(200, record())) as run:
        run.tracker.send(create)
        run.tracker._guard._proven.add(1)
        run.tracker.send(request("UpdateClientProfile", {"profileId": EMAIL}, {}))
        for value in ("", "5"):
            with pytest.raises(CannotCheck, match="did not create"):
                run.tracker.send(request("UpdateClientProfile", {"profileId": value}, {}))


def test_a_body_that_is_no_object_gives_no_keys() -> None:
    update = request("UpdateClientProfile", {"profileId": PROFILE}, ["document"])
    with tracked(exchange(200, record()), exchange(200, record())) as run:
        run.profile()
        run.tracker.send(update)
        run.tracker.send(replace(update, body=b"[" * 100_000))  # nested too deeply to be read
    assert run.tracker._ownership.owner("document") is None


# what is sent, and what is not


def test_in_a_sandbox_that_is_thrown_away_nothing_is_announced() -> None:
    sandbox = local_sandbox(stub_transport.BASE)
    with tracked(exchange(404, {})) as run:
        run.tracker._target = sandbox
        run.tracker.send(request("DeleteClientProfile", {"profileId": STRANGER}))
    assert (run.sender.sent, run.states()) == (["DeleteClientProfile"], [])


def test_a_login_is_neither_announced_nor_refused() -> None:
    with tracked(exchange(200, {}), api="newstore") as run:
        run.tracker.send(request("createToken", {}, api="newstore"))
    assert (run.states(), run.announced) == ([], [])
    assert [sent.makes for sent in run.sender.requests] == [False]


@pytest.mark.parametrize(
    ("operation_id", "api", "path", "why"),
    [
        ("tokenize", "newstore", {}, "tokenize was not sent: no operation deletes what it creates"),
        ("CreateProspect", "vtex", {}, "without this run's marker"),
        ("DeleteClientProfile", "vtex", {"profileId": "1"}, "did not create"),
    ],
)
def test_what_must_not_be_sent_is_not_announced(operation_id: str, api: str, path: dict[str, str], why: str) -> None:
    with tracked(api=api) as run, pytest.raises(CannotCheck, match=why):
        run.tracker.send(request(operation_id, path, {"data": {}}, api=api))
    assert (run.sender.sent, run.states()) == ([], [])


def test_a_call_of_no_operation_is_an_error_of_the_scenario() -> None:
    with tracked() as run, pytest.raises(ValueError, match="a scenario's calls are of operations"):
        run.tracker.send(replace(CREATE, facts=None))


@pytest.mark.parametrize(
    ("was_sent", "state", "why"), [(False, "refused", "it was not created"), (True, "intended", None)]
)
def test_a_create_that_ends_with_an_obstacle_is_looked_for_where_it_was_sent(
    was_sent: bool, state: str, why: str | None
) -> None:
    obstacle = CannotCheck("the limit is used up")
    obstacle.was_sent = was_sent
    with tracked(obstacle) as run, pytest.raises(CannotCheck, match="the limit is used up"):
        run.tracker.send(CREATE)
    assert [(entry.state, entry.why) for entry in run.ledger.entries] == [(state, why)]


@pytest.mark.parametrize("was_sent", [False, True])
def test_an_obstacle_of_another_call_reaches_the_scenario(was_sent: bool) -> None:
    obstacle = CannotCheck("the limit is used up")
    obstacle.was_sent = was_sent
    with tracked(obstacle) as run, pytest.raises(CannotCheck, match="the limit is used up"):
        run.tracker.send(request("GetProspects", {}))
    assert run.states() == []


def test_nothing_is_created_while_the_ledger_is_in_use(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    text = "nothing was created, because the ledger cannot be written"
    with closing(open_locked(file)), tracked(ledger=Ledger(file, ABOUT)) as run, pytest.raises(CannotCheck, match=text):
        run.tracker.send(CREATE)
    assert (run.sender.sent, run.announced) == ([], [])


@pytest.mark.parametrize("listing", [exchange(200, [record(OTHER)]), exchange(400, {"id": OTHER})])
def test_an_id_that_a_response_shows_is_someone_elses(listing: Exchange) -> None:
    with tracked(listing) as run:
        run.tracker.send(request("GetProspects", {}))
        with pytest.raises(CannotCheck, match="would change an object that this run did not create"):
            run.tracker.send(request("DeleteClientProfile", {"profileId": OTHER}))
    assert run.sender.sent == ["GetProspects"]
