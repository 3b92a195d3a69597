"""FAI-HTTP: HTTP errors in Fashion.AI's error form."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import scenario
from pii_sandbox.scenarios import http_requests
from pii_sandbox.scenarios.fashionai.customers import KEYS, USER_PROFILE_ID, tells_error
from pii_sandbox.scenarios.http_requests import IN_A_SANDBOX, LARGEST, NOT_UTF_8, SampleCall

ERRORS = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
PLACES = {SampleCall(key.operation_id, {key.parameter: key.nobody}): "GET, HEAD" for key in KEYS}


def is_error(response: ApiResponse) -> None:
    """Check that the response has Fashion.AI's error form."""
    tells_error(response, error=ERRORS.get(response.status))


@scenario("FAI-HTTP-1", needs=IN_A_SANDBOX)
def an_unknown_path_is_404(api: ApiClient) -> None:
    http_requests.refuses_unknown_paths(api, PLACES, is_error)


@scenario("FAI-HTTP-1", needs=IN_A_SANDBOX)
def a_method_that_a_path_does_not_have_is_405_with_allow(api: ApiClient) -> None:
    http_requests.refuses_other_methods(api, PLACES, is_error)


@scenario("FAI-HTTP-1", needs=IN_A_SANDBOX)
def head_answers_as_get_without_a_body(api: ApiClient) -> None:
    known = {USER_PROFILE_ID.parameter: api.test_datum(USER_PROFILE_ID.name)}
    http_requests.answers_head_as_get(api, {**PLACES, SampleCall(USER_PROFILE_ID.operation_id, known): "GET, HEAD"})


@scenario("FAI-HTTP-2", needs=IN_A_SANDBOX)
def a_body_over_10_mib_is_413(api: ApiClient) -> None:
    place = next(iter(PLACES))
    is_error(place.call(api, 413, content=b" " * (LARGEST + 1)))
    http_requests.refuses_large_chunked_bodies(api, place, is_error)
    for framing in ({}, http_requests.CHUNKED):
        is_error(place.call(api, 404, content=b"a small one is ignored", headers=framing))


@scenario("FAI-HTTP-2", needs=IN_A_SANDBOX)
def a_value_that_is_not_utf_8_is_400(api: ApiClient) -> None:
    for place in PLACES:
        is_error(place.call(api, 400, url_suffix=NOT_UTF_8))
