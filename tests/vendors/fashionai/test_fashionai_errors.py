"""Problems in Fashion.AI's form, and customers that the control API refuses."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver import problems
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Store
from pii_sandbox.mockserver.vendors.fashionai import errors
from pii_sandbox.mockserver.vendors.fashionai.public_collections import Customers
from tests.control_client import BASE, ControlClient
from tests.vendors.fashionai.calls import PRINTED, read


@pytest.mark.parametrize(
    ("problem", "body"),
    [
        (problems.NotFound("no such path"), (404, "no such path", "Not Found")),
        (problems.Unauthenticated("Unauthorized"), (401, "Unauthorized", "Unauthorized")),
        (problems.Malformed("not UTF-8"), (400, "not UTF-8", "Bad Request")),
        (problems.MethodNotAllowed("no", allow=["GET"]), (405, "no", "Method Not Allowed")),
        (problems.InjectedError("asked for", status=500), (500, "Internal server error", "Internal Server Error")),
        (problems.InjectedError("asked for", status=503), (503, "Service Unavailable", "Service Unavailable")),
        (problems.InjectedError("asked for", status=599), (599, "Status 599", "Status 599")),
    ],
)
def test_every_problem_has_the_vendors_form(problem: problems.Problem, body: tuple[int, str, str]) -> None:
    status, message, error = body
    reply = errors.render(problem)
    assert (reply.status, reply.body) == (status, {"statusCode": status, "message": message, "error": error})


@pytest.mark.rule("FAI-ERR-1")
def test_fai_err_1_an_injected_failure_looks_like_the_vendors(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"match": {"api": "fashionai"}, "effect": {"status": 500}, "times": 1})
    response = read(http)
    assert (response.status_code, response.json()) == (
        500,
        {"statusCode": 500, "message": "Internal server error", "error": "Internal Server Error"},
    )
    assert read(http).status_code == 200


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"profile": PRINTED["profile"]}, 200),
        ({"profile": PRINTED["profile"], "userProfileId": "mine"}, 200),
        ({"profile": PRINTED["profile"], "email": "CUSTOMER@example.com"}, 409),
        ({"profile": PRINTED["profile"], "phone": "+55 11 99999-8888"}, 409),
        ({"profile": PRINTED["profile"], "document": "123.456.789-00"}, 409),
        ({"profile": PRINTED["profile"], "userProfileId": "another"}, 400),
        ({"profile": PRINTED["profile"], "e-mail": "a@example.com"}, 400),
        ({"profile": PRINTED["profile"], "email": ""}, 400),
        ({"profile": {}}, 400),
        ({"email": "a@example.com"}, 400),
        ({}, 400),
    ],
)
def test_a_customer_is_written_whole_and_unique_or_not_at_all(
    http: httpx.Client, document: dict[str, Any], status: int
) -> None:
    path = f"{BASE}/documents/fashionai/customers/mine"
    written = http.put(path, json=document)
    assert (written.is_success, written.status_code if status != 200 else 200) == (status == 200, status)
    assert read(http, "user-profile-id", "mine").status_code == (200 if status == 200 else 404)


def test_a_customer_can_be_changed_and_deleted(http: httpx.Client, control: ControlClient) -> None:
    customer = {"email": "a@example.com", "profile": PRINTED["profile"]}
    control.put("fashionai", "customers", "mine", customer)
    control.put("fashionai", "customers", "mine", {**customer, "email": "b@example.com"})
    assert [read(http, "email", f"{name}@example.com").status_code for name in "ab"] == [404, 200]
    control.call("DELETE", "/documents/fashionai/customers/mine")
    assert read(http, "email", "b@example.com").status_code == 404


@pytest.mark.parametrize(
    ("document", "named"), [({"profile": PRINTED["profile"], "email": ""}, "email"), ({"email": "a@b.c"}, "document")]
)
def test_the_refusal_of_a_customer_names_the_field(document: dict[str, Any], named: str) -> None:
    with pytest.raises(problems.Malformed, match=rf"^{named}: "):
        Customers().from_document("mine", document, Sandbox("refused", Store()))
