"""Patterns that no call can match are refused: a check of them could not fail, a fault would never apply."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control_client import BASE, ControlClient
from tests.credentials import FASHIONAI, NEWSTORE

UNKNOWN: list[tuple[dict[str, Any], str]] = [
    (
        {"operation": "getOrCreateProfil"},
        "operation: unknown operation getOrCreateProfil; did you mean getOrCreate",
    ),
    ({"operation": "LISTPROFILES"}, "operation: unknown operation LISTPROFILES; did you mean listProfiles?"),
    ({"operation": "zzz"}, "operation: unknown operation zzz"),
    ({"operation": ""}, "operation: unknown operation"),
    ({"api": "newstor"}, "api: unknown api newstor; did you mean newstore?"),
    ({"api": "sandbox"}, "api: unknown api sandbox"),
    (
        {"operation": "GetProfileSchema", "api": "newstore"},
        "operation: GetProfileSchema is an operation of vtex, not of newstore",
    ),
]
RULES: list[tuple[dict[str, Any], str]] = [
    ({"rule": "NS-LIST-22"}, "rule: unknown rule NS-LIST-22; did you mean NS-LIST-2?"),
    ({"rule": "ns-list-2"}, "rule: unknown rule ns-list-2; did you mean NS-LIST-2?"),
    ({"rule": "VTEX-TTL-1", "api": "newstore"}, "api: VTEX-TTL-1 is a rule of vtex, not of newstore"),
    (
        {"rule": "VTEX-TTL-1", "operation": "listProfiles"},
        "operation: listProfiles is an operation of newstore, not of",
    ),
]
IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"operation": "listProfiles", "method": "POST"}, "method: listProfiles is called with GET, not with POST"),
    ({"path": "v1/d/pii"}, "path: does not start with /"),
    ({"path": "/~mine/v1/d/pii"}, "path: is compared without the prefix of the sandbox"),
    ({"operation": "x" * 5000}, "operation: unknown operation: the name has 5000 characters"),
]


def assert_refused(response: httpx.Response, field: str, message: str) -> None:
    assert response.status_code == 400, response.text
    assert response.json()["title"].startswith(message)
    assert list(response.json()["errors"]) == [field]


@pytest.mark.parametrize(("pattern", "message"), UNKNOWN + RULES + IMPOSSIBLE)
@pytest.mark.parametrize("count", [0, 1, {"at_most": 3}])
def test_a_count_of_calls_that_cannot_exist_is_refused(
    http: httpx.Client, pattern: dict[str, Any], message: str, count: Any
) -> None:
    response = http.post(f"{BASE}/journal/verify", json={"match": pattern, "count": count})
    assert_refused(response, f"match.{message.partition(':')[0]}", f"match.{message}")


@pytest.mark.parametrize(("pattern", "message"), UNKNOWN + RULES + IMPOSSIBLE)
def test_an_order_of_calls_that_cannot_exist_is_refused(
    http: httpx.Client, pattern: dict[str, Any], message: str
) -> None:
    response = http.post(f"{BASE}/journal/verify", json={"order": [{"operation": "listProfiles"}, pattern]})
    assert_refused(response, f"order.1.{message.partition(':')[0]}", f"order.1.{message}")


@pytest.mark.parametrize(("pattern", "message"), UNKNOWN + RULES)
@pytest.mark.parametrize("path", ["/journal", "/journal.har"])
def test_the_journal_refuses_unknown_names_in_filters(
    http: httpx.Client, path: str, pattern: dict[str, Any], message: str
) -> None:
    assert_refused(http.get(BASE + path, params=pattern), message.partition(":")[0], message)


@pytest.mark.parametrize(("match", "message"), UNKNOWN + IMPOSSIBLE)
def test_a_fault_on_calls_that_cannot_exist_is_refused(
    http: httpx.Client, control: ControlClient, match: dict[str, Any], message: str
) -> None:
    response = http.post(f"{BASE}/faults", json={"match": match, "effect": {"status": 500}})
    assert_refused(response, f"match.{message.partition(':')[0]}", f"match.{message}")
    assert control.call("GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"effect": {"internal": "NS-TOK-4"}, "match": {"api": "vtex"}}, "NS-TOK-4 is a rule of newstore, not of vtex"),
        (
            {"effect": {"internal": "NS-TOK-4"}, "match": {"operation": "GetProfileSchema"}},
            "GetProfileSchema is an operation of vtex",
        ),
        (
            {"effect": {"internal": "NS-TOK-4"}, "match": {"operation": "listProfiles"}},
            "match: matches no call to which the fault could apply",
        ),
        (
            {"effect": {"internal": "VTEX-JOB-4"}, "match": {"path": "/api/storage"}},
            "match.path: no path of these calls begins with /api/storage",
        ),
        ({"effect": {"status": 500}, "match": {"api": "oracle", "method": "DELETE"}}, "match: matches no call"),
        ({"effect": {"status": 500, "keys": ["a"]}}, "names keys, which belong to internal"),
        ({"effect": {"status": 500, "error": "internal_error"}}, "names error, which belong to internal"),
        (
            {"effect": {"status": 500}, "from": "2030-01-31T12:00:00Z", "until": "2030-01-31T13:00:00+01:00"},
            "until is not after from",
        ),
    ],
)
def test_a_fault_that_would_never_apply_is_refused(http: httpx.Client, fault: Any, message: str) -> None:
    response = http.post(f"{BASE}/faults", json=fault)
    assert response.status_code == 400
    assert message in response.json()["title"]


@pytest.mark.parametrize(
    "pattern",
    [
        {"api": "newstore", "operation": "listProfiles", "method": "GET", "rule": "NS-LIST-2"},
        {"operation": "getProfile", "api": "oracle", "rule": "OCC-GET-2"},
        {"operation": "getProfile", "api": "newstore", "method": "HEAD"},
        {"operation": "CreateClientProfile"},
    ],
)
def test_calls_that_can_be_may_not_have_been(
    http: httpx.Client, control: ControlClient, pattern: dict[str, Any]
) -> None:
    http.get("/v1/d/pii/profiles", headers=NEWSTORE)
    verdict = control.call("POST", "/journal/verify", {"match": pattern, "count": 0})
    assert verdict == {"ok": True, "count": 0, "nearest": []}


def test_every_operation_of_either_dialect_can_be_requested(control: ControlClient) -> None:
    control.dialect("reference")
    for operation in ("getErasureJob", "GetProfileSchema", "GetProfile", "getProfileByEmail", "detokenize"):
        assert control.call("GET", "/journal", operation=operation)["total"] == 0


@pytest.mark.parametrize(
    ("match", "message"),
    [
        ({"path": "/v1/d/pii/profile/x"}, "begins with /v1/d/pii/profile/x; did you mean /v1/d/pii/profiles"),
        ({"path": "/v1/d/pii/Profiles"}, "begins with /v1/d/pii/Profiles; did you mean /v1/d/pii/profiles?"),
        ({"path": "/api/storage/profile-systems"}, "did you mean /api/storage/profile-system?"),
        ({"path": "/zzz"}, "begins with /zzz"),
        ({"path": "/" + "x" * 5000}, "begins with those 5001 characters"),
        ({"path": "/v1/d/pii/profiles//addresses"}, "no path of these calls begins with"),
        ({"path": "/v1/d/pii/profiles/a/addresses/b/c"}, "no path of these calls begins with"),
        ({"path": "/_sandbox/v1/status"}, "no path of these calls begins with"),
        ({"path": "/v1/d/pii/profiles?count=1"}, "is compared without the query: leave it out"),
        ({"path": "/v1/d/pii", "api": "vtex"}, "no path of these calls begins with /v1/d/pii"),
        ({"path": "/v1/d/pii/tokenize", "method": "GET"}, "no path of these calls begins with"),
        ({"path": "/v1/d/pii/tokenize", "operation": "detokenize"}, "did you mean /v1/d/pii/detokenize?"),
    ],
)
def test_a_fault_for_a_path_that_no_call_has_is_refused_with_the_nearest(
    http: httpx.Client, control: ControlClient, match: dict[str, Any], message: str
) -> None:
    response = http.post(f"{BASE}/faults", json={"match": match, "effect": {"status": 500}})
    assert_refused(response, "match.path", "match.path: ")
    assert message in response.json()["title"]
    assert control.call("GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    "path",
    ["/", "/v", "/v1/d/pii", "/v1/d/pii/", "/v1/d/pii/prof", "/v1/d/pii/profiles", "/v1/d/pii/profiles/"],
)
def test_a_fault_applies_to_every_call_whose_path_starts_with_the_prefix(
    http: httpx.Client, control: ControlClient, path: str
) -> None:
    control.fault({"match": {"path": path}, "effect": {"status": 503}})
    assert http.get("/v1/d/pii/profiles/x", headers=NEWSTORE).status_code == 503


@pytest.mark.parametrize(
    "requested",
    ["/api/v1/crm/protected/profile/email/a@example.com", "/api/v1/crm/protected/profile/email/a%40example.com"],
)
def test_a_path_is_the_same_however_it_is_encoded(http: httpx.Client, control: ControlClient, requested: str) -> None:
    control.fault({"match": {"path": requested}, "effect": {"status": 503}})
    for sent in ("a@example.com", "a%40example.com"):
        assert http.get(f"/api/v1/crm/protected/profile/email/{sent}", headers=FASHIONAI).status_code == 503
