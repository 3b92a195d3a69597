"""What a scenario creates at a vendor's endpoint is undone in reverse order, however the scenario ends."""

from __future__ import annotations

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup.cleanup import clean_up
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.target.model import Limits, Target
from tests.conformance.cleanup.vendor_runs import (
    RUN,
    WRITING,
    Play,
    all_documents,
    context,
    create_household,
    household,
    profile,
    run,
)
from tests.control_client import ControlClient
from tests.scenarios.scenario_cases import SerializedTransport, vendor


def test_all_is_undone_in_reverse(shop: Target, wire: SerializedTransport, control: ControlClient) -> None:
    before, ledger = all_documents(control), Ledger(None, {"run": RUN})
    result = run(create_household, shop, wire, ledger)
    assert (result.finding, result.reason) == (None, None)
    deleted = [request.url.path for request in wire.requests if request.method == "DELETE"]
    assert [path.rsplit("/", 2)[1] for path in deleted] == ["prospects", "profiles"]
    assert [entry.why for entry in ledger.entries[1:3]] == ["deleted with entry 1"] * 2
    assert [entry.state for entry in ledger.entries] == ["gone"] * 4
    assert all_documents(control) == before


def break_rule(api: ApiClient) -> None:
    api.call("GetProfile", profileId=household(api), expect=404)


def crash(api: ApiClient) -> None:
    household(api)
    raise KeyError("nothing that a scenario should do")


def meet_obstacle(api: ApiClient) -> None:
    household(api)
    api.test_datum("nothing")


def stop_run(api: ApiClient) -> None:
    household(api)
    api.sandbox._context.sender.stop.set()
    profile(api)


@pytest.mark.parametrize("play", [break_rule, crash, meet_obstacle, stop_run])
def test_all_is_undone_whatever_happens(
    play: Play, shop: Target, wire: SerializedTransport, control: ControlClient
) -> None:
    before, ledger = all_documents(control), Ledger(None, {"run": RUN})
    result = run(play, shop, wire, ledger)
    assert (result.finding or result.reason) is not None
    assert ledger.open_entries() == []
    assert [entry.state for entry in ledger.entries[:4]] == ["gone"] * 4
    assert all_documents(control) == before


def test_an_exception_in_a_scenario_is_a_finding_that_quotes_nothing(shop: Target, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        raise ValueError("jane.doe@example.com")

    finding = run(play, shop, wire, Ledger(None, {"run": RUN})).finding
    assert finding is not None
    assert "ValueError" in finding.seen
    assert "jane" not in finding.seen


def test_what_the_scenario_deletes_itself_is_not_deleted_again(shop: Target, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        api.call("DeleteClientProfile", profileId=profile(api)["id"], expect=204)

    ledger = Ledger(None, {"run": RUN})
    run(play, shop, wire, ledger)
    assert [request.method for request in wire.requests] == ["GET", "POST", "GET", "DELETE"]  # looked at before each
    assert [entry.why for entry in ledger.entries] == ["deleted by the scenario"]


def test_a_deletion_that_the_vendor_does_later_is_told_as_such(shop: Target, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        created = api.call("getOrCreateProfile", body={"email": api.new_customer().email}, expect=201).json
        address = {"full_name": "A", "address_line_1": "B", "zip_code": "1", "city": "C", "country_code": "DE"}
        api.call("getOrCreateAddress", profile_id=created["id"], body=address, expect=201)
        api.call("requestProfileDeletion", profile_id=created["id"], expect=202)

    ledger = Ledger(None, {"run": RUN})
    run(play, shop, wire, ledger, "newstore")
    with context(shop, wire, ledger) as run_context:
        clean_up(run_context)
    assert [(entry.state, entry.why) for entry in ledger.entries] == [
        ("accepted", "deleted by the scenario"),
        ("accepted", "deleted with entry 1; getAddress answered 200"),
    ]


def test_writes_end_where_their_undoing_would_pass_the_limit(
    wire: SerializedTransport, control: ControlClient, http: httpx.Client
) -> None:
    vendor_target = vendor(WRITING, http.headers["X-Sandbox"])
    limited = Target(
        vendor_target.name,
        vendor_target.urls,
        vendor_target.credentials,
        vendor_target.powers,
        headers=vendor_target.headers,
        limits=Limits(writes=5),
    )
    before = all_documents(control)
    created = []

    def play(api: ApiClient) -> None:
        for _ in range(10):
            created.append(profile(api)["id"])

    result = run(play, limited, wire, Ledger(None, {"run": RUN}))
    assert result.reason == "the target's limit of 5 writes is used up"
    assert len(created) == 2
    assert len(wire.writes()) == 4
    assert all_documents(control) == before


class Gateway(httpx.BaseTransport):
    """Passes requests on; while `page` is set, it answers 404 in its stead."""

    def __init__(self, behind: httpx.BaseTransport) -> None:
        self.page: httpx.Response | None = None
        self._behind = behind

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.page is None:
            return self._behind.handle_request(request)
        return httpx.Response(404, headers=self.page.headers, content=self.page.content, request=request)


@pytest.mark.parametrize(
    "page",
    [
        httpx.Response(404, html="<h1>404 Not Found</h1><hr>nginx"),
        httpx.Response(404, json={"message": "no Route matched with those values"}),
    ],
    ids=["page", "json of another form"],
)
def test_a_404_of_a_gateway_is_no_proof_that_an_object_is_gone(
    page: httpx.Response, shop: Target, wire: SerializedTransport
) -> None:
    gateway = Gateway(wire)
    ledger = Ledger(None, {"run": RUN})

    def play(api: ApiClient) -> None:
        profile(api)
        gateway.page = page

    assert run(play, shop, gateway, ledger).finding is None
    (entry,) = [entry for entry in ledger.entries if entry.operation_id == "CreateClientProfile"]
    assert entry.state == "left", entry.why
    gateway.page = None
    with context(shop, gateway, ledger) as run_context:
        clean_up(run_context)
    assert [entry.state for entry in ledger.entries if entry.operation_id == "CreateClientProfile"] == ["gone"]
