"""Values that a target file names by environment variables: credentials, login fields, personal test data.

No error repeats a value, nor a name that may itself be a credential written there by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.target.login_tokens import RENEWED, login_credentials
from pii_sandbox.conformance.target.tables import BadTarget, refuse_unknown_settings, subtable

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_NAME = re.compile(r"(?<![A-Z0-9_])[A-Z][A-Z0-9]*+(_[A-Z0-9]++)++")  # a name that cannot be taken for a secret
_SECRETS = frozenset({"username", "password", "token", "app_token", "app_key", "access_token", "secret"})
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, token
PLACEHOLDER = "http://placeholder.invalid"  # what a proxy may be as well
WRONG_VALUE = "pii-sandbox-check-wrong"


class AnyVariable(dict[str, str]):
    """An environment in which every variable holds a placeholder: a file can be read where its secrets are not set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return PLACEHOLDER


def credential_headers(
    api: str, entry: Mapping[str, Any], environment: Mapping[str, str], *, logs_in: bool = True
) -> dict[str, dict[str, str]]:
    """The headers of each kind of credentials.

    Where the file does not name them, `full` is left to its login (with `logs_in`), and `wrong` made up from `full`.
    """
    kinds = {}
    for kind, headers in subtable(entry, "credentials", f"{api}.").items():
        at = f"{api}.credentials.{kind}"
        if not isinstance(headers, dict) or not headers:
            raise BadTarget(f"{at} must be a table of headers, each with the name of an environment variable")
        kinds[kind] = {_header_name(name, at): _header(value, f"{at}.{name}", environment)
                       for name, value in headers.items()}  # fmt: skip
    if logs_in:
        kinds |= login_credentials(api, kinds, subtable(entry, "login", f"{api}."))
    if "login" in entry:
        kinds["login"] = {}
    if "full" in kinds and "wrong" not in kinds:
        kinds["wrong"] = {name: _wrong_credential(value) for name, value in kinds["full"].items()}
    return kinds


def variable_names(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The environment variables that hold the credentials of an API, by kind; those of a login where `full` is its."""
    kinds: Mapping[str, Mapping[str, str]] = subtable(entry, "credentials")
    names = {kind: tuple(value.removeprefix("Bearer ") for value in kinds[kind].values()) for kind in kinds}
    login = tuple(str(name) for name in subtable(entry, "login").values())
    return {RENEWED: login, **names} if login else names


def readable_data(api: str, entry: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """What the file says may be read there, by name, and the fields of the login."""
    data = {}
    for name, value in subtable(entry, "data", f"{api}.").items():
        at = f"{api}.data.{name}"
        if isinstance(value, dict) and set(value) == {"env"}:
            data[name] = variable_value(value["env"], at, environment)
        elif name in _SECRETS:
            raise BadTarget(
                f'{at} must be {{env = "NAME"}}, with the name of a variable: this file never contains credentials'
            )
        elif isinstance(value, str | int) and not isinstance(value, bool):
            data[name] = str(value)
        else:
            raise BadTarget(f'{at} must be text or {{env = "NAME"}}')
    login = subtable(entry, "login", f"{api}.")
    refuse_unknown_settings(login, frozenset({"username", "password"}), f"{api}.login.")
    return data | {name: variable_value(value, f"{api}.login.{name}", environment) for name, value in login.items()}


def variable_value(name: Any, at: str, environment: Mapping[str, str]) -> str:
    """The value of the environment variable that the setting `at` names."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadTarget(f"{at} must be the name of an environment variable, such as APP_TOKEN, not the value itself")
    if name not in environment:
        if _PLAIN_NAME.fullmatch(name) and len(name) <= 60:
            raise BadTarget(f"{at}: the environment variable {name} is not set; set it, and run again")
        raise BadTarget(f"{at} must be the name of an environment variable that is set, not the value itself")
    value = environment[name]
    if not value:
        raise BadTarget(f"{at}: the environment variable is empty; set it to the value")
    if value != value.strip():
        raise BadTarget(f"{at}: the value of the environment variable begins or ends with white space; remove it")
    if not value.isprintable():
        raise BadTarget(
            f"{at}: the value of the environment variable contains a character that cannot be sent, "
            "such as a line end; remove it"
        )
    return value


def header_value(name: Any, at: str, environment: Mapping[str, str]) -> str:
    """The value of a variable that is sent in a header."""
    value = variable_value(name, at, environment)
    if not value.isascii():
        place = next(number for number, character in enumerate(value, 1) if not character.isascii())
        raise BadTarget(
            f"{at}: character {place} of the environment variable's value is not ASCII, so it cannot "
            "be sent in a header; correct the value"
        )
    return value


def _header(value: Any, at: str, environment: Mapping[str, str]) -> str:
    scheme, name = ("Bearer ", value[7:]) if isinstance(value, str) and value.startswith("Bearer ") else ("", value)
    return scheme + header_value(name, at, environment)


def _header_name(name: str, at: str) -> str:
    if not _HEADER_NAME.fullmatch(name):
        raise BadTarget(f"{at} has a header name that HTTP does not allow; use letters, digits and hyphens")
    return name


def _wrong_credential(value: str) -> str:
    scheme, space, _ = value.rpartition(" ")
    return f"{scheme}{space}{WRONG_VALUE}"
