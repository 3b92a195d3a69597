"""Targets from TOML files. Nothing that a file holds by mistake, such as a credential, is repeated in an error."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pii_sandbox import specs
from pii_sandbox.conformance.target.local_sandbox import APIS
from pii_sandbox.conformance.target.model import Limits, Target, origin
from pii_sandbox.conformance.target.template import template
from pii_sandbox.conformance.values.scenario import POWERS

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_NAME = re.compile(r"(?<![A-Z0-9_])[A-Z][A-Z0-9]*+(_[A-Z0-9]++)++")  # what nobody takes for a secret
_SECRETS = frozenset({"username", "password", "token", "app_token", "app_key", "access_token", "secret"})
_TOP = frozenset({"name", "powers", "dialect", "control_url", "control_token", "proxy", "limits", "tls", *APIS})
_TLS = frozenset({"ca_file", "client_certificate", "client_key", "allow_http", "verify"})
_API = frozenset({"url", "credentials", "data", "login"})
_LIMITS = frozenset({"requests_per_second", "requests", "writes", "minutes"})


T = TypeVar("T")


class BadTarget(Exception):
    """A target file that cannot be used; the message is one line for the user."""


def init(file: Path) -> None:
    """Writes a commented target file. Raises BadTarget where there is one already."""
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(template())
    except FileExistsError as error:
        raise BadTarget(f"{file} exists already and is left as it is") from error
    except OSError as error:
        raise BadTarget(f"{file} cannot be written: {error.strerror or error}") from error


def read(file: Path, environment: Mapping[str, str]) -> Target:
    """The target that the file describes. Raises BadTarget, in one line, for all that is wrong with it."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise BadTarget(f"{file} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadTarget(f"{file} is no TOML: {error}") from error
    try:
        return _target(table, file.parent, environment)
    except BadTarget as error:
        raise BadTarget(f"{file}: {error}") from error


