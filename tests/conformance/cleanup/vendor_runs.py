"""Plays scenarios against a sandbox as if it were a vendor's endpoint, and reads all that it holds."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.run_context import RunContext, standalone_context
from pii_sandbox.conformance.scenario_runner import ScenarioResult, play_scenario
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.scenario import Scenario
from tests.control_client import ControlClient

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
    created = profile(api)
    api.call("CreateClientAddress", profileId=created["id"], body=ADDRESS, expect=201)
    api.call("CreatePurchaseInformation", profileId=created["id"], body={"isToSavePersonalData": True}, expect=200)
    api.call("CreateProspect", body={"email": api.new_customer().email}, expect=201)
    return str(created["id"])


def scenario(play: Play, *needs: str) -> Scenario:
    return Scenario("VTEX-PROF-1", "a_trial", play, frozenset(needs))


def run(play: Play, target: Target, wire: httpx.BaseTransport, ledger: Ledger, api: str = "vtex") -> ScenarioResult:
    with context(target, wire, ledger) as run_context:
        return play_scenario(scenario(play), api, run_context)


def context(target: Target, wire: httpx.BaseTransport, ledger: Ledger) -> AbstractContextManager[RunContext]:
    return standalone_context(target, RUN, 1, lambda _: httpx.Client(transport=wire), ledger=ledger)


def all_documents(control: ControlClient) -> Any:
    """All that the endpoint holds, of everybody."""
    return {(api, name): control.documents(api, name) for api, name in COLLECTIONS}


def create_household(api: ApiClient) -> None:
    household(api)
