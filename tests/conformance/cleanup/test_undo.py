"""What a scenario makes at a vendor's endpoint is announced, undone in reverse, and nothing else is touched."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup import ledger as ledgers
from pii_sandbox.conformance.cleanup.cleanup import clean_up, target_mismatch
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.run_context import RunContext, standalone_context
from pii_sandbox.conformance.scenario_runner import ScenarioResult, play_scenario
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.scenario import Scenario
from tests.control_client import ControlClient
from tests.in_process import InProcess
from tests.scenarios.scenario_cases import SerializedTransport, vendor

RUN = "abc12345"
WRITING = ("write", "delete")
Play = Callable[[ApiClient], None]
COLLECTIONS = (
    *(("vtex", name) for name in ("profiles", "addresses", "prospects", "purchase-info", "orders")),
    *(("newstore", name) for name in ("profiles", "addresses", "data", "tokens")),
)
ADDRESS = {
    "postalCode": "20200-000",
    "countryName": "Brasil",
    "administrativeAreaLevel1": "RJ",
    "locality": "Rio de Janeiro",
    "localityAreaLevel1": "Centro",
    "route": "Rua Exemplo",
    "streetNumber": "51",
}


def profile(api: ApiClient) -> Any:
    who = api.new_customer()
    body = {"firstName": who.first_name, "lastName": who.last_name, "email": who.email, "document": who.document}
    return api.call("CreateClientProfile", body={**body, "documentType": "CPF"}, expect=201).json


def household(api: ApiClient) -> str:
    made = profile(api)
    api.call("CreateClientAddress", profileId=made["id"], body=ADDRESS, expect=201)
    api.call("CreatePurchaseInformation", profileId=made["id"], body={"isToSavePersonalData": True}, expect=200)
    api.call("CreateProspect", body={"email": api.new_customer().email}, expect=201)
    return str(made["id"])


def scenario(play: Play, *needs: str) -> Scenario:
    return Scenario("VTEX-PROF-1", "a_trial", play, frozenset(needs))


@pytest.fixture
def wire(transport: InProcess) -> SerializedTransport:
    return SerializedTransport(transport)


@pytest.fixture
def shop(http: httpx.Client) -> Target:
    """The test's sandbox as if it were a vendor's staging, to which a run may write."""
    return vendor(WRITING, http.headers["X-Sandbox"])


def run(play: Play, target: Target, wire: httpx.BaseTransport, book: Ledger, api: str = "vtex") -> ScenarioResult:
    with context(target, wire, book) as there:
        return play_scenario(scenario(play), api, there)


def context(target: Target, wire: httpx.BaseTransport, book: Ledger) -> AbstractContextManager[RunContext]:
    return standalone_context(target, RUN, 1, lambda _: httpx.Client(transport=wire), ledger=book)


def all_documents(control: ControlClient) -> Any:
    """All that the endpoint holds, of everybody."""
    return {(api, name): control.documents(api, name) for api, name in COLLECTIONS}


def create_household(api: ApiClient) -> None:
    household(api)


def test_all_is_undone_in_reverse(shop: Target, wire: SerializedTransport, control: ControlClient) -> None:
    before, book = all_documents(control), Ledger(None, {"run": RUN})
    came = run(create_household, shop, wire, book)
    assert (came.finding, came.reason) == (None, None)
    deleted = [request.url.path for request in wire.requests if request.method == "DELETE"]
    assert [path.rsplit("/", 2)[1] for path in deleted] == ["prospects", "profiles"]
    assert [entry.why for entry in book.entries[1:3]] == ["deleted with entry 1"] * 2
    assert [entry.state for entry in book.entries] == ["gone"] * 4
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
    before, book = all_documents(control), Ledger(None, {"run": RUN})
    came = run(play, shop, wire, book)
    assert (came.finding or came.reason) is not None
    assert book.open_entries() == []
    assert [entry.state for entry in book.entries[:4]] == ["gone"] * 4
    assert all_documents(control) == before


def test_an_exception_in_a_scenario_is_a_finding_that_quotes_nothing(shop: Target, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        raise ValueError("jane.doe@example.com")

    finding = run(play, shop, wire, Ledger(None, {"run": RUN})).finding
    assert finding is not None
    assert "ValueError" in finding.seen
    assert "jane" not in finding.seen


def test_a_call_is_announced_before_it_goes_out(shop: Target, transport: InProcess, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    announced: list[str] = []

    class Looking(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                announced.append(json.loads(file.read_text("utf-8").splitlines()[-1])["operation"])
            return transport.handle_request(request)

    with closing(Ledger(file, {"run": RUN})) as book:
        run(create_household, shop, Looking(), book)
    assert announced == ["CreateClientProfile", "CreateClientAddress", "CreatePurchaseInformation", "CreateProspect"]


def test_a_ledger_holds_neither_people_nor_credentials(shop: Target, wire: SerializedTransport, tmp_path: Path) -> None:
    people = []

    def play(api: ApiClient) -> None:
        household(api)
        people.append(api.new_customer())

    with closing(Ledger(tmp_path / "ledger.jsonl", {"run": RUN})) as book:
        run(play, shop, wire, book)
    text = (tmp_path / "ledger.jsonl").read_text("utf-8")
    sent = b"".join(request.read() for request in wire.requests if request.method == "POST").decode()
    for value in (json.loads(part) for part in _strings(sent)):
        assert len(value) < 4 or value in ("CPF",) or value not in text, value
    assert "sandbox-token" not in text
    assert "@" not in text


def _strings(text: str) -> list[str]:
    decoder, found, index = json.JSONDecoder(), [], 0
    while index < len(text):
        value, index = decoder.raw_decode(text, index)
        found += [json.dumps(inner) for inner in value.values() if isinstance(inner, str)]
    return found


def test_what_the_scenario_deletes_itself_is_not_deleted_again(shop: Target, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        api.call("DeleteClientProfile", profileId=profile(api)["id"], expect=204)

    book = Ledger(None, {"run": RUN})
    run(play, shop, wire, book)
    assert [request.method for request in wire.requests] == ["GET", "POST", "GET", "DELETE"]  # looked at before each
    assert [entry.why for entry in book.entries] == ["deleted by the scenario"]


def test_an_object_that_existed_before_is_not_ours(
    shop: Target, wire: SerializedTransport, control: ControlClient
) -> None:
    known = control.documents("newstore", "profiles")[0]

    def play(api: ApiClient) -> None:
        api.call("getOrCreateProfile", body={"email": known["document"]["email"]})

    came = run(play, shop, wire, Ledger(None, {"run": RUN}), "newstore")
    assert came.reason == "getOrCreateProfile was not sent: its body has an email without this run's marker"
    assert wire.requests == []


def test_an_existing_object_returned_by_get_or_create_is_left_alone(
    shop: Target, wire: SerializedTransport, control: ControlClient
) -> None:
    email = f"pii-sandbox-check.{RUN}.earlier@example.com"
    control.put("newstore", "profiles", "NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX", {"email": email})

    def play(api: ApiClient) -> None:
        api.call("getOrCreateProfile", body={"email": email}, expect=200)

    book = Ledger(None, {"run": RUN})
    run(play, shop, wire, book, "newstore")
    assert [entry.state for entry in book.entries] == ["refused"]
    assert len(wire.requests) == 1


def foreign_prospect(api: ApiClient) -> str:
    return str(api.call("GetProspects", expect=200).json[0]["id"])


@pytest.mark.parametrize(
    "play",
    [
        lambda api: api.call("DeleteProspect", prospectId=foreign_prospect(api)),
        lambda api: api.call("UpdateProspect", prospectId=foreign_prospect(api), body={"firstName": "X"}),
        lambda api: api.call("UpdateClientProfile", profileId="1", body={}),
        lambda api: api.call("DeleteClientProfile", profileId="someone@example.com", alternativeKey="email"),
        lambda api: api.call("CreateOrUpdateProfileSchema", body={}),
    ],
)
def test_objects_that_are_not_ours_are_not_touched(
    play: Play, shop: Target, wire: SerializedTransport, control: ControlClient
) -> None:
    control.put("vtex", "prospects", "77777777-2222-4333-8444-555555555555", {"email": "a@example.com"})
    before = all_documents(control)
    came = run(play, shop, wire, Ledger(None, {"run": RUN}))
    assert came.reason is not None
    assert wire.writes() == []
    assert all_documents(control) == before


@pytest.mark.parametrize(
    ("powers", "operation_id", "params", "missing"),
    [
        ((), "CreateProspect", {"body": {}}, "write"),
        (("write",), "DeleteProspect", {"prospectId": "x"}, "delete"),
        (WRITING, "createErasureJob", {"body": {}}, "erase"),
    ],
)
def test_a_power_that_is_not_granted_is_not_used(
    powers: tuple[str, ...], operation_id: str, params: dict[str, Any], missing: str, wire: SerializedTransport
) -> None:
    def play(api: ApiClient) -> None:
        api.call(operation_id, **params)

    came = run(play, vendor(powers, "none"), wire, Ledger(None, {"run": RUN}))
    assert came.reason == f"{operation_id} needs the power {missing}, which the target does not grant"
    assert wire.requests == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT"])
def test_another_method_needs_what_it_does(method: str, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        api.call("GetProfile", profileId="00000000-0000-4000-8000-000000000000", method=method)

    assert "needs the power" in str(run(play, vendor((), "none"), wire, Ledger(None, {"run": RUN})).reason)
    assert wire.requests == []


def test_a_create_that_no_call_can_undo_is_not_sent(shop: Target, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        api.call("tokenize", body={"data": {"a": "b"}})

    came = run(play, shop, wire, Ledger(None, {"run": RUN}), "newstore")
    assert came.reason == "tokenize was not sent: no operation deletes what it creates"
    assert wire.requests == []


def test_a_deletion_that_the_vendor_does_later_is_told_as_such(shop: Target, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        made = api.call("getOrCreateProfile", body={"email": api.new_customer().email}, expect=201).json
        address = {"full_name": "A", "address_line_1": "B", "zip_code": "1", "city": "C", "country_code": "DE"}
        api.call("getOrCreateAddress", profile_id=made["id"], body=address, expect=201)
        api.call("requestProfileDeletion", profile_id=made["id"], expect=202)

    book = Ledger(None, {"run": RUN})
    run(play, shop, wire, book, "newstore")
    with context(shop, wire, book) as there:
        clean_up(there)
    assert [(entry.state, entry.why) for entry in book.entries] == [
        ("accepted", "deleted by the scenario"),
        ("accepted", "deleted with entry 1; getAddress answered 200"),
    ]


class LostResponse(httpx.BaseTransport):
    """Does what the first creating call asks, and lets no answer to it through."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport
        self._said = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._transport.handle_request(request)
        if request.method == "POST" and not self._said:
            self._said = True
            raise httpx.ReadTimeout("no answer", request=request)
        return response


