"""What was made and not named is looked for by its mark; an answer that is no list of objects proves nothing."""

from __future__ import annotations

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup.cleanup import clean_up
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.target.model import Target
from tests.conformance.cleanup.vendor_runs import RUN, all_documents, context, run
from tests.control_client import ControlClient
from tests.in_process import InProcess
from tests.scenarios.scenario_cases import SerializedTransport


class AnsweringTransport(httpx.BaseTransport):
    """Passes requests on, and answers those of one method with another status and body."""

    def __init__(self, behind: httpx.BaseTransport, method: str, status: int, body: bytes | None = None) -> None:
        self._behind, self._method, self._status, self._body = behind, method, status, body

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._behind.handle_request(request)
        if request.method != self._method:
            return response
        content = b"".join(response.stream) if self._body is None else self._body  # type: ignore[arg-type]
        headers = {"content-type": "application/json"} if self._body is not None else response.headers
        return httpx.Response(self._status, headers=headers, content=content, request=request)


@pytest.mark.parametrize("body", [b"null", b'"text"', b"7", b"{}", b"[[[]]]", b"[null]", b'{"profiles": {"a": []}}'])
@pytest.mark.parametrize(("api", "operation_id"), [("vtex", "CreateProspect"), ("newstore", "getOrCreateProfile")])
def test_a_list_of_no_objects_is_no_proof_that_nothing_was_made(
    api: str, operation_id: str, body: bytes, shop: Target, wire: SerializedTransport
) -> None:
    ledger = Ledger(None, {"run": RUN})
    ledger.record_intent(api, operation_id, mark="never")
    with context(shop, AnsweringTransport(wire, "GET", 200, body), ledger) as run_context:
        assert [entry.state for entry in clean_up(run_context)] == ["left"]
        assert run_context.faults.texts == []


def test_a_success_that_the_document_does_not_have_may_have_made_something(
    shop: Target, transport: InProcess, control: ControlClient
) -> None:
    before, ledger = all_documents(control), Ledger(None, {"run": RUN})

    def play(api: ApiClient) -> None:
        who = api.new_customer()
        names = {"firstName": who.first_name, "lastName": who.last_name, "email": who.email}
        api.call("CreateClientProfile", body={**names, "document": who.document, "documentType": "CPF"})

    run(play, shop, AnsweringTransport(transport, "POST", 200, b"{}"), ledger)
    assert [(entry.operation_id, entry.state) for entry in ledger.entries] == [("CreateClientProfile", "gone")]
    assert "DeleteClientProfile" in str(ledger.entries[0].why)
    assert all_documents(control) == before
