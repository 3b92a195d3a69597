"""Two servers over one nats-server: what one does to a sandbox, the other shows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.credentials import VTEX_USER

PROFILES = "/api/storage/profile-system/profiles"
CONTROL = "/_sandbox/v1"


def profile(number: int | str) -> dict[str, Any]:
    person = {"firstName": "Ana", "lastName": "Silva", "documentType": "cpf"}
    return {**person, "email": f"shopper{number}@example.com", "document": f"document-{number}"}


def create(client: httpx.Client, number: int | str) -> str:
    response = client.post(PROFILES, json=profile(number))
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def test_the_seeded_people_are_the_same_on_each_server(clients: list[httpx.Client]) -> None:
    listed = [client.get(f"{CONTROL}/documents/vtex/profiles").json() for client in clients]
    assert listed[0] == listed[1]
    assert listed[0]["total"] == 5


def test_clock_dialect_settings_and_faults_are_those_of_the_sandbox(clients: list[httpx.Client]) -> None:
    one, other = clients
    assert one.put(f"{CONTROL}/dialect", json={"dialect": "reference"}).status_code == 200
    assert other.get(f"{CONTROL}/status").json()["dialect"] == "reference"
    assert other.patch(f"{CONTROL}/settings", json={"fashionai.limit_per_minute": 7}).status_code == 200
    assert one.get(f"{CONTROL}/settings").json()["fashionai.limit_per_minute"] == 7
    assert one.put(f"{CONTROL}/clock", json={"at": "2031-01-31T12:00:00Z", "frozen": True}).status_code == 200
    assert other.get(f"{CONTROL}/clock").json()["now"].startswith("2031-01-31T12:00:00")
    fault = {"match": {"api": "vtex"}, "effect": {"status": 502}, "times": 3}
    assert other.post(f"{CONTROL}/faults", json=fault).status_code == 201
    statuses = [client.get(f"{PROFILES}/x").status_code for client in (one, other, one, other, one)]
    assert statuses == [502, 502, 502, 404, 404]
    assert one.post(f"{CONTROL}/reset").status_code == 200
    assert other.get(f"{CONTROL}/status").json()["dialect"] == "guide"


def test_snapshots_are_kept_restored_and_dropped_for_both(clients: list[httpx.Client]) -> None:
    one, other = clients
    profile_id = create(one, "kept")
    assert one.post(f"{CONTROL}/snapshots", json={"name": "before"}).status_code == 201
    assert one.delete(f"{PROFILES}/{profile_id}").status_code == 204
    assert [each["name"] for each in other.get(f"{CONTROL}/snapshots").json()["snapshots"]] == ["before"]
    assert other.post(f"{CONTROL}/snapshots/before/restore").status_code == 200
    assert one.get(f"{PROFILES}/{profile_id}").status_code == 200
    saved = one.get(f"{CONTROL}/snapshots/before").json()
    assert one.delete(f"{CONTROL}/snapshots/before").status_code == 204
    assert other.get(f"{CONTROL}/snapshots").json()["snapshots"] == []
    assert other.put(f"{CONTROL}/snapshots/again", json=saved).status_code == 201
    create(one, "later")
    assert one.post(f"{CONTROL}/snapshots/again/restore").status_code == 200
    assert [client.get(f"{PROFILES}/{profile_id}").status_code for client in clients] == [200, 200]
    assert other.get(f"{PROFILES}/shopperlater@example.com?alternativeKey=email").status_code == 404


def test_faults_outlast_other_people_and_come_back_with_a_snapshot(clients: list[httpx.Client]) -> None:
    one, other = clients
    fault = {"match": {"api": "vtex"}, "effect": {"status": 502}}
    assert one.post(f"{CONTROL}/faults", json=fault).status_code == 201
    assert one.post(f"{CONTROL}/snapshots", json={"name": "faulty"}).status_code == 201
    assert other.get(f"{CONTROL}/snapshots/faulty/diff").json()["collections"] == {}
    assert other.post(f"{CONTROL}/seed", json={"shoppers": 3}).status_code == 200
    assert [client.get(f"{PROFILES}/x").status_code for client in clients] == [502, 502]
    assert other.delete(f"{CONTROL}/faults").status_code == 204
    assert [client.get(f"{PROFILES}/x").status_code for client in clients] == [404, 404]
    file = other.get(f"{CONTROL}/snapshots/faulty").json()
    assert other.put(f"{CONTROL}/snapshots/loaded", json=file).status_code == 201
    assert other.post(f"{CONTROL}/snapshots/loaded/restore").status_code == 200
    assert [client.get(f"{PROFILES}/x").status_code for client in clients] == [502, 502]


def test_people_that_one_server_seeds_are_those_of_both(clients: list[httpx.Client]) -> None:
    assert clients[0].post(f"{CONTROL}/seed", json={"shoppers": 20, "seed": 7}).status_code == 200
    listed = [client.get(f"{CONTROL}/documents/newstore/profiles").json() for client in clients]
    assert listed[0] == listed[1]
    assert listed[0]["total"] == 20


def test_a_sandbox_is_listed_by_both_and_gone_for_both(clients: list[httpx.Client], name: str) -> None:
    one, other = clients
    profile_id = create(one, 1)
    assert all(name in client.get(f"{CONTROL}/sandboxes").json()["sandboxes"] for client in clients)
    assert other.get(f"{PROFILES}/{profile_id}").status_code == 200
    assert one.delete(f"{CONTROL}/sandboxes/{name}", headers={"X-Sandbox": "default"}).status_code == 204
    assert not any(name in client.get(f"{CONTROL}/sandboxes").json()["sandboxes"] for client in clients)
    assert other.get(f"{PROFILES}/{profile_id}").status_code == 404
    assert one.delete(f"{CONTROL}/sandboxes/nobody", headers={"X-Sandbox": "default"}).status_code == 404


def test_what_a_call_without_credentials_wrote_first_is_known_to_both(clients: list[httpx.Client]) -> None:
    one, other = clients
    login = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}
    issued = one.post("/v0/token", data=login).json()
    again = {"grant_type": "refresh_token", "refresh_token": issued["refresh_token"]}
    assert other.post("/v0/token", data=again).status_code == 200


def test_a_preflight_is_decided_by_what_the_other_server_set(clients: list[httpx.Client]) -> None:
    one, other = clients
    origin = "https://shop.example"
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    for origins, status in (([origin], 204), ([], 405)):
        assert one.patch(f"{CONTROL}/settings", json={"fashionai.cors_origins": origins}).status_code == 200
        assert other.options("/api/v1/crm/protected/profile/email/a@example.com", headers=headers).status_code == status


def test_sandboxes_do_not_see_each_other(clients: list[httpx.Client], name: str) -> None:
    profile_id = create(clients[0], 1)
    for client in clients:
        assert client.get(f"{PROFILES}/{profile_id}", headers={"X-Sandbox": f"{name}.other"}).status_code == 404


@pytest.mark.parametrize("path", ["health", "health/live", "health/ready"])
def test_a_server_of_a_cluster_is_live_and_ready(clients: list[httpx.Client], path: str) -> None:
    assert clients[0].get(f"{CONTROL}/{path}").json() == {"status": "ok"}


def test_a_fault_that_an_expiry_uses_up_is_used_up_for_both(clients: list[httpx.Client]) -> None:
    one, other = clients
    create(one, 1)
    fault = {"match": {}, "effect": {"internal": "VTEX-JOB-4"}, "times": 1}
    assert one.post(f"{CONTROL}/faults", json=fault).status_code == 201
    job = {"email": "shopper1@example.com"}
    assert other.post("/api/user-rights/forget/jobs", headers=VTEX_USER, json=job).status_code == 201
    assert one.post(f"{CONTROL}/clock/advance", json={"seconds": 90}).status_code == 200
    assert [client.get(f"{CONTROL}/faults").json()["faults"] for client in clients] == [[], []]
