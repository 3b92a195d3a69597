"""The getProfile operation: a shopper's profile, optionally the preview copy."""

from __future__ import annotations

from urllib.parse import quote

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.problems import InjectedError
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendors.oracle import views
from pii_sandbox.mockserver.vendors.oracle.collections import PROFILES, stored_profile


def get_profile(call: Call, sandbox: Sandbox) -> Reply:
    """Return the profile in the sandbox's dialect, with the id of the last rule that changed it. (OCC-GET-1)"""
    _fail_if_asked(call, sandbox)
    asked = call.query
    # assumed: any other value than `true` asks for no preview
    record, previewed = stored_profile(call.path["id"], sandbox, preview=asked.get("preview") == "true")
    profile, translated = views.translate(record.value, call.headers.get("x-ccasset-language"))
    profile, expanded = views.with_roles(profile, asked.get("expand"))
    response = views.to_dialect({**profile, "id": record.id}, sandbox.dialect, call.url)
    response, projected = views.project(response, sandbox.dialect, asked.get("fields"), asked.get("exclude"))
    return Reply(200, response, rule=projected or translated or previewed or expanded)


def sample_request(sandbox: Sandbox) -> str | None:
    """Return path and query of a first call: getProfile of the first profile; None without profiles."""
    found = sandbox.store.page(PROFILES, count=1).records
    return (
        f"/ccapp/v1/profiles/{quote(found[0].id, safe='')}?fields=id,firstName,lastName,email,locale" if found else None
    )


def _fail_if_asked(call: Call, sandbox: Sandbox) -> None:
    """Raise InjectedError if a fault is set on OCC-GET-4."""
    facts = {
        "api": "oracle",
        "operation": call.operation.operation_id,
        "method": call.operation.method,
        "path": call.operation.path.replace("{id}", call.path["id"]),
    }
    if sandbox.faults and sandbox.faults.take_internal("OCC-GET-4", facts) is not None:
        raise InjectedError("a fault that was asked for", status=500, rule="OCC-GET-4")
