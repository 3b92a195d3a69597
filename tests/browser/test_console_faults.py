"""The console's forms for faults."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from tests.browser.console_page import LIST, open_view, person
from tests.credentials import NEWSTORE, VTEX


def add_fault(page: Any, effect: str, calls: str, times: str = "1") -> Any:
    faults = page.get_by_role("region", name="Faults")
    faults.get_by_label("Effect").select_option(effect)
    faults.get_by_label("Calls").select_option(calls)
    faults.get_by_label("Times").fill(times)
    faults.get_by_role("button", name="Add a fault").click()
    faults.get_by_role("listitem").filter(has_text=f"{times} left").wait_for()
    return faults


def test_an_api_fails_twice_with_502_and_then_no_more(page: Any, http: httpx.Client) -> None:
    open_view(page, "world")
    faults = add_fault(page, "Error status", "every call of newstore", "2")
    assert "Error status 502, every call of newstore" in faults.get_by_role("listitem").inner_text()
    statuses = [http.get(LIST, headers=NEWSTORE).status_code]
    faults.get_by_text("1 left").wait_for()  # the list follows the hits
    email = person(http)["email"]
    other = http.get(f"/api/storage/profile-system/profiles/{email}?alternativeKey=email", headers=VTEX)
    statuses += [http.get(LIST, headers=NEWSTORE).status_code for _ in range(2)]
    assert (statuses, other.status_code) == ([502, 502, 200], 200)


def test_a_fault_that_is_used_up_leaves_the_list_though_each_answer_comes_late(page: Any, http: httpx.Client) -> None:
    """Each read of the faults is answered only once the next one has been sent."""
    open_view(page, "world")
    faults = add_fault(page, "Error status", "every call of newstore", "2")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)
        if len(held) > 1:
            held.pop(0).continue_()

    page.route("**/v1/faults", hold)
    assert [http.get(LIST, headers=NEWSTORE).status_code for _ in range(3)] == [502, 502, 200]
    faults.get_by_text("No fault waits for a call.").wait_for()
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        ("Connection dropped", httpx.RemoteProtocolError),
        ("Half an answer", httpx.RemoteProtocolError),
        ("Broken JSON", json.JSONDecodeError),
        ("Late answer (seconds)", httpx.ReadTimeout),
        ("Slow body (seconds)", httpx.ReadTimeout),
    ],
)
def test_a_preset_fault_does_what_it_says(page: Any, http: httpx.Client, effect: str, error: type[Exception]) -> None:
    open_view(page, "world")
    if "seconds" in effect:
        page.get_by_role("region", name="Faults").get_by_label("Effect").select_option(effect)
        page.get_by_role("region", name="Faults").get_by_label("Seconds", exact=True).fill("60")
    faults = add_fault(page, effect, "newstore listProfiles")
    with pytest.raises(error):
        http.get(LIST, headers=NEWSTORE, timeout=httpx.Timeout(20, read=1.5 if "seconds" in effect else 20)).json()
    faults.get_by_text("No fault waits for a call.").wait_for()
    assert http.get(LIST, headers=NEWSTORE).status_code == 200


def test_faults_are_removed_one_and_all(page: Any, http: httpx.Client) -> None:
    open_view(page, "world")
    add_fault(page, "Error status", "every call", "3")
    faults = add_fault(page, "Connection dropped", "every call of oracle", "4")
    faults.get_by_role("listitem").filter(has_text="3 left").get_by_role("button", name=re.compile("Remove")).click()
    faults.get_by_text("3 left").wait_for(state="detached")
    faults.get_by_role("button", name="Remove all").click()
    faults.get_by_text("No fault waits for a call.").wait_for()
    assert http.get("/_sandbox/v1/faults").json() == {"faults": []}
