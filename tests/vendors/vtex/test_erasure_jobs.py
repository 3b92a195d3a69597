"""Erasing a customer's data at VTEX by a job. (VTEX-JOB-1 to VTEX-JOB-4)"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import VTEX, VTEX_NONE, VTEX_READONLY
from tests.vendors.vtex.rights import EMAIL, ERASE, JOBS, JOHN, UUID, create, order_of, send, status_of


def _job(http: httpx.Client, email: str = EMAIL) -> str:
    identifier: str = send(http, "POST", JOBS, {"email": email}, 201)["jobId"]
    return identifier


def _poll(http: httpx.Client, job_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = send(http, "GET", f"{JOBS}/{job_id}")
    return answer


@pytest.mark.rule("VTEX-JOB-1")
def test_vtex_job_1_a_job_erases_after_a_minute(http: httpx.Client, control: ControlClient) -> None:
    john = create(http, "/profiles", JOHN)
    control.put("vtex", "orders", "1-01", order_of(1, "invoiced"))
    job_id = _job(http)
    assert UUID.fullmatch(job_id)
    control.advance(seconds=55)
    assert _poll(http, job_id)["status"] == "InProgress"
    assert status_of(http, f"/profiles/{john}") == 200
    control.advance(seconds=6)
    assert _poll(http, job_id)["status"] == "Success"
    assert status_of(http, f"/profiles/{john}") == 404
    assert not control.call("GET", "/documents/vtex/orders/1-01")["document"]["clientProfileData"]


@pytest.mark.rule("VTEX-JOB-1")
def test_vtex_job_1_how_long_it_takes_is_settable(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"vtex.job_seconds": 0})
    assert _poll(http, _job(http))["status"] == "Success"
    control.settings({"vtex.job_seconds": 10**10})
    assert _poll(http, _job(http))["status"] == "InProgress"


@pytest.mark.rule("VTEX-JOB-1")
def test_vtex_job_1_orders_in_progress_keep_their_data(http: httpx.Client, control: ControlClient) -> None:
    control.put("vtex", "orders", "1-01", order_of(1, "handling"))
    job_id = _job(http)
    control.advance(seconds=61)
    answer = _poll(http, job_id)
    assert (answer["status"], "keep theirs: 1" in answer["message"]) == ("Success", True)
    assert control.call("GET", "/documents/vtex/orders/1-01")["document"] == order_of(1, "handling")


@pytest.mark.parametrize("job_id", ["3e2f53dc-b099-4dc8-9727-581b2a97f39c", "70caf394-8534-447e-a0ca-1803c669c771"])
def test_an_unknown_job_is_not_found(http: httpx.Client, job_id: str) -> None:
    response = http.get(f"{JOBS}/{job_id}", headers=VTEX)
    assert response.status_code == 404
    assert response.json() == {"message": "Job not found"}
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.rule("VTEX-JOB-2")
def test_vtex_job_2_an_email_without_data_ends_in_success(http: httpx.Client, control: ControlClient) -> None:
    job_id = _job(http, "nobody@mail.com")
    control.advance(seconds=61)
    assert _poll(http, job_id)["status"] == "Success"


@pytest.mark.rule("VTEX-JOB-2")
@pytest.mark.parametrize("body", [{}, {"email": "john"}, {"email": None}])
def test_vtex_job_2_a_malformed_email_is_refused(http: httpx.Client, body: dict[str, Any]) -> None:
    response = http.post(JOBS, json=body, headers=VTEX)
    assert response.status_code == 400
    assert response.headers["X-Sandbox-Rule"] == "VTEX-JOB-2"


@pytest.mark.rule("VTEX-JOB-3")
def test_vtex_job_3_polling_too_often_is_refused_where_that_is_on(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="2026-10-01T00:00:00Z", frozen=True)
    control.settings({"vtex.job_poll_limit": True})
    job_id, other = _job(http), _job(http)
    _poll(http, job_id)
    control.advance(seconds=10.5)
    response = http.get(f"{JOBS}/{job_id}", headers=VTEX)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "20"
    assert response.headers["X-Sandbox-Rule"] == "VTEX-JOB-3"
    _poll(http, other)
    control.advance(seconds=20)
    _poll(http, job_id)


@pytest.mark.rule("VTEX-JOB-3")
def test_vtex_job_3_polling_often_is_allowed_by_default(http: httpx.Client) -> None:
    job_id = _job(http)
    for _ in range(3):
        assert _poll(http, job_id)["status"] == "InProgress"


@pytest.mark.rule("VTEX-JOB-4")
def test_vtex_job_4_a_job_that_fails_says_so_and_erases_nothing(http: httpx.Client, control: ControlClient) -> None:
    john = create(http, "/profiles", JOHN)
    control.fault({"match": {"api": "vtex"}, "effect": {"internal": "VTEX-JOB-4"}, "times": 1})
    job_id = _job(http)
    control.advance(seconds=61)
    answer = _poll(http, job_id)
    assert answer["status"] == "Failed"
    assert answer["message"]
    assert status_of(http, f"/profiles/{john}") == 200
    repeated = _job(http)
    control.advance(seconds=61)
    assert _poll(http, repeated)["status"] == "Success"
    assert status_of(http, f"/profiles/{john}") == 404


@pytest.mark.parametrize("headers", [VTEX_READONLY, VTEX_NONE])
@pytest.mark.parametrize(("method", "path"), [("POST", ERASE), ("POST", JOBS), ("GET", f"{JOBS}/{JOHN['document']}")])
def test_erasing_needs_its_own_resource(http: httpx.Client, headers: dict[str, str], method: str, path: str) -> None:
    body = {"email": EMAIL} if method == "POST" else None
    assert http.request(method, path, json=body, headers=headers).status_code == 403
    assert http.request(method, path, json=body).status_code == 401
