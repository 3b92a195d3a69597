"""Names of the environment variables that commands to repeat read: credentials, and data of the target's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pii_sandbox.conformance.target.model import Target
from pii_sandbox.redaction.pseudonyms import comparable_value
from pii_sandbox.redaction.vocabulary import examples
from pii_sandbox.specs.api_facts import CONTROL, apis

URL = "PII_SANDBOX_URL"

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
        if key in self._credentials:
            return self._credentials[key]
        if value in self._by_value:
            return self._by_value[value]
        if self.knows_all:
            return None
        name = _documented_name(api, header) or _documented_name(CONTROL, header) or _upper(f"{api}_{header}")
        taken = set(self._credentials.values())
        number = 2
        while (numbered := name if name not in taken else f"{name}_{number}") in taken:
            number += 1
        self._credentials[key] = numbered
        return numbered


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
    printed = {comparable_value(example) for example in examples()}
    named = [(api, what, value) for api, data in target.data.items() for what, value in data.items()]
    return Variables(
        kept=frozenset(value for _, _, value in named if comparable_value(value) in printed),
        data={value: _data_name(api, what) for api, what, value in named if comparable_value(value) not in printed},
        knows_all=True,
        _credentials=credentials,
    )


def _of_kind(api: str, header: str, kind: str) -> str:
    documented = _documented_name(api, header, (kind,))
    if documented is not None:
        return documented
    name = _documented_name(api, header) or _upper(f"{api}_{header}")
    if kind in _USUAL:
        return name
    prefix, _, rest = name.partition("_")
    return f"{prefix}_{_upper(kind)}_{rest}"


def _documented_name(api: str, header: str, kinds: Iterable[str] | None = None) -> str | None:
    """The variable that the API's facts give to a header of one of the kinds (None: of any), first kind first."""
    facts = apis().get(api)
    if facts is None:
        return None
    for kind in facts.credentials.values():
        for name, credential in kind.headers.items():
            if name.casefold() == header.casefold() and (kinds is None or kind.name in kinds):
                return credential.variable
    return None


def _data_name(api: str, what: str) -> str:
    facts = apis().get(api)
    if facts is not None and facts.login is not None and what in facts.login.fields:
        return facts.login.fields[what].variable
    return (facts and what in facts.data and facts.data[what].variable) or _upper(f"{api}_TEST_{what}")


def _upper(text: str) -> str:
    return _SEPARATOR.sub("_", text.upper()).strip("_")
