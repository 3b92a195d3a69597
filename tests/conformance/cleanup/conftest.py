"""A sandbox that stands in for a vendor's staging endpoint."""

from __future__ import annotations

import httpx
import pytest

from pii_sandbox.conformance.target.model import Target
from tests.conformance.cleanup.vendor_runs import WRITING
from tests.in_process import InProcess
from tests.scenarios.scenario_cases import SerializedTransport, vendor


@pytest.fixture
def wire(transport: InProcess) -> SerializedTransport:
    return SerializedTransport(transport)


@pytest.fixture
def shop(http: httpx.Client) -> Target:
    """The test's sandbox as if it were a vendor's staging, to which a run may write."""
    return vendor(WRITING, http.headers["X-Sandbox"])
