"""Scenarios played on the application in this process: as our sandbox, and as if it were a vendor's endpoint."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

import httpx

from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.scenario_runner import ScenarioResult, play_scenario
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.specs.catalogue import rules
from tests.in_process import InProcess

URL = "http://sandbox.test"
READ_BY_POST = ("/detokenize", "/verify")


class SerializedTransport(httpx.BaseTransport):
    """Lets the calls of several threads into the application one after the other, and keeps them."""

    def __init__(self, transport: InProcess) -> None:
        self.requests: list[httpx.Request] = []
        self._transport = transport
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request)
            return self._transport.handle_request(request)

    def writes(self) -> list[str]:
        """What was sent that could change something, as method and path."""
        return [
            f"{request.method} {request.url.path}"
            for request in self.requests
            if request.method not in ("GET", "HEAD", "OPTIONS") and not request.url.path.endswith(READ_BY_POST)
        ]


def scenarios_of(api: str) -> list[Scenario]:
    """In the order of the catalogue."""
    return [scenario for rule in rules(api) for scenario in REGISTRY if scenario.rule == rule.id]


def case_name(scenario: Scenario) -> str:
    return f"{scenario.rule}-{scenario.name}"


def play(scenario: Scenario, api: str, transport: httpx.BaseTransport, target: Target | None = None) -> ScenarioResult:
    """Plays it in this process, on our sandbox unless told otherwise."""

    def client(target: Target) -> httpx.Client:
        return httpx.Client(transport=transport)

    with standalone_context(target or local_sandbox(URL), "tests", 1, client) as context:
        return play_scenario(scenario, api, context)


def vendor(powers: Iterable[str], name: str, data: Mapping[str, Mapping[str, str]] | None = None) -> Target:
    """The sandbox of that name as if it were a vendor's endpoint, whose data may be read."""
    sandbox_target = local_sandbox(URL)
    return replace(
        sandbox_target,
        powers=frozenset(powers),
        control=None,
        headers={"X-Sandbox": name},
        data={**sandbox_target.data, **(data or {})},
    )


def result_text(outcome: ScenarioResult) -> str:
    """What came of it, in words; empty where it holds."""
    if outcome.finding is not None:
        return f"expected {outcome.finding.expected}; saw {outcome.finding.seen}"
    return outcome.reason or ""
