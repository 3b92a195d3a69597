"""Reads target files (TOML): hosts, credentials by environment variable, powers and limits.

Errors never repeat what a file may hold by mistake, such as a credential.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from pii_sandbox import specs
from pii_sandbox.conformance.target import answer_bounds
from pii_sandbox.conformance.target import environment as variables
from pii_sandbox.conformance.target.answer_bounds import AnswerBounds
from pii_sandbox.conformance.target.local_sandbox import APIS
from pii_sandbox.conformance.target.model import Limits, Target, url_origin
from pii_sandbox.conformance.target.retry_settings import retry, settle_seconds
from pii_sandbox.conformance.target.tables import BadTarget, refuse_unknown_settings, subtable, typed_setting
from pii_sandbox.conformance.target.tls_files import TLS_SETTINGS, client_certificate, verification
from pii_sandbox.conformance.target.urls import api_url, normalize_base_url
from pii_sandbox.conformance.values.scenario import POWERS

__all__ = ["ENCODING", "BadTarget", "read_target"]

ENCODING = "utf-8-sig"  # editors of Windows put a byte order mark at the beginning
_TOP = frozenset(
    {
        "name",
        "powers",
        "dialect",
        "control_url",
        "control_token",
        "proxy",
        "limits",
        "answers",
        "tls",
        "retry",
        "settle_seconds",
        *APIS,
    }
)
_API = frozenset({"url", "credentials", "data", "login"})
_LIMITS = frozenset({"requests_per_second", "requests", "writes", "minutes"})


def read_target(file: Path, environment: Mapping[str, str]) -> Target:
    """The target that the file describes. Raises BadTarget, in one line, for all that is wrong with it."""
    try:
        table = tomllib.loads(file.read_text(ENCODING))
    except OSError as error:
        raise BadTarget(
            f"{file} cannot be read: {error.strerror or error}. Give the path of a target file; "
            "'pii-sandbox target init' writes one"
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadTarget(f"{file} is not valid TOML: {error}") from error
    try:
        return _target(table, file.parent, environment)
    except BadTarget as error:
        raise BadTarget(f"{file}: {error}") from error


def _target(table: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> Target:
    refuse_unknown_settings(table, _TOP, "")
    tls = subtable(table, "tls")
    refuse_unknown_settings(tls, TLS_SETTINGS, "tls.")
    plain = typed_setting(tls, "allow_http", bool, False, "tls.")
    apis = {api: subtable(table, api) for api in APIS if api in table}
    for api, entry in apis.items():
        refuse_unknown_settings(entry, _API, f"{api}.")
    urls = {api: api_url(api, entry.get("url"), allow_http=plain) for api, entry in apis.items()}
    if not urls:
        raise BadTarget(f"it configures no API; add a table for at least one of {', '.join(APIS)}")
    control = (
        normalize_base_url(table["control_url"], "control_url", allow_http=plain) if "control_url" in table else None
    )
    powers = _powers(table, control)
    if (
        control is not None
        and "control" in powers
        and any(url_origin(url) != url_origin(control) for url in urls.values())
    ):
        raise BadTarget(
            "the power control needs control_url and the url of each API at one host and port, as a "
            "pii-sandbox server has them; correct the URLs, or leave control out of powers"
        )
    dialect = table.get("dialect", "guide")
    if dialect not in specs.DIALECTS:
        raise BadTarget(f"dialect must be one of {', '.join(specs.DIALECTS)}")
    return Target(
        name=typed_setting(table, "name", str, "target", ""),
        urls=urls,
        credentials={
            # the sandboxes of a server of ours share no tokens
            api: variables.credential_headers(api, entry, environment, logs_in=control is None)
            for api, entry in apis.items()
        },
        powers=powers,
        data={api: variables.readable_data(api, entry, environment) for api, entry in apis.items()},
        limits=_limits(table),
        answers=_answers(table),
        dialect=dialect,
        headers=_control_headers(table, control, environment),
        control=control,
        verify=verification(tls, folder, [*urls.values(), *filter(None, [control])]),
        client_certificate=client_certificate(tls, folder),
        proxy=_proxy(table, environment),
        variables={api: variables.variable_names(entry) for api, entry in apis.items()},
        retry=retry(table),
        settle_seconds=settle_seconds(table, vendor=control is None),
    )


def _answers(table: Mapping[str, Any]) -> AnswerBounds:
    bounds = subtable(table, "answers")
    refuse_unknown_settings(bounds, answer_bounds.NAMES, "answers.")
    try:
        return answer_bounds.answer_bounds(bounds)
    except ValueError as error:
        raise BadTarget(str(error)) from error


def _powers(table: Mapping[str, Any], control: str | None) -> frozenset[str]:
    listed = table.get("powers", ["read"])
    if not isinstance(listed, list) or not all(isinstance(power, str) and power in POWERS for power in listed):
        raise BadTarget(f"powers must be a list with any of {', '.join(sorted(POWERS))}")
    powers = frozenset(listed)
    if powers & {"clock", "control"} and control is None:
        raise BadTarget(
            "the powers clock and control need a pii-sandbox server; set its control_url, or leave them out of powers"
        )
    if "clock" in powers and "control" not in powers:
        raise BadTarget(
            "the power clock needs the power control, because a scenario moves only the clock of its "
            "own sandbox; add control to powers"
        )
    if "write" in powers and "delete" not in powers:
        raise BadTarget(
            "the power write needs the power delete, because a run deletes what it creates; add delete to powers"
        )
    return powers


def _control_headers(table: Mapping[str, Any], control: str | None, environment: Mapping[str, str]) -> dict[str, str]:
    if "control_token" not in table:
        return {}
    if control is None:
        raise BadTarget("control_token is of no use without control_url; set control_url, or leave control_token out")
    return {"X-Sandbox-Control-Token": variables.header_value(table["control_token"], "control_token", environment)}


def _limits(table: Mapping[str, Any]) -> Limits:
    listed = subtable(table, "limits")
    refuse_unknown_settings(listed, _LIMITS, "limits.")
    for name, value in listed.items():
        whole = name in ("requests", "writes")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise BadTarget(f"limits.{name} must be a {'whole ' if whole else ''}number")
        if not math.isfinite(value):
            raise BadTarget(f"limits.{name} must be a finite number; leave it out for no limit")
        if value < 0 or (value == 0 and name == "requests_per_second"):
            raise BadTarget(f"limits.{name} must be {'above 0' if name == 'requests_per_second' else '0 or more'}")
    return Limits(**listed)


def _proxy(table: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    """The URL of a proxy: written out, or in an environment variable where it holds a user name and password."""
    value = table.get("proxy")
    if value is None:
        return None
    if isinstance(value, str) and "://" in value:
        return normalize_base_url(value, "proxy", allow_http=True)
    url = variables.variable_value(value, "proxy", environment)
    try:
        usable = httpx.URL(url).scheme in ("http", "https") and bool(httpx.URL(url).host)
    except httpx.InvalidURL:
        usable = False
    if not usable:
        raise BadTarget(
            "proxy: the value of the environment variable is not an http or https URL; set it to one, such as http://proxy.example.com:3128"
        )
    return url
