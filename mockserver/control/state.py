"""Control API: sandboxes, status, health, credentials, reset, seed, dialect and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.control.json_forms import rfc3339_text
from pii_sandbox.mockserver.control.search_preparation import prepare_in_background
from pii_sandbox.mockserver.problems import NotFound, Unavailable
from pii_sandbox.mockserver.sandbox import Sandbox, SeedSpec
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.store import StoreError


def sandbox_status(sandboxes: Sandboxes, sandbox: Sandbox) -> dict[str, Any]:
    """Return name, dialect, time, number of documents, settings and seed of a sandbox."""
    counts = sandbox.store.counts()
    return {
        "name": sandbox.name,
        "dialect": sandbox.dialect,
        "now": rfc3339_text(sandbox.now()),
        "documents": {
            vendor.name: {name: counts.get(f"{vendor.name}/{name}", 0) for name in vendor.collections}
            for vendor in sandboxes.vendors.values()
        },
        "settings": sandbox.settings(),
        "seeded": {
            "seed": sandbox.seeded.seed,
            "shoppers": sandbox.seeded.shoppers,
            "locale": sandbox.seeded.locale,
        },
    }


def get_status(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, sandbox_status(sandboxes, sandbox))


def get_health(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, {"status": "ok"})


def get_readiness(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Return whether requests can be served now: in a cluster, whether its log has a quorum."""
    try:
        sandboxes.check()
    except StoreError:
        raise Unavailable("the log of the cluster cannot be reached, or has no quorum") from None
    return Reply(200, {"status": "ok"})


def get_credentials(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(
        200,
        {
            "credentials": {
                vendor.name: [
                    {"headers": dict(credential.headers), "allows": credential.allows}
                    for credential in vendor.credentials
                ]
                for vendor in sandboxes.vendors.values()
            }
        },
    )


def list_sandboxes(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, {"sandboxes": sandboxes.names()})


def delete_sandbox(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    if not sandboxes.drop(call.path["name"]):
        raise NotFound("there is no sandbox of that name")
    return Reply(204)


def reset_sandbox(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandboxes.reset(sandbox)
    return Reply(200, sandbox_status(sandboxes, sandbox))


def seed_sandbox(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandboxes.reset(
        sandbox,
        SeedSpec(
            seed=call.body.get("seed", sandbox.seeded.seed),
            shoppers=call.body.get("shoppers", sandboxes.defaults.seeded.shoppers),
            locale=call.body.get("locale"),
        ),
    )
    prepare_in_background(sandbox.store)
    return Reply(200, sandbox_status(sandboxes, sandbox))


def get_dialect(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, {"dialect": sandbox.dialect})


def set_dialect(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandbox.set_dialect(call.body["dialect"])
    return Reply(200, {"dialect": sandbox.dialect})


def get_settings(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, sandbox.settings())


def change_settings(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandbox.change(call.body)
    return Reply(200, sandbox.settings())


HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "getStatus": get_status,
    "getHealth": get_health,
    "getLiveness": get_health,
    "getReadiness": get_readiness,
    "getCredentials": get_credentials,
    "listSandboxes": list_sandboxes,
    "deleteSandbox": delete_sandbox,
    "resetSandbox": reset_sandbox,
    "seedSandbox": seed_sandbox,
    "getDialect": get_dialect,
    "setDialect": set_dialect,
    "getSettings": get_settings,
    "changeSettings": change_settings,
}
