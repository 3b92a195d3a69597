"""Synchronous erasure of a customer, and the response with the statuses of the four applications."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendors.vtex import customer_erasure, errors
from pii_sandbox.mockserver.vendors.vtex.customer_erasure import ErasureResult

APPLICATIONS = ("chk", "orders", "profileSystemV2", "vid")
BRASILIA = timezone(timedelta(hours=-3))  # documented: the offset of requestTime [G]
FAILURE = "VTEX-ERASE-9"
# documented for applications beside Deleted; in the order in which one of them decides the status of the request
STATUSES = ("Error", "Blocked", "PendingCheck", "PendingDeletion", "Completed")
DETAILS = {"Error": "The application could not erase the data."}  # assumed: no document shows one
REASON = "Sensitive information was anonymized rather than deleted to preserve the store metrics."


def create_and_process_delete_user_data(call: Call, sandbox: Sandbox) -> Reply:
    """Erase the customer: Completed, or Blocked if orders in progress remain. (VTEX-ERASE-1, VTEX-ERASE-4)

    An unknown email, or one that was erased before, is no error. (VTEX-ERASE-5, VTEX-ERASE-7)
    """
    email: str = call.body["email"]
    now = sandbox.now()
    erased = customer_erasure.erase_customer(email, call.principal.identity, sandbox, _failures(call, sandbox))
    return Reply(200, request_document(email, erased, now), rule=_rule(erased))


def _failures(call: Call, sandbox: Sandbox) -> dict[str, str]:
    """Return the status that an injected fault gives to applications; without keys it concerns all. (VTEX-ERASE-9)"""
    operation = call.operation
    facts = {
        "api": "vtex",
        "operation": operation.operation_id,
        "method": operation.method,
        "path": operation.path,
    }
    effect = sandbox.faults.take_internal(FAILURE, facts) if sandbox.faults else None
    if effect is None:
        return {}
    status = effect.error if effect.error in STATUSES else STATUSES[0]
    return {name: status for name in APPLICATIONS if not effect.keys or name in effect.keys}


def _rule(erased: ErasureResult) -> str:
    if erased.failures:
        return FAILURE
    if erased.blocked:
        return "VTEX-ERASE-4"
    return "VTEX-ERASE-1" if erased.found else "VTEX-ERASE-5"


def request_document(email: str, erased: ErasureResult, now: datetime) -> dict[str, Any]:
    statuses = {name: application_status(name, erased) for name in APPLICATIONS}
    return {
        "uuid": ids.uuid4(),
        "requestType": "Removal",
        "email": email,
        "status": request_status(statuses.values()),
        "dataResponse": data_response(erased),
        "requestTime": times.seven_digits(now.astimezone(BRASILIA)),
        "applications": [
            {
                "application": application,
                "status": status,
                "errorDetail": DETAILS.get(status, ""),
                "updateAt": f"{now:%Y-%m-%dT%H:%M:%S}",  # UTC without saying so, whole seconds
            }
            for application, status in statuses.items()
        ],
    }


def application_status(application: str, erased: ErasureResult) -> str:
    """Return the status of an application: Deleted, unless a fault or an open order changes it."""
    if application in erased.failures:
        return erased.failures[application]
    if application == "orders" and erased.blocked:
        return "Blocked"
    return "PendingDeletion" if erased.kept_all else "Deleted"


def request_status(statuses: Iterable[str]) -> str:
    """Return Error if one status is, else Blocked, else a pending one, else Completed: assumed. (VTEX-ERASE-9)"""
    seen = set(statuses)
    return next((status for status in STATUSES if status in seen and status != "Completed"), "Completed")


def data_response(erased: ErasureResult) -> str:
    """Return a JSON text in VTEX's printed layout: indented, with CRLF line ends."""
    applications = {
        "VTEX  Checkout": [],
        "orders": {
            "dataStatus": {
                "status": "anonymized",
                "reason": REASON,
                "evidence": f"Anonymized [{erased.anonymised}] orders",
                "dryRun": True,  # documented so, though the orders are anonymised [G]
            },
            "orders": [],
        },
        "Profile System PII API": {},
        "VTEX ID": {} if erased.user else errors.status_body(404),
    }
    return json.dumps(applications, indent=2).replace("\n", "\r\n")


HANDLERS: Mapping[str, Handler] = {"createAndProcessDeleteUserData": create_and_process_delete_user_data}
