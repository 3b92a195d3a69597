"""Client for one sandbox of a server: URLs, credentials, people, state, snapshots, journal, faults, clock."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import httpx

from pii_sandbox.testing.clock import Clock
from pii_sandbox.testing.connection import HEADER, Connection
from pii_sandbox.testing.documents import Documents
from pii_sandbox.testing.faults import Faults
from pii_sandbox.testing.journal import JournalClient
from pii_sandbox.testing.people import Shopper, shopper
from pii_sandbox.testing.snapshots import Snapshot

Api = str  # the name of an API, as in `specs/apis/`
Dialect = Literal["guide", "reference"]
_PAGE = 1000
_LONGEST_NAME = 64


def fresh_name(about: str = "test") -> str:
    """Return a unique sandbox name that contains `about`."""
    token = secrets.token_hex(6)
    prefix = re.sub(r"[^a-z0-9_.-]+", "-", about.lower()).strip("-")[: _LONGEST_NAME - len(token) - 1]
    return f"{prefix}-{token}" if prefix else token


class Settings(Mapping[str, Any]):
    """The current settings, as a mapping. Assigning an invalid value raises Refused."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __getitem__(self, name: str) -> Any:
        return self._call("GET", "/settings")[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._call("GET", "/settings"))

    def __len__(self) -> int:
        return len(self._call("GET", "/settings"))

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def update(self, values: Mapping[str, Any]) -> None:
        """Set all of these values or, if one is invalid, none."""
        self._call("PATCH", "/settings", dict(values))


class Sandbox:
    """One sandbox. Every member calls the server; only the people are cached. Raises Refused."""

    def __init__(self, connection: Connection, name: str) -> None:
        self.name = name
        self.connection = connection
        self.url = f"{connection.url}/~{name}"
        self.clock = Clock(self.call)
        self.faults = Faults(self.call)
        self.settings = Settings(self.call)
        self.journal = JournalClient(self.call)
        self._people: list[Shopper] | None = None

    def __repr__(self) -> str:
        return f"<Sandbox {self.url}>"

    def base_url(self, api: Api) -> str:
        """Return the base URL to use in place of the vendor's scheme, host and port."""
        self._refuse_unknown(api)
        return self.url

    def headers(self, api: Api, credential: int = 0) -> dict[str, str]:
        """Return preset credentials for an API, and the header that names the sandbox.

        `credential`: index in the list of GET /credentials; 0 has the most permissions.
        """
        self._refuse_unknown(api)
        return {**self.connection.credentials[api][credential], HEADER: self.name}

    @property
    def https_url(self) -> str:
        """The HTTPS URL, for a client that trusts `ca_file`. Raises RuntimeError if the server has no HTTPS."""
        if self.connection.https_url is None:
            raise RuntimeError("this sandbox has no HTTPS: start its server with --tls and set PII_SANDBOX_HTTPS_URL")
        return f"{self.connection.https_url}/~{self.name}"

    @property
    def ca_file(self) -> Path:
        """The certificate (PEM) that a client of `https_url` must trust."""
        from pii_sandbox.testing.https import authority_file  # noqa: PLC0415 — few tests need what it imports

        return authority_file()

    def environment(self) -> dict[str, str]:
        """Return environment variables that route a process's HTTPS calls of the vendors' hosts to this sandbox."""
        from pii_sandbox.testing.https import environment  # noqa: PLC0415

        return environment(self.connection.url, self.name)

    def client(self, api: Api, credential: int = 0) -> httpx.Client:
        """Return an httpx client of that API, with credentials. The caller closes it."""
        return self.connection.client(self.headers(api, credential), f"/~{self.name}")

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Call the control API: `call("GET", "/status")`."""
        return self.connection.call(self.name, method, path, body, **query)

    @property
    def people(self) -> list[Shopper]:
        """The seeded shoppers, in their initial state: later changes of their documents are not visible here."""
        if self._people is None:
            shoppers: list[Shopper] = []
            total = 1
            while len(shoppers) < total:
                page = self.call("GET", "/people", offset=len(shoppers), count=_PAGE)
                shoppers += map(shopper, page["people"])
                total = page["total"]
            self._people = shoppers
        return self._people

    @property
    def dialect(self) -> Dialect:
        """The dialect of the sandbox, `guide` or `reference`; can be assigned."""
        dialect: Dialect = self.call("GET", "/dialect")["dialect"]
        return dialect

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self.call("PUT", "/dialect", {"dialect": dialect})

    def status(self) -> dict[str, Any]:
        """Return name, dialect, time, number of documents and settings of the sandbox."""
        status: dict[str, Any] = self.call("GET", "/status")
        return status

    def reset(self) -> None:
        """Reset documents, clock, dialect, settings and faults; snapshots stay."""
        self.call("POST", "/reset")
        self._forget_people()

    def seed(self, *, shoppers: int | None = None, seed: int | None = None, locale: str | None = None) -> None:
        """Replace all documents by those of new people. `shoppers` and `seed` None: unchanged."""
        options = {"shoppers": shoppers, "seed": seed, "locale": locale}
        self.call("POST", "/seed", {name: value for name, value in options.items() if value is not None})
        self._forget_people()

    def documents(self, api: Api, collection: str) -> Documents:
        """Return a collection of stored documents, as a mapping of ids to documents."""
        return Documents(self.call, api, collection)

    def snapshot(self, name: str | None = None) -> Snapshot:
        """Take a snapshot; without `name` under a unique name."""
        name = name or fresh_name("snapshot")
        self.call("POST", "/snapshots", {"name": name})
        return Snapshot(name, self.call, self._forget_people)

    def load(self, file: str | Path, name: str | None = None) -> Snapshot:
        """Load a snapshot from a file. It is not restored yet."""
        content = json.loads(Path(file).read_text("utf-8"))
        name = name or str(content["name"])
        self.call("PUT", f"/snapshots/{name}", content)
        return Snapshot(name, self.call, self._forget_people)

    def snapshots(self) -> list[Snapshot]:
        """Return the snapshots of the sandbox."""
        snapshots = self.call("GET", "/snapshots")["snapshots"]
        return [Snapshot(snapshot["name"], self.call, self._forget_people) for snapshot in snapshots]

    def residue(self, email: str) -> list[dict[str, Any]]:
        """Return everything that still contains the person: [{"where", "id", "fields"}]."""
        places: list[dict[str, Any]] = self.call("GET", "/residue", subject=email)["places"]
        return places

    def events(self) -> list[dict[str, Any]]:
        """Return the vendor-side audit events, oldest first."""
        events: list[dict[str, Any]] = self.call("GET", "/audit")["events"]
        return events

    def findings(self) -> list[dict[str, Any]]:
        """Return lint findings: client behaviour that the vendors' documents advise against."""
        findings: list[dict[str, Any]] = self.call("GET", "/findings")["findings"]
        return findings

    def delete(self) -> None:
        """Delete the sandbox with its content; the next call creates a new one of this name."""
        self.call("DELETE", f"/sandboxes/{self.name}")
        self._forget_people()

    def _forget_people(self) -> None:
        self._people = None

    def _refuse_unknown(self, api: str) -> None:
        apis: Mapping[str, Any] = self.connection.credentials
        if api not in apis:
            raise ValueError(f"unknown API {api!r}; the APIs are {', '.join(apis)}")
