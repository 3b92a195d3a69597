"""How many calls a token has, and how long they take."""

from __future__ import annotations

import httpx
import pytest

from pii_sandbox.mockserver.gateway.fault_injection import WaitingClient
from pii_sandbox.mockserver.vendors.fashionai.profiles import generation_seconds
from tests.control_client import ControlClient
from tests.vendors.fashionai.calls import KEYS, PRINTED, read, rule

TOO_MANY = {"statusCode": 429, "message": "Too Many Requests", "error": "Too Many Requests"}


def statuses(http: httpx.Client, count: int) -> list[int]:
    return [read(http).status_code for _ in range(count)]


@pytest.mark.rule("FAI-LIMIT-1")
def test_fai_limit_1_past_the_limit_a_token_is_told_to_wait(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"fashionai.limit_per_minute": 3})
    assert statuses(http, 3) == [200] * 3
    response = read(http)
    assert (response.status_code, response.json()) == (429, TOO_MANY)
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert rule(response) == "FAI-LIMIT-1"


@pytest.mark.rule("FAI-LIMIT-1")
def test_fai_limit_1_is_off_by_default_and_can_be_taken_off_again(http: httpx.Client, control: ControlClient) -> None:
    assert statuses(http, 40) == [200] * 40
    control.settings({"fashionai.limit_per_minute": 1})
    assert statuses(http, 2) == [200, 429]
    control.settings({"fashionai.limit_per_minute": None})
    assert statuses(http, 2) == [200] * 2


@pytest.mark.rule("FAI-LIMIT-1")
def test_fai_limit_1_counts_all_four_reads_and_those_that_find_nobody(
    http: httpx.Client, control: ControlClient
) -> None:
    control.settings({"fashionai.limit_per_minute": 5})
    assert [read(http, key, value).status_code for key, value in KEYS.items()] == [200] * 4
    assert read(http, "email", "nobody@example.com").status_code == 404
    assert read(http, "email", "nobody@example.com").status_code == 429


@pytest.mark.rule("FAI-LIMIT-1")
def test_fai_limit_1_each_token_has_its_own(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"fashionai.limit_per_minute": 1, "fashionai.app_tokens": ["one", "two"]})
    first, second = ({"X-FashionAI-APP-Token": token} for token in ("one", "two"))
    assert [read(http, headers=first).status_code for _ in range(2)] == [200, 429]
    assert [read(http, headers=second).status_code for _ in range(2)] == [200, 429]


@pytest.mark.rule("FAI-LIMIT-1")
def test_fai_limit_1_each_sandbox_has_its_own(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"fashionai.limit_per_minute": 1})
    assert statuses(http, 2) == [200, 429]
    assert http.get(
        "/~another/api/v1/crm/protected/profile/email/customer@example.com",
        headers={"X-FashionAI-APP-Token": "fai_test_sandbox"},
    ).is_success


@pytest.mark.rule("FAI-LIMIT-2")
def test_fai_limit_2_frees_up_as_the_clock_moves(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="2026-03-01T12:00:00Z", frozen=True)
    control.settings({"fashionai.limit_per_minute": 2})
    assert statuses(http, 1) == [200]
    control.advance(seconds=30)
    assert statuses(http, 2) == [200, 429]
    assert read(http).headers["Retry-After"] == "30"
    control.advance(seconds=29)
    assert read(http).headers["Retry-After"] == "1"
    control.advance(seconds=1)
    assert statuses(http, 2) == [200, 429]
    control.advance(days=2)
    assert statuses(http, 3) == [200, 200, 429]


@pytest.mark.rule("FAI-LIMIT-2")
def test_fai_limit_2_a_clock_turned_back_locks_nobody_out(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"fashionai.limit_per_minute": 1})
    assert statuses(http, 2) == [200, 429]
    control.advance(days=-1)
    assert statuses(http, 2) == [200, 429]


@pytest.mark.rule("FAI-LIMIT-2")
def test_fai_limit_2_holds_at_the_end_of_time(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="9999-12-31T23:59:59Z", frozen=True)
    control.settings({"fashionai.limit_per_minute": 1})
    assert statuses(http, 2) == [200, 429]


@pytest.fixture
def sleep_seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that answers waited, which the test does not."""
    seconds: list[float] = []

    async def stay_connected(client: WaitingClient, delay: float) -> bool:
        seconds.append(delay)
        return True

    monkeypatch.setattr(WaitingClient, "stays", stay_connected)
    return seconds


@pytest.mark.rule("FAI-SLOW-1")
def test_fai_slow_1_a_profile_takes_3_to_8_seconds_where_asked_for(
    http: httpx.Client, control: ControlClient, sleep_seconds: list[float]
) -> None:
    control.settings({"fashionai.slow": True})
    customers = control.documents("fashionai", "customers")
    for entry in customers:
        response = read(http, "email", entry["document"]["email"])
        assert (response.status_code, rule(response)) == (200, "FAI-SLOW-1")
    assert len(sleep_seconds) == len(customers) > 1
    assert all(3 <= seconds <= 8 for seconds in sleep_seconds)
    assert len(set(sleep_seconds)) > 1


@pytest.mark.rule("FAI-SLOW-1")
def test_fai_slow_1_any_time_from_3_to_8_seconds_occurs() -> None:
    seconds = [generation_seconds(f"customer{number}") for number in range(500)]
    assert 3 <= min(seconds) < 3.1
    assert 7.9 < max(seconds) <= 8


@pytest.mark.rule("FAI-SLOW-1")
def test_fai_slow_1_is_the_same_for_each_key_of_a_customer(
    http: httpx.Client, control: ControlClient, sleep_seconds: list[float]
) -> None:
    control.settings({"fashionai.slow": True})
    assert [read(http, key, value).json() for key, value in KEYS.items()] == [PRINTED] * 4
    assert sleep_seconds == [sleep_seconds[0]] * 4


@pytest.mark.rule("FAI-SLOW-1")
def test_fai_slow_1_is_off_by_default_and_concerns_profiles_alone(
    http: httpx.Client, control: ControlClient, sleep_seconds: list[float]
) -> None:
    assert rule(read(http)) is None
    control.settings({"fashionai.slow": True})
    assert read(http, "email", "nobody@example.com").status_code == 404
    assert read(http, headers={}).status_code == 401
    assert sleep_seconds == []
