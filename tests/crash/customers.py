"""What the writers of a crash test know of the people whom they have made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from tests.credentials import NEWSTORE, VTEX

GONE = None
VTEX_PROFILES = "/api/storage/profile-system/profiles"
NEWSTORE_PROFILES = "/v1/d/pii/profiles"

Name = str | None


@dataclass
class Person:
    """`name`: what the last acknowledged write has left, None for nobody. `possible`: what a write that was never
    answered may have left instead.
    """

    vendor: Literal["vtex", "newstore"]
    number: int
    id: str | None = None
    name: Name = GONE
    possible: set[Name] = field(default_factory=set)
    updated_at: str = ""
    over: bool = False  # deleted: nobody writes to it again

    @property
    def email(self) -> str:
        return f"person{self.number}@{self.vendor}.example.com"

    @property
    def collection(self) -> str:
        return f"{self.vendor}/profiles"

    def keys(self) -> dict[str, str]:
        if self.vendor == "newstore":
            return {"email": self.email}
        return {"email": self.email, "document": f"{self.number:011d}"}

    def name_in(self, value: dict[str, Any]) -> str:
        """The name in a stored record."""
        name: str = value["document"]["firstName"] if self.vendor == "vtex" else value["full_name"]
        return name


def write(http: httpx.Client, person: Person, name: Name) -> None:
    """Creates, renames or (None) deletes; notes what may be the case before, and what is the case after."""
    person.possible.add(name)
    answered = {"vtex": _vtex, "newstore": _newstore}[person.vendor](http, person, name)
    assert answered.status_code < 300, f"{answered.status_code} {answered.text}"
    person.name, person.over = name, name is GONE
    person.possible.clear()


def success_body(answered: httpx.Response) -> dict[str, Any]:
    assert answered.status_code < 300, f"{answered.status_code} {answered.text}"
    body: dict[str, Any] = answered.json()
    return body


def _vtex(http: httpx.Client, person: Person, name: Name) -> httpx.Response:
    if person.id is None:
        body = {"firstName": name, "lastName": "Silva", "email": person.email}
        body |= {"document": person.keys()["document"], "documentType": "CPF"}
        answered = http.post(VTEX_PROFILES, headers=VTEX, json=body)
        person.id = success_body(answered)["id"]
        return answered
    if name is GONE:
        return http.delete(f"{VTEX_PROFILES}/{person.id}", headers=VTEX)
    return http.patch(f"{VTEX_PROFILES}/{person.id}", headers=VTEX, json={"firstName": name})


def _newstore(http: httpx.Client, person: Person, name: Name) -> httpx.Response:
    if person.id is None:
        answered = http.post(NEWSTORE_PROFILES, headers=NEWSTORE, json={"email": person.email, "full_name": name})
        person.id = success_body(answered)["id"]
    elif name is GONE:
        return http.post(f"{NEWSTORE_PROFILES}/{person.id}/delete", headers=NEWSTORE)
    else:
        body = {"full_name": name, "last_updated_at": person.updated_at}
        answered = http.patch(f"{NEWSTORE_PROFILES}/{person.id}", headers=NEWSTORE, json=body)
    person.updated_at = success_body(answered)["updated_at"]
    return answered


def is_found(http: httpx.Client, person: Person) -> list[bool]:
    """Whether the server finds the person by id, and by each key."""
    if person.vendor == "vtex":
        paths = [f"{value}?alternativeKey={key}" for key, value in person.keys().items()]
        paths += [] if person.id is None else [person.id]
        return [http.get(f"{VTEX_PROFILES}/{path}", headers=VTEX).status_code == 200 for path in paths]
    listed = http.get(NEWSTORE_PROFILES, params={"q": person.email}, headers=NEWSTORE).json()["profiles"]
    seen = [bool(listed)]
    if person.id is not None:
        seen.append(http.get(f"{NEWSTORE_PROFILES}/{person.id}", headers=NEWSTORE).status_code == 200)
    return seen
