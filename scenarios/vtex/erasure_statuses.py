"""VTEX-ERASE-9: applications that fail to erase, in a sandbox by an injected fault."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.erasing import APPLICATIONS, erased, statuses
from pii_sandbox.scenarios.vtex.shop import household, same

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
        response = erased(api, api.new_customer().email)
        expected = dict.fromkeys(APPLICATIONS, "Deleted") | dict.fromkeys(failing, status)
        same(statuses(response), expected, "the statuses of the applications")
        holds(response["status"] == of_request, f"the status {of_request}", f"{response['status']}")
        told = {one["application"] for one in response["applications"] if one["errorDetail"]}
        holds(told == (set(failing) if status == "Error" else set()), "errorDetail with Error alone", "otherwise")


@scenario("VTEX-ERASE-9", needs={"write", "erase", "control"})
def an_application_that_fails_keeps_what_it_has_until_a_repeat(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    api.sandbox.fault({"internal": "VTEX-ERASE-9", "keys": ["profileSystemV2"], "error": "Error"})
    erased(api, person.email)
    api.call("GetProfile", profileId=ids["profileId"], expect=200)
    holds(erased(api, person.email)["status"] == "Completed", "the status Completed", "another")
    api.call("GetProfile", profileId=ids["profileId"], expect=404)
