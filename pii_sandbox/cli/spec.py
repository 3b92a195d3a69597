"""`pii-sandbox spec`: prints an OpenAPI document."""

from __future__ import annotations

import json

import click
import yaml

from pii_sandbox import specs

_NAMES = [name for documents in specs.APIS.values() for name in documents]


@click.command(epilog=f"DOCUMENT is one of {', '.join(_NAMES)}.")
@click.argument("document", type=click.Choice(_NAMES), metavar="DOCUMENT")
@click.option("--dialect", type=click.Choice(specs.DIALECTS), default="guide", show_default=True,
              help="Which vendor document to follow where two of them disagree.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True,
              help="Format of the output.")  # fmt: skip
def spec(document: str, dialect: specs.Dialect, form: str) -> None:
    """Print an OpenAPI document in one dialect."""
    loaded = specs.load(document, dialect)
    if form == "json":
        click.echo(json.dumps(loaded, ensure_ascii=False, indent=2))
    else:
        click.echo(yaml.safe_dump(loaded, allow_unicode=True, sort_keys=False, width=120), nl=False)
