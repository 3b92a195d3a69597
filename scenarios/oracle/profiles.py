"""OCC-GET: the full profile, and requests without one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.oracle.shoppers import (
    NOBODY,
    PRINTED,
    STANDING,
    detail,
    is_error,
    is_exactly,
    profile,
    readable,
    stored_profile,
    unused_id,
)


def missing_profile_status(api: ApiClient, status: int) -> tuple[int, ...]:
    """Return the expected status: this one in a sandbox, 400 or 404 at a vendor: Oracle documents only error codes."""
    return (status,) if api.target.grants("control") else (400, 404)


def self_links(body: dict[str, Any]) -> list[str]:
    return [link["href"] for link in body.get("links", []) if link.get("rel") == "self"]


@scenario("OCC-GET-1")
def a_profile_has_its_id_and_a_link_to_itself(api: ApiClient) -> None:
    profile_id = readable(api)
    response = api.call("getProfile", id=profile_id, expect=200)
    holds(detail(api, response.json).get("id") == profile_id, "the id that was asked for", "another, or none")
    links = [urlsplit(link) for link in self_links(response.json)]
    holds(len(links) == 1, "one link of rel self", f"{len(links)}")
    holds(links[0].scheme and links[0].netloc, "an absolute URL", "another href")


@scenario("OCC-GET-1", assumed=True)
def the_link_of_a_profile_to_itself_is_the_url_of_the_call(api: ApiClient) -> None:
    """The link in the vendor's example is an administration URL, with another path and a query."""
    response = api.call("getProfile", id=readable(api), expect=200)
    links = [urlsplit(link) for link in self_links(response.json)]
    holds(len(links) == 1, "one link of rel self", f"{len(links)}")
    called = urlsplit(response.exchange.url).path
    holds(links[0].path.endswith(called[called.index("/ccapp/") :]), "the URL of the call", "another href")


@scenario("OCC-GET-1", needs={"control"}, dialect="guide")
def the_whole_profile_is_answered_flat_as_in_the_example(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    response = api.call("getProfile", id=profile_id, expect=200)
    links = [{"rel": "self", "href": response.exchange.url}]
    is_exactly(
        response.json, {**PRINTED, "id": profile_id, "links": links}, "the printed profile with a link to itself"
    )


@scenario("OCC-GET-1", needs={"control"}, dialect="reference")
def the_whole_profile_is_answered_under_profile_detail_as_in_the_schema(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    response = api.call("getProfile", id=profile_id, expect=200)
    body = response.json
    printed = {**PRINTED, "id": profile_id, "active": True}  # a boolean in the schema, a text in the example
    is_exactly(body.get("profileDetail", {}), printed, "the printed profile under profileDetail")
    beside = {name: value for name, value in body.items() if name != "profileDetail"}
    links = [{"rel": "self", "href": response.exchange.url}]
    is_exactly(beside, {**STANDING, "links": links}, "its standing and a link to itself beside it")


_SAID = {"firstName": "Ada", "email": "abc@example.com"}  # a profile with few properties


def stored_with(api: ApiClient, **said: Any) -> dict[str, Any]:
    """Create a profile with just these properties; return the response body of its read, without links."""
    profile_id = unused_id(api)
    api.sandbox.put_document("profiles", profile_id, {**_SAID, **said})
    body = {name: value for name, value in profile(api, profile_id).items() if name != "links"}
    holds(detail(api, body).get("id") == profile_id, "the id that was asked for", "another, or none")
    return body


@scenario("OCC-GET-1", needs={"control"}, dialect="guide")
def what_is_not_stored_is_not_answered_and_active_is_a_text(api: ApiClient) -> None:
    for said, shown in (({}, {}), ({"active": True}, {"active": "true"}), ({"active": False}, {"active": "false"})):
        body = stored_with(api, **said)
        is_exactly(body, {**_SAID, **shown, "id": body["id"]}, "the stored properties alone")


@scenario("OCC-GET-1", needs={"control"}, dialect="reference")
def what_stands_beside_the_detail_is_always_answered_and_active_is_a_boolean(api: ApiClient) -> None:
    nothing = {"hasIncompleteOrder": False, "isAnonymous": False, "profileComments": []}
    for said, shown in (({}, {}), ({"active": "true"}, {"active": True}), ({"active": "false"}, {"active": False})):
        body = stored_with(api, **said)
        own = body.pop("profileDetail")
        is_exactly(own, {**_SAID, **shown, "id": own["id"]}, "the stored properties alone under profileDetail")
        is_exactly(body, nothing, "a standing of which nothing is said")


@scenario("OCC-GET-2")
def an_unknown_id_is_not_found(api: ApiClient) -> None:
    for unknown in (NOBODY, f"{NOBODY}/é?", "0"):
        is_error(api.call("getProfile", id=unknown, expect=missing_profile_status(api, 404)), "22002")


@scenario("OCC-GET-2", needs={"control"})
def an_unknown_id_is_a_bad_request_where_the_setting_says_so(api: ApiClient) -> None:
    api.sandbox.setting("oracle.missing_profile_status", "400")
    is_error(api.call("getProfile", id=NOBODY, expect=400), "22002")


@scenario("OCC-GET-3")
def a_blank_id_is_refused(api: ApiClient) -> None:
    for blank in (" ", "   "):
        refused = api.call("getProfile", id=blank, expect=missing_profile_status(api, 400))
        is_error(refused, "22000")
        if api.target.grants("control"):  # no rule requires the wording; a sandbox has that of the document's example
            holds(refused.json["message"] == "The profile id is null or empty", "the printed message", "another one")


@scenario("OCC-GET-4", needs={"control"})
def an_internal_failure_has_its_own_code(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    for effect in ({"internal": "OCC-GET-4"}, {"status": 500}):
        api.sandbox.fault(effect, operation="getProfile")
        failed = api.call("getProfile", id=profile_id, expect=500)
        is_error(failed, "22001")
        told = "There was an internal error while getting the profile"
        holds(failed.json["message"] == told, "the printed message", "another one")
        profile(api, profile_id)
    api.sandbox.fault({"status": 400}, operation="getProfile")
    other = api.call("getProfile", id=profile_id, expect=400)
    is_error(other, "82400")
    holds(other.json["message"] == "Bad Request", "the phrase of another status", "another message")
