"""Operations that the console's user tries: body, values, credentials, faults."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from tests.browser.console_page import LIST, list_profiles, open_view
from tests.credentials import NEWSTORE


def test_an_operation_is_tried_with_what_works_and_its_call_is_opened(page: Any, http: httpx.Client) -> None:
    open_view(page, "try")
    page.get_by_placeholder("Find an operation").fill("getprofile vtex")
    page.get_by_placeholder("Find an operation").fill("GetProfile")
    page.get_by_role("link", name=re.compile("^GetProfile vtex")).click()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Answer: 200").wait_for()
    page.get_by_role("link", name="Open it in the list").click()
    page.get_by_role("region", name="Why").get_by_role("heading", name="200 GET GetProfile").wait_for()


def test_the_body_is_of_the_person_whose_values_are_chosen(page: Any, http: httpx.Client) -> None:
    open_view(page, "try/newstore_customer_profile.getOrCreateProfile")
    body = page.get_by_role("textbox", name="Body (JSON)")
    for shopper in http.get("/_sandbox/v1/people").json()["people"][:2]:
        page.get_by_role("combobox", name="Values of").select_option(label=shopper["full_name"])
        page.wait_for_function(
            "name => document.querySelector('form.form textarea').value.includes(name)", arg=shopper["full_name"]
        )
    filled = json.loads(body.input_value())
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name=re.compile("^Answer: 20[01]$")).wait_for()
    assert http.get("/_sandbox/v1/residue", params={"subject": filled["email"]}).json()["places"]


TRIED = {
    "vtex_profile_system.CreateClientProfile": 201,
    "vtex_profile_system.GetProfileByVersion": 200,
    "vtex_profile_system.UpdateClientAddress": 200,
    "vtex_profile_system.GetClientAddresses": 200,
    "newstore_customer_profile.getAddress": 200,
    "newstore_customer_profile.updateProfile": 200,  # with the lock's present value
    "newstore_customer_profile.createRealmToken": 200,  # a form
    "fashionai_profiling.getProfileByDocument": 200,
    "oracle_profiles.getProfile": 200,
    "oracle_profiles.login": 200,  # with another credential than the rest
}


def test_the_values_that_are_filled_in_work_in_this_sandbox(page: Any, http: httpx.Client) -> None:
    found = {}
    for operation in TRIED:
        open_view(page, f"try/{operation}")
        page.get_by_role("heading", name=operation.partition(".")[2], exact=True).wait_for()
        page.get_by_role("button", name="Send").click()
        found[operation] = page.get_by_role("heading", name=re.compile("^Answer: ")).inner_text()
    assert found == {operation: f"Answer: {status}" for operation, status in TRIED.items()}


@pytest.mark.parametrize(
    "operation",
    [
        "vtex_profile_system.GetProfile",
        "newstore_customer_profile.getProfile",
        "fashionai_profiling.getProfileByPhone",
        "oracle_profiles.getProfile",
    ],
)
def test_wrong_and_missing_credentials_are_refused(page: Any, operation: str) -> None:
    open_view(page, f"try/{operation}")
    for credentials in ("wrong ones", "none"):
        page.get_by_role("radio", name=re.compile(f"^{credentials}")).check()
        page.get_by_role("button", name="Send").click()
        page.get_by_role("heading", name=re.compile("^Answer: 40[13]$")).wait_for()
        page.get_by_role("link", name="Open it in the list").click()
        page.get_by_role("region", name="Why").get_by_text("was refused by").wait_for()
        open_view(page, f"try/{operation}")


def test_a_fault_of_a_call_is_seen_in_the_list(page: Any, http: httpx.Client) -> None:
    http.post("/_sandbox/v1/faults", json={"effect": {"status": 503}, "times": 1}).raise_for_status()
    assert http.get(LIST, headers=NEWSTORE).status_code == 503
    list_profiles(http)
    page.get_by_role("link", name=re.compile("503.*listProfiles.*fault", re.DOTALL)).wait_for()
