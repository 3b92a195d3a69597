"""What the tests of the journal call, and how they read it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

import httpx

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, VTEX

PROFILES = "/api/storage/profile-system/profiles"
JOBS = "/api/user-rights/forget/jobs"
NEWSTORE_PROFILES = "/v1/d/pii/profiles"
CUSTOMERS = "/api/v1/crm/protected/profile"
JOHN = {
    "firstName": "Johannes",
    "lastName": "Doerfler",
    "email": "johannes.doerfler@example.com",
    "birthDate": "1925-11-17",
    "document": "12345678911",
    "documentType": "CPF",
    "homePhone": "+5511987654321",
}


def create_john(http: httpx.Client, **more: Any) -> str:
    """The id of a new VTEX profile."""
    created = http.post(PROFILES, headers=VTEX, json={**JOHN, **more})
    assert created.status_code == 201, created.text
    identifier: str = created.json()["id"]
    return identifier


def unmask(http: httpx.Client, profile: str, **query: str) -> httpx.Response:
    return http.get(f"{PROFILES}/{profile}/unmask", headers=VTEX, params=query)


def create_anna(http: httpx.Client) -> dict[str, Any]:
    """A new NewStore profile."""
    created = http.post(
        NEWSTORE_PROFILES, headers=NEWSTORE, json={"email": "anna@example.com", "full_name": "Anna Berg"}
    )
    profile: dict[str, Any] = created.json()
    return profile


def journal(control: ControlClient, **query: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = control.call("GET", "/journal", **query)["entries"]
    return entries


def last_entry(control: ControlClient, **query: Any) -> dict[str, Any]:
    entry: dict[str, Any] = control.call("GET", "/journal/last", **query)
    return entry


def explain(control: ControlClient, entry: int | str = "last", **query: Any) -> dict[str, Any]:
    explanation: dict[str, Any] = control.call("GET", f"/journal/{entry}/explain", **query)
    return explanation


def findings(control: ControlClient, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control.call("GET", "/findings")["findings"]
    return [finding for finding in found if finding["kind"] == kind]


@dataclass(frozen=True)
class Command:
    """A curl command, taken apart as a shell and curl would."""

    method: str
    url: str
    headers: dict[str, str]
    body: str | None

    def run(self, http: httpx.Client) -> httpx.Response:
        return http.request(self.method, self.url, headers=self.headers, content=self.body)


def command(line: str) -> Command:
    words = iter(shlex.split(line))
    assert next(words) == "curl"
    method, url, headers, body = "GET", "", {}, None
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-I":
            method = "HEAD"
        elif word not in ("-s", "-g"):
            url = word
    return Command(method, url, headers, body)