@pytest.mark.parametrize(
    ("api", "operation_id", "ends"),
    [
        ("vtex", "CreateClientProfile", "gone"),
        ("vtex", "CreateProspect", "gone"),
        ("newstore", "getOrCreateProfile", "accepted"),
    ],
)
def test_an_object_created_without_a_response_is_found_by_its_mark(
    api: str, operation_id: str, ends: str, shop: Target, transport: InProcess, control: ControlClient
) -> None:
    control.put("vtex", "prospects", "77777777-2222-4333-8444-555555555555", {"email": "a@example.com"})
    before, book = all_documents(control), Ledger(None, {"run": RUN})

    def play(caller: ApiClient) -> None:
        who = caller.new_customer()
        names = {} if api == "newstore" else {"firstName": who.first_name, "lastName": who.last_name}
        more = {"document": who.document, "documentType": "CPF"} if operation_id == "CreateClientProfile" else {}
        caller.call(operation_id, body={"email": who.email, **names, **more})

    came = run(play, shop, LostResponse(transport), book, api)
    assert came.cause is not None
    assert came.cause.kind == "network"
    assert [entry.state for entry in book.entries] == [ends]
    control.advance(days=1)
    assert all_documents(control) == before


def test_an_object_that_was_never_created_is_found_absent(shop: Target, wire: SerializedTransport) -> None:
    book = Ledger(None, {"run": RUN})
    for api, operation_id in (
        ("vtex", "CreateClientProfile"), ("vtex", "CreateProspect"), ("newstore", "getOrCreateProfile"),
    ):  # fmt: skip
        book.record_intent(api, operation_id, mark="never")
    with context(shop, wire, book) as there:
        assert [entry.state for entry in clean_up(there)] == ["gone"] * 3
    assert [request.method for request in wire.requests] == ["GET", "GET", "GET"]


