"""Whose calls are served."""

from __future__ import annotations

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import FASHIONAI
from tests.vendors.fashionai.calls import KEYS, read, rule

UNAUTHORIZED = {"statusCode": 401, "message": "Unauthorized", "error": "Unauthorized"}


@pytest.mark.rule("FAI-AUTH-1")
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-FashionAI-APP-Token": ""},
        {"X-FashionAI-APP-Token": "fai_live_sk_unknown"},
        {"X-FashionAI-APP-Token": "FAI_TEST_SANDBOX"},
        {"X-FashionAI-APP-Token": "fai_test_sandbox, fai_test_sandbox"},
    ],
)
def test_fai_auth_1_a_missing_or_wrong_token_is_refused(http: httpx.Client, key: str, headers: dict[str, str]) -> None:
    response = read(http, key, KEYS[key], headers)
    assert (response.status_code, response.json()) == (401, UNAUTHORIZED)
    assert rule(response) == "FAI-AUTH-1"


@pytest.mark.rule("FAI-AUTH-1")
@pytest.mark.parametrize("key", KEYS)
def test_fai_auth_1_without_a_token_nothing_is_looked_up(http: httpx.Client, key: str) -> None:
    assert read(http, key, "nobody", {}).status_code == 401


@pytest.mark.rule("FAI-AUTH-1")
def test_fai_auth_1_a_refused_call_does_not_count_against_the_limit(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"fashionai.limit_per_minute": 1})
    assert [read(http, headers={}).status_code for _ in range(3)] == [401] * 3
    assert read(http).status_code == 200


@pytest.mark.rule("FAI-AUTH-1")
def test_fai_auth_1_tokens_can_be_set(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"fashionai.app_tokens": ["fai_live_sk_mine"]})
    assert read(http).status_code == 401
    assert read(http, headers={"X-FashionAI-APP-Token": "fai_live_sk_mine"}).status_code == 200


@pytest.mark.rule("FAI-AUTH-2")
def test_fai_auth_2_bearer_alone_is_refused(http: httpx.Client) -> None:
    response = read(http, headers={"Authorization": "Bearer fai_test_sandbox"})
    assert (response.status_code, response.json()) == (401, UNAUTHORIZED)
    assert response.headers["X-Sandbox-Rule"] == "FAI-AUTH-2"


@pytest.mark.rule("FAI-AUTH-2")
def test_fai_auth_2_bearer_beside_the_token_does_no_harm(http: httpx.Client) -> None:
    assert read(http, headers={**FASHIONAI, "Authorization": "Bearer anything"}).status_code == 200
