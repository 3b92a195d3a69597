import pytest
from shop.fashionai import FashionAi

from pii_sandbox.testing import Sandbox


@pytest.mark.sandbox(at="2030-01-31T12:00:00Z", frozen=True, settings={"fashionai.limit_per_minute": 2})
def test_past_the_limit_the_client_waits_as_long_as_it_is_told(sandbox: Sandbox) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        sandbox.clock.advance(seconds=seconds)  # nobody sleeps in a test

    with sandbox.client("fashionai") as http:
        shop = FashionAi(http, wait)
        assert all(shop.profile(person.document) for person in sandbox.people[:5])
    assert waited == [60, 60]


def test_nobody_has_no_profile(sandbox: Sandbox) -> None:
    with sandbox.client("fashionai") as http:
        assert FashionAi(http, wait=never).profile("00000000000") is None


def never(seconds: float) -> None:
    raise AssertionError(f"nobody asked for {seconds} s")
