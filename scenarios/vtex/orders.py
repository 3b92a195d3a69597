"""VTEX-ERASE-3 and VTEX-ERASE-4: anonymisation of orders by an erasure.

No API here has orders: they are stored and read through the control API of a sandbox.
"""

from __future__ import annotations

from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.erasing import (
    APPLICATIONS,
    erase_customer,
    evidence,
    holds_anonymized,
    orders_by_status,
    statuses,
    stored_order,
)
from pii_sandbox.scenarios.vtex.shop import holds_values, household


@scenario("VTEX-ERASE-3", needs={"erase", "control"})
def closed_orders_are_anonymized_and_counted(api: ApiClient) -> None:
    person, other = api.new_customer(), api.new_customer()
    orders = orders_by_status(api, person, "invoiced", "canceled", "invoiced")
    others = orders_by_status(api, other, "invoiced", "canceled") | _orders_of_no_known_customer(api)
    response = erase_customer(api, person.email)
    holds(response["status"] == "Completed", "the status Completed", f"{response['status']}")
    holds(evidence(response) == "Anonymized [3] orders", "Anonymized [3] orders", evidence(response))
    now = stored_order(api, "orders")
    for order_id, order in orders.items():
        holds(order_id in now, "an anonymized order", "a deleted one")
        holds_anonymized(now[order_id], order)
    for order_id, order in others.items():
        holds(now.get(order_id) == order, "another customer's order as it was", "a changed one")


def _orders_of_no_known_customer(api: ApiClient) -> dict[str, dict[str, Any]]:
    """Store orders that name no customer, or one without an email; return them by id."""
    people: tuple[dict[str, Any], ...] = ({}, {"clientProfileData": {}}, {"clientProfileData": {"email": None}})
    facts = {"status": "invoiced", "value": 3498, "creationDate": "2023-10-23T19:22:12.8989883+00:00"}
    orders = {
        f"nobodys-{number}": {"orderId": f"nobodys-{number}", **facts, **of_whom}
        for number, of_whom in enumerate(people)
    }
    for order_id, order in orders.items():
        api.sandbox.put_document("orders", order_id, order)
    return orders


@scenario("VTEX-ERASE-3", needs={"erase", "control", "clock"})
def a_job_anonymizes_closed_orders_alone(api: ApiClient) -> None:
    person = api.new_customer()
    orders = orders_by_status(api, person, "invoiced", "canceled", "handling")
    api.call("createErasureJob", body={"email": person.email}, expect=201)
    api.sandbox.advance(seconds=90)
    now = stored_order(api, "orders")
    for order_id, order in orders.items():
        if order["status"] == "handling":
            holds(now.get(order_id) == order, "the open order as it was", "a changed one")
        else:
            holds_anonymized(now.get(order_id, {}), order)


@scenario("VTEX-ERASE-3", needs={"erase", "control"})
def orders_in_no_other_status_are_erased(api: ApiClient) -> None:
    person = api.new_customer()
    open_orders = ("handling", "ready-for-handling", "payment-approved", "payment-pending", "order-created")
    orders = orders_by_status(api, person, *open_orders)
    response = erase_customer(api, person.email)
    holds(evidence(response) == "Anonymized [0] orders", "Anonymized [0] orders", evidence(response))
    now = stored_order(api, "orders")
    for order_id, order in orders.items():
        holds(now.get(order_id) == order, f"the order in {order['status']} as it was", "a changed one")


@scenario("VTEX-ERASE-4", needs={"write", "erase", "control"})
def an_open_order_blocks_and_keeps_its_data_while_all_else_goes(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    open_order, closed = orders_by_status(api, person, "handling", "invoiced").items()
    response = erase_customer(api, person.email)
    holds(response["status"] == "Blocked", "the status Blocked", f"{response['status']}")
    expected = {**dict.fromkeys(APPLICATIONS, "Deleted"), "orders": "Blocked"}
    holds_values(statuses(response), expected, "the statuses of the applications")
    holds(evidence(response) == "Anonymized [1] orders", "Anonymized [1] orders", evidence(response))
    now = stored_order(api, "orders")
    holds(now.get(open_order[0]) == open_order[1], "the open order as it was", "a changed one")
    holds_anonymized(now.get(closed[0], {}), closed[1])
    api.call("GetProfile", profileId=ids["profileId"], expect=404)
    api.call("GetProspect", prospectId=ids["prospectId"], expect=404)


@scenario("VTEX-ERASE-4", needs={"erase", "control"})
def a_repeat_completes_once_the_orders_are_invoiced(api: ApiClient) -> None:
    person = api.new_customer()
    ((order_id, order),) = orders_by_status(api, person, "handling").items()
    holds(erase_customer(api, person.email)["status"] == "Blocked", "the status Blocked", "another")
    api.sandbox.put_document("orders", order_id, {**order, "status": "invoiced"})
    again = erase_customer(api, person.email)
    holds(again["status"] == "Completed", "the status Completed", f"{again['status']}")
    holds_values(statuses(again), dict.fromkeys(APPLICATIONS, "Deleted"), "the statuses of the applications")
    holds_anonymized(stored_order(api, "orders").get(order_id, {}), {**order, "status": "invoiced"})


@scenario("VTEX-ERASE-4", needs={"write", "erase", "control", "clock"})
def a_job_succeeds_and_counts_the_open_orders_that_keep_their_data(api: ApiClient) -> None:
    for setting, gone in (("rest", 404), ("nothing", 200)):
        api.sandbox.setting("vtex.blocked_erasure", setting)
        person = api.new_customer()
        ids = household(api, person)
        orders = orders_by_status(api, person, "handling", "payment-pending")
        job_id = api.call("createErasureJob", body={"email": person.email}, expect=201).json["jobId"]
        api.sandbox.advance(seconds=90)
        job = api.call("getErasureJob", jobId=job_id, expect=200).json
        holds(job["status"] == "Success", "a job that is Success", f"{job['status']}")
        holds("2" in job["message"], "a message that counts 2 orders", "another one")
        holds(stored_order(api, "orders").items() >= orders.items(), "the open orders as they were", "changed ones")
        api.call("GetProfile", profileId=ids["profileId"], expect=gone)


@scenario("VTEX-ERASE-4", needs={"write", "erase", "control"})
def an_open_order_keeps_everything_where_that_is_set(api: ApiClient) -> None:
    api.sandbox.setting("vtex.blocked_erasure", "nothing")
    person = api.new_customer()
    ids = household(api, person)
    orders = orders_by_status(api, person, "handling", "invoiced")
    response = erase_customer(api, person.email)
    holds(response["status"] == "Blocked", "the status Blocked", f"{response['status']}")
    holds(evidence(response) == "Anonymized [0] orders", "Anonymized [0] orders", evidence(response))
    deleted = [name for name, status in statuses(response).items() if status == "Deleted"]
    holds(not deleted, "no application that has Deleted", ", ".join(deleted))
    now = stored_order(api, "orders")
    holds(all(now.get(one) == order for one, order in orders.items()), "the orders as they were", "changed ones")
    api.call("GetProfile", profileId=ids["profileId"], expect=200)
