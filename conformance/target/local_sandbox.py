"""A sandbox of this project as a target: all powers, the credentials and data that it is shipped with."""

from __future__ import annotations

from pii_sandbox.conformance.target.model import Retry, Target
from pii_sandbox.conformance.values.scenario import POWERS
from pii_sandbox.specs.api_facts import apis, vendors

APIS = vendors()


def local_sandbox(base_url: str, control_token: str | None = None) -> Target:
    """The sandbox that is served at a base URL, whatever path that has."""
    base = base_url.rstrip("/")
    return Target(
        name="sandbox",
        urls=dict.fromkeys(APIS, base),
        credentials={name: apis()[name].sandbox_credentials() for name in APIS},
        powers=POWERS,
        data={name: apis()[name].sandbox_data() for name in APIS},
        headers={} if control_token is None else {"X-Sandbox-Control-Token": control_token},
        control=f"{base}/_sandbox/v1",
        retry=Retry(breaker_seconds=5),
    )
