"""What an erasure at VTEX leaves: orders, audit events, applications that fail. (VTEX-ERASE-3 to VTEX-ERASE-9)"""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import VTEX, VTEX_USER
from tests.vendors.vtex.rights import (
    EMAIL,
    ERASE,
    JOHN,
    MARY,
    STORAGE,
    create,
    erase,
    evidence,
    order_of,
    send,
    status_of,
    statuses,
)


@pytest.mark.rule("VTEX-ERASE-3")
@pytest.mark.parametrize("status", ["invoiced", "canceled"])
def test_vtex_erase_3_closed_orders_are_anonymized_not_deleted(
    http: httpx.Client, control: ControlClient, status: str
) -> None:
    order = order_of(1, status, email="JOHN@mail.com")
    control.put("vtex", "orders", "1-01", order)
    answer = erase(http)
    assert evidence(answer) == "Anonymized [1] orders"
    assert answer["status"] == "Completed"
    kept = control.call("GET", "/documents/vtex/orders/1-01")["document"]
    assert {name: kept[name] for name in ("orderId", "status", "value", "creationDate")} == {
        name: order[name] for name in ("orderId", "status", "value", "creationDate")
    }
    assert not kept["clientProfileData"]
    assert not kept["shippingData"]


@pytest.mark.rule("VTEX-ERASE-4")
def test_vtex_erase_4_an_order_in_progress_blocks_and_keeps_its_data_while_all_else_goes(
    http: httpx.Client, control: ControlClient
) -> None:
    john = create(http, "/profiles", JOHN)
    control.put("vtex", "users", "user-john", {"email": EMAIL})
    orders = {
        number: order_of(number, status) for number, status in ((1, "invoiced"), (2, "handling"), (3, "canceled"))
    }
    for number, order in orders.items():
        control.put("vtex", "orders", f"{number}-01", order)
    response = http.post(ERASE, json={"email": EMAIL}, headers=VTEX)
    assert response.headers["X-Sandbox-Rule"] == "VTEX-ERASE-4"
    answer = response.json()
    assert answer["status"] == "Blocked"
    assert statuses(answer) == {"chk": "Deleted", "orders": "Blocked", "profileSystemV2": "Deleted", "vid": "Deleted"}
    assert evidence(answer) == "Anonymized [2] orders"
    assert status_of(http, f"/profiles/{john}") == 404
    assert control.call("GET", "/documents/vtex/orders/2-01")["document"] == orders[2]

    control.put("vtex", "orders", "2-01", {**orders[2], "status": "invoiced"})
    again = erase(http)
    assert again["status"] == "Completed"
    assert set(statuses(again).values()) == {"Deleted"}
    assert evidence(again) == "Anonymized [1] orders"
    assert not control.call("GET", "/documents/vtex/orders/2-01")["document"]["clientProfileData"]


@pytest.mark.rule("VTEX-ERASE-5")
def test_vtex_erase_5_an_email_nobody_has_completes_and_vtex_id_says_404(http: httpx.Client) -> None:
    response = http.post(ERASE, json={"email": "nobody@mail.com"}, headers=VTEX_USER)
    answer = response.json()
    assert response.headers["X-Sandbox-Rule"] == "VTEX-ERASE-5"
    assert (response.status_code, answer["status"]) == (200, "Completed")
    assert evidence(answer) == "Anonymized [0] orders"
    part = json.loads(answer["dataResponse"])["VTEX ID"]
    assert (part["status"], part["title"]) == (404, "Not Found")


@pytest.mark.rule("VTEX-ERASE-6")
@pytest.mark.parametrize(
    "body", [{}, {"email": None}, {"email": ""}, {"email": "john"}, {"email": 7}, {"email": "a b@c"}]
)
def test_vtex_erase_6_a_missing_or_malformed_email_is_refused(
    http: httpx.Client, control: ControlClient, body: dict[str, Any]
) -> None:
    before = control.documents("vtex", "profiles")
    response = http.post(ERASE, json=body, headers=VTEX)
    assert response.status_code == 400
    assert response.headers["X-Sandbox-Rule"] == "VTEX-ERASE-6"
    assert response.json()["status"] == 400
    assert control.documents("vtex", "profiles") == before


@pytest.mark.rule("VTEX-ERASE-7")
def test_vtex_erase_7_repeating_is_harmless(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="2023-09-05T20:19:33Z", frozen=True)
    create(http, "/profiles", JOHN)
    first, second = erase(http), erase(http)
    assert first.pop("uuid") != second.pop("uuid")
    for answer in (first, second):
        parts = json.loads(answer.pop("dataResponse"))
        del parts["VTEX ID"]["traceId"]
        answer["parts"] = parts
    assert first == second


