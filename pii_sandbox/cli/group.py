"""The command group `pii-sandbox`: reads the settings files, and loads subcommands on demand."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import click

from pii_sandbox import __version__
from pii_sandbox.cli.serve_settings import SERVE_SETTINGS
from pii_sandbox.settings import RULES, BadSetting, flatten, from_files


class _Group(click.Group):
    """A command group that imports subcommands on demand: no server loads the harness, no other command the server."""

    lazy_commands: ClassVar[Mapping[str, str]] = {
        "ca": "cli.ca",
        "check": "cli.check",
        "cleanup": "cli.cleanup",
        "data": "cli.data",
        "explain": "cli.explain",
        "mutants": "cli.mutants",
        "rules": "cli.rules",
        "serve": "cli.serve",
        "snapshot": "cli.snapshot",
        "spec": "cli.spec",
        "target": "cli.target",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.lazy_commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy_commands:
            return None
        command: click.Command = getattr(import_module(f"pii_sandbox.{self.lazy_commands[cmd_name]}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error that repeats text of a file or a server shows no control characters of it."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            from pii_sandbox.conformance.values.text_safety import printable  # noqa: PLC0415 — as in `lazy_commands`

            vars(error)["message"] = printable(error.message)  # which click declares final
            raise


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pii-sandbox")
@click.pass_context
def main(context: click.Context) -> None:
    """A sandbox for customer-profile APIs: VTEX, NewStore, Fashion.AI and Oracle Commerce on one local port.

    Also a conformance harness, which checks the same rules against the sandbox or a vendor's real endpoint.
    """
    if context.invoked_subcommand != "serve":
        gc.enable()  # a server does so once it has started
    try:
        settings: dict[str, Any] = from_files(Path.cwd(), SERVE_SETTINGS | {"check"})
    except BadSetting as error:
        raise click.UsageError(str(error)) from error
    context.obj = flatten(settings.pop(RULES, {}))
    checks = settings.pop("check", {})
    if not isinstance(checks, dict):
        raise click.UsageError("the setting check must be a table")
    if "url" in checks:
        raise click.UsageError(
            "a settings file must not set the URL to check; give it on the command line, or set a target file"
        )
    checks = {name.replace("-", "_"): value for name, value in checks.items()}
    if "reveal_pii" in checks:
        raise click.UsageError("a settings file must not set reveal_pii; give --reveal-pii REASON on the command line")
    context.default_map = {"serve": settings, "check": checks}
