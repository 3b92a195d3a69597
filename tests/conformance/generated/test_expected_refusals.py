"""What a rule refuses although the document allows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.generated.expected_refusals import refusing_rule
from pii_sandbox.specs import Dialect


@pytest.mark.parametrize(
    ("api", "operation_id", "query", "body", "dialect", "rule"),
    [
        ("newstore", "listProfiles", "offset=9991&count=10", None, "guide", "NS-LIST-2"),
        ("newstore", "listProfiles", "offset=9990&count=10", None, "guide", None),
        ("vtex", "GetUnmaskedProfile", "", None, "reference", "VTEX-UNMASK-2"),
        ("vtex", "GetUnmaskedProfile", "reason=", None, "reference", "VTEX-UNMASK-2"),
        ("vtex", "GetUnmaskedProfile", "useCase=support", None, "reference", None),
        ("vtex", "CreateOrUpdateProfileSchema", "", {"a": {"type": "array", "items": {"b": [{"not": {}}]}}}, "guide",
         "VTEX-SCHEMA-3"),
        ("vtex", "CreateOrUpdateProfileSchema", "", {"a": {"type": "string"}}, "guide", None),
        ("vtex", "CreateOrUpdateProfileSchema", "", {"v-unique-alternate-keys": []}, "guide", "VTEX-SCHEMA-6"),
        ("vtex", "CreateProspect", "", {"not": 1}, "guide", None),
        ("newstore", "createRealmToken", "", {"grant_type": "refresh_token", "client_id": "a"}, "guide", "NS-AUTH-4"),
        ("newstore", "createRealmToken", "", {"grant_type": "refresh_token", "refresh_token": "a"}, "guide", None),
        ("newstore", "createRealmToken", "", "grant_type=password&username=a", "guide", "NS-AUTH-4"),
        ("newstore", "createRealmToken", "", "grant_type=password&username=a&password=", "guide", None),
        ("newstore", "createRealmToken", "", "grant_type=password&grant_type=a&username=a", "guide", "NS-AUTH-4"),
        ("newstore", "createRealmToken", "", ["refresh_token"], "guide", None),
        ("newstore", "createToken", "", {"grant_type": "password", "password": "a"}, "guide", "generated:required"),
    ],
)  # fmt: skip
def test_a_refusal_that_no_schema_can_say_is_known_by_its_rule(
    api: str, operation_id: str, query: str, body: Any, dialect: Dialect, rule: str | None
) -> None:
    facts = operations.operation(api, operation_id, dialect)
    sent = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    assert refusing_rule(facts, f"http://there.test{facts.path}?{query}", sent, dialect) == rule
