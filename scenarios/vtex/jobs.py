"""VTEX-JOB: erasure jobs. A scenario erases only customers that it created, or unknown emails."""

from __future__ import annotations

from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.erasing import holds_anonymized, orders_by_status, stored_order
from pii_sandbox.scenarios.vtex.shop import NOBODY, UUID, Params, customer, household, problem_of, prospect

_NO_EMAIL: tuple[dict[str, Any], ...] = ({}, {"email": None}, {"email": ""}, {"email": "nobody"}, {"email": 7})


def _job(api: ApiClient, email: str) -> str:
    job_id: str = api.call("createErasureJob", body={"email": email}, expect=201).json["jobId"]
    holds(UUID.fullmatch(job_id), "a uuid as the id of the job", "another text")
    return job_id


def _in_status(api: ApiClient, job_id: str, *expected: str) -> dict[str, Any]:
    job: dict[str, Any] = api.call("getErasureJob", jobId=job_id, expect=200).json
    holds(job["status"] in expected, f"a job that is {' or '.join(expected)}", f"one that is {job['status']}")
    return job


@scenario("VTEX-JOB-1")
def a_job_that_never_was_is_404(api: ApiClient) -> None:
    api.call("getErasureJob", jobId=NOBODY, expect=404)


@scenario("VTEX-JOB-1", needs={"write", "erase"})
def a_job_can_be_asked_after(api: ApiClient) -> None:
    person = api.new_customer()
    customer(api, person)
    job_id = _job(api, person.email)
    message = _in_status(api, job_id, "InProgress", "Success")["message"]
    holds(message.strip(), "a message", "a blank one")
    holds(_job(api, person.email) != job_id, "an id for each job", "the same twice")


@scenario("VTEX-JOB-1", needs={"write", "erase", "clock"})
def a_job_moves_from_in_progress_to_success_and_then_has_erased(api: ApiClient) -> None:
    person, other = api.new_customer(), api.new_customer()
    ids, theirs = household(api, person), household(api, other)
    job_id = _job(api, person.email)
    api.sandbox.advance(seconds=50)
    _in_status(api, job_id, "InProgress")
    api.call("GetProfile", profileId=ids["profileId"], expect=200)
    api.sandbox.advance(seconds=20)
    _in_status(api, job_id, "Success")
    one: Params = {"profileId": ids["profileId"]}
    api.call("GetProfile", expect=404, **one)
    api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=404)
    api.call("GetProfileByVersion", profileVersionId=ids["profileVersionId"], expect=404, **one)
    api.call("GetAddress", addressId=ids["addressId"], expect=404, **one)
    api.call("GetPurchaseInformation", expect=404, **one)
    api.call("GetProspect", prospectId=ids["prospectId"], expect=404)
    api.call("GetProfile", profileId=theirs["profileId"], expect=200)
    api.call("GetProspect", prospectId=theirs["prospectId"], expect=200)


@scenario("VTEX-JOB-1", needs={"erase", "clock", "control"})
def a_job_takes_sixty_seconds_and_then_has_anonymized_orders(api: ApiClient) -> None:
    api.sandbox.freeze()
    person = api.new_customer()
    ((order_id, order),) = orders_by_status(api, person, "invoiced").items()
    job_id = _job(api, person.email)
    api.sandbox.advance(seconds=59)
    _in_status(api, job_id, "InProgress")
    holds(stored_order(api, "orders").get(order_id) == order, "the order as it was", "a changed one")
    api.sandbox.advance(seconds=1)
    _in_status(api, job_id, "Success")
    holds_anonymized(stored_order(api, "orders").get(order_id, {}), order)


@scenario("VTEX-JOB-1", needs={"erase", "clock", "control"})
def how_long_a_job_takes_can_be_set(api: ApiClient) -> None:
    api.sandbox.freeze()
    api.sandbox.setting("vtex.job_seconds", 5)
    job_id = _job(api, api.new_customer().email)
    api.sandbox.advance(seconds=4)
    _in_status(api, job_id, "InProgress")
    api.sandbox.advance(seconds=1)
    _in_status(api, job_id, "Success")


@scenario("VTEX-JOB-2", needs={"erase"})
def a_job_for_a_missing_or_malformed_email_is_refused(api: ApiClient) -> None:
    for body in _NO_EMAIL:
        response = api.call("createErasureJob", body=body, expect=400)
        problem = problem_of(response)
        holds(problem is None or problem["status"] == 400, "a problem of status 400", "another one")