def test_an_object_that_cannot_be_found_again_is_left_and_reported(shop: Target, wire: SerializedTransport) -> None:
    book = Ledger(None, {"run": RUN})
    book.record_intent("newstore", "createData")
    with context(shop, wire, book) as there:
        (entry,) = clean_up(there)
    assert entry.state == "left"
    assert "no marker by which to find it" in str(entry.why)


def test_a_cleanup_proves_each_object_gone_and_can_be_repeated(
    shop: Target, wire: SerializedTransport, control: ControlClient, tmp_path: Path
) -> None:
    before, file = all_documents(control), tmp_path / "ledger.jsonl"
    caller_book = Ledger(file, {"run": RUN, "urls": dict(shop.urls)})
    with context(shop, wire, caller_book) as there:
        household(ApiClient("vtex", there, random.Random(1)))
        caller_book.close()  # and the process is gone
        with closing(ledgers.read_ledger(file)) as book:
            ended = clean_up(replace(there, ledger=book))
            assert [entry.state for entry in ended] == ["gone"] * 4
            assert all(str(entry.why).endswith("404") for entry in ended)
        with closing(ledgers.read_ledger(file)) as book:
            assert clean_up(replace(there, ledger=book)) == []
    assert all_documents(control) == before


def test_a_cleanup_that_is_refused_leaves_the_entry_open(shop: Target, wire: SerializedTransport) -> None:
    book = Ledger(None, {"run": RUN})
    with context(shop, wire, book) as there:
        profile(ApiClient("vtex", there, random.Random(1)))
        poor = {"vtex": {"full": shop.credentials["vtex"]["wrong"]}}
        stranger = Target("poor", shop.urls, poor, shop.powers, headers=shop.headers)
        (entry,) = clean_up(replace(there, target=stranger))
        assert (entry.state, entry.why) == ("left", "GetUnmaskedProfile answered 401, which does not show the owner")
        (entry,) = clean_up(there)
    assert entry.state == "gone"


