"""A call that could change what the run did not make is not sent; whose it is, is asked just before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.cleanup.ledger import EntryState, Ledger
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership import Ownership
from pii_sandbox.conformance.cleanup.ownership_guard import OwnershipGuard
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.request import Request
from tests.conformance import stub_transport
from tests.conformance.cleanup.stub_vendor import (
    ABOUT,
    ADDRESS,
    EMAIL,
    OTHER,
    PROFILE,
    RUN,
    STRANGER,
    StubVendor,
    gone,
    record,
)

DELETE = PlannedCall("DeleteClientProfile", {"profileId": PROFILE})
DELETE_ADDRESS = PlannedCall("DeleteAddress", {"profileId": PROFILE, "addressId": ADDRESS})
SHOWN = f"GET /profiles/{PROFILE}/unmask?reason=data-validation"
ADDRESS_SHOWN = f"GET /profiles/{PROFILE}/addresses/{ADDRESS}/unmask?reason=data-validation"
DOCUMENT = "52998224725"
FOREIGN = record(email="jane@example.org")
ADDRESS_RECORD = record(ADDRESS, email="", profileId=PROFILE)


@dataclass
class Guarded:
    """A scenario that has made a profile (entry 1)."""

    shop: StubVendor
    ledger: Ledger
    ownership: Ownership
    guard: OwnershipGuard

    def check(self, operation_id: str, path: Mapping[str, str], body: Any = None, **more: Any) -> list[str]:
        """The looks that precede the call."""
        before = len(self.shop.arrived)
        self.guard.check_request(request(operation_id, path, body, api=self.shop.api, **more))
        return self.shop.arrived[before:]

    def update(self, body: Any) -> list[str]:
        return self.check("UpdateClientProfile", {"profileId": PROFILE}, body)


@contextmanager
def guarded(responses: dict[str, Any] | None = None, api: str = "vtex", **more: Any) -> Iterator[Guarded]:
    shop, ledger = StubVendor(responses or {}, api), Ledger(None, ABOUT)
    ledger.settle(ledger.record_intent("vtex", "CreateClientProfile", mark="0f3k2a"), "made", undo=DELETE)
    with shop.context(ledger, **more) as run_context:
        ownership = Ownership(RUN, {})
        ownership.add(1, (PROFILE, EMAIL))
        yield Guarded(shop, ledger, ownership, OwnershipGuard(api, run_context, ownership))


def request(
    operation_id: str, path: Mapping[str, str], body: Any = None, *, api: str = "vtex", query: str = "", **more: Any
) -> Request:
    facts = operations.operation(api, operation_id, "guide")
    content = b"" if body is None else json.dumps(body).encode()
    url = f"{stub_transport.BASE}{facts.path}{query}"
    return Request(
        api, operation_id, facts.method, url, body=content, safety=facts.safety, facts=facts, path=path, **more
    )


def test_a_read_and_a_call_outside_the_documents_need_no_look() -> None:
    with guarded() as run:
        assert run.check("GetProfile", {"profileId": STRANGER}) == []
        run.guard.check_request(Request("vtex", None, "PUT", stub_transport.BASE, safety="update"))
    assert run.shop.arrived == []


def test_what_the_call_itself_tells_is_refused_without_a_look() -> None:
    with guarded() as run:
        for operation_id, path in (("CreateProspect", {}), ("DeleteClientProfile", {"profileId": DOCUMENT})):
            with pytest.raises(CannotCheck, match=f"{operation_id} was not sent"):
                run.check(operation_id, path, {"firstName": "Jane"})
    assert run.shop.arrived == []


@pytest.mark.parametrize("operation_id", ["UpdateClientProfile", "DeleteClientProfile", "CreateClientAddress"])
@pytest.mark.parametrize("shown", [record(), gone(), []], ids=["ours", "gone", "empty"])
def test_an_object_of_the_run_is_looked_at_once_before_it_is_changed(operation_id: str, shown: Any) -> None:
    with guarded({SHOWN: shown}) as run:
        assert run.check(operation_id, {"profileId": PROFILE}) == [SHOWN]
        assert run.check(operation_id, {"profileId": PROFILE}) == []


def test_an_object_that_is_seen_to_be_someone_elses_is_never_changed_again() -> None:
    with guarded({SHOWN: (FOREIGN, record())}) as run:
        for _ in range(2):
            with pytest.raises(CannotCheck, match="is not proven to be this run's: it contains an email that this run"):
                run.update({})
    assert run.shop.arrived == [SHOWN]
    assert run.ledger.entry(1).state == "not ours"


def test_an_object_of_an_unknown_owner_is_not_changed_before_it_is_known() -> None:
    with guarded({SHOWN: (httpx.Response(401), record())}) as run:
        with pytest.raises(CannotCheck, match="is not proven to be this run's: GetUnmaskedProfile answered 401"):
            run.update({})
        assert run.ledger.entry(1).state == "made"
        assert run.update({}) == [SHOWN]


@pytest.mark.parametrize("state", ["gone", "accepted", "refused"])
def test_what_is_gone_is_not_looked_at(state: EntryState) -> None:
    with guarded({SHOWN: FOREIGN}) as run:
        run.ledger.settle(1, state)
        assert run.update({}) == []


def test_what_no_id_is_known_of_is_not_looked_at() -> None:
    with guarded() as run:
        number = run.ledger.record_intent("vtex", "CreateProspect", mark="b")
        run.ownership.add(number, ["key"])
        assert run.check("UpdateProspect", {"prospectId": "key"}) == []


@pytest.mark.parametrize(
    ("profile_id", "allowed"), [(PROFILE, True), (STRANGER, False)], ids=["of the run's profile", "of another"]
)
def test_an_address_is_the_runs_where_its_profile_is(profile_id: str, allowed: bool) -> None:
    shown = record(ADDRESS, email="", profileId=profile_id)
    with guarded({SHOWN: record(), ADDRESS_SHOWN: shown}) as run:
        number = run.ledger.record_intent("vtex", "CreateClientAddress", under=1)
        run.ledger.settle(number, "made", undo=DELETE_ADDRESS)
        run.ownership.add(number, [ADDRESS])
        if allowed:
            assert run.check("DeleteAddress", DELETE_ADDRESS.params) == [SHOWN, ADDRESS_SHOWN]
            return
        with pytest.raises(CannotCheck, match="it belongs to an object that this run did not create"):
            run.check("DeleteAddress", DELETE_ADDRESS.params)
        assert run.ledger.entry(number).state == "not ours"


@pytest.mark.parametrize("read", [gone(), httpx.Response(400, json={}), []], ids=["gone", "malformed", "empty"])
def test_an_id_that_nobody_has_may_be_changed_after_one_look(read: Any) -> None:
    look = f"GET /profiles/{OTHER}"
    with guarded({look: read}) as run:
        assert run.check("DeleteClientProfile", {"profileId": OTHER}) == [look]
        assert run.check("DeleteClientProfile", {"profileId": OTHER}) == []


@pytest.mark.parametrize(("read", "status"), [(record(OTHER), 200), (httpx.Response(401), 401)])
def test_an_id_that_someone_has_or_may_have_is_not_changed(read: Any, status: int) -> None:
    text = rf"would change an object that this run did not create \(GetProfile answered {status}\)"
    with guarded({f"GET /profiles/{OTHER}": read}) as run, pytest.raises(CannotCheck, match=text):
        run.check("DeleteClientProfile", {"profileId": OTHER})


def test_one_id_of_the_run_does_not_make_up_for_one_of_someone_else() -> None:
    place = f"GET /profiles/{PROFILE}/addresses/{OTHER}"
    with guarded({SHOWN: record(), place: ADDRESS_RECORD}) as run, pytest.raises(CannotCheck, match="did not create"):
        run.check("DeleteAddress", {"profileId": PROFILE, "addressId": OTHER})
    assert run.shop.arrived == [SHOWN, place]


def test_an_id_with_the_runs_mark_is_nobodys() -> None:
    with guarded() as run:
        assert run.check("DeleteClientProfile", {"profileId": f"nobody-{RUN}"}) == []


def test_looks_end_with_the_run() -> None:
    shop = StubVendor()
    with shop.context() as run_context:
        guard = OwnershipGuard("vtex", run_context, Ownership(RUN, {}))
        run_context.sender.stop.set()
        with pytest.raises(RunStopped):
            guard.check_request(request("DeleteClientProfile", {"profileId": OTHER}))
    assert shop.arrived == []
