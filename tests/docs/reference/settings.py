"""Settings: of the server, of `check`, and those of a sandbox that rules call settable."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import click

from pii_sandbox import specs
from pii_sandbox.cli.group import main
from pii_sandbox.cli.serve_settings import SERVE_SETTINGS
from pii_sandbox.mockserver.setting import known_settings
from pii_sandbox.mockserver.vendors import VENDORS
from tests.docs.reference.command_line import default, values, variable
from tests.docs.reference.markdown import code, table


def server() -> str:
    """The keys of `pii-sandbox.toml` for the server."""
    return _table("serve", SERVE_SETTINGS)


def check() -> str:
    """The keys of the table `[check]`."""
    return _table("check")


def rules() -> str:
    """The settings of a sandbox."""
    described = specs.load("sandbox_control")
    schemas = described["components"]["schemas"]["Settings"]["properties"]
    known = known_settings([vendor.settings for vendor in VENDORS], {})
    rows = [
        (code(name), setting.meaning, code(json.dumps(setting.default)), _description(described, schemas.get(name, {})))
        for name, setting in sorted(known.items())
    ]
    return table(("setting", "value", "default", "meaning"), rows)


def _description(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    return str(schema.get("description") or specs.resolve_reference(document, schema).get("description", ""))


def _table(name: str, keys: Collection[str] | None = None) -> str:
    """Return the options of a command as keys of a settings file; `keys`: only these."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    rows = [_row(option, command) for option in options if keys is None or option.name in keys]
    return table(("key", "variable", "value", "default", "meaning"), rows)


def _row(option: click.Option, command: click.Command) -> tuple[str, ...]:
    taken = code(values(option)) or "`true` or `false`"
    return code(option.name or ""), code(variable(option, command)), taken, code(default(option)), option.help or ""
