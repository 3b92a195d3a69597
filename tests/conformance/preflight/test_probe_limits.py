"""How many reads a preflight sends, to which APIs, and how a path that there is not shows the wrong place."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.preflight import preflight
from pii_sandbox.conformance.preflight.preflight import probe_request, run_preflight
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.errors import RunStopped
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.specs.api_facts import Api, Datum, ProbeRead, apis
from tests.conformance.preflight.vendor_stub import NOT_FOUND, Vendor, preflight_of, target_of
from tests.conformance.stub_transport import BASE, json, stub_sender

READ = ProbeRead("getProfile", value_in="id")
NOWHERE = "/pii-sandbox-preflight/no-such-path"


def use_api(monkeypatch: pytest.MonkeyPatch, **more: Any) -> None:
    """Changes what is known of Oracle's API."""
    api = replace(apis()["oracle"], **more)
    monkeypatch.setattr(preflight, "apis", lambda: {"oracle": api})


def data(number: int, read: ProbeRead | None = READ) -> dict[str, Datum]:
    return {f"id_{each}": Datum(f"id_{each}", read=read) for each in range(number)}


def missing(request: httpx.Request) -> httpx.Response:
    """The API, which has no profile, and has a path of no API neither, in other words."""
    body = {"message": "no such path"} if NOWHERE in str(request.url) else NOT_FOUND
    return json(404, body)


@pytest.mark.parametrize(
    ("number", "looked_up", "asks_nowhere"), [(0, 0, True), (8, 8, True), (9, 9, False), (10, 9, False), (20, 9, False)]
)
def test_an_api_is_sent_ten_requests_at_most(
    monkeypatch: pytest.MonkeyPatch, number: int, looked_up: int, asks_nowhere: bool
) -> None:
    use_api(monkeypatch, data=data(number))
    host = Vendor(respond=missing)
    result = preflight_of(target_of("oracle", "full", data=dict.fromkeys(data(number), "1")), host)
    assert (result.requests, len(host.seen)) == (1 + looked_up + asks_nowhere, 1 + looked_up + asks_nowhere)
    assert host.seen.count(NOWHERE) == asks_nowhere
    states = [check.standing for check in result.data]
    assert states == ["not there"] * looked_up + ["not tried"] * (number - looked_up)
    assert result.obstacle is None


def test_a_datum_that_no_read_shows_is_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    use_api(monkeypatch, data=data(1, read=None))
    host = Vendor()
    result = preflight_of(target_of("oracle", "full", data={"id_0": "1"}), host)
    assert [(check.standing, check.seen) for check in result.data] == [("not tried", "no read shows whether it exists")]
    assert result.requests == len(host.seen) == 1


def test_an_api_without_a_read_for_a_preflight_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    use_api(monkeypatch, preflight=None)
    host = Vendor()
    result = preflight_of(target_of("oracle", "full"), host)
    assert (result.api, result.host, result.requests, result.obstacle) == ("oracle", "shop.example.com", 0, None)
    assert (result.credentials, result.data, host.seen) == ((), (), [])


@pytest.mark.parametrize(
    ("status", "nowhere_status", "is_asked", "is_wrong"),
    [(404, 404, True, True), (404, 405, True, False), (405, 405, False, False), (400, 400, False, False)],
)
def test_a_first_read_that_finds_nothing_is_held_against_a_path_that_there_is_not(
    status: int, nowhere_status: int, is_asked: bool, is_wrong: bool
) -> None:
    host = Vendor(respond=lambda request: json(nowhere_status if NOWHERE in str(request.url) else status, NOT_FOUND))
    target = target_of("oracle", "full")
    result = preflight_of(replace(target, urls={"oracle": f"{BASE}/shop/"}, headers={"X-Run": "7"}), host)
    assert host.seen == ["/shop/ccapp/v1/profiles/0", *([f"/shop{NOWHERE}"] if is_asked else [])]
    assert result.requests == len(host.seen)
    assert (result.obstacle is not None and result.obstacle.kind) == ("intermediary" if is_wrong else False)


def test_a_refusal_of_a_path_that_there_is_not_is_an_answer() -> None:
    """A gateway may ask for credentials before it looks at the path."""
    host = Vendor(respond=lambda request: json(403, {}) if NOWHERE in str(request.url) else json(404, NOT_FOUND))
    assert preflight_of(target_of("oracle", "full"), host).obstacle is None


