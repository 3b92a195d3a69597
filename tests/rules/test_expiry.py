from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pii_sandbox.mockserver.clock import LATEST
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.rules import expiry

WRITTEN = datetime(2024, 2, 28, 13, 37, 1, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ttl_days", "expires_at"),
    [
        (None, None),
        (1, datetime(2024, 2, 29, 13, 37, 1, 500_000, tzinfo=UTC)),
        (2, datetime(2024, 3, 1, 13, 37, 1, 500_000, tzinfo=UTC)),
        (365, datetime(2025, 2, 27, 13, 37, 1, 500_000, tzinfo=UTC)),
        (3_000_000, LATEST),
        (10**400, LATEST),
    ],
)
def test_days_count_from_the_moment_of_writing(ttl_days: int | None, expires_at: datetime | None) -> None:
    assert expiry.expires_at(WRITTEN, ttl_days) == expires_at


@pytest.mark.parametrize("ttl_days", [0, -1, -(10**400)])
def test_a_ttl_below_one_is_refused_by_name(ttl_days: int) -> None:
    with pytest.raises(Malformed) as refusal:
        expiry.expires_at(WRITTEN, ttl_days)
    assert list(refusal.value.errors) == ["ttl"]


def test_time_ends_where_the_clock_does() -> None:
    assert expiry.END_OF_TIME == LATEST
