"""Where `pii-sandbox check` goes: a sandbox of its own, one that runs, or what a target file describes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
import httpx

from pii_sandbox.conformance.target.config import BadTarget, read_target
from pii_sandbox.conformance.target.disclosure import disclosed_sandbox, hosts_and_variables
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.text_safety import one_line
from pii_sandbox.server.private import private_server
from pii_sandbox.specs import DIALECTS, Dialect
from pii_sandbox.specs.catalogue import settings_of_rules

TOKEN_VARIABLE = "PII_SANDBOX_CONTROL_TOKEN"


class TargetUnreachable(Exception):
    """No sandbox answers at the URL; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """A target and how it was named. `alone`: nobody else is there, and nothing outlives the run."""

    target: Target
    alone: bool = False
    url: str | None = None
    file: Path | None = None


@contextmanager
def choose_target(
    url: str | None, file: Path | None, environment: Mapping[str, str], dialect: Dialect
) -> Iterator[TargetChoice]:
    """Choose the target; a private sandbox is stopped at the end.

    Raises BadTarget, and TargetUnreachable for a URL where no sandbox answers.
    """
    if file is not None:
        yield TargetChoice(read_target(file, environment), file=file)
    elif url is not None:
        yield TargetChoice(_running_target(url, environment.get(TOKEN_VARIABLE)), url=url)
    else:
        with private_server(dialect) as own:
            yield TargetChoice(replace(local_sandbox(own), dialect=dialect), alone=True, url=own)


def announce(source: Path, url: str | None, file: Path | None, environment: Mapping[str, str]) -> None:
    """Names on the screen, before the first request, the hosts and variables of a target that `source` chose."""
    if file is not None:
        click.echo(one_line(f"target {file}: {hosts_and_variables(file)}"), err=True)
    elif url is not None:
        token_variable = TOKEN_VARIABLE if TOKEN_VARIABLE in environment else None
        click.echo(one_line(f"sandbox of {source}: {disclosed_sandbox(url, token_variable)}"), err=True)


def _running_target(url: str, token: str | None) -> Target:
    if not url.startswith(("http://", "https://")):
        raise BadTarget(f"{url} is not an http or https URL; give one like http://127.0.0.1:8080")
    target = local_sandbox(url, token)
    with httpx.Client(timeout=10, trust_env=False, headers=target.headers) as client:
        try:
            health = client.get(f"{target.control}/health")
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise TargetUnreachable(
                f"no server responds at {url} ({type(error).__name__}); start one with 'pii-sandbox "
                "serve', or leave out the URL"
            ) from error
        if health.status_code == 401:
            raise TargetUnreachable(f"{url} requires its control token; set it in {TOKEN_VARIABLE}")
        if health.status_code != 200:
            raise TargetUnreachable(
                f"{url} is not a pii-sandbox server; describe any other endpoint in a target file: check --target FILE"
            )
        return _apply_sandbox_defaults(client, target)


def _apply_sandbox_defaults(client: httpx.Client, target: Target) -> Target:
    """Return the target with the dialect of that server's new sandboxes, and the settings that they must be given."""
    name = f"check-{secrets.token_hex(4)}"
    status = client.get(f"{target.control}/status", headers={"X-Sandbox": name}).json()
    client.delete(f"{target.control}/sandboxes/{name}")
    dialect: Dialect = next(dialect for dialect in DIALECTS if dialect == status["dialect"])
    values = status.get("settings", {})  # a server of an earlier release may lack a setting
    other = {name: value for name, value in settings_of_rules().items() if values.get(name, value) != value}
    return replace(target, dialect=dialect, settings=other)
