"""Problems in Oracle's form, what HTTP itself refuses, and profiles that the control API refuses."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver import problems
from pii_sandbox.mockserver.vendors.oracle import errors
from tests.control_client import BASE, ControlClient
from tests.credentials import ORACLE
from tests.vendors.oracle.calls import ID, get_profile, refusal
from tests.vendors.oracle.printed_examples import PRINTED


@pytest.mark.parametrize(
    ("problem", "status", "code", "message"),
    [
        (problems.NotFound("no such path"), 404, "82404", "no such path"),
        (problems.NotFound("no profile", rule="OCC-GET-2"), 404, "22002", "no profile"),
        (problems.Malformed("not UTF-8"), 400, "82001", "not UTF-8"),
        (problems.Malformed("x", errors={"id": ["blank"]}), 400, "22000", "The profile id is null or empty"),
        (problems.Duplicate("taken", key="id"), 409, "82409", "taken"),
        (
            problems.InjectedError("asked", status=500),
            500,
            "22001",
            "There was an internal error while getting the profile",
        ),
        (problems.InjectedError("asked", status=503), 503, "82503", "Service Unavailable"),
        (problems.InjectedError("asked", status=599), 599, "82599", "Status 599"),
    ],
)
def test_every_problem_has_the_vendors_form(problem: problems.Problem, status: int, code: str, message: str) -> None:
    reply = errors.render(problem)
    body = {name: value for name, value in reply.body.items() if name != "o:errorPath"}
    assert (reply.status, body) == (status, {"message": message, "status": str(status), "errorCode": code})


def test_a_malformed_field_is_named() -> None:
    reply = errors.render(problems.Malformed("bad", errors={"fields": ["is sent more than once"]}))
    assert reply.body["o:errorPath"] == "fields"


def test_a_limit_says_when_to_come_back() -> None:
    assert errors.render(problems.TooMany("later", retry_after_seconds=7)).headers == {"Retry-After": "7"}


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", f"/ccapp/v1/profiles/{ID}", "GET, HEAD"),
        ("DELETE", f"/ccapp/v1/profiles/{ID}", "GET, HEAD"),
        ("OPTIONS", f"/ccapp/v1/profiles/{ID}", "GET, HEAD"),
        ("GET", "/ccapp/v1/login", "POST"),
        ("GET", "/ccadmin/v1/verify", "POST"),
    ],
)
def test_a_method_that_is_not_documented_is_refused(http: httpx.Client, method: str, path: str, allow: str) -> None:
    response = http.request(method, path, headers=ORACLE)
    assert refusal(response) == (405, None)
    assert response.headers["Allow"] == allow


@pytest.mark.parametrize(
    "path", ["/ccapp/v1/profiles", "/ccapp/v1/profiles/1/2", "/ccapp/v1/profiles/", "/ccadmin/v1/x"]
)
def test_an_unknown_path_is_not_found_in_the_vendors_form(http: httpx.Client, path: str) -> None:
    assert refusal(http.get(path, headers=ORACLE)) == (404, None)


@pytest.mark.parametrize("path", [f"{ID}?fields=a&fields=b", f"{ID}?fields=%ff", "%ff"])
def test_a_parameter_that_cannot_be_read_is_refused(http: httpx.Client, path: str) -> None:
    response = http.get(f"/ccapp/v1/profiles/{path}", headers=ORACLE)
    assert (refusal(response)[0], response.json()["errorCode"]) == (400, "82001")


def test_a_read_with_a_content_type_is_served_all_the_same(http: httpx.Client, control: ControlClient) -> None:
    control.put("oracle", "profiles", ID, {})
    assert get_profile(http, headers={"Content-Type": "application/json"}).status_code == 200


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({}, 201),
        (PRINTED, 201),
        ({"firstName": "Ana", "x_custom": {"any": "thing"}}, 201),
        ({"profileDetail": {"firstName": "Ana"}, "isAnonymous": True}, 201),
        ({"profileDetail": "Ana"}, 400),
        ({"profileDetail": {"firstName": 5}}, 400),
        ({"firstName": 5}, 400),
        ({"email": None}, 201),
        ({"dateOfBirth": None}, 201),
        ({"roles": ["buyer"]}, 400),
        ({"hasIncompleteOrder": "no"}, 400),
        ({"translations": {"pt": "Ana"}}, 400),
        ({"translations": {"pt": {"firstName": 5}}}, 400),
        ({"translations": {"pt": {"firstName": "Ana"}}}, 201),
    ],
)
def test_a_profile_that_get_profile_could_not_answer_is_not_taken(
    http: httpx.Client, document: dict[str, Any], status: int
) -> None:
    response = http.put(f"{BASE}/documents/oracle/profiles/{ID}", json=document)
    assert response.status_code == status
    assert get_profile(http).status_code == (200 if status == 201 else 404)


def test_a_profile_written_in_the_other_form_is_the_same_profile(http: httpx.Client, control: ControlClient) -> None:
    control.put("oracle", "profiles", ID, {"profileDetail": {"firstName": "Ana"}, "isAnonymous": True})
    body = get_profile(http).json()
    assert {name: value for name, value in body.items() if name != "links"} == {"id": ID, "firstName": "Ana"}


def test_a_dropped_profile_is_gone_and_its_preview_is_not(http: httpx.Client, control: ControlClient) -> None:
    for collection in ("profiles", "preview-profiles"):
        control.put("oracle", collection, ID, {"firstName": "Ana"})
    control.call("DELETE", f"/documents/oracle/profiles/{ID}")
    assert get_profile(http).status_code == 404
    assert get_profile(http, preview="true").status_code == 200
