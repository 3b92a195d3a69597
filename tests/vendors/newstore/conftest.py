"""A caller of NewStore in the test's sandbox."""

from __future__ import annotations

import httpx
import pytest

from tests.vendors.newstore.shop import Shop


@pytest.fixture
def shop(http: httpx.Client) -> Shop:
    return Shop(http)
