"""NS-HTTP: HTTP errors in NewStore's error form."""

from __future__ import annotations

import json

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios import http_requests
from pii_sandbox.scenarios.http_requests import IN_A_SANDBOX, JSON_IN_UTF_8, SampleCall
from pii_sandbox.scenarios.newstore.errors import is_a_problem
from pii_sandbox.scenarios.newstore.shop import UNKNOWN, UNKNOWN_DATA, added_address, address_place, new_profile

TITLES = {400: "Bad request", 404: "Not found", 405: "Method not allowed", 415: "Unsupported media type"}

# by the methods that the path has
PLACES = {
    SampleCall("listProfiles"): "GET, HEAD, POST",
    SampleCall("getProfile", {"profile_id": UNKNOWN}): "GET, HEAD, PATCH",
    SampleCall("listAddresses", {"profile_id": UNKNOWN}): "GET, HEAD, POST",
    SampleCall("createData"): "POST",
    SampleCall("getData", {"data_id": UNKNOWN_DATA}): "DELETE, GET, HEAD",
    SampleCall("detokenize"): "POST",
}
WRITERS = tuple(SampleCall(name) for name in ("getOrCreateProfile", "createData", "tokenize", "detokenize"))


def is_error(response: ApiResponse) -> None:
    """Check that the response has NewStore's error form."""
    is_a_problem(response)
    title = TITLES.get(response.status)
    told = response.json["title"]
    holds(title is None or told == title, f"the title {title}", f"{told!r}")


@scenario("NS-HTTP-1", needs=IN_A_SANDBOX)
def an_unknown_path_is_404(api: ApiClient) -> None:
    http_requests.refuses_unknown_paths(api, PLACES, is_error)


@scenario("NS-HTTP-1", needs=IN_A_SANDBOX)
def a_method_that_a_path_does_not_have_is_405_with_allow(api: ApiClient) -> None:
    http_requests.refuses_other_methods(api, PLACES, is_error)


@scenario("NS-HTTP-1", needs=IN_A_SANDBOX)
def head_answers_as_get_without_a_body(api: ApiClient) -> None:
    own = {"profile_id": new_profile(api)["id"]}
    http_requests.answers_head_as_get(api, {**PLACES, SampleCall("getProfile", own): "GET, HEAD"})


@scenario("NS-HTTP-1", needs=IN_A_SANDBOX)
def a_204_has_no_content_length(api: ApiClient) -> None:
    profile = new_profile(api)
    place = address_place(profile, added_address(api, profile))
    http_requests.has_no_length(api.call("deleteAddress", **place, expect=204))


@scenario("NS-HTTP-2", needs=IN_A_SANDBOX)
def a_body_over_10_mib_is_413(api: ApiClient) -> None:
    http_requests.refuses_large_bodies(api, SampleCall("getOrCreateProfile"), is_error)


@scenario("NS-HTTP-2", needs=IN_A_SANDBOX)
def a_body_in_another_media_type_is_415(api: ApiClient) -> None:
    for place in WRITERS:
        http_requests.refuses_other_media_types(api, place, is_error)


@scenario("NS-HTTP-2", needs=IN_A_SANDBOX)
def json_in_utf_8_is_read_however_its_media_type_is_written(api: ApiClient) -> None:
    for media_type in JSON_IN_UTF_8:
        body = {"email": api.new_customer().email}
        api.call("getOrCreateProfile", body=body, headers={"Content-Type": media_type}, expect=201)
    without = json.dumps({"email": api.new_customer().email}).encode()
    api.call("getOrCreateProfile", content=without, expect=201)


@scenario("NS-HTTP-2", needs=IN_A_SANDBOX)
def a_body_in_gzip_is_read_and_in_an_unknown_coding_refused(api: ApiClient) -> None:
    body = json.dumps({"email": api.new_customer().email}).encode()
    http_requests.reads_coded_bodies(api, SampleCall("getOrCreateProfile"), is_error, body, 201)
    http_requests.reads_codings_of_bodies_alone(api, SampleCall("listProfiles"), 200, WRITERS[0], is_error)


@scenario("NS-HTTP-2", needs=IN_A_SANDBOX)
def a_body_that_cannot_be_read_is_400(api: ApiClient) -> None:
    for place in WRITERS:
        http_requests.refuses_unreadable_json(api, place, is_error)


@scenario("NS-HTTP-2", needs=IN_A_SANDBOX)
def a_parameter_that_is_repeated_or_not_utf_8_is_400(api: ApiClient) -> None:
    http_requests.refuses_unreadable_queries(api, SampleCall("listProfiles"), "count", "1", is_error)
