"""OCC-HTTP: HTTP errors in Oracle's error form."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios import http_requests
from pii_sandbox.scenarios.http_requests import IN_A_SANDBOX, LARGEST, SampleCall
from pii_sandbox.scenarios.oracle import shoppers
from pii_sandbox.scenarios.oracle.shoppers import NOBODY, stored_profile

PROFILE, LOGIN = SampleCall("getProfile", {"id": NOBODY}), SampleCall("login")
PLACES = {PROFILE: "GET, HEAD", LOGIN: "POST"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def is_error(response: ApiResponse) -> None:
    """Check the error against Oracle's form; the code of a missing parameter is documented, the others are assumed."""
    shoppers.is_error(response, "82001" if response.status == 400 else f"82{response.status}")


@scenario("OCC-HTTP-1", needs=IN_A_SANDBOX)
def an_unknown_path_is_404(api: ApiClient) -> None:
    http_requests.refuses_unknown_paths(api, PLACES, is_error)


@scenario("OCC-HTTP-1", needs=IN_A_SANDBOX)
def a_method_that_a_path_does_not_have_is_405_with_allow(api: ApiClient) -> None:
    http_requests.refuses_other_methods(api, PLACES, is_error)


@scenario("OCC-HTTP-1", needs=IN_A_SANDBOX)
def head_answers_as_get_without_a_body(api: ApiClient) -> None:
    http_requests.answers_head_as_get(
        api, {**PLACES, SampleCall("getProfile", {"id": stored_profile(api)}): "GET, HEAD"}
    )


@scenario("OCC-HTTP-2", needs=IN_A_SANDBOX)
def a_body_over_10_mib_is_413(api: ApiClient) -> None:
    how = {"credentials": "application", "headers": FORM}
    is_error(LOGIN.call(api, 413, content=b"a" * (LARGEST + 1), **how))


@scenario("OCC-HTTP-2", needs=IN_A_SANDBOX)
def a_login_that_is_no_form_is_415(api: ApiClient) -> None:
    for media_type in ("application/json", "text/plain", "application/x-www-form-urlencoded; charset=utf-16"):
        content = b"grant_type=client_credentials"
        how = {"credentials": "application", "headers": {"Content-Type": media_type}}
        is_error(LOGIN.call(api, 415, content=content, **how))


@scenario("OCC-HTTP-2", needs=IN_A_SANDBOX)
def a_form_in_utf_8_is_read_however_its_media_type_is_written(api: ApiClient) -> None:
    for media_type in ("Application/X-WWW-Form-Urlencoded", "application/x-www-form-urlencoded; charset=UTF-8"):
        content = b"grant_type=client_credentials"
        LOGIN.call(api, 200, content=content, credentials="application", headers={"Content-Type": media_type})
    # nothing between two separators is no field (WHATWG URL, 5.1)
    LOGIN.call(api, 200, content=b"&grant_type=client_credentials&", credentials="application", headers=FORM)


@scenario("OCC-HTTP-2", needs=IN_A_SANDBOX)
def a_form_that_is_missing_or_repeats_a_field_is_400(api: ApiClient) -> None:
    once = b"grant_type=client_credentials"
    for content in (b"", once + b"&" + once, b"grant_type=%FF"):
        is_error(LOGIN.call(api, 400, content=content, credentials="application", headers=FORM))


@scenario("OCC-HTTP-2", needs=IN_A_SANDBOX)
def a_parameter_that_is_repeated_or_not_utf_8_is_400(api: ApiClient) -> None:
    http_requests.refuses_unreadable_queries(api, PROFILE, "fields", "firstName", is_error)
    for name in ("fields", "expand"):
        named = PROFILE.call(api, 400, url_suffix=f"?{name}=roles&{name}=roles").json.get("o:errorPath")
        holds(named == name, f"o:errorPath {name}", f"{named!r}")
