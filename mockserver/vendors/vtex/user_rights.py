"""Erasing a customer at once, and what the four applications say of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
REASON = "Sensitive information was anonymized rather than deleted to preserve the store metrics."


def create_and_process_delete_user_data(call: Call, sandbox: Sandbox) -> Reply:
    """Completed where all went, Blocked where orders in progress remain. (VTEX-ERASE-1, VTEX-ERASE-4)

    An email that nobody has, or nobody any more, is no error. (VTEX-ERASE-5, VTEX-ERASE-7)
    """
    email: str = call.body["email"]
    now = sandbox.now()
    erased = customer_erasure.erase(email, sandbox)
    return Reply(200, answer(email, erased, now), rule=_rule(erased))


def _rule(erased: ErasureResult) -> str:
    if erased.blocked:
        return "VTEX-ERASE-4"
    return "VTEX-ERASE-1" if erased.found else "VTEX-ERASE-5"


def answer(email: str, erased: ErasureResult, now: datetime) -> dict[str, Any]:
    return {
        "uuid": ids.uuid4(),
        "requestType": "Removal",
        "email": email,
        "status": "Blocked" if erased.blocked else "Completed",
        "dataResponse": data_response(erased),
        "requestTime": times.seven_digits(now.astimezone(BRASILIA)),
        "applications": [
            {
                "application": application,
                "status": "Blocked" if erased.blocked and application == "orders" else "Deleted",
                "errorDetail": "",
                "updateAt": f"{now:%Y-%m-%dT%H:%M:%S}",  # UTC without saying so, whole seconds
            }
            for application in APPLICATIONS
        ],
    }


def data_response(erased: ErasureResult) -> str:
    """A JSON text laid out as VTEX prints it: indented, with CRLF at its line ends."""
    applications = {
        "VTEX Checkout": [],
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