def test_a_cleanup_goes_nowhere_but_to_where_the_run_went(shop: Target) -> None:
    book = Ledger(None, {"run": RUN, "urls": dict(shop.urls), "control": None})
    assert target_mismatch(book, Target("other", {}, {})) is None
    book.record_intent("vtex", "CreateProspect", mark="a")
    assert target_mismatch(book, shop) is None
    assert target_mismatch(book, Target("other", {"vtex": "https://other.example.com"}, {})) is not None
    book.record_intent(sandbox="abc")
    assert target_mismatch(book, Target("other", dict(shop.urls), {}, control="http://127.0.0.1:1")) is not None


def test_writes_end_where_their_undoing_would_pass_the_limit(
    wire: SerializedTransport, control: ControlClient, http: httpx.Client
) -> None:
    own = vendor(WRITING, http.headers["X-Sandbox"])
    limited = Target(own.name, own.urls, own.credentials, own.powers, headers=own.headers, limits=Limits(writes=5))
    before = all_documents(control)
    made = []

    def play(api: ApiClient) -> None:
        for _ in range(10):
            made.append(profile(api)["id"])

    came = run(play, limited, wire, Ledger(None, {"run": RUN}))
    assert came.reason == "the target's limit of 5 writes is used up"
    assert len(made) == 2
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
    book = Ledger(None, {"run": RUN})

    def play(api: ApiClient) -> None:
        profile(api)
        gateway.page = page

    assert run(play, shop, gateway, book).finding is None
    (entry,) = [entry for entry in book.entries if entry.operation_id == "CreateClientProfile"]
    assert entry.state == "left", entry.why
    gateway.page = None
    with context(shop, gateway, book) as there:
        clean_up(there)
    assert [entry.state for entry in book.entries if entry.operation_id == "CreateClientProfile"] == ["gone"]
