"""One sandbox of a server, as a test holds it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import httpx

from pii_sandbox.testing.clock import Clock
from pii_sandbox.testing.connection import HEADER, Connection
from pii_sandbox.testing.documents import Documents
from pii_sandbox.testing.faults import Faults
from pii_sandbox.testing.journal import Journal
from pii_sandbox.testing.people import Shopper, shopper
from pii_sandbox.testing.settings import Settings
from pii_sandbox.testing.snapshots import Snapshot

Api = str  # the name of an API, as in `specs/apis/`
Dialect = Literal["guide", "reference"]
_PAGE = 1000
_LONGEST_NAME = 64


def fresh_name(about: str = "test") -> str:
    """A name that no sandbox has; `about` can be told from it."""
    token = secrets.token_hex(6)
    told = re.sub(r"[^a-z0-9_.-]+", "-", about.lower()).strip("-")[: _LONGEST_NAME - len(token) - 1]
    return f"{told}-{token}" if told else token


class Sandbox:
    """Calls its server whenever it is asked something; keeps nothing but the people. Raises Refused."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.name = name
        self.connection = connection
        self.url = f"{connection.url}/~{name}"
        self.clock = Clock(self.call)
        self.faults = Faults(self.call)
        self.settings = Settings(self.call)
        self.journal = Journal(self.call)
        self._people: list[Shopper] | None = None

    def __repr__(self) -> str:
        return f"<Sandbox {self.url}>"

    def base_url(self, api: Api) -> str:
        """What a client has in place of the vendor's scheme, host and port."""
        self._refuse_unknown(api)
        return self.url

    def headers(self, api: Api, credential: int = 0) -> dict[str, str]:
        """Credentials for an API, and the sandbox's name for clients that cannot have it in their URL.

        `credential` counts those that GET /credentials lists: 0 has the most powers.
        """
        self._refuse_unknown(api)
        return {**self.connection.credentials[api][credential], HEADER: self.name}

    @property
    def https_url(self) -> str:
        """`url` by HTTPS, for a client that trusts `ca_file`. Raises RuntimeError where the server has none."""
        if self.connection.https_url is None:
            raise RuntimeError("this sandbox has no HTTPS: start its server with --tls and set PII_SANDBOX_HTTPS_URL")
        return f"{self.connection.https_url}/~{self.name}"

    @property
    def ca_file(self) -> Path:
        """The certificate, as PEM, that a client of `https_url` is to trust."""
        from pii_sandbox.testing.https import authority_file  # noqa: PLC0415 — few tests need what it imports

        return authority_file()

    def environment(self) -> dict[str, str]:
        """Variables for a process whose HTTPS calls of the vendors' own hosts are to arrive in this sandbox."""
        from pii_sandbox.testing.https import environment  # noqa: PLC0415

        return environment(self.connection.url, self.name)

    def client(self, api: Api, credential: int = 0) -> httpx.Client:
        """A client of that API. Yours to close."""
        return self.connection.client(self.headers(api, credential), f"/~{self.name}")

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """A call of the control API: `call("GET", "/status")`."""
        return self.connection.call(self.name, method, path, body, **query)

    @property
    def people(self) -> list[Shopper]:
        """The seeded shoppers, as they were seeded; what was done to their documents since does not show."""
        if self._people is None:
            found: list[Shopper] = []
            total = 1
            while len(found) < total:
                page = self.call("GET", "/people", offset=len(found), count=_PAGE)
                found += map(shopper, page["people"])
                total = page["total"]
            self._people = found
        return self._people

    @property
    def dialect(self) -> Dialect:
        told: Dialect = self.call("GET", "/dialect")["dialect"]
        return told

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self.call("PUT", "/dialect", {"dialect": dialect})

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = self.call("GET", "/status")
        return told

    def reset(self) -> None:
        """Everything back to its seed; snapshots stay."""
        self.call("POST", "/reset")
        self._forget_people()

    def seed(self, *, shoppers: int | None = None, seed: int | None = None, locale: str | None = None) -> None:
        """Replaces all documents by those of newly made people. Without `shoppers` and `seed`, as many, of the same."""
        asked = {"shoppers": shoppers, "seed": seed, "locale": locale}
        self.call("POST", "/seed", {name: value for name, value in asked.items() if value is not None})
        self._forget_people()

    def documents(self, api: Api, collection: str) -> Documents:
        return Documents(self.call, api, collection)

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Takes one; without a name under one of its own."""
        name = name or fresh_name("snapshot")
        self.call("POST", "/snapshots", {"name": name})
        return Snapshot(name, self.call, self._forget_people)

    def load(self, file: str | Path, name: str | None = None) -> Snapshot:
        """A snapshot from a file, to be restored."""
        held = json.loads(Path(file).read_text("utf-8"))
        name = name or str(held["name"])
        self.call("PUT", f"/snapshots/{name}", held)
        return Snapshot(name, self.call, self._forget_people)

    def snapshots(self) -> list[Snapshot]:
        told = self.call("GET", "/snapshots")["snapshots"]
        return [Snapshot(snapshot["name"], self.call, self._forget_people) for snapshot in told]

    def residue(self, email: str) -> list[dict[str, Any]]:
        """Every place that still holds the person: [{"where", "id", "fields"}]."""
        places: list[dict[str, Any]] = self.call("GET", "/residue", subject=email)["places"]
        return places

    def events(self) -> list[dict[str, Any]]:
        """The vendor-side audit events, oldest first."""
        events: list[dict[str, Any]] = self.call("GET", "/audit")["events"]
        return events

    def findings(self) -> list[dict[str, Any]]:
        """What the client did that the vendors' documents advise against."""
        found: list[dict[str, Any]] = self.call("GET", "/findings")["findings"]
        return found

    def delete(self) -> None:
        """With all that it holds; the next call makes a new one of this name."""
        self.call("DELETE", f"/sandboxes/{self.name}")
        self._forget_people()

    def _forget_people(self) -> None:
        self._people = None

    def _refuse_unknown(self, api: str) -> None:
        known: Mapping[str, Any] = self.connection.credentials
        if api not in known:
            raise ValueError(f"there is no API {api!r}; there are {', '.join(known)}")
