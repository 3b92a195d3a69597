"""The four reads of one profile."""

from __future__ import annotations

import random

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.sandbox import Sandbox, flag
from pii_sandbox.mockserver.vendors.fashionai import collections, limits

SLOW = "fashionai.slow"
SETTINGS = {SLOW: flag(False)}
SLOW_SECONDS = (3.0, 8.0)


def get_profile_by_user_profile_id(call: Call, sandbox: Sandbox) -> Reply:
    return _profile_by("userProfileId", call, sandbox)


def get_profile_by_phone(call: Call, sandbox: Sandbox) -> Reply:
    return _profile_by("phone", call, sandbox)


def get_profile_by_email(call: Call, sandbox: Sandbox) -> Reply:
    return _profile_by("email", call, sandbox)


def get_profile_by_document(call: Call, sandbox: Sandbox) -> Reply:
    return _profile_by("document", call, sandbox)


def _profile_by(key: str, call: Call, sandbox: Sandbox) -> Reply:
    limits.admit(call.principal, sandbox)
    customer = collections.customer_by(key, call.path[key], sandbox)
    body = {"userProfileId": customer["userProfileId"], "profile": customer["profile"]}
    if not sandbox.setting(SLOW) and not _slow_by_fault(call, key, sandbox):
        return Reply(200, body)
    return Reply(200, body, rule="FAI-SLOW-1", delay_seconds=generation_seconds(body["userProfileId"]))


def _slow_by_fault(call: Call, key: str, sandbox: Sandbox) -> bool:
    operation = call.operation
    path = operation.path.replace(f"{{{key}}}", call.path[key])
    facts = {"api": "fashionai", "operation": operation.operation_id, "method": operation.method, "path": path}
    return bool(sandbox.faults) and sandbox.faults.take_internal("FAI-SLOW-1", facts) is not None


def generation_seconds(user_profile_id: str) -> float:
    """Return the seconds that generating this customer's profile takes: always the same. (FAI-SLOW-1)"""
    return random.Random(f"{user_profile_id}/slow").uniform(*SLOW_SECONDS)
