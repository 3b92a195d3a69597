"""What a target, ledger or checkpoint file makes a run send where: hosts, and names of environment variables."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pii_sandbox.conformance.target.config import ENCODING

_URLS = frozenset({"url", "control_url", "proxy"})
_PLACES = frozenset({"credentials", "login"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def hosts_and_variables(file: Path) -> str:
    """One line for people: `hosts a, b; variables X, Y`. A file that cannot be read names none."""
    try:
        table = tomllib.loads(file.read_text(ENCODING))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return "the file cannot be read"
    hosts = dict.fromkeys(_hosts(table))
    variables = dict.fromkeys(_variables(table))
    return f"hosts {', '.join(hosts) or 'none'}; variables {', '.join(variables) or 'none'}"


def disclosed_sandbox(url: str, token_variable: str | None) -> str:
    """The same line for a sandbox at a URL that stands in a file; `token_variable`: whose value is sent there."""
    return f"hosts {', '.join(_hosts({'url': url})) or 'none'}; variables {token_variable or 'none'}"


def _hosts(table: Any) -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _hosts(value)
        elif name in _URLS and isinstance(value, str) and "://" in value:
            try:
                yield urlsplit(value).netloc.rpartition("@")[2]
            except ValueError:
                continue


def _variables(table: Any, is_named: bool = False) -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _variables(value, is_named or name in _PLACES)
        elif isinstance(value, str) and (is_named or name in ("env", "control_token", "proxy")):
            variable = value.removeprefix("Bearer ")
            if _NAME.fullmatch(variable):
                yield variable