@scenario("VTEX-JOB-2", needs={"erase"})
def a_job_for_an_email_without_data_does_not_fail(api: ApiClient) -> None:
    _in_status(api, _job(api, api.new_customer().email), "InProgress", "Success")


@scenario("VTEX-JOB-2", needs={"erase", "clock"})
def a_job_for_an_email_without_data_ends_in_success(api: ApiClient) -> None:
    job_id = _job(api, api.new_customer().email)
    api.sandbox.advance(seconds=90)
    holds(_in_status(api, job_id, "Success")["message"].strip(), "a message", "a blank one")


@scenario("VTEX-JOB-2", needs={"write", "erase", "clock", "control"})
def a_longer_email_is_no_data_of_a_shorter_one(api: ApiClient) -> None:
    person = api.new_customer()
    prospect(api, email=f"a.{person.email}")
    job_id = _job(api, person.email)
    api.sandbox.advance(seconds=90)
    message = _in_status(api, job_id, "Success")["message"]
    holds("No data" in message, "a message that tells of no data", "another one")


@scenario("VTEX-JOB-3", needs={"erase", "clock", "control"})
def polling_a_job_too_often_is_refused_where_that_is_on(api: ApiClient) -> None:
    api.sandbox.freeze()
    api.sandbox.setting("vtex.job_poll_limit", True)
    job_id, other = (_job(api, api.new_customer().email) for _ in range(2))
    _in_status(api, job_id, "InProgress")
    api.sandbox.advance(seconds=10)
    refused = api.call("getErasureJob", jobId=job_id, expect=429)
    after = refused.headers.get("retry-after")
    holds(after == "20", "a Retry-After of 20 seconds", f"{after}")
    _in_status(api, other, "InProgress")
    api.sandbox.advance(seconds=19)
    refused = api.call("getErasureJob", jobId=job_id, expect=429)
    after = refused.headers.get("retry-after")
    holds(after == "1", "a Retry-After of 1 second", f"{after}")
    api.sandbox.advance(seconds=1)
    _in_status(api, job_id, "InProgress")
    api.call("getErasureJob", jobId=job_id, expect=429)


@scenario("VTEX-JOB-3", needs={"erase", "clock", "control"})
def a_poll_a_little_less_than_30_seconds_later_is_refused(api: ApiClient) -> None:
    """Only in a sandbox, whose clock counts microseconds."""
    api.sandbox.setting("vtex.job_poll_limit", True)
    api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "2030-01-31T10:20:00.000009Z"})
    job_id = _job(api, api.new_customer().email)
    for at, status in (("00.000009", 200), ("30.000005", 429), ("30.000009", 200)):
        api.sandbox.control("PUT", "/clock", {"frozen": True, "at": f"2030-01-31T10:20:{at}Z"})
        api.call("getErasureJob", jobId=job_id, expect=status)


@scenario("VTEX-JOB-3", needs={"erase", "control"})
def polling_a_job_often_is_allowed_unless_it_is_switched_off(api: ApiClient) -> None:
    job_id = _job(api, api.new_customer().email)
    for _ in range(3):
        _in_status(api, job_id, "InProgress")


@scenario("VTEX-JOB-3", needs={"erase"})
def a_job_that_is_polled_often_answers_or_says_when_to_come_back(api: ApiClient) -> None:
    job_id = _job(api, api.new_customer().email)
    for _ in range(3):
        response = api.call("getErasureJob", jobId=job_id, expect=(200, 429))
        text = response.status == 200 or response.headers.get("retry-after", "").isdigit()
        holds(text, "a Retry-After in seconds with 429", "none")


@scenario("VTEX-JOB-4", needs={"write", "erase", "clock", "control"})
def a_job_that_cannot_be_done_is_failed_and_erases_nothing(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    api.sandbox.fault({"internal": "VTEX-JOB-4"})
    job_id = _job(api, person.email)
    api.sandbox.advance(seconds=90)
    message = _in_status(api, job_id, "Failed")["message"]
    holds("10 times" in message, "a message that tells of 10 tries", "another one")
    api.call("GetProfile", profileId=ids["profileId"], expect=200)
    api.call("GetProspect", prospectId=ids["prospectId"], expect=200)
    again = _job(api, person.email)
    api.sandbox.advance(seconds=90)
    _in_status(api, again, "Success")
    api.call("GetProfile", profileId=ids["profileId"], expect=404)