def test_a_datum_that_exists_shows_that_the_api_is_there() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return json(200, {"id": "110001"}) if "110001" in str(request.url) else json(404, NOT_FOUND)

    host = Vendor(respond=respond)
    result = preflight_of(target_of("oracle", "full", data={"profile_id": "110001"}), host)
    assert (result.obstacle, result.requests) == (None, 2)
    host = Vendor(respond=respond)
    result = preflight_of(target_of("oracle", "full", data={"profile_id": "1"}), host)
    assert result.obstacle is not None
    assert (result.obstacle.kind, result.requests) == ("intermediary", 3)


def test_the_apis_of_a_target_are_tried_in_the_order_that_is_asked_for() -> None:
    target = local_sandbox(BASE)

    def tried(names: list[str] | None) -> list[str]:
        with closing(stub_sender(target, Vendor())) as sender:
            return [result.api for result in run_preflight(target, sender, names)]

    assert tried(None) == list(target.urls)
    assert tried(["oracle", "nobody", "vtex"]) == ["oracle", "vtex"]
    assert tried([]) == []


def test_the_stop_ends_a_preflight_and_a_limit_is_the_obstacle_of_an_api() -> None:
    target = target_of("vtex", "full", "wrong", limits=Limits(requests=1))
    host = Vendor()
    result = preflight_of(target, host)
    assert result.obstacle is not None
    assert (result.obstacle.kind, result.credentials, result.requests) == ("limit", (), 2)
    with closing(stub_sender(target, host)) as sender:
        sender.stop.set()
        with pytest.raises(RunStopped):
            list(run_preflight(target, sender))


@pytest.mark.parametrize(
    ("kinds", "status", "media_type", "is_kept"),
    [
        (("full",), 404, "application/json", True),
        (("full",), 400, "application/json", False),
        (("full",), 403, "application/json", False),
        (("full",), 404, "text/html", False),
        ((), 404, "application/json", False),
    ],
)
def test_a_read_that_finds_nothing_shows_that_credentials_work(
    kinds: tuple[str, ...], status: int, media_type: str, is_kept: bool
) -> None:
    """Until they are refused in mid-run: then that read is repeated, which must be refused as well."""

    def respond(request: httpx.Request) -> httpx.Response:
        body = b"<html>" if media_type == "text/html" else b"{}"
        return httpx.Response(status, headers={"Content-Type": media_type}, content=body)

    target = target_of("oracle", *kinds)
    with closing(stub_sender(target, Vendor(respond=respond))) as sender:
        list(run_preflight(target, sender))
        kept = sender._credentials.read_of("oracle")
    assert (kept is not None) is is_kept
    assert kept is None or kept.url == f"{BASE}/ccapp/v1/profiles/0"


def request_of(kind: str, value: str | None = None, read: ProbeRead = READ, **more: Any) -> Request:
    api: Api = apis()["oracle"]
    target = replace(target_of("oracle", "full", "user"), headers={"X-Run": "7"}, **more)
    return probe_request(api, target, read, kind, value)


def test_a_probe_is_a_read_of_the_document_with_the_credentials_that_it_tries() -> None:
    probe = request_of("user", "a b", urls={"oracle": f"{BASE}/shop/"})
    assert (probe.api, probe.operation_id, probe.method, probe.safety) == ("oracle", "getProfile", "GET", "read")
    assert probe.url == f"{BASE}/shop/ccapp/v1/profiles/a%20b"
    assert {"X-Run": "7", "Authorization": "user-token"}.items() <= probe.headers.items()
    assert (probe.credentials, probe.path) == ("user", {"id": "a b"})
    without = request_of("none", "1")
    assert "Authorization" not in without.headers
    assert (without.credentials, without.headers["X-Run"]) == (None, "7")
    assert request_of("full", "1", credentials={}).credentials is None


@pytest.mark.parametrize(
    ("read", "value", "path"),
    [
        (ProbeRead("getProfile", {"id": "0"}), None, "0"),
        (ProbeRead("getProfile", {"id": "0"}), "7", "0"),  # it takes no value
        (ProbeRead("getProfile", {"id": "0"}, "id"), None, "0"),
        (ProbeRead("getProfile", {"id": "0"}, "id"), "7", "7"),
    ],
)
def test_a_value_goes_where_the_read_takes_it(read: ProbeRead, value: str | None, path: str) -> None:
    assert request_of("full", value, read).url == f"{BASE}/ccapp/v1/profiles/{path}"
