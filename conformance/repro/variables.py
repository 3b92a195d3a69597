"""Names of the environment variables that commands to repeat read: credentials, and data of the target's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.redaction.marks import examples
from conformance.redaction.pseudonyms import bared
from conformance.targets import Target

URL = "PII_SANDBOX_URL"

# As the commented target file has them.
_NAMES: Mapping[tuple[str, str], str] = {
    ("vtex", "x-vtex-api-appkey"): "VTEX_APP_KEY",
    ("vtex", "x-vtex-api-apptoken"): "VTEX_APP_TOKEN",
    ("vtex", "vtexidclientautcookie"): "VTEX_USER_TOKEN",
    ("newstore", "authorization"): "NEWSTORE_TOKEN",
    ("newstore", "username"): "NEWSTORE_USER",
    ("newstore", "password"): "NEWSTORE_PASSWORD",
    ("fashionai", "x-fashionai-app-token"): "FASHIONAI_TOKEN",
    ("oracle", "authorization"): "ORACLE_ACCESS_TOKEN",
    ("", "x-sandbox-control-token"): "PII_SANDBOX_CONTROL_TOKEN",
}
_SCHEME = re.compile(r"(?:Bearer|Basic|Token)\s+", re.IGNORECASE)
_SEPARATOR = re.compile(r"[^A-Z0-9]+")
WRONG = "wrong"
_USUAL = frozenset({"full", "user", "login"})


@dataclass(slots=True)
class Variables:
    """What stands in a variable, by value. `kept` are data of the target's that a document prints: literals."""

    kept: frozenset[str] = frozenset()
    data: Mapping[str, str] = field(default_factory=dict)
    knows_all: bool = False
    _credentials: dict[tuple[str, str, str], str | None] = field(default_factory=dict)

    @property
    def _by_value(self) -> dict[str, str]:
        """The variables of credentials, whatever header they are sent in."""
        return {value: name for (_, _, value), name in self._credentials.items() if name is not None}

    def credential(self, api: str, header: str, value: str) -> str | None:
        """The variable of a credential, None for one that is wrong anyway.

        One that the target does not hold is made up; where no target is known it gets a name of its own.
        """
        key = (api, header.casefold(), value)
        if key not in self._credentials and value in self._by_value:
            return self._by_value[value]
        if key not in self._credentials and self.knows_all:
            return None
        if key not in self._credentials:
            name = _NAMES.get(key[:2]) or _NAMES.get(("", key[1])) or _upper(f"{api}_{header}")
            taken = set(self._credentials.values())
            number = 2
            while (numbered := name if name not in taken else f"{name}_{number}") in taken:
                number += 1
            self._credentials[key] = numbered
        return self._credentials[key]


def variables(target: Target | None) -> Variables:
    """The variables for what a target holds; without one, all credentials are named as they come."""
    if target is None:
        return Variables()
    credentials: dict[tuple[str, str, str], str | None] = {}
    for api, kinds in target.credentials.items():
        for kind, headers in sorted(kinds.items(), key=lambda pair: pair[0] not in _USUAL):
            for header, value in headers.items():
                key = (api, header.casefold(), _SCHEME.sub("", value, count=1))
                credentials.setdefault(key, None if kind == WRONG else _of_kind(api, header, kind))
    printed = {bared(example) for example in examples()}
    named = [(api, what, value) for api, data in target.data.items() for what, value in data.items()]
    return Variables(
        kept=frozenset(value for _, _, value in named if bared(value) in printed),
        data={
            value: _NAMES.get((api, what)) or _upper(f"{api}_TEST_{what}")
            for api, what, value in named
            if bared(value) not in printed
        },
        knows_all=True,
        _credentials=credentials,
    )


def _of_kind(api: str, header: str, kind: str) -> str:
    name = _NAMES.get((api, header.casefold())) or _upper(f"{api}_{header}")
    if kind in _USUAL:
        return name
    if (api, kind) == ("oracle", "application"):
        return "ORACLE_APPLICATION_KEY"
    prefix, _, rest = name.partition("_")
    return f"{prefix}_{_upper(kind)}_{rest}"


def _upper(text: str) -> str:
    return _SEPARATOR.sub("_", text.upper()).strip("_")
