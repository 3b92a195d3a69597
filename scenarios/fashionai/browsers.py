"""FAI-CORS: cross-origin calls from browsers."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.fashionai.customers import EMAIL, KEYS, USER_PROFILE_ID, AlternativeKey

SETTING = "fashionai.cors_origins"
SHOP = "https://shop.example.com"
OTHER = "https://other.example.com"
GRANT = "access-control-allow-origin"


def preflight(api: ApiClient, key: AlternativeKey, origin: str, expect: int | tuple[int, ...]) -> ApiResponse:
    """Send a CORS preflight before a read: without a token, and as no operation of the document."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-fashionai-app-token",
    }
    return key.read(
        api, key.nobody, method="OPTIONS", headers=asked, credentials="none", expect=expect, documented=False
    )


def has_no_grant(response: ApiResponse) -> None:
    found = sorted(name for name in response.headers if name.startswith("access-control-"))
    holds(not found, f"no CORS headers on status {response.status}", ", ".join(found))


@scenario("FAI-CORS-1")
def a_preflight_is_granted_nothing(api: ApiClient) -> None:
    """The status of the response is not documented: 405 in a sandbox, any at a vendor."""
    expect = (405,) if api.target.grants("control") else tuple(range(200, 600))
    for key in KEYS:
        has_no_grant(preflight(api, key, OTHER, expect=expect))


@scenario("FAI-CORS-1")
def no_answer_lets_a_browser_read_it(api: ApiClient) -> None:
    for key in KEYS:
        has_no_grant(key.read(api, api.test_datum(key.name), headers={"Origin": OTHER}, expect=200))
        has_no_grant(key.read(api, key.nobody, headers={"Origin": OTHER}, expect=404))
        has_no_grant(key.read(api, key.nobody, headers={"Origin": OTHER}, credentials="none", expect=401))


def grants(response: ApiResponse) -> None:
    seen = response.headers.get(GRANT, "none")
    holds(seen == SHOP, f"Access-Control-Allow-Origin {SHOP} on status {response.status}", seen)


@scenario("FAI-CORS-2", needs={"control", "write"})
def an_authorized_domain_is_granted_its_calls(api: ApiClient) -> None:
    api.sandbox.setting(SETTING, [SHOP])
    for key in KEYS:
        response = preflight(api, key, SHOP, expect=204)
        grants(response)
        methods = response.headers.get("access-control-allow-methods", "none")
        holds("GET" in methods, "GET among Access-Control-Allow-Methods", methods)
        headers = response.headers.get("access-control-allow-headers", "none")
        holds("x-fashionai-app-token" in headers.lower(), "the token among Access-Control-Allow-Headers", headers)
        grants(key.read(api, api.test_datum(key.name), headers={"Origin": SHOP}, expect=200))
    grants(EMAIL.read(api, EMAIL.nobody, headers={"Origin": SHOP}, expect=404))
    posted = EMAIL.read(api, EMAIL.nobody, headers={"Origin": SHOP}, method="POST", documented=False, expect=405)
    grants(posted)


@scenario("FAI-CORS-2", needs={"control"})
def other_domains_are_still_not_granted(api: ApiClient) -> None:
    api.sandbox.setting(SETTING, [SHOP])
    for origin in (OTHER, f"{SHOP}.example.org", SHOP.replace("https", "http"), "null"):
        has_no_grant(preflight(api, USER_PROFILE_ID, origin, expect=405))
        has_no_grant(
            USER_PROFILE_ID.read(api, api.test_datum("user_profile_id"), headers={"Origin": origin}, expect=200)
        )
