"""The command line, as Click knows it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from pii_sandbox.cli.group import main
from tests.docs.reference.markdown import code, table


def commands() -> str:
    """Every command with its help, arguments and options."""
    return "\n\n".join(_section(command, path) for path, command in each_command(main, ("pii-sandbox",)))


def each_command(
    command: click.Command, path: tuple[str, ...] = ("pii-sandbox",)
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Return a command and those below it, each with the words that call it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    if len(path) > 1:
        yield path, command
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        if below is not None and not below.hidden:
            yield from each_command(below, (*path, name))


def default(option: click.Parameter) -> str:
    """Return the default as the command line takes it, an empty text where there is none."""
    known = option.to_info_dict().get("default")
    if known is None or known is False or callable(known) or "Sentinel" in repr(known):
        return ""
    return " ".join(map(str, known)) if isinstance(known, (list, tuple)) else str(known)


def variable(option: click.Parameter, command: click.Command) -> str:
    """Return the environment variable of an option, an empty text where it has none."""
    names = option.envvar
    prefix = command.context_settings.get("auto_envvar_prefix")
    if names is None and prefix and isinstance(option, click.Option) and option.allow_from_autoenv:
        return f"{prefix}_{(option.name or '').upper()}"
    return names if isinstance(names, str) else ", ".join(names or ())


def values(option: click.Parameter) -> str:
    """Return what an option takes: its choices, or the name of its value; an empty text for a flag."""
    if isinstance(option, click.Option) and (option.is_flag or option.count):
        return ""
    if isinstance(option.type, click.Choice):
        return ", ".join(map(str, option.type.choices))
    return (option.metavar or option.type.name.upper().replace(" RANGE", "")) if option.type else ""


def _section(command: click.Command, path: tuple[str, ...]) -> str:
    context = click.Context(command, info_name=" ".join(path))
    parts = [f"{'#' * (len(path) if len(path) > 2 else 2)} {' '.join(path)}"]
    if not isinstance(command, click.Group):
        parts.append(f"```text\n{' '.join([*path, *command.collect_usage_pieces(context)])}\n```")
    parts.append(_prose(command.help or ""))
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    rows = [_row(option, command) for option in options]
    if rows:
        parts.append(table(("option", "variable", "default", "meaning"), rows))
    return "\n\n".join(part for part in parts if part)


def _row(option: click.Option, command: click.Command) -> tuple[str, str, str, str]:
    names = " / ".join(code(name) for name in [*option.opts, *option.secondary_opts])
    taken = values(option)
    repeated = " May be repeated." if option.multiple and "repeated" not in (option.help or "") else ""
    return (
        f"{names} {code(taken)}".strip() if taken else names,
        code(variable(option, command)),
        code(default(option)),
        (option.help or "") + repeated,
    )


def _prose(text: str) -> str:
    """Return a help text as Markdown; paragraphs after a line of `\\b` keep their lines."""
    parts = re.split(r"\n{2,}", inspect.cleandoc(text).replace("\f", ""))
    return "\n\n".join(
        f"```text\n{part.removeprefix(chr(8)).strip(chr(10))}\n```" if part.startswith("\b") else part for part in parts
    )
