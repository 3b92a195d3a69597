"""Memory that requests leave behind: caches keyed by what a client sends are bounded in entries and in bytes."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from urllib import parse

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway import request_context, responses
from pii_sandbox.mockserver.rules import paths
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, ORACLE

CALLS = 60
LARGE = 200_000  # characters of what a client sends in each call


def memory_growth(call: Callable[[int], object]) -> int:
    """The bytes that so many calls leave behind."""
    call(0)
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(1, CALLS + 1):
            call(number)
        parse.clear_cache()  # type: ignore[attr-defined]  # of the client here, which keeps its last URLs
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_lists_of_fields_leave_no_memory_behind(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"journal.entries": 0})
    profile = control.documents("oracle", "profiles")[0]["id"]

    def read(number: int) -> None:
        fields = ",".join(f"name{number}.part{place}" for place in range(2000))
        response = http.get(f"/ccapp/v1/profiles/{profile}", params={"fields": fields}, headers=ORACLE)
        assert response.status_code == 200

    assert memory_growth(read) < 2**20


def test_without_credentials_a_fault_header_leaves_nothing_behind(
    app: App, http: httpx.Client, control: ControlClient
) -> None:
    control.settings({"journal.entries": 0})

    def ask(number: int) -> None:
        headers = {"X-Sandbox-Fault": f"status=500;{' ' * LARGE}{number}"}
        assert http.get("/v1/d/pii/profiles", headers=headers).status_code == 401

    assert memory_growth(ask) < 2**20
    assert app.sandboxes.get(http.headers["X-Sandbox"]).faults.state()["spent"] == {}


def test_with_credentials_so_many_short_fault_headers_are_remembered(app: App, http: httpx.Client) -> None:
    for number in range(1001, 2005):
        request_headers = {**NEWSTORE, "X-Sandbox-Fault": f"status=500; times={number}"}
        assert http.head("/v1/d/pii/profiles", headers=request_headers).status_code == 500
    assert len(app.sandboxes.get(http.headers["X-Sandbox"]).faults.state()["spent"]) == 1000


def test_names_of_headers_are_kept_up_to_a_length(http: httpx.Client) -> None:
    http.get("/v1/d/pii/profiles", headers={"X-" + "a" * LARGE: "1"})
    assert all(len(name) <= request_context.LONGEST_NAME for name in request_context._NAMES)
    assert len(request_context._NAMES) <= request_context.MOST_NAMES


def test_messages_that_repeat_what_was_sent_count_in_the_journals_bytes(
    app: App, http: httpx.Client, control: ControlClient
) -> None:
    control.settings({"journal.bytes": 2**20})
    name = "n" * LARGE
    for _ in range(10):
        response = http.post("/v0/token", content=f"{name}=1&{name}=2", headers={"Content-Type": FORM})
        assert response.status_code == 400
    assert 0 < len(app.sandboxes.get(http.headers["X-Sandbox"]).journal) <= 2


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("length", [1, responses.LONGEST_CACHED, responses.LONGEST_CACHED + 1, 10_000])
def test_media_types_are_kept_up_to_a_length(length: int) -> None:
    responses._cached_headers.cache_clear()
    head = responses.encode_headers(Reply(200, b"x", media_type="m" * length), 1)
    assert b"content-type: " + b"m" * length in head
    assert responses._cached_headers.cache_info().currsize == (length <= responses.LONGEST_CACHED)


def test_long_paths_give_the_same_tree_and_are_not_kept() -> None:
    before = len(paths._cache)
    many = [("a", f"b{number}" * 10) for number in range(100)]
    assert paths.tree(many) == {"a": {f"b{number}" * 10: {} for number in range(100)}}
    assert len(paths._cache) == before
