"""Client lint: what a client did that its vendor would not like, and what is no such thing."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, VTEX
from tests.journal.calls import CUSTOMERS, JOBS, NEWSTORE_PROFILES, PROFILES, create_anna, create_john, findings, unmask

REASON = {"reason": "case 4711 of a customer"}
CUSTOMER = f"{CUSTOMERS}/email/customer@example.com"


def exceed_limit(http: httpx.Client, control: ControlClient) -> int:
    """Seconds that a client is asked to wait."""
    control.clock(frozen=True)
    control.settings({"fashionai.limit_per_minute": 1})
    for _ in range(2):
        response = http.get(CUSTOMER, headers=FASHIONAI)
    assert response.status_code == 429
    return int(response.headers["retry-after"])


def test_a_retry_before_retry_after_is_found(http: httpx.Client, control: ControlClient) -> None:
    control.advance(seconds=exceed_limit(http, control) - 1)
    http.get(CUSTOMER, headers=FASHIONAI)
    (finding,) = findings(control, "ignored-retry-after")
    assert (finding["calls"], finding["rule"]) == ([2, 3], "FAI-LIMIT-1")
    assert finding["source"].startswith("Fashion.AI, Customer Profiling API")
    assert finding["operation"] == "getProfileByEmail"


def test_another_call_under_the_same_limit_is_found(http: httpx.Client, control: ControlClient) -> None:
    exceed_limit(http, control)
    http.get(f"{CUSTOMERS}/document/12345678900", headers=FASHIONAI)
    assert [finding["calls"] for finding in findings(control, "ignored-retry-after")] == [[2, 3]]


def test_a_retry_in_its_time_is_fine(http: httpx.Client, control: ControlClient) -> None:
    control.advance(seconds=exceed_limit(http, control))
    assert http.get(CUSTOMER, headers=FASHIONAI).status_code == 200
    assert findings(control, "ignored-retry-after") == []


def test_a_blind_repeat_after_a_conflict_is_found(http: httpx.Client, control: ControlClient) -> None:
    profile = create_anna(http)
    change = {"full_name": "Anna B.", "last_updated_at": profile["updated_at"]}
    for _ in range(4):
        http.patch(f"{NEWSTORE_PROFILES}/{profile['id']}", headers=NEWSTORE, json=change)
    (finding,) = findings(control, "blind-repeat-after-409")
    assert (finding["calls"], finding["rule"]) == ([3, 4, 5], "NS-LOCK-1")
    assert finding["statement"].startswith("An update needs a last_updated_at")


def test_a_repeat_after_a_read_or_of_something_else_is_fine(http: httpx.Client, control: ControlClient) -> None:
    profile = create_anna(http)
    path = f"{NEWSTORE_PROFILES}/{profile['id']}"
    change = {"full_name": "Anna B.", "last_updated_at": profile["updated_at"]}
    http.patch(path, headers=NEWSTORE, json=change)
    assert http.patch(path, headers=NEWSTORE, json=change).status_code == 409
    assert http.patch(path, headers=NEWSTORE, json={**change, "full_name": "Anna C."}).status_code == 409
    fresh = http.get(path, headers=NEWSTORE).json()["updated_at"]
    assert http.patch(path, headers=NEWSTORE, json=change).status_code == 409
    assert http.patch(path, headers=NEWSTORE, json={**change, "last_updated_at": fresh}).status_code == 200
    assert findings(control, "blind-repeat-after-409") == []


def test_polling_a_job_too_fast_is_found(http: httpx.Client, control: ControlClient) -> None:
    control.clock(frozen=True)
    job = http.post(JOBS, headers=VTEX, json={"email": "nobody@example.com"}).json()["jobId"]
    other = http.post(JOBS, headers=VTEX, json={"email": "nobody@example.com"}).json()["jobId"]
    for wait, polled in ((0, job), (29, job), (0, other), (30, job)):
        control.advance(seconds=wait)
        assert http.get(f"{JOBS}/{polled}", headers=VTEX).status_code == 200
    (finding,) = findings(control, "polled-too-fast")
    assert (finding["calls"], finding["rule"], finding["operation"]) == ([3, 4], "VTEX-JOB-3", "getErasureJob")


@pytest.mark.parametrize("by_email", [True, False])
def test_unmasking_what_was_just_read_masked_is_found(
    http: httpx.Client, control: ControlClient, by_email: bool
) -> None:
    profile = create_john(http)
    if by_email:
        path = f"{PROFILES}/johannes.doerfler@example.com"
        http.get(path, headers=VTEX, params={"alternativeKey": "email"})
    else:
        http.get(f"{PROFILES}/{profile}", headers=VTEX)
    unmask(http, profile, **REASON)
    (finding,) = findings(control, "unmasked-after-masked")
    assert (finding["calls"], finding["rule"], finding["operation"]) == ([2, 3], "VTEX-MASK-1", "GetUnmaskedProfile")


def test_unmasking_later_or_after_a_write_or_of_another_is_fine(http: httpx.Client, control: ControlClient) -> None:
    control.clock(frozen=True)
    profile = create_john(http)
    http.get(f"{PROFILES}/{profile}", headers=VTEX)
    control.advance(seconds=61)
    unmask(http, profile, **REASON)
    http.get(f"{PROFILES}/{profile}", headers=VTEX)
    http.patch(f"{PROFILES}/{profile}", headers=VTEX, json={"firstName": "Johann"})
    unmask(http, profile, **REASON)
    other = control.documents("vtex", "profiles")[0]["id"]
    http.get(f"{PROFILES}/{profile}", headers=VTEX)
    unmask(http, other, **REASON)
    assert findings(control, "unmasked-after-masked") == []


def test_unmasking_many_within_a_minute_is_found(http: httpx.Client, control: ControlClient) -> None:
    control.clock(frozen=True)
    profile = create_john(http)
    for _ in range(9):
        unmask(http, profile, **REASON)
    assert findings(control, "unmasked-in-bulk") == []
    control.advance(seconds=61)
    for _ in range(10):
        unmask(http, profile, **REASON)
    (finding,) = findings(control, "unmasked-in-bulk")
    assert finding["calls"] == list(range(11, 21))
    assert finding["rule"] == "VTEX-UNMASK-3"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("test", True),
        ("TEST 123", True),
        ("asdf", True),
        ("x", True),
        ("reason", True),
        ("...", True),
        ("aaaaaa", True),
        ("string", True),
        ("data-validation", False),
        ("support case 7", False),
        ("返品", False),
        ("contested order 1001-01", False),
    ],
)
def test_a_boilerplate_reason_is_found(http: httpx.Client, control: ControlClient, reason: str, expected: bool) -> None:
    assert unmask(http, create_john(http), reason=reason).status_code == 200
    reported = findings(control, "boilerplate-reason")
    assert [(finding["calls"], finding["rule"]) for finding in reported] == (
        [([2], "VTEX-UNMASK-2")] if expected else []
    )


def test_a_reason_that_may_be_a_name_is_not_repeated_in_the_finding(http: httpx.Client, control: ControlClient) -> None:
    assert unmask(http, create_john(http), reason="Ana").status_code == 200
    (finding,) = findings(control, "boilerplate-reason")
    assert "Ana" not in finding["message"]


@pytest.mark.parametrize(
    ("path", "headers", "what"),
    [
        (f"{NEWSTORE_PROFILES}?q=anna@example.com", NEWSTORE, "an email"),
        (f"{NEWSTORE_PROFILES}?q=%2B491701234567", NEWSTORE, "a phone or document number"),
        (f"{CUSTOMER}?cpf=12345678900", FASHIONAI, "a phone or document number"),
        ("/nowhere?who=anna@example.com", {}, "an email"),
        (f"{NEWSTORE_PROFILES}?q=an&offset=12345678901", NEWSTORE, None),
        (f"{NEWSTORE_PROFILES}?q=anna", NEWSTORE, None),
        (f"{CUSTOMER}", FASHIONAI, None),
    ],
)
def test_personal_data_in_a_query_is_found(
    http: httpx.Client, control: ControlClient, path: str, headers: dict[str, str], what: str | None
) -> None:
    http.get(path, headers=headers)
    reported = findings(control, "personal-data-in-query")
    if what is None:
        assert reported == []
    else:
        assert what in reported[0]["message"]
        assert reported[0]["source"].startswith("RFC 9110")
        assert "anna" not in json.dumps(reported)


def test_a_password_in_a_query_is_found(http: httpx.Client, control: ControlClient) -> None:
    http.post("/v0/token?password=sandbox")
    assert "a credential" in findings(control, "personal-data-in-query")[0]["message"]


def test_walking_into_the_cap_is_found_with_the_walk(http: httpx.Client, control: ControlClient) -> None:
    for offset in (9000, 9500, 10_000):
        http.get(NEWSTORE_PROFILES, headers=NEWSTORE, params={"offset": offset, "count": 500})
    http.get(NEWSTORE_PROFILES, headers=NEWSTORE, params={"offset": 9990, "count": 10})
    (finding,) = findings(control, "walked-into-the-cap")
    assert (finding["calls"], finding["rule"]) == ([1, 2, 3], "NS-LIST-2")


def test_findings_are_in_the_order_of_their_calls_and_separate_by_sandbox(
    http: httpx.Client, control: ControlClient
) -> None:
    unmask(http, create_john(http), reason="x")
    http.get(f"{NEWSTORE_PROFILES}?q=anna@example.com", headers=NEWSTORE)
    reported = control.call("GET", "/findings")["findings"]
    assert [finding["kind"] for finding in reported] == ["boilerplate-reason", "personal-data-in-query"]
    other = {"X-Sandbox": f"{http.headers['X-Sandbox']}-other"}
    assert http.get("/_sandbox/v1/findings", headers=other).json() == {"findings": []}
    http.delete(f"/_sandbox/v1/sandboxes/{other['X-Sandbox']}")


def test_a_client_that_does_nothing_wrong_has_no_findings(http: httpx.Client, control: ControlClient) -> None:
    profile = create_john(http)
    http.get(f"{PROFILES}/{profile}", headers=VTEX)
    create_anna(http)
    create_anna(http)
    http.get(CUSTOMER, headers=FASHIONAI)
    assert control.call("GET", "/findings") == {"findings": []}
