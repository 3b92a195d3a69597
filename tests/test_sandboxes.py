"""Sandboxes stand apart: what one does is not seen in another."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ref

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import NOBODY, SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults, Sandboxes
from pii_sandbox.mockserver.store import StoreError
from pii_sandbox.mockserver.vendors import VENDORS
from tests.credentials import NEWSTORE
from tests.in_process import InProcess

PROFILES = "/v1/d/pii/profiles"
STRICT = Options(validate_responses=True, surface_errors=True)


def client(defaults: SandboxDefaults) -> httpx.Client:
    return httpx.Client(transport=InProcess(App(defaults, STRICT)), base_url="http://sandbox.test", headers=NEWSTORE)


def test_a_thousand_sandboxes_do_not_see_each_other() -> None:
    with client(SandboxDefaults(seeded=SeedSpec(1, 3))) as http:
        for number in range(1000):
            body = {"email": "same@example.com", "full_name": f"Person {number}"}
            assert http.post(PROFILES, json=body, headers={"X-Sandbox": f"s{number}"}).status_code == 201
        for number in range(0, 1000, 97):
            found = http.get(f"/~s{number}{PROFILES}?q=same@").json()["profiles"]
            assert [profile["full_name"] for profile in found] == [f"Person {number}"]
        assert len(http.get("/_sandbox/v1/sandboxes").json()["sandboxes"]) == 1001


def test_each_sandbox_has_its_own_clock_dialect_settings_and_faults() -> None:
    with client(SandboxDefaults(seeded=SeedSpec(1, 1))) as http:
        http.post("/~a/_sandbox/v1/clock/advance", json={"days": 100})
        http.put("/~a/_sandbox/v1/dialect", json={"dialect": "reference"})
        http.patch("/~a/_sandbox/v1/settings", json={"fashionai.slow": True})
        http.post("/~a/_sandbox/v1/faults", json={"effect": {"status": 500}})
        status = http.get("/~b/_sandbox/v1/status").json()
        assert status["dialect"] == "guide"
        assert status["settings"]["fashionai.slow"] is False
        assert http.get("/~b/_sandbox/v1/clock").json()["offset_seconds"] == 0
        assert http.get(f"/~b{PROFILES}").status_code == 200


def test_the_same_people_are_in_each_new_sandbox() -> None:
    with client(SandboxDefaults(seeded=SeedSpec(1, 3))) as http:
        assert http.get(f"/~a{PROFILES}").json() == http.get(f"/~b{PROFILES}").json()


def test_the_prefix_wins_over_the_header() -> None:
    with client(SandboxDefaults(seeded=SeedSpec(1, 0))) as http:
        assert http.get("/~a/_sandbox/v1/status", headers={"X-Sandbox": "b"}).json()["name"] == "a"


@pytest.mark.parametrize("name", ["A", "a b", "é", "", "a" * 65, "a/b"])
def test_a_name_that_cannot_be_is_400_in_the_vendors_form(name: str) -> None:
    with client(SandboxDefaults(seeded=SeedSpec(1, 0))) as http:
        response = http.get(PROFILES, headers={b"X-Sandbox": name.encode()})
        assert response.status_code == 400
        assert "request_id" in response.json()


def test_a_deleted_sandbox_starts_from_its_seed() -> None:
    with client(SandboxDefaults(seeded=SeedSpec(1, 0))) as http:
        http.post(f"/~a{PROFILES}", json={"email": "x@example.com"})
        assert http.delete("/_sandbox/v1/sandboxes/a").status_code == 204
        assert http.delete("/_sandbox/v1/sandboxes/a").status_code == 404
        assert http.get(f"/~a{PROFILES}").json()["pagination_info"]["total"] == 0


def test_a_data_folder_keeps_documents_clock_dialect_and_settings(tmp_path: Path) -> None:
    defaults = SandboxDefaults(seeded=SeedSpec(1, 2), data=tmp_path)
    app = App(defaults, STRICT)
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test", headers=NEWSTORE) as http:
        created = http.post(PROFILES, json={"email": "kept@example.com"}).json()
        http.put("/_sandbox/v1/clock", json={"at": "2040-01-01T00:00:00Z", "frozen": True})
        http.put("/_sandbox/v1/dialect", json={"dialect": "reference"})
        http.patch("/_sandbox/v1/settings", json={"newstore.deletion_seconds": 5})
    app.sandboxes.close()
    with client(defaults) as http:
        assert http.get(f"{PROFILES}/{created['id']}").json() == created
        status = http.get("/_sandbox/v1/status").json()
        assert (status["now"], status["dialect"]) == ("2040-01-01T00:00:00.000000Z", "reference")
        assert status["settings"]["newstore.deletion_seconds"] == 5


def test_a_reset_in_a_data_folder_is_kept_too(tmp_path: Path) -> None:
    defaults = SandboxDefaults(seeded=SeedSpec(1, 2), data=tmp_path)
    app = App(defaults, STRICT)
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test", headers=NEWSTORE) as http:
        http.post(PROFILES, json={"email": "gone@example.com"})
        http.post("/_sandbox/v1/reset")
    app.sandboxes.close()
    with client(defaults) as http:
        assert http.get(PROFILES).json()["pagination_info"]["total"] == 2


def test_a_folder_that_cannot_be_used_is_reported_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StoreError, match="file"):
        Sandboxes(VENDORS, SandboxDefaults(data=file))


@pytest.mark.parametrize("settings", [{"no.such": 1}, {"fashionai.slow": "yes"}])
def test_a_bad_setting_is_reported_at_the_start(settings: dict[str, object]) -> None:
    with pytest.raises(Malformed, match="setting"):
        Sandboxes(VENDORS, SandboxDefaults(settings=settings))


def test_a_sandbox_that_is_deleted_is_gone_without_a_search_for_garbage() -> None:
    sandboxes = Sandboxes(VENDORS, SandboxDefaults(NOBODY))
    known = ref(sandboxes.get("gone"))
    gc.disable()
    try:
        sandboxes.drop("gone")
        assert known() is None
    finally:
        gc.enable()
