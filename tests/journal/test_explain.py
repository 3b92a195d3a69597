"""Explain: which rule, from where, what it saw, and a corrected call that works when it is played."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, NEWSTORE_EXPIRED, ORACLE, VTEX, VTEX_READONLY
from tests.journal.calls import (
    CUSTOMERS,
    JOHN,
    NEWSTORE_PROFILES,
    PROFILES,
    command,
    create_anna,
    create_john,
    explain,
    unmask,
)

BY_EMAIL = f"{PROFILES}/{JOHN['email']}"
TEXT = {"Content-Type": "text/plain"}


def test_an_explanation_has_rule_source_and_inputs(http: httpx.Client, control: ControlClient) -> None:
    unmask(http, create_john(http))
    explanation = explain(control)
    assert (explanation["outcome"], explanation["entry"]) == ("refused", 2)
    assert explanation["rule"]["id"] == "VTEX-UNMASK-2"
    assert explanation["rule"]["statement"].startswith("An unmasked read needs a reason")
    assert explanation["rule"]["source"].startswith("VTEX guide")
    assert explanation["saw"]["errors"] == {"reason": ["is required"]}
    assert "reason=data-validation" in explanation["correction"]["curl"]


def _job_poll(http: httpx.Client) -> None:
    http.patch("/_sandbox/v1/settings", json={"vtex.job_poll_limit": True})
    job = http.post("/api/user-rights/forget/jobs", headers=VTEX, json={"email": "a@example.com"}).json()["jobId"]
    for _ in range(2):
        http.get(f"/api/user-rights/forget/jobs/{job}", headers=VTEX)


def _put(http: httpx.Client) -> None:
    http.put(f"{NEWSTORE_PROFILES}/{create_anna(http)['id']}", headers=NEWSTORE, json={"full_name": "Anna B."})


def _create_twice(http: httpx.Client) -> None:
    for _ in range(2):
        http.post(PROFILES, headers=VTEX, json=JOHN)


REFUSED: dict[str, tuple[Callable[[httpx.Client], Any], int, str | None, int]] = {
    # what is called, its status, its rule, the status of the corrected call
    "a missing reason": (lambda http: unmask(http, create_john(http)), 400, "VTEX-UNMASK-2", 200),
    "a blank reason": (lambda http: unmask(http, create_john(http), reason=" "), 400, "VTEX-UNMASK-2", 200),
    "an email without its key": (
        lambda http: (create_john(http), http.get(BY_EMAIL, headers=VTEX)),
        404,
        "VTEX-ALT-4",
        200,
    ),
    "a wrong key": (
        lambda http: (create_john(http), http.get(f"{BY_EMAIL}?alternativeKey=document", headers=VTEX)),
        404,
        "VTEX-ALT-3",
        200,
    ),
    "an unknown key": (
        lambda http: (create_john(http), http.get(f"{BY_EMAIL}?alternativeKey=mail", headers=VTEX)),
        400,
        "VTEX-ALT-2",
        200,
    ),
    "no credentials": (lambda http: http.get(NEWSTORE_PROFILES), 401, "NS-AUTH-1", 200),
    "no credentials with a body": (
        lambda http: http.post(NEWSTORE_PROFILES, json={"email": "a@example.com"}),
        401,
        "NS-AUTH-1",
        201,
    ),
    "an expired token": (lambda http: http.get(NEWSTORE_PROFILES, headers=NEWSTORE_EXPIRED), 403, "NS-AUTH-2", 200),
    "a credential without the power": (
        lambda http: http.post(PROFILES, headers=VTEX_READONLY, json=JOHN),
        403,
        "VTEX-AUTH-2",
        201,
    ),
    "a bearer in place of the app token": (
        lambda http: http.get(
            f"{CUSTOMERS}/user-profile-id/ddsd23223", headers={"Authorization": "Bearer fai_test_sandbox"}
        ),
        401,
        "FAI-AUTH-2",
        200,
    ),
    "an access token at login": (
        lambda http: http.post("/ccapp/v1/login", headers=ORACLE, data={"grant_type": "client_credentials"}),
        401,
        "OCC-AUTH-2",
        200,
    ),
    "a page beyond the cap": (
        lambda http: http.get(f"{NEWSTORE_PROFILES}?offset=9991&count=10", headers=NEWSTORE),
        400,
        "NS-LIST-2",
        200,
    ),
    "a count out of bounds": (
        lambda http: http.get(f"{NEWSTORE_PROFILES}?count=0", headers=NEWSTORE),
        400,
        "NS-LIST-1",
        200,
    ),
    "a parameter sent twice": (
        lambda http: http.get(f"{NEWSTORE_PROFILES}?count=1&count=2", headers=NEWSTORE),
        400,
        "NS-LIST-1",
        200,
    ),
    "another media type": (
        lambda http: http.post(NEWSTORE_PROFILES, headers={**NEWSTORE, **TEXT}, content='{"email": "a@example.com"}'),
        415,
        None,
        201,
    ),
    "a form in place of JSON": (
        lambda http: http.post(NEWSTORE_PROFILES, headers=NEWSTORE, data={"email": "a@example.com"}),
        415,
        None,
        201,
    ),
    "a missing body": (lambda http: http.post(NEWSTORE_PROFILES, headers=NEWSTORE), 400, "NS-GOC-3", 201),
    "a missing property": (
        lambda http: http.post(PROFILES, headers=VTEX, json={**JOHN, "email": None}),
        400,
        "VTEX-PROF-1",
        201,
    ),
    "a property that cannot be processed": (
        lambda http: http.post(
            NEWSTORE_PROFILES, headers=NEWSTORE, json={"email": "a@example.com", "phone_number": "1"}
        ),
        422,
        "NS-GOC-3",
        201,
    ),
    "an email and a document that are taken": (_create_twice, 409, "VTEX-UNIQ-1", 201),
    "polling too fast": (_job_poll, 429, "VTEX-JOB-3", 429),
    # the path takes a PATCH, for which the document's example has a lock of its own
    "another method": (_put, 405, None, 409),
    "another method without a body": (
        lambda http: http.post(f"{CUSTOMERS}/phone/5511999998888", headers=FASHIONAI),
        405,
        None,
        200,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_corrected_call_succeeds(http: httpx.Client, control: ControlClient, case: str) -> None:
    call, status, rule, corrected = REFUSED[case]
    call(http)
    entry = control.call("GET", "/journal/last")
    assert (entry["status"], entry["rule"]) == (status, rule)
    explanation = explain(control, reveal="to play it")
    assert explanation["outcome"] == "refused"
    assert (explanation["rule"] or {}).get("id") == rule
    response = command(explanation["correction"]["curl"].splitlines()[-1]).run(http)
    assert response.status_code == corrected, response.text


def test_what_was_suggested_once_is_not_suggested_again(http: httpx.Client, control: ControlClient) -> None:
    """Sent, it is taken; so the next call that is refused for its keys gets others."""
    for _ in range(3):
        _create_twice(http)
        correction = explain(control, reveal="to play it")["correction"]
        assert correction["advice"].startswith("another record has this email and document")
        assert command(correction["curl"]).run(http).status_code == 201


def test_without_a_reason_the_corrected_call_has_pseudonyms(http: httpx.Client, control: ControlClient) -> None:
    create_john(http)
    http.get(BY_EMAIL, headers=VTEX)
    explanation = explain(control)
    assert JOHN["email"] not in json.dumps(explanation)
    assert "/email%23" in explanation["correction"]["curl"]
    assert (explanation["revealed"], explain(control, reveal="a bug")["revealed"]) == (False, True)


def test_the_documents_examples_are_nobodys(http: httpx.Client, control: ControlClient) -> None:
    http.post(NEWSTORE_PROFILES, headers=NEWSTORE, json={"email": "nonsense", "full_name": "Anna Berg"})
    corrected = command(explain(control)["correction"]["curl"])
    assert corrected.body is not None
    body = json.loads(corrected.body)
    assert body["email"] == "user@example.com"
    assert body["full_name"].startswith("name#")


def test_a_wait_stands_before_a_call_that_was_too_early(http: httpx.Client, control: ControlClient) -> None:
    control.clock(frozen=True)
    _job_poll(http)
    assert explain(control)["correction"]["curl"].startswith("sleep 30\ncurl -s ")


def test_a_stale_lock_is_read_again_first(http: httpx.Client, control: ControlClient) -> None:
    profile = create_anna(http)
    change = {"full_name": "Anna B.", "last_updated_at": profile["updated_at"]}
    for _ in range(2):
        http.patch(f"{NEWSTORE_PROFILES}/{profile['id']}", headers=NEWSTORE, json=change)
    explanation = explain(control, reveal="to look at it")
    first, second = explanation["correction"]["curl"].splitlines()
    assert explanation["rule"]["id"] == "NS-LOCK-1"
    read = command(first.removeprefix("last_updated_at=$(").partition(" | ")[0])
    fresh = read.run(http).json()["updated_at"]
    update = command(second.replace("'\"$last_updated_at\"'", fresh))
    assert (update.method, update.run(http).status_code) == ("PATCH", 200)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/api/storage/profile-system/profile/x", "GetProfile"),
        ("POST", "/api/storage/profile-systm/profiles", "CreateClientProfile"),
        ("GET", "/v1/d/pii/profiles/x/address", "listAddresses"),
        ("GET", "/api/v1/crm/protected/profile/mail/x@example.com", "getProfileByEmail"),
        ("POST", "/ccapp/v1/logn", "login"),
        ("GET", "/d/pii/profiles", "listProfiles"),
        ("GET", "/profile-system/profiles/x/unmask", "GetUnmaskedProfile"),
    ],
)
def test_an_unknown_path_has_three_nearest_operations(
    http: httpx.Client, control: ControlClient, method: str, path: str, operation: str
) -> None:
    http.request(method, path)
    explanation = explain(control)
    assert (explanation["outcome"], explanation["rule"], len(explanation["nearest"])) == ("unknown path", None, 3)
    first = explanation["nearest"][0]
    assert first["operation"] == operation
    assert command(first["curl"]).run(http).status_code not in (401, 405)
    assert "x@example.com" not in json.dumps(explanation)


def test_no_command_of_a_nearest_operation_writes_where_the_call_read(
    http: httpx.Client, control: ControlClient
) -> None:
    http.get("/api/storage/profile-system/profile/x/unmas")
    for near in explain(control)["nearest"]:
        assert near["curl"] is None or command(near["curl"]).method == "GET"


def test_a_call_that_was_served_needs_no_correction(http: httpx.Client, control: ControlClient) -> None:
    profile = create_john(http)
    assert (explain(control)["outcome"], explain(control)["correction"]) == ("served", None)
    http.get(f"{PROFILES}/{profile}", headers=VTEX)
    explanation = explain(control)
    assert (explanation["outcome"], explanation["rule"]["id"], explanation["correction"]) == (
        "changed",
        "VTEX-MASK-1",
        None,
    )


def test_a_command_is_for_the_same_sandbox(http: httpx.Client, control: ControlClient) -> None:
    name = http.headers["X-Sandbox"]
    http.get(NEWSTORE_PROFILES)
    assert command(explain(control)["correction"]["curl"]).headers["X-Sandbox"] == name
    http.get(f"/~{name}{NEWSTORE_PROFILES}")
    prefixed = command(explain(control)["correction"]["curl"])
    assert prefixed.url.startswith(f"http://sandbox.test/~{name}/v1/")
    assert "X-Sandbox" not in prefixed.headers


@pytest.mark.parametrize(
    "call",
    [
        lambda http: http.get("/ccapp/v1/profiles/nobody", headers=ORACLE),
        lambda http: http.post(NEWSTORE_PROFILES, headers=NEWSTORE, content=b"{"),
        lambda http: (create_john(http), http.post(PROFILES, headers=VTEX, json=JOHN)),
        lambda http: http.post(NEWSTORE_PROFILES, headers=NEWSTORE, content=b"x" * 11_000_000),
        lambda http: http.get(f"{PROFILES}/%ff", headers=VTEX),
    ],
)
def test_what_cannot_be_corrected_is_still_explained(
    http: httpx.Client, control: ControlClient, call: Callable[[httpx.Client], Any]
) -> None:
    call(http)
    explanation = explain(control)
    assert explanation["outcome"] == "refused"
    assert explanation["summary"]
