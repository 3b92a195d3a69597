"""The reads that show whose an object is: how they are sent, repeated, and taken for no proof."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

import httpx
import pytest

from pii_sandbox.conformance.cleanup import ownership_lookup
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership_lookup import Owner, OwnershipStatus
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Retry
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance import stub_transport
from tests.conformance.cleanup.stub_vendor import PROFILE, RUN, StubVendor, exchange, gone, page, record

READ = PlannedCall("GetProfile", {"profileId": PROFILE})
DELETE = PlannedCall("DeleteClientProfile", {"profileId": PROFILE})


@pytest.mark.parametrize(
    ("settle_seconds", "seen", "waits"),
    [
        (0.0, ["ours"], []),
        (1.0, ["nobody"], []),
        (1.0, ["ours", "nobody"], [0.1]),
        (1.0, ["ours", "ours", "unknown"], [0.1, 0.2]),
        (1.0, ["ours", "ours", "ours", "ours", "ours"], [0.1, 0.2, 0.4, 0.3]),
        (0.05, ["ours", "ours"], [0.05]),
    ],
)
@pytest.mark.parametrize("undoes", [True, False])
def test_a_look_is_repeated_ever_less_often_while_the_target_may_lag_behind(
    settle_seconds: float, seen: list[Owner], waits: list[float], undoes: bool
) -> None:
    waited: list[tuple[float, bool]] = []

    class Waiting:
        def wait(self, seconds: float, *, undoes: bool) -> None:
            waited.append((seconds, undoes))

    looks = iter([OwnershipStatus(standing, "") for standing in seen])
    with StubVendor().context(settle_seconds=settle_seconds) as run_context:
        waiting = replace(run_context, sender=cast("Sender", Waiting()))
        last = ownership_lookup.look_until_settled(waiting, lambda: next(looks), "ours", undoes=undoes)
    assert last.standing == seen[-1]
    assert list(looks) == []
    assert [seconds for seconds, _ in waited] == pytest.approx(waits)
    assert {kind for _, kind in waited} <= {undoes}


def full_credentials(shop: StubVendor) -> dict[str, Any]:
    return {"vtex": {"full": shop.target().credentials["vtex"]["full"]}}


@pytest.mark.parametrize(
    ("more", "complete"),
    [
        (lambda shop: {"credentials": full_credentials(shop)}, True),
        (lambda shop: {"credentials": {"vtex": {"wrong": {}}}}, False),
        (lambda shop: {"credentials": {}}, False),
        (lambda shop: {"urls": {"newstore": shop.target().urls["vtex"]}}, False),
    ],
    ids=["complete", "no full credentials", "no credentials", "no URL"],
)
def test_a_look_needs_the_url_and_full_credentials(
    more: Callable[[StubVendor], dict[str, Any]], complete: bool
) -> None:
    shop = StubVendor()
    with shop.context(**more(shop)) as run_context:
        call = ownership_lookup.call_sender(run_context, "vtex", undoes=True)
        if complete:
            assert call(READ).status == 404
            return
        with pytest.raises(CannotCheck, match="no URL or no full credentials for vtex") as caught:
            call(READ)
    assert caught.value.cause.kind == "credential"
    assert shop.arrived == []


def test_a_look_is_sent_with_the_targets_headers_and_the_full_credentials() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return gone()

    target = stub_transport.vendor(headers={"X-Shop": "one"}, urls={"vtex": f"{stub_transport.BASE}/"})
    run_context = stub_transport.context(target, answer)
    with closing(run_context.sender):
        ownership_lookup.call_sender(run_context, "vtex", undoes=True)(READ)
    [request] = seen
    assert str(request.url) == f"{stub_transport.BASE}/api/storage/profile-system/profiles/{PROFILE}"
    sent = {"X-Shop": "one", **target.credentials["vtex"]["full"]}
    assert {name: request.headers[name] for name in sent} == sent


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (page(404), "something other than the API answered at shop.example.com"),
        (page(503), "shop.example.com was unavailable"),
        (httpx.Response(429), "shop.example.com limits the rate of requests"),
        (httpx.ReadTimeout("slow"), "no response"),
    ],
)
def test_what_is_no_response_of_the_vendor_proves_nothing(answer: httpx.Response | Exception, text: str) -> None:
    with StubVendor({f"GET /profiles/{PROFILE}": answer}).context() as run_context:
        call = ownership_lookup.call_sender(run_context, "vtex", undoes=True)
        with pytest.raises(CannotCheck, match=text):
            call(READ)


def test_refused_credentials_are_a_response_that_shows_nothing() -> None:
    with StubVendor({f"GET /profiles/{PROFILE}": httpx.Response(401)}).context() as run_context:
        answer = ownership_lookup.call_sender(run_context, "vtex", undoes=True)(READ)
    assert (answer.status, answer.answer_class) == (401, "credentials")


def test_a_response_that_continues_after_its_end_proves_nothing() -> None:
    class Sending:
        def send(self, request: Any) -> Exchange:
            return exchange(200, record(), surplus=3)

    with StubVendor().context() as run_context:
        call = ownership_lookup.call_sender(replace(run_context, sender=cast("Sender", Sending())), "vtex", undoes=True)
        with pytest.raises(CannotCheck, match="the response to GetProfile continues after its end"):
            call(READ)


def test_a_deletion_that_is_sent_again_and_finds_nothing_was_carried_out_the_first_time() -> None:
    shop = StubVendor({f"DELETE /profiles/{PROFILE}": (httpx.ReadTimeout("slow"), gone())})
    with shop.context(retry=Retry(attempts=1)) as run_context:
        answer = ownership_lookup.call_sender(run_context, "vtex", undoes=True)(DELETE)
    assert (answer.status, answer.answer_class, answer.attempts) == (404, "vendor", 2)


def test_a_page_that_the_run_stored_is_read_as_the_vendors_response() -> None:
    stored = httpx.Response(200, html=f"<p>Check {RUN}</p>")
    with StubVendor({f"GET /data/{PROFILE}": stored}, api="newstore").context() as run_context:
        call = ownership_lookup.call_sender(run_context, "newstore", undoes=True)
        assert call(PlannedCall("getData", {"data_id": PROFILE})).answer_class == "vendor"


def test_after_the_stop_only_looks_that_undo_are_sent() -> None:
    shop = StubVendor()
    with shop.context() as run_context:
        run_context.sender.stop.set()
        with pytest.raises(RunStopped):
            ownership_lookup.call_sender(run_context, "vtex", undoes=False)(READ)
        assert shop.arrived == []
        assert ownership_lookup.call_sender(run_context, "vtex", undoes=True)(READ).status == 404
