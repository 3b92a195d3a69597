"""Per-API facts that server and harness share besides the OpenAPI documents: `specs/apis/<api>.yaml`.

Title, documents, credential kinds with their header names and environment variables, test data that a target file may
name, and the rules that generic checks belong to. `specs/README.md` lists the keys.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pii_sandbox.specs.vocabulary import SpecError

CONTROL = "sandbox"  # the control API: it has a document like the others, but no vendor
FOLDER = Path(__file__).parent / "apis"
INVARIANTS = frozenset({"masked", "error_form", "reach"})


@dataclass(frozen=True, slots=True)
class CredentialValue:
    """One value of a credential: its environment variable, and the value that a sandbox accepts (None: no value).

    `scheme`: precedes the value in a header, such as `Bearer`; may be empty.
    """

    variable: str
    sandbox: str | None = None
    scheme: str = ""

    def header(self, value: str) -> str:
        return f"{self.scheme} {value}" if self.scheme else value


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """The headers of one kind of credential, such as `full` or `wrong`. `comment` explains it to a user.

    `refused`: an endpoint is to refuse it. `tried` False: no safe read shows whether it works.
    """

    name: str
    headers: Mapping[str, CredentialValue]
    comment: str = ""
    refused: bool = False
    tried: bool = True


@dataclass(frozen=True, slots=True)
class Login:
    """An operation that gives an access token: for `fields` of the target file, or for a kind of credentials of it.

    `form` holds the further fields, and `token` names the property of the response. The token takes the place of the
    one credential of the kind `full`.
    """

    operation: str
    form: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, CredentialValue] = field(default_factory=dict)
    credentials: str | None = None
    token: str = "access_token"
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SandboxRecord:
    """The source of a datum in a sandbox: a property of the first record of a collection; `property` None: its id."""

    collection: str
    property: str | None = None


@dataclass(frozen=True, slots=True)
class ProbeRead:
    """A safe read that shows whether credentials work, or whether a datum exists.

    `value_in` is the parameter that takes the datum. `records` is the list of the response that is empty where there is
    none; without it, the status 404 says so.
    """

    operation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    value_in: str | None = None
    records: str | None = None


@dataclass(frozen=True, slots=True)
class Datum:
    """Test data that exists at an endpoint and may be read by the harness.

    In a target file it is the literal `example`, or the environment variable `variable` where it is personal. In a
    sandbox it is `sandbox`, or what stands at `sandbox_record`. `read` shows whether it exists.
    """

    name: str
    variable: str | None = None
    example: str | None = None
    sandbox: str | None = None
    sandbox_record: SandboxRecord | None = None
    read: ProbeRead | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """The facts of one API.

    `documents` maps document names to titles. `url` is the base URL of a target file, with upper-case placeholders;
    `other_url` is a second one that the vendor's documents name. `position` orders APIs in lists. `preflight` is a read
    that shows whether credentials work.
    `invariants` maps a generic check (`masked`, `error_form`, `reach`) to the id of the rule that it shows.
    """

    name: str
    title: str
    documents: Mapping[str, str]
    position: int = 100
    url: str | None = None
    other_url: str | None = None
    credentials: Mapping[str, CredentialKind] = field(default_factory=dict)
    login: Login | None = None
    data: Mapping[str, Datum] = field(default_factory=dict)
    preflight: ProbeRead | None = None
    invariants: Mapping[str, str] = field(default_factory=dict)

    def sandbox_credentials(self) -> dict[str, dict[str, str]]:
        """Return the headers that a sandbox accepts, by kind; `login`, without headers, if it takes fields."""
        kinds = {
            kind.name: {name: one.header(one.sandbox) for name, one in kind.headers.items() if one.sandbox is not None}
            for kind in self.credentials.values()
        }
        return kinds | ({"login": {}} if self.login is not None and self.login.fields else {})

    def sandbox_data(self) -> dict[str, str]:
        """Return the data and login fields that every sandbox has, by name."""
        data = {datum.name: datum.sandbox for datum in self.data.values() if datum.sandbox is not None}
        fields = self.login.fields.items() if self.login is not None else ()
        return data | {name: one.sandbox for name, one in fields if one.sandbox is not None}


@functools.cache
def apis() -> Mapping[str, Api]:
    """Return all APIs by name, in the order of their `position`.

    Raises SpecError for a file that does not follow `specs/README.md`.
    """
    by_position = sorted(
        (_parse(file.stem) for file in FOLDER.glob("*.yaml")), key=lambda api: (api.position, api.name)
    )
    return {api.name: api for api in by_position}


def vendors() -> tuple[str, ...]:
    """Return the names of the vendors' APIs: all but the control API."""
    return tuple(name for name in apis() if name != CONTROL)


@functools.cache
def api_of_document(document: str) -> Api:
    """Return the API of a document. Raises SpecError for an unknown document."""
    for api in apis().values():
        if document in api.documents:
            return api
    raise SpecError(f"no API has a document {document!r}")


def _parse(name: str) -> Api:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entry = yaml.load((FOLDER / f"{name}.yaml").read_bytes(), loader)
    try:
        api = Api(
            **{
                **entry,
                "name": name,
                "credentials": {
                    kind: CredentialKind(kind, **{**facts, "headers": _credentials(facts["headers"])})
                    for kind, facts in entry.get("credentials", {}).items()
                },
                "login": _login(entry.get("login")),
                "preflight": _probe(entry.get("preflight")),
                "data": {datum: _datum(datum, facts) for datum, facts in entry.get("data", {}).items()},
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SpecError(f"apis/{name}.yaml: {error}") from error
    unknown = sorted(api.invariants.keys() - INVARIANTS)
    if unknown:
        known = ", ".join(sorted(INVARIANTS))
        raise SpecError(f"apis/{name}.yaml: unknown invariant {unknown[0]!r}; known are {known}")
    return api


def _credentials(headers: Mapping[str, Any]) -> dict[str, CredentialValue]:
    return {name: CredentialValue(**facts) for name, facts in headers.items()}


def _login(entry: Mapping[str, Any] | None) -> Login | None:
    return None if entry is None else Login(**{**entry, "fields": _credentials(entry.get("fields", {}))})


def _datum(name: str, facts: Mapping[str, Any]) -> Datum:
    record = facts.get("sandbox_record")
    nested = {"sandbox_record": None if record is None else SandboxRecord(**record), "read": _probe(facts.get("read"))}
    return Datum(name, **{**facts, **nested})


def _probe(entry: Mapping[str, Any] | None) -> ProbeRead | None:
    return None if entry is None else ProbeRead(**entry)
