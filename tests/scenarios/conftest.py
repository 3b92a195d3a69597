"""What the scenarios are played on."""

from __future__ import annotations

import httpx
import pytest

from tests.in_process import InProcess
from tests.scenarios.scenario_cases import SerializedTransport


@pytest.fixture
def wire(transport: InProcess) -> SerializedTransport:
    """The way to the application, which remembers what was sent."""
    return SerializedTransport(transport)


@pytest.fixture
def sandbox_name(http: httpx.Client) -> str:
    """The test's own sandbox."""
    name: str = http.headers["X-Sandbox"]
    return name