def _target(table: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> Target:
    _only(table, _TOP, "")
    tls = _table(table, "tls")
    _only(tls, _TLS, "tls.")
    plain = _typed(tls, "allow_http", bool, False, "tls.")
    apis = {api: _table(table, api) for api in APIS if api in table}
    for api, entry in apis.items():
        _only(entry, _API, f"{api}.")
    urls = {api: _url(entry.get("url"), f"{api}.url", plain) for api, entry in apis.items()}
    if not urls:
        raise BadTarget(f"it names no API; it needs a table for one of {', '.join(APIS)}")
    control = _url(table["control_url"], "control_url", plain) if "control_url" in table else None
    powers = _powers(table, control)
    if control is not None and "control" in powers and any(origin(url) != origin(control) for url in urls.values()):
        raise BadTarget("the power control needs control_url and the url of each API at one host and port")
    dialect = table.get("dialect", "guide")
    if dialect not in specs.DIALECTS:
        raise BadTarget(f"dialect is one of {', '.join(specs.DIALECTS)}")
    return Target(
        name=_typed(table, "name", str, "target", ""),
        urls=urls,
        credentials={api: _credentials(api, entry, environment) for api, entry in apis.items()},
        powers=powers,
        data={api: _data(api, entry, environment) for api, entry in apis.items()},
        limits=_limits(table),
        dialect=dialect,
        headers=_control_headers(table, control, environment),
        control=control,
        verify=_verify(tls, folder, [*urls.values(), *filter(None, [control])]),
        client_certificate=_certificate(tls, folder),
        proxy=_proxy(table, environment),
    )


def _powers(table: Mapping[str, Any], control: str | None) -> frozenset[str]:
    listed = table.get("powers", ["read"])
    if not isinstance(listed, list) or not all(isinstance(power, str) and power in POWERS for power in listed):
        raise BadTarget(f"powers is a list of {', '.join(sorted(POWERS))}")
    powers = frozenset(listed)
    if powers & {"clock", "control"} and control is None:
        raise BadTarget("the powers clock and control need a control_url")
    if "clock" in powers and "control" not in powers:
        raise BadTarget("the power clock needs control beside it: time is moved in a scenario's own sandbox alone")
    if "write" in powers and "delete" not in powers:
        raise BadTarget("the power write needs delete beside it: what a run makes it must be able to undo")
    return powers


def _control_headers(table: Mapping[str, Any], control: str | None, environment: Mapping[str, str]) -> dict[str, str]:
    if "control_token" not in table:
        return {}
    if control is None:
        raise BadTarget("control_token needs a control_url")
    return {"X-Sandbox-Control-Token": _from_environment(table["control_token"], "control_token", environment)}


def _credentials(api: str, entry: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    kinds = {}
    for kind, headers in _table(entry, "credentials", f"{api}.").items():
        at = f"{api}.credentials.{kind}"
        if not isinstance(headers, dict) or not headers:
            raise BadTarget(f"{at} is a table of headers")
        kinds[kind] = {name: _header(value, f"{at}.{name}", environment) for name, value in headers.items()}
    if "login" in entry:
        kinds["login"] = {}
    if "full" in kinds and "wrong" not in kinds:
        kinds["wrong"] = {name: _header_error(value) for name, value in kinds["full"].items()}
    return kinds


def _header_error(value: str) -> str:
    scheme, space, _ = value.rpartition(" ")
    return f"{scheme}{space}pii-sandbox-check-wrong"


def _header(value: Any, at: str, environment: Mapping[str, str]) -> str:
    scheme, name = ("Bearer ", value[7:]) if isinstance(value, str) and value.startswith("Bearer ") else ("", value)
    return scheme + _from_environment(name, at, environment)


def _from_environment(name: Any, at: str, environment: Mapping[str, str]) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadTarget(f"{at} is to be the name of an environment variable, such as APP_TOKEN, and never a value")
    if name in environment:
        if not environment[name]:
            raise BadTarget(f"{at}: the environment variable is empty")
        return environment[name]
    if _PLAIN_NAME.fullmatch(name) and len(name) <= 60:
        raise BadTarget(f"{at}: the environment variable {name} is not set")
    raise BadTarget(f"{at} is to be the name of an environment variable that is set, and never a value")


def _data(api: str, entry: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    data = {}
    for name, value in _table(entry, "data", f"{api}.").items():
        at = f"{api}.data.{name}"
        if isinstance(value, dict) and set(value) == {"env"}:
            data[name] = _from_environment(value["env"], at, environment)
        elif name in _SECRETS:
            raise BadTarget(f'{at} is to be {{env = "NAME"}}: a credential is never written here')
        elif isinstance(value, str | int) and not isinstance(value, bool):
            data[name] = str(value)
        else:
            raise BadTarget(f'{at} is a text or {{env = "NAME"}}')
    login = _table(entry, "login", f"{api}.")
    _only(login, frozenset({"username", "password"}), f"{api}.login.")
    return data | {name: _from_environment(value, f"{api}.login.{name}", environment) for name, value in login.items()}


def _limits(table: Mapping[str, Any]) -> Limits:
    listed = _table(table, "limits")
    _only(listed, _LIMITS, "limits.")
    for name, value in listed.items():
        whole = name in ("requests", "writes")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise BadTarget(f"limits.{name} is a {'whole ' if whole else ''}number")
        if value < 0 or (value == 0 and name == "requests_per_second"):
            raise BadTarget(f"limits.{name} is above zero")
    return Limits(**listed)


def _url(value: Any, at: str, plain: bool) -> str:
    if not isinstance(value, str):
        raise BadTarget(f"{at} is missing")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadTarget(f"{at} is no URL") from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise BadTarget(f"{at} is an http or https URL without query")
    if parts.username is not None or parts.password is not None:
        raise BadTarget(f"{at} holds a user name or password; credentials are named by environment variables")
    if parts.scheme == "http" and not plain and not _is_loopback(host):
        raise BadTarget(
            f"{at} is plain HTTP, which would show credentials on the way; tls.allow_http = true permits it"
        )
    return value.rstrip("/")


def _verify(tls: Mapping[str, Any], folder: Path, urls: list[str]) -> bool | str:
    verify = _typed(tls, "verify", bool, True, "tls.")
    if not verify and not all(_is_loopback(urlsplit(url).hostname or "") for url in urls):
        raise BadTarget("tls.verify can be false on this machine alone; name a ca_file instead")
    return _file(tls, "ca_file", folder) or verify


def _certificate(tls: Mapping[str, Any], folder: Path) -> str | tuple[str, str] | None:
    certificate, key = _file(tls, "client_certificate", folder), _file(tls, "client_key", folder)
    if certificate is None and key is not None:
        raise BadTarget("tls.client_key needs a client_certificate")
    return (certificate, key) if certificate is not None and key is not None else certificate


def _file(tls: Mapping[str, Any], name: str, folder: Path) -> str | None:
    if name not in tls:
        return None
    file = folder / _typed(tls, name, str, "", "tls.")
    if not file.is_file():
        raise BadTarget(f"tls.{name}: there is no file {file}")
    return str(file)


def _proxy(table: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    value = table.get("proxy")
    if value is None:
        return None
    if isinstance(value, str) and "://" in value:
        return _url(value, "proxy", plain=True)
    return _from_environment(value, "proxy", environment)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _table(table: Mapping[str, Any], name: str, at: str = "") -> Mapping[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise BadTarget(f"{at}{name} is a table")
    return value


def _typed(table: Mapping[str, Any], name: str, kind: type[T], default: T, at: str) -> T:
    value = table.get(name, default)
    if not isinstance(value, kind):
        raise BadTarget(f"{at}{name} is a {'text' if kind is str else 'truth value'}")
    return value


def _only(table: Mapping[str, Any], known: frozenset[str], at: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise BadTarget(f"there is no setting {at}{unknown[0]}; there are {', '.join(sorted(known))}")
