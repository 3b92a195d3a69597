from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.mockserver.problems import BeyondReach
from pii_sandbox.mockserver.rules import paging

REACH = 10_000


@pytest.mark.parametrize(("offset", "count"), [(0, 10), (9_990, 10), (9_500, 500), (9_999, 1), (0, 10_000)])
def test_a_page_that_ends_at_the_reach_is_served(offset: int, count: int) -> None:
    paging.refuse_beyond_reach(offset, count, REACH, "NS-LIST-2")


@pytest.mark.parametrize(("offset", "count"), [(9_991, 10), (10_000, 1), (10**30, 1), (0, 10_001)])
def test_one_beyond_the_reach_is_refused_and_the_problem_says_so(offset: int, count: int) -> None:
    with pytest.raises(BeyondReach, match="10000") as refusal:
        paging.refuse_beyond_reach(offset, count, REACH, "NS-LIST-2")
    assert refusal.value.rule == "NS-LIST-2"
    assert list(refusal.value.errors) == ["offset"]


def test_without_a_reach_all_is_reached() -> None:
    paging.refuse_beyond_reach(10**30, 500, None, "NS-LIST-2")


@given(st.integers(0, 10**6), st.integers(1, 1000), st.integers(1, 10**6))
def test_the_reach_bounds_the_sum_and_nothing_else(offset: int, count: int, reach: int) -> None:
    try:
        paging.refuse_beyond_reach(offset, count, reach, "NS-LIST-2")
    except BeyondReach:
        assert offset + count > reach
    else:
        assert offset + count <= reach


@given(st.lists(st.integers()), st.integers(1, 20))
def test_paging_through_visits_each_item_once_in_order(items: list[int], count: int) -> None:
    pages = [paging.page_of(items, offset, count) for offset in range(0, len(items) + count, count)]
    assert [item for page in pages for item in page] == items
    assert all(len(page) <= count for page in pages)
    assert pages[-1] == [] or len(items) % count


@pytest.mark.parametrize(
    ("offset", "count", "page"),
    [(0, 2, ["a", "b"]), (2, 2, ["c"]), (3, 2, []), (10**30, 2, [])],
)
def test_a_page_ends_with_the_list(offset: int, count: int, page: list[str]) -> None:
    assert paging.page_of(["a", "b", "c"], offset, count) == page
