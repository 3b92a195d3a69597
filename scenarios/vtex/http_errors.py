"""VTEX-HTTP: HTTP errors in VTEX's error form."""

from __future__ import annotations

import json

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios import http_requests
from pii_sandbox.scenarios.http_requests import IN_A_SANDBOX, JSON_IN_UTF_8, NOT_UTF_8, SampleCall
from pii_sandbox.scenarios.vtex.shop import NOBODY, customer, profile_of

TITLES = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 415: "Unsupported Media Type"}
SECTIONS = {400: "6.5.1", 404: "6.5.4"}  # of RFC 7231, as VTEX cites it in its example of a 404

# by the methods that the path has
PLACES = {
    SampleCall("CreateClientProfile"): "POST",
    SampleCall("GetProfile", {"profileId": NOBODY}): "DELETE, GET, HEAD, PATCH",
    SampleCall("GetClientAddresses", {"profileId": NOBODY}): "GET, HEAD, POST",
    SampleCall("getErasureJob", {"jobId": NOBODY}): "GET, HEAD",
    SampleCall("createErasureJob"): "POST",
}
CREATE, JOB = SampleCall("CreateClientProfile"), SampleCall("createErasureJob")


def is_error(response: ApiResponse) -> None:
    """Check that the response has VTEX's error form."""
    media_type = response.headers.get("content-type", "none").partition(";")[0].strip()
    holds(media_type == "application/problem+json", "application/problem+json", media_type)
    body = response.json
    holds(body.get("status") == response.status, f"the status {response.status} in the body", f"{body.get('status')!r}")
    title = TITLES.get(response.status)
    told = body.get("title")
    holds(
        told == title if title else isinstance(told, str) and told, f"the title {title or 'of the status'}", f"{told!r}"
    )
    section = SECTIONS.get(response.status)
    kind = f"https://tools.ietf.org/html/rfc7231#section-{section}" if section else "about:blank"
    holds(body.get("type") == kind, f"the type {kind}", f"{body.get('type')!r}")
    holds(str(body.get("traceId", "")).startswith("00-"), "a traceId", f"{body.get('traceId')!r}")
    holds(("errors" in body) == (response.status == 400), "errors with a 400 alone", "otherwise")


@scenario("VTEX-HTTP-1", needs=IN_A_SANDBOX)
def an_unknown_path_is_404(api: ApiClient) -> None:
    http_requests.refuses_unknown_paths(api, PLACES, is_error)
    inner = SampleCall("GetAddress", {"profileId": NOBODY, "addressId": NOBODY})
    is_error(inner.call(api, 404, url_suffix="/versions"))  # longer paths go through it


@scenario("VTEX-HTTP-1", needs=IN_A_SANDBOX)
def a_method_that_a_path_does_not_have_is_405_with_allow(api: ApiClient) -> None:
    http_requests.refuses_other_methods(api, PLACES, is_error)


@scenario("VTEX-HTTP-1", needs=IN_A_SANDBOX)
def head_answers_as_get_without_a_body(api: ApiClient) -> None:
    own = {"profileId": customer(api)["id"]}
    http_requests.answers_head_as_get(api, {**PLACES, SampleCall("GetProfile", own): "GET, HEAD"})


@scenario("VTEX-HTTP-1", needs=IN_A_SANDBOX)
def a_204_has_no_content_length(api: ApiClient) -> None:
    http_requests.has_no_length(api.call("DeleteClientProfile", profileId=customer(api)["id"], expect=204))


@scenario("VTEX-HTTP-2", needs=IN_A_SANDBOX)
def a_body_over_10_mib_is_413(api: ApiClient) -> None:
    http_requests.refuses_large_bodies(api, CREATE, is_error, 400)
    http_requests.refuses_large_chunked_bodies(api, CREATE, is_error)


@scenario("VTEX-HTTP-2", needs=IN_A_SANDBOX)
def a_body_in_another_media_type_is_415(api: ApiClient) -> None:
    for place in (CREATE, JOB):
        http_requests.refuses_other_media_types(api, place, is_error)


@scenario("VTEX-HTTP-2", needs=IN_A_SANDBOX)
def json_in_utf_8_is_read_however_its_media_type_is_written(api: ApiClient) -> None:
    for media_type in JSON_IN_UTF_8:
        body = profile_of(api.new_customer())
        api.call("CreateClientProfile", body=body, headers={"Content-Type": media_type}, expect=201)
    without = json.dumps(profile_of(api.new_customer())).encode()
    api.call("CreateClientProfile", content=without, expect=201)


@scenario("VTEX-HTTP-2", needs=IN_A_SANDBOX)
def a_body_in_gzip_is_read_and_in_an_unknown_coding_refused(api: ApiClient) -> None:
    body = json.dumps(profile_of(api.new_customer())).encode()
    http_requests.reads_coded_bodies(api, CREATE, is_error, body, 201)
    coded = {"Content-Encoding": "nonsense", "Content-Type": "application/json"}
    is_error(CREATE.call(api, 400, content=body, headers=coded, url_suffix="?ttl=0"))  # the parameters come first
    http_requests.reads_codings_of_bodies_alone(
        api, SampleCall("GetProfile", {"profileId": NOBODY}), 404, CREATE, is_error
    )


@scenario("VTEX-HTTP-2", needs=IN_A_SANDBOX)
def gzip_has_several_names_and_forms(api: ApiClient) -> None:
    def new_content() -> bytes:
        return json.dumps(profile_of(api.new_customer())).encode()

    http_requests.reads_gzip_in_every_form(api, CREATE, is_error, new_content, 201)


@scenario("VTEX-HTTP-1", needs=IN_A_SANDBOX)
def letters_of_a_path_may_be_percent_encoded(api: ApiClient) -> None:
    place = SampleCall("GetProfile", {"profileId": customer(api)["id"]})
    for suffix in ("/%75nmask", "/%75%6emask"):
        place.call(api, 200, url_suffix=f"{suffix}?reason=conformance")
    is_error(place.call(api, 404, url_suffix="/%75nmasking?reason=conformance"))


@scenario("VTEX-HTTP-2", needs=IN_A_SANDBOX)
def a_body_that_cannot_be_read_is_400(api: ApiClient) -> None:
    for place in (CREATE, JOB):
        http_requests.refuses_unreadable_json(api, place, is_error)
    lists: object = 1
    for _ in range(100):
        lists = [lists]
    body = profile_of(api.new_customer(), conformanceLists=lists)
    is_error(api.call("CreateClientProfile", body=body, expect=400))


@scenario("VTEX-HTTP-2", needs=IN_A_SANDBOX)
def a_parameter_that_is_repeated_or_not_utf_8_is_400(api: ApiClient) -> None:
    place = SampleCall("GetProfile", {"profileId": NOBODY})
    http_requests.refuses_unreadable_queries(api, place, "alternativeKey", "email", is_error)
    is_error(JOB.call(api, 400, url_suffix=f"?other={NOT_UTF_8}", body={"email": api.new_customer().email}))
