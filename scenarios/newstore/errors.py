"""NS-ERR and NS-UP: the error form, and upstream errors."""

from __future__ import annotations

from collections.abc import Iterable

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.newstore.authentication import READS, TOKENIZE, WRITES
from pii_sandbox.scenarios.newstore.shop import ADDRESS, CHANGING, LONG_AGO, UNKNOWN, UNKNOWN_DATA, Params, new_profile

# the operations for which the vendor lists 502
BEHIND_A_GATEWAY = frozenset(
    {
        "listProfiles", "getOrCreateProfile", "getProfile", "updateProfile", "requestProfileDeletion",
        "getOrCreateAddress", "listAddresses", "getAddress", "updateAddress", "deleteAddress",
    }
)  # fmt: skip


def is_a_problem(response: ApiResponse) -> str:
    """Check the error against NS-ERR-1; return its request id."""
    media_type = response.headers.get("content-type", "none").partition(";")[0].strip()
    text = f"status {response.status} as application/problem+json"
    holds(media_type == "application/problem+json", text, f"as {media_type}")
    problem = response.json
    for name in ("request_id", "message", "type", "title"):
        holds(isinstance(problem.get(name), str) and problem[name], f"{name} in the error", "none, or an empty one")
    holds(problem["type"] == "about:blank", "the type about:blank", "another")
    request_id: str = problem["request_id"]
    return request_id


def are_problems(responses: Iterable[ApiResponse]) -> None:
    request_ids = [is_a_problem(response) for response in responses]
    twice = len(request_ids) - len(set(request_ids))
    holds(not twice, "a request_id that is unique to each request", f"{twice} of {len(request_ids)} a second time")


@scenario("NS-ERR-1")
def the_error_of_every_read_is_a_problem_with_its_own_request_id(api: ApiClient) -> None:
    responses = []
    for _ in range(2):
        for call in READS:
            responses.append(api.call(call.operation_id, body=call.body, credentials="none", expect=401, **call.params))
        responses += [
            api.call("listProfiles", count=0, expect=400),
            api.call("listProfiles", offset=9_991, count=10, expect=400),
            api.call("getProfile", profile_id="1", expect=400),
            api.call("getProfile", profile_id=UNKNOWN, expect=404),
            api.call("listAddresses", profile_id=UNKNOWN, expect=404),
            api.call("getAddress", profile_id=UNKNOWN, address_id=UNKNOWN, expect=404),
            api.call("getData", data_id=UNKNOWN_DATA, expect=404),
            api.call("detokenize", body={"tokens": {}}, expect=400),
        ]
    are_problems(responses)


@scenario("NS-ERR-1", needs=CHANGING)
def the_error_of_every_write_is_a_problem_with_its_own_request_id(api: ApiClient) -> None:
    made = new_profile(api)
    json = {"Content-Type": "application/json"}
    stale = {"last_updated_at": LONG_AGO}
    mine: Params = {"profile_id": made["id"]}
    nobodys: Params = {"profile_id": UNKNOWN}
    responses = [
        api.call("getOrCreateProfile", content=b"{", headers=json, expect=400),
        api.call("getOrCreateProfile", body={"email": made["email"], "phone_number": "string"}, expect=422),
        api.call("updateProfile", **mine, body=stale, expect=409),
        api.call("updateProfile", **nobodys, body=stale, expect=404),
        api.call("requestProfileDeletion", **nobodys, expect=404),
        api.call("getOrCreateAddress", **mine, body={**ADDRESS, "country_code": "ZZ"}, expect=422),
        api.call("updateAddress", **mine, address_id=UNKNOWN, body=stale, expect=404),
        api.call("deleteAddress", **mine, address_id=UNKNOWN, expect=404),
        api.call("createData", body={}, expect=400),
    ]
    are_problems(responses)


@scenario("NS-ERR-1", needs={"delete"})
def the_error_of_deleting_what_nobody_has_is_a_problem_with_its_own_request_id(api: ApiClient) -> None:
    are_problems(api.call("deleteData", data_id=UNKNOWN_DATA, expect=404) for _ in range(2))


@scenario("NS-ERR-1", needs={"write"})
def tokenize_refuses_with_a_problem_that_has_its_own_request_id(api: ApiClient) -> None:
    are_problems(api.call("tokenize", body={"data": {}}, expect=400) for _ in range(2))


@scenario("NS-UP-1", needs={*CHANGING, "control"})
def every_operation_can_fail_upstream_and_recovers(api: ApiClient) -> None:
    for call in (*READS, *WRITES, TOKENIZE):
        statuses = {500: "Internal server error"}
        if call.operation_id in BEHIND_A_GATEWAY:
            statuses[502] = "Bad gateway"
        for status, title in statuses.items():
            api.sandbox.fault({"status": status}, operation=call.operation_id)
            response = api.call(call.operation_id, body=call.body, expect=status, **call.params)
            is_a_problem(response)
            holds(response.json["title"] == title, f"the title {title}", response.json["title"])
        after = api.call(call.operation_id, body=call.body, **call.params)
        holds(after.status < 500, "an answer of its own once the fault is over", f"status {after.status}")


@scenario("NS-UP-1", needs={"control"})
def a_read_fails_upstream_if_a_fault_names_the_rule(api: ApiClient) -> None:
    for call in READS:
        api.sandbox.fault({"internal": "NS-UP-1"}, operation=call.operation_id)
        is_a_problem(api.call(call.operation_id, body=call.body, expect=500, **call.params))
        after = api.call(call.operation_id, body=call.body, **call.params)
        holds(after.status < 500, "an answer of its own once the fault is over", f"status {after.status}")
