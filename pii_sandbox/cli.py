"""The command `pii-sandbox`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pii_sandbox import __version__
from pii_sandbox.catalogue import rules
from pii_sandbox.documents import spec
from pii_sandbox.serve import OPTIONS, serve
from pii_sandbox.settings import RULES, BadSetting, flattened, from_files


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pii-sandbox")
@click.pass_context
def main(context: click.Context) -> None:
    """A sandbox for customer-profile APIs: VTEX, NewStore, Fashion.AI and Oracle Commerce on one local port."""
    try:
        settings: dict[str, Any] = from_files(Path.cwd(), OPTIONS)
    except BadSetting as error:
        raise click.UsageError(str(error)) from error
    context.obj = flattened(settings.pop(RULES, {}))
    context.default_map = {"serve": settings}


main.add_command(serve)
main.add_command(rules)
main.add_command(spec)