@pytest.mark.rule("VTEX-ERASE-8")
def test_vtex_erase_8_audit_events_stay_without_the_persons_values(http: httpx.Client, control: ControlClient) -> None:
    john, mary = create(http, "/profiles", JOHN), create(http, "/profiles", MARY)
    text = "John Doe (john@mail.com, CPF 123.456.789-11) called from 98765-4321"
    for profile, reason in ((john, text), (john, "fraud"), (mary, text), (mary, "a friend named John")):
        assert status_of(http, f"/profiles/{profile}/unmask", reason=reason) == 200
    before = control.events()
    erase(http)
    *after, deletion = control.events()
    assert deletion["action"] == "ProfileSystemUserRightsDelete"
    assert [event["action"] for event in after] == ["GetProfileUnmasked"] * 4
    for event, earlier in zip(after, before, strict=True):
        assert {**event, "reason": ""} == {**earlier, "reason": ""}
    reasons = [event["reason"] for event in after]
    pseudonyms = r"name#[0-9a-f]{4} \(email#[0-9a-f]{4}, CPF document#[0-9a-f]{4}\) called from phone#[0-9a-f]{4}"
    assert re.fullmatch(pseudonyms, reasons[0])
    assert reasons == [reasons[0], "fraud", reasons[0], "a friend named John"]


@pytest.mark.rule("VTEX-ERASE-8")
def test_vtex_erase_8_values_that_the_person_had_before_go_too(http: httpx.Client, control: ControlClient) -> None:
    john = create(http, "/profiles", {**JOHN, "email": "old@mail.com"})
    assert status_of(http, f"/profiles/{john}/unmask", reason="asked by old@mail.com, for Joe") == 200
    send(http, "PATCH", f"{STORAGE}/profiles/{john}", {"email": EMAIL, "firstName": "Joe"})
    erase(http)
    assert not re.search("old@mail.com|Joe", json.dumps(control.events()))


@pytest.mark.rule("VTEX-ERASE-9")
@pytest.mark.parametrize(
    ("keys", "error", "status", "detail"),
    [
        (["chk"], "PendingCheck", "PendingCheck", False),
        (["vid", "chk"], "Error", "Error", True),
        (None, "PendingDeletion", "PendingDeletion", False),
        (["vid"], None, "Error", True),
        (["orders"], "Completed", "Completed", False),
    ],
)
def test_vtex_erase_9_a_fault_gives_applications_their_status(
    http: httpx.Client, control: ControlClient, keys: list[str] | None, error: str | None, status: str, detail: bool
) -> None:
    effect = {"internal": "VTEX-ERASE-9", "keys": keys, "error": error}
    control.fault({"effect": {name: value for name, value in effect.items() if value is not None}})
    answered = erase(http)
    assert answered["status"] == status
    failed = [one for one in answered["applications"] if one["status"] != "Deleted"]
    assert {one["application"] for one in failed} == set(keys or ("chk", "orders", "profileSystemV2", "vid"))
    assert {bool(one["errorDetail"]) for one in failed} == {detail}


@pytest.mark.rule("VTEX-ERASE-4")
def test_vtex_erase_4_an_open_order_keeps_everything_where_that_is_set(
    http: httpx.Client, control: ControlClient
) -> None:
    control.settings({"vtex.blocked_erasure": "nothing"})
    prospect = create(http, "/prospects", {"email": EMAIL})
    control.put("vtex", "orders", "1-01", order_of(1, "handling"))
    answered = erase(http)
    assert answered["status"] == "Blocked"
    assert {one["application"]: one["status"] for one in answered["applications"]} == {
        "chk": "PendingDeletion", "orders": "Blocked", "profileSystemV2": "PendingDeletion", "vid": "PendingDeletion",
    }  # fmt: skip
    assert status_of(http, f"/prospects/{prospect}") == 200


@pytest.mark.rule("VTEX-AUDIT-2")
def test_vtex_audit_2_an_erasure_leaves_an_event_of_each_profile_alone(
    http: httpx.Client, control: ControlClient
) -> None:
    john = create(http, "/profiles", JOHN)
    erase(http)
    erase(http)
    (event,) = control.events()
    assert (event["action"], event["profileId"]) == ("ProfileSystemUserRightsDelete", john)
    assert {"author", "time"} <= set(event)
    assert EMAIL not in json.dumps(event)
