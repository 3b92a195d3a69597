"""`pii-sandbox check`: the conformance harness."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

import scenarios  # noqa: F401 — registers them
import specs
from conformance import choice as choices
from conformance import seeds
from conformance.choice import NoSuchRule
from conformance.ledger import BadLedger
from conformance.own import APIS
from conformance.parts import DEPTHS
from conformance.progress import BadProgress
from conformance.record import BadRecord
from conformance.report.content import printable
from conformance.target_disclosure import disclosed
from conformance.target_files import BadTarget
from conformance.waivers import BadWaiver
from pii_sandbox import checking, planning
from pii_sandbox.checking import Wanted
from pii_sandbox.places import Unreachable, place

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_USAGE = (BadTarget, NoSuchRule, BadLedger, BadProgress, BadRecord, BadWaiver)
# what a run that is gone on with has settled already
_SETTLED = ("url", "target", "api", "rule", "skip", "only", "depth", "seed", "dialect")


@click.command(context_settings={"auto_envvar_prefix": "PII_SANDBOX_CHECK"})
@click.argument("url", required=False)
@click.option("--target", type=_FILE, metavar="FILE", help="Check the endpoint that FILE describes.")
@click.option("--api", type=click.Choice(APIS), multiple=True, help="Only this API; may be repeated.")
@click.option("--rule", multiple=True, metavar="ID", help="Only this rule or group: VTEX-TTL-1, or VTEX-TTL.")
@click.option("--skip", multiple=True, metavar="ID", help="All but this rule or group.")
@click.option("--only", type=click.Choice(["scenarios", "generated"]), help="Leave the other part out.")
@click.option("--depth", type=click.Choice(list(DEPTHS)), default="standard", show_default=True,
              help="quick: scenarios alone; standard: generated calls too; thorough: many more of them.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, seeds.LARGEST), help="Repeats a run: the same calls in each scenario.")
@click.option("--workers", type=click.IntRange(1, 64), default=4, show_default=True,
              help="Scenarios played at a time; those that write to a vendor are played one by one.")  # fmt: skip
@click.option("--dialect", type=click.Choice(specs.DIALECTS), default="guide", show_default=True,
              help="What the sandbox speaks that is started without URL and --target.")  # fmt: skip
@click.option("--report", type=_FOLDER, metavar="DIR", help="Write the reports there; needed for --resume.")
@click.option("--resume", type=_FOLDER, metavar="DIR", help="Go on with the run whose reports are there.")
@click.option("--ledger", type=_NEW_FILE, metavar="FILE",
              help="Where what is made is noted until it is undone; by default beside the reports.")  # fmt: skip
@click.option("--plan", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option("--waivers", type=_FILE, metavar="FILE", help="Findings that are accepted for a while.")
@click.option("--record", type=_NEW_FILE, metavar="FILE",
              help="Note there which rules were seen to hold, for 'pii-sandbox rules'.")  # fmt: skip
@click.option("--compare", is_flag=True, help="Play the scenarios on a sandbox too, and tell where the target differs.")
@click.option("--reveal-pii", metavar="REASON", help="Show personal data in the reports, and this reason.")
@click.pass_context
def check(context: click.Context, /, **chosen: Any) -> None:
    """Check an endpoint against the rules: the sandbox at URL, what --target describes, or a sandbox of its own.

    Exit 0: it conforms; 1: it does not; 2: nothing could be checked.
    """
    _refuse_unknown(context)
    if chosen["url"] is not None and chosen["target"] is not None:
        raise click.UsageError("give a URL or --target, not both")
    if chosen["reveal_pii"] is not None and not chosen["reveal_pii"].strip():
        raise click.UsageError("--reveal-pii wants a reason")
    try:
        if chosen["resume"] is not None:
            _refuse_settled(context)
            code = checking.resumed(chosen["resume"], chosen, os.environ)
        else:
            if chosen["target"] is not None:
                told = printable(f"target {chosen['target']}: {disclosed(chosen['target'])}")
                click.echo(told, err=True)
            code = _begun(_wanted(chosen), chosen)
    except _USAGE as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"{error.filename or 'a file'}: {error.strerror or error}") from error
    except Unreachable as error:
        click.echo(f"Error: {error}", err=True)
        code = 2
    context.exit(code)


def _refuse_unknown(context: click.Context) -> None:
    """A file's settings that no option has."""
    known = {parameter.name for parameter in context.command.params}
    unknown = sorted(set(context.default_map or ()) - known)
    if unknown:
        raise click.UsageError(f"no such setting of check: {unknown[0]}")


def _refuse_settled(context: click.Context) -> None:
    for name in _SETTLED:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--resume goes on with a run as it was begun; it takes no {name}")


def _wanted(chosen: dict[str, Any]) -> Wanted:
    only = chosen["only"]
    parts = {only} if only else {"scenarios"} if chosen["depth"] == "quick" else {"scenarios", "generated"}
    return Wanted(
        url=chosen["url"],
        target_file=None if chosen["target"] is None else str(chosen["target"]),
        apis=tuple(dict.fromkeys(chosen["api"])) or APIS,
        rules=tuple(chosen["rule"]),
        skipped=tuple(chosen["skip"]),
        parts=tuple(sorted(parts)),
        depth="standard" if only == "generated" and chosen["depth"] == "quick" else chosen["depth"],
        seed=seeds.new_seed() if chosen["seed"] is None else chosen["seed"],
        dialect=chosen["dialect"],
    )


def _begun(wanted: Wanted, chosen: dict[str, Any]) -> int:
    choice = choices.chosen(wanted.apis, wanted.rules, wanted.skipped)
    with place(wanted.url, wanted.file, os.environ, wanted.dialect) as here:
        if chosen["plan"]:
            planning.show(here.target, choice, wanted.apis, frozenset(wanted.parts), wanted.depth, wanted.seed)
            return 0
        return checking.begun(wanted, choice, here, chosen)
