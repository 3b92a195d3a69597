"""FAI-LIMIT: the rate limit of a token, in calls per minute."""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.fashionai.customers import PHONE, USER_PROFILE_ID, tells_error

SETTING = "fashionai.limit_per_minute"
TOKENS = "fashionai.app_tokens"
HEADER = "X-FashionAI-APP-Token"


def read_profile(api: ApiClient, expect: int, headers: Mapping[str, str] | None = None) -> ApiResponse:
    credentials = "none" if headers else "full"
    value = api.test_datum("user_profile_id")
    return USER_PROFILE_ID.read(api, value, expect=expect, headers=headers, credentials=credentials)


def is_limited(response: ApiResponse) -> None:
    tells_error(response, "Too Many Requests", "Too Many Requests")
    seen = response.headers.get("retry-after", "none")
    holds(seen.isdigit() and 1 <= int(seen) <= 60, "Retry-After as whole seconds from 1 to 60", seen)


@scenario("FAI-LIMIT-1", needs={"clock", "control"})
def calls_beyond_the_limit_are_refused_until_later(api: ApiClient) -> None:
    api.sandbox.freeze()
    for _ in range(31):
        read_profile(api, 200)
    api.sandbox.setting(SETTING, 3)
    for _ in range(3):
        read_profile(api, 200)
    is_limited(read_profile(api, 429))
    is_limited(PHONE.read(api, api.test_datum("phone"), expect=429))
    api.sandbox.setting(SETTING, None)
    read_profile(api, 200)
    api.sandbox.fault({"status": 429})
    tells_error(read_profile(api, 429), "Too Many Requests", "Too Many Requests")


@scenario("FAI-LIMIT-1", needs={"clock", "control"})
def each_token_has_a_limit_of_its_own(api: ApiClient) -> None:
    api.sandbox.freeze()
    first, second = {HEADER: "fai_test_first"}, {HEADER: "fai_test_second"}
    api.sandbox.setting(TOKENS, [first[HEADER], second[HEADER]])
    api.sandbox.setting(SETTING, 1)
    read_profile(api, 200, first)
    is_limited(read_profile(api, 429, first))
    read_profile(api, 200, second)


@scenario("FAI-LIMIT-2", needs={"clock", "control"})
def a_call_counts_for_a_minute_of_the_clock(api: ApiClient) -> None:
    api.sandbox.freeze()
    api.sandbox.setting(SETTING, 2)
    read_profile(api, 200)
    api.sandbox.advance(seconds=30)
    read_profile(api, 200)
    read_profile(api, 429)
    api.sandbox.advance(seconds=29)
    read_profile(api, 429)
    api.sandbox.advance(seconds=2)
    read_profile(api, 200)
    read_profile(api, 429)
    api.sandbox.advance(seconds=30)
    read_profile(api, 200)


@scenario("FAI-LIMIT-2", needs={"clock", "control"})
def who_waits_for_retry_after_is_served(api: ApiClient) -> None:
    api.sandbox.freeze()
    api.sandbox.setting(SETTING, 1)
    read_profile(api, 200)
    api.sandbox.advance(seconds=20)
    refused = read_profile(api, 429)
    is_limited(refused)
    api.sandbox.advance(seconds=int(refused.headers["retry-after"]))
    read_profile(api, 200)
