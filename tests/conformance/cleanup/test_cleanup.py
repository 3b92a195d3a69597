"""The ledger of a run announces each write; a cleanup from it finds, deletes and checks what is left."""

from __future__ import annotations

import json
import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup import ledger as ledgers
from pii_sandbox.conformance.cleanup.cleanup import clean_up, target_mismatch
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.target.model import Target
from tests.conformance.cleanup.vendor_runs import RUN, all_documents, context, create_household, household, profile, run
from tests.control_client import ControlClient
from tests.in_process import InProcess
from tests.scenarios.scenario_cases import SerializedTransport


def test_a_call_is_announced_before_it_goes_out(shop: Target, transport: InProcess, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    announced: list[str] = []

    class LedgerReadingTransport(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                announced.append(json.loads(file.read_text("utf-8").splitlines()[-1])["operation"])
            return transport.handle_request(request)

    with closing(Ledger(file, {"run": RUN})) as ledger:
        run(create_household, shop, LedgerReadingTransport(), ledger)
    assert announced == ["CreateClientProfile", "CreateClientAddress", "CreatePurchaseInformation", "CreateProspect"]


def test_a_ledger_holds_neither_people_nor_credentials(shop: Target, wire: SerializedTransport, tmp_path: Path) -> None:
    people = []

    def play(api: ApiClient) -> None:
        household(api)
        people.append(api.new_customer())

    with closing(Ledger(tmp_path / "ledger.jsonl", {"run": RUN})) as ledger:
        run(play, shop, wire, ledger)
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
    before, ledger = all_documents(control), Ledger(None, {"run": RUN})

    def play(caller: ApiClient) -> None:
        who = caller.new_customer()
        names = {} if api == "newstore" else {"firstName": who.first_name, "lastName": who.last_name}
        more = {"document": who.document, "documentType": "CPF"} if operation_id == "CreateClientProfile" else {}
        caller.call(operation_id, body={"email": who.email, **names, **more})

    result = run(play, shop, LostResponse(transport), ledger, api)
    assert result.cause is not None
    assert result.cause.kind == "network"
    assert [entry.state for entry in ledger.entries] == [ends]
    control.advance(days=1)
    assert all_documents(control) == before


def test_an_object_that_was_never_created_is_found_absent(shop: Target, wire: SerializedTransport) -> None:
    ledger = Ledger(None, {"run": RUN})
    for api, operation_id in (
        ("vtex", "CreateClientProfile"), ("vtex", "CreateProspect"), ("newstore", "getOrCreateProfile"),
    ):  # fmt: skip
        ledger.record_intent(api, operation_id, mark="never")
    with context(shop, wire, ledger) as run_context:
        assert [entry.state for entry in clean_up(run_context)] == ["gone"] * 3
    assert [request.method for request in wire.requests] == ["GET", "GET", "GET"]


def test_an_object_that_cannot_be_found_again_is_left_and_reported(shop: Target, wire: SerializedTransport) -> None:
    ledger = Ledger(None, {"run": RUN})
    ledger.record_intent("newstore", "createData")
    with context(shop, wire, ledger) as run_context:
        (entry,) = clean_up(run_context)
    assert entry.state == "left"
    assert "no marker by which to find it" in str(entry.why)


def test_a_cleanup_proves_each_object_gone_and_can_be_repeated(
    shop: Target, wire: SerializedTransport, control: ControlClient, tmp_path: Path
) -> None:
    before, file = all_documents(control), tmp_path / "ledger.jsonl"
    first_ledger = Ledger(file, {"run": RUN, "urls": dict(shop.urls)})
    with context(shop, wire, first_ledger) as run_context:
        household(ApiClient("vtex", run_context, random.Random(1)))
        first_ledger.close()  # and the process is gone
        with closing(ledgers.read_ledger(file)) as ledger:
            ended = clean_up(replace(run_context, ledger=ledger))
            assert [entry.state for entry in ended] == ["gone"] * 4
            assert all(str(entry.why).endswith("404") for entry in ended)
        with closing(ledgers.read_ledger(file)) as ledger:
            assert clean_up(replace(run_context, ledger=ledger)) == []
    assert all_documents(control) == before


def test_a_cleanup_that_is_refused_leaves_the_entry_open(shop: Target, wire: SerializedTransport) -> None:
    ledger = Ledger(None, {"run": RUN})
    with context(shop, wire, ledger) as run_context:
        profile(ApiClient("vtex", run_context, random.Random(1)))
        poor = {"vtex": {"full": shop.credentials["vtex"]["wrong"]}}
        stranger = Target("poor", shop.urls, poor, shop.powers, headers=shop.headers)
        (entry,) = clean_up(replace(run_context, target=stranger))
        assert (entry.state, entry.why) == ("left", "GetUnmaskedProfile answered 401, which does not show the owner")
        (entry,) = clean_up(run_context)
    assert entry.state == "gone"


def test_a_cleanup_goes_nowhere_but_to_where_the_run_went(shop: Target) -> None:
    ledger = Ledger(None, {"run": RUN, "urls": dict(shop.urls), "control": None})
    assert target_mismatch(ledger, Target("other", {}, {})) is None
    ledger.record_intent("vtex", "CreateProspect", mark="a")
    assert target_mismatch(ledger, shop) is None
    assert target_mismatch(ledger, Target("other", {"vtex": "https://other.example.com"}, {})) is not None
    ledger.record_intent(sandbox="abc")
    assert target_mismatch(ledger, Target("other", dict(shop.urls), {}, control="http://127.0.0.1:1")) is not None
