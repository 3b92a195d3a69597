"""Status, credentials, settings, dialect, seeding, reset: what the control API says of a sandbox and does to it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox import specs
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.sandbox import SANDBOX_SETTINGS, SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from pii_sandbox.mockserver.vendors import VENDORS
from pii_sandbox.specs import catalogue
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, VTEX
from tests.in_process import InProcess

PROFILES = "/api/storage/profile-system/profiles"


def test_status_reports_name_dialect_time_documents_and_settings(http: httpx.Client, control: ControlClient) -> None:
    status = control.call("GET", "/status")
    assert status["name"] == http.headers["X-Sandbox"]
    assert status["dialect"] == "guide"
    assert status["documents"]["vtex"]["profiles"] == 5
    assert status["settings"]["newstore.deletion_seconds"] == 60


def test_every_credential_listed_opens_its_api(app: App, http: httpx.Client, control: ControlClient) -> None:
    listed = control.call("GET", "/credentials")["credentials"]
    assert set(listed) == {"vtex", "newstore", "fashionai", "oracle"}
    for api, credentials in listed.items():
        vendor = next(vendor for vendor in VENDORS if vendor.name == api)
        assert vendor.sample_request is not None
        path = vendor.sample_request(app.sandboxes.get(http.headers["X-Sandbox"]))
        assert path is not None
        assert http.get(path, headers=credentials[0]["headers"]).status_code == 200, api


def test_the_documented_settings_are_those_that_vendors_have() -> None:
    documented = specs.load("sandbox_control")["components"]["schemas"]["Settings"]["properties"]
    assert set(documented) == {*SANDBOX_SETTINGS, *(name for vendor in VENDORS for name in vendor.settings)}


@pytest.mark.parametrize(
    "change",
    [
        {"unknown.setting": 1},
        {"fashionai.slow": 1},
        {"fashionai.limit_per_minute": 0},
        {"fashionai.limit_per_minute": "30"},
        {"fashionai.cors_origins": "https://a.example"},
        {"newstore.deletion_seconds": -1},
        {"newstore.deletion_seconds": None},
        {"vtex.job_poll_limit": None},
    ],
)
def test_an_invalid_setting_is_400_and_none_is_set(http: httpx.Client, control: ControlClient, change: Any) -> None:
    before = control.call("GET", "/settings")
    assert http.patch("/_sandbox/v1/settings", json={"oracle.token_seconds": 7, **change}).status_code == 400
    assert control.call("GET", "/settings") == before


def test_a_dialect_changes_what_an_operation_answers(http: httpx.Client, control: ControlClient) -> None:
    email = control.documents("vtex", "profiles")[0]["document"]["email"]
    read = f"{PROFILES}/{email}?alternativeKey=email"
    assert isinstance(http.get(read, headers=VTEX).json(), dict)
    control.dialect("reference")
    assert isinstance(http.get(read, headers=VTEX).json(), list)


def test_seeding_replaces_all_people(control: ControlClient) -> None:
    before = control.documents("vtex", "profiles")
    status = control.call("POST", "/seed", {"shoppers": 3, "seed": 9, "locale": "pt_BR"})
    after = control.documents("vtex", "profiles")
    assert status["documents"]["vtex"]["profiles"] == len(after) == 3
    assert not {record["id"] for record in before} & {record["id"] for record in after}


def test_the_same_seed_makes_the_same_people(control: ControlClient) -> None:
    def people() -> Any:
        return [record["document"] for record in control.documents("oracle", "profiles")]

    first = people()
    control.call("POST", "/seed", {"shoppers": 3, "seed": 9})
    assert people() != first
    control.call("POST", "/reset")
    assert people() == first


def test_reset_undoes_everything(http: httpx.Client, control: ControlClient) -> None:
    control.dialect("reference")
    control.settings({"fashionai.slow": True})
    control.advance(days=400)
    control.fault({"effect": {"status": 500}})
    gone = control.documents("vtex", "profiles")[0]["id"]
    control.call("DELETE", f"/documents/vtex/profiles/{gone}")
    status = control.call("POST", "/reset")
    assert (status["dialect"], status["settings"]["fashionai.slow"]) == ("guide", False)
    assert status["documents"]["vtex"]["profiles"] == 5
    assert control.call("GET", "/faults") == {"faults": []}
    assert control.clock()["offset_seconds"] == 0


def test_a_token_guards_the_control_api_and_nothing_else() -> None:
    app = App(SandboxDefaults(seeded=SeedSpec(1, 0)), control_token="secret-token")
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        assert http.get("/_sandbox/v1/status").status_code == 401
        assert http.get("/_sandbox/v1/status", headers={"X-Sandbox-Control-Token": "wrong"}).status_code == 401
        assert http.get("/_sandbox/v1/status", headers={"X-Sandbox-Control-Token": "secret-token"}).status_code == 200
        assert http.get("/_sandbox/v1/status", headers={"Authorization": "Bearer secret-token"}).status_code == 200
        assert http.get("/_sandbox/v1/health").status_code == 200
        assert http.get(f"{PROFILES}/x", headers=VTEX).status_code == 404


def test_without_authentication_every_vendor_call_is_accepted() -> None:
    app = App(SandboxDefaults(seeded=SeedSpec(1, 1)), authenticate=False)
    person = {"firstName": "A", "lastName": "B", "email": "a@example.com", "document": "1", "documentType": "CPF"}
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        assert http.post(PROFILES, json=person).status_code == 201
        assert http.get("/v1/d/pii/profiles").status_code == 200
        assert http.get("/api/v1/crm/protected/profile/email/customer@example.com").status_code == 200
        assert http.get("/ccapp/v1/profiles/x").status_code == 404


def test_due_records_are_listed_earliest_first(http: httpx.Client, control: ControlClient) -> None:
    people = control.call("GET", "/people")["people"]
    for person in people[:2]:
        http.post(f"/v1/d/pii/profiles/{person['ids']['newstore']}/delete", headers=NEWSTORE).raise_for_status()
        control.call("POST", "/clock/advance", {"seconds": 10})
    due = control.call("GET", "/due")["due"]
    assert [each["id"] for each in due] == [person["ids"]["newstore"] for person in people[:2]]
    assert [round(each["in_seconds"]) for each in due] == [40, 50]
    assert len(control.call("GET", "/due?count=1")["due"]) == 1
    control.call("POST", "/clock/advance", {"seconds": 45})
    assert [each["id"] for each in control.call("GET", "/due")["due"]] == [people[1]["ids"]["newstore"]]


def test_every_rule_is_listed_with_how_many_calls_it_decided(http: httpx.Client, control: ControlClient) -> None:
    for _ in range(2):
        http.get(f"{PROFILES}/nobody@example.com", params={"alternativeKey": "email"}, headers=VTEX)
    listed = {rule["id"]: rule for rule in control.call("GET", "/rules")["rules"]}
    assert set(listed) == {rule.id for api in catalogue.apis_with_rules() for rule in catalogue.rules(api)}
    assert {name: rule["decided"] for name, rule in listed.items() if rule["decided"]} == {"VTEX-ALT-3": 2}
