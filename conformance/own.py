"""A sandbox of ours as a target: all powers, the credentials that it is shipped with."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.scenario import POWERS
from conformance.targets import Target

APIS = ("vtex", "newstore", "fashionai", "oracle")

CREDENTIALS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "vtex": {
        "full": {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"},
        "user": {"VtexIdclientAutCookie": "sandbox-user"},
        "readonly": {"X-VTEX-API-AppKey": "vtexappkey-readonly", "X-VTEX-API-AppToken": "sandbox-token"},
        "unprivileged": {"X-VTEX-API-AppKey": "vtexappkey-none", "X-VTEX-API-AppToken": "sandbox-token"},
        "wrong": {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "wrong"},
    },
    "newstore": {
        "full": {"Authorization": "Bearer sandbox-newstore"},
        "expired": {"Authorization": "Bearer sandbox-expired"},
        "wrong": {"Authorization": "Bearer wrong"},
        "login": {},
    },
    "fashionai": {
        "full": {"X-FashionAI-APP-Token": "fai_test_sandbox"},
        "wrong": {"X-FashionAI-APP-Token": "fai_test_wrong"},
    },
    "oracle": {
        "full": {"Authorization": "Bearer sandbox-oracle"},
        "application": {"Authorization": "Bearer sandbox-application-key"},
        "wrong": {"Authorization": "Bearer wrong"},
    },
}
# fashionai: the customer that the vendor's document prints, FAI-SEED-1
DATA: Mapping[str, Mapping[str, str]] = {
    "newstore": {"username": "sandbox", "password": "sandbox"},
    "fashionai": {
        "user_profile_id": "ddsd23223",
        "phone": "5511999998888",
        "email": "customer@example.com",
        "document": "12345678900",
    },
}


def own_sandbox(base_url: str, control_token: str | None = None) -> Target:
    """The sandbox that is served there, under whatever path its base URL may have."""
    base = base_url.rstrip("/")
    return Target(
        name="sandbox",
        urls=dict.fromkeys(APIS, base),
        credentials=CREDENTIALS,
        powers=POWERS,
        data=DATA,
        headers={} if control_token is None else {"X-Sandbox-Control-Token": control_token},
        control=f"{base}/_sandbox/v1",
    )
