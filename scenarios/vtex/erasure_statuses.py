"""VTEX-ERASE-9: applications that fail to erase, in a sandbox by an injected fault."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.erasing import APPLICATIONS, erase_customer, orders_by_status, statuses, stored_order
from pii_sandbox.scenarios.vtex.shop import holds_values, household

FAILING = (
    (("profileSystemV2",), "Error", "Error"),
    (("chk", "vid"), "PendingCheck", "PendingCheck"),
    (("orders",), "PendingDeletion", "PendingDeletion"),
    (APPLICATIONS, "Completed", "Completed"),
)


@scenario("VTEX-ERASE-9", needs={"write", "erase", "control"})
def an_application_that_fails_has_its_status_and_so_has_the_request(api: ApiClient) -> None:
    for failing, status, of_request in FAILING:
        api.sandbox.fault({"internal": "VTEX-ERASE-9", "keys": list(failing), "error": status})
        response = erase_customer(api, api.new_customer().email)
        expected = dict.fromkeys(APPLICATIONS, "Deleted") | dict.fromkeys(failing, status)
        holds_values(statuses(response), expected, "the statuses of the applications")
        holds(response["status"] == of_request, f"the status {of_request}", f"{response['status']}")
        told = {one["application"] for one in response["applications"] if one["errorDetail"]}
        holds(told == (set(failing) if status == "Error" else set()), "errorDetail with Error alone", "otherwise")


@scenario("VTEX-ERASE-9", needs={"write", "erase", "control"})
def a_fault_that_names_neither_applications_nor_a_status_fails_all(api: ApiClient) -> None:
    for fault in ({"internal": "VTEX-ERASE-9"}, {"internal": "VTEX-ERASE-9", "error": "Unheard"}):
        api.sandbox.fault(fault)
        response = erase_customer(api, api.new_customer().email)
        told = statuses(response)
        failing = {"Error", "PendingCheck", "PendingDeletion"}.issuperset(told.values())
        holds(failing and set(told) == set(APPLICATIONS), "a failing status of each application", f"{told}")
        holds(response["status"] == told["orders"], "the status of the applications", f"{response['status']}")


@scenario("VTEX-ERASE-9", needs={"write", "erase", "control"})
def an_application_that_fails_keeps_what_it_has_until_a_repeat(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    api.sandbox.fault({"internal": "VTEX-ERASE-9", "keys": ["profileSystemV2"], "error": "Error"})
    erase_customer(api, person.email)
    api.call("GetProfile", profileId=ids["profileId"], expect=200)
    holds(erase_customer(api, person.email)["status"] == "Completed", "the status Completed", "another")
    api.call("GetProfile", profileId=ids["profileId"], expect=404)


@scenario("VTEX-ERASE-9", needs={"erase", "control"})
def carts_users_and_orders_stay_where_their_application_fails(api: ApiClient) -> None:
    person = api.new_customer()
    orders = orders_by_status(api, person, "invoiced")
    api.sandbox.put_document("carts", "conformance-cart", {"email": person.email, "items": []})
    api.sandbox.put_document("users", "conformance-user", {"email": person.email})
    before = {collection: stored_order(api, collection) for collection in ("carts", "users", "orders")}
    api.sandbox.fault({"internal": "VTEX-ERASE-9", "keys": ["chk", "vid", "orders"], "error": "Error"})
    erase_customer(api, person.email)
    for collection, documents in before.items():
        holds(stored_order(api, collection) == documents, f"{collection} as they were", "changed ones, or fewer")
    erase_customer(api, person.email)
    left = {*stored_order(api, "carts"), *stored_order(api, "users")} & {"conformance-cart", "conformance-user"}
    holds(not left, "neither cart nor user after a repeat", ", ".join(sorted(left)))
    holds(
        stored_order(api, "orders") != before["orders"] and len(orders) == 1,
        "an anonymized order",
        "the order as it was",
    )
