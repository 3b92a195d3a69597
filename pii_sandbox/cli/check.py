"""`pii-sandbox check`: the conformance harness."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from pii_sandbox import (
    scenarios,  # noqa: F401 — registers them
    specs,
)
from pii_sandbox.checking import plan, run
from pii_sandbox.checking.run import CheckOptions
from pii_sandbox.checking.target_choice import TargetUnreachable, choose_target
from pii_sandbox.cli.terminal import report_errors
from pii_sandbox.conformance import rule_selection as choices
from pii_sandbox.conformance import run_ids
from pii_sandbox.conformance.cleanup.ledger import BadLedger
from pii_sandbox.conformance.generated.partition import DEPTHS
from pii_sandbox.conformance.history.checkpoint import BadCheckpoint
from pii_sandbox.conformance.history.last_seen import BadRecord
from pii_sandbox.conformance.history.waivers import BadWaiver
from pii_sandbox.conformance.rule_selection import NoSuchRule
from pii_sandbox.conformance.target.config import BadTarget
from pii_sandbox.conformance.target.disclosure import hosts_and_variables
from pii_sandbox.conformance.target.environment import AnyVariable
from pii_sandbox.conformance.target.local_sandbox import APIS
from pii_sandbox.conformance.values.text_safety import one_line

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
_USAGE = (BadTarget, NoSuchRule, BadLedger, BadCheckpoint, BadRecord, BadWaiver, OSError)
# what a run that is gone on with has settled already
_FIXED_BY_RESUME = ("url", "target", "api", "rule", "skip", "only", "depth", "seed", "dialect")


@click.command(context_settings={"auto_envvar_prefix": "PII_SANDBOX_CHECK"})
@click.argument("url", required=False)
@click.option("--target", type=_FILE, metavar="FILE", help="Check the endpoint that FILE describes.")
@click.option("--api", type=click.Choice(APIS), multiple=True, help="Check only this API; may be repeated.")
@click.option(
    "--rule",
    multiple=True,
    metavar="ID",
    help="Check only this rule or group, such as VTEX-TTL-1 or VTEX-TTL; may be repeated.",
)
@click.option("--skip", multiple=True, metavar="ID", help="Leave out this rule or group; may be repeated.")
@click.option(
    "--only",
    type=click.Choice(["scenarios", "generated"]),
    help="Only the scenarios of the rules, or only generated calls.",
)
@click.option("--depth", type=click.Choice(list(DEPTHS)), default="standard", show_default=True,
              help="quick: scenarios; standard: generated calls too; thorough: many more generated calls.")  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, run_ids.LARGEST), help="Repeat a run: the same seed gives the same calls."
)
@click.option("--workers", type=click.IntRange(1, 64), default=4, show_default=True,
              help="Scenarios played in parallel; those that write to a vendor are played one by one.")  # fmt: skip
@click.option("--dialect", type=click.Choice(specs.DIALECTS), default="guide", show_default=True,
              help="Dialect of the private sandbox that is started without URL and --target.")  # fmt: skip
@click.option("--report", type=_FOLDER, metavar="DIR", help="Write the reports to this folder; needed for --resume.")
@click.option("--sarif-root", metavar="PATH",
              help="Path of the OpenAPI documents in your repository, for the locations in report.sarif; "
                   "by default, copies are written beside the report.")  # fmt: skip
@click.option("--resume", type=_FOLDER, metavar="DIR", help="Continue the run whose reports are in this folder.")
@click.option("--ledger", type=_NEW_FILE, metavar="FILE",
              help="New file that lists what the run creates and deletes; by default beside the reports.")  # fmt: skip
@click.option("--plan", is_flag=True, help="Print what would be sent, without sending anything; needs no credentials.")
@click.option("--verbose", is_flag=True, help="With --plan: list each scenario and each call.")
@click.option("--strict", is_flag=True,
              help="Exit 1 also for unstable rules, for drift, and for differences from assumed rules.")  # fmt: skip
@click.option("--min-checked", type=click.IntRange(0, 100), default=0, metavar="PERCENT",
              help="Exit 2 if fewer of the rules could be checked.")  # fmt: skip
@click.option("--hide-hosts", is_flag=True, help="Leave host names out of the reports.")
@click.option("--waivers", type=_FILE, metavar="FILE", help="File with findings that are accepted until a date.")
@click.option("--record", type=_NEW_FILE, metavar="FILE",
              help="Record in this file which rules held, for 'pii-sandbox rules'.")  # fmt: skip
@click.option("--observe", type=_NEW_FILE, metavar="FILE",
              help="Write to this file what a vendor's endpoint does about each assumed rule, to send to the project: "
                   "no personal data, credentials or host names.")  # fmt: skip
@click.option(
    "--compare", is_flag=True, help="Play the scenarios on a sandbox too, and report where the target differs."
)
@click.option("--reveal-pii", metavar="REASON", help="Show personal data in the reports, and give this reason there.")
@click.pass_context
def check(context: click.Context, /, **arguments: Any) -> None:
    """Check an endpoint against the rules: a sandbox at URL, what --target describes, or a private sandbox.

    \b
    Exit 0: something was checked, and nothing breaks;
         1: something breaks that is not waived;
         2: nothing or less than --min-checked could be checked, the run was cut short, or a usage error.
    """
    _refuse_unknown(context)
    _refuse_contradictions(arguments)
    with report_errors("check", usage=_USAGE, failures=(TargetUnreachable,)):
        if arguments["resume"] is not None:
            _refuse_fixed(context)
            code = run.resume_run(arguments["resume"], arguments, os.environ)
        else:
            if arguments["target"] is not None:
                told = one_line(f"target {arguments['target']}: {hosts_and_variables(arguments['target'])}")
                click.echo(told, err=True)
            code = _start(_options(arguments), arguments)
    context.exit(code)


def _refuse_unknown(context: click.Context) -> None:
    """A file's settings that no option has."""
    known = {parameter.name for parameter in context.command.params}
    unknown = sorted(set(context.default_map or ()) - known)
    if unknown:
        raise click.UsageError(
            f"unknown setting check.{unknown[0]}; 'pii-sandbox check --help' lists the options that can be set"
        )


def _refuse_contradictions(arguments: dict[str, Any]) -> None:
    """Options that do not go together, or lack a value."""
    if arguments["url"] is not None and arguments["target"] is not None:
        raise click.UsageError("give a URL or --target, not both")
    if arguments["observe"] is not None and arguments["target"] is None and arguments["resume"] is None:
        raise click.UsageError(
            "--observe needs --target: a sandbox behaves as pii-sandbox assumes, which shows nothing new"
        )
    if arguments["reveal_pii"] is not None and not arguments["reveal_pii"].strip():
        raise click.UsageError("--reveal-pii needs a reason, which the reports show")


def _refuse_fixed(context: click.Context) -> None:
    for name in _FIXED_BY_RESUME:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = "URL" if name == "url" else f"--{name}"
            raise click.UsageError(f"--resume continues a run with the options it was started with; leave out {option}")


def _options(arguments: dict[str, Any]) -> CheckOptions:
    only = arguments["only"]
    parts = {only} if only else {"scenarios"} if arguments["depth"] == "quick" else {"scenarios", "generated"}
    return CheckOptions(
        url=arguments["url"],
        target_file=None if arguments["target"] is None else str(arguments["target"]),
        apis=tuple(dict.fromkeys(arguments["api"])) or APIS,
        rules=tuple(arguments["rule"]),
        skipped=tuple(arguments["skip"]),
        parts=tuple(sorted(parts)),
        depth="standard" if only == "generated" and arguments["depth"] == "quick" else arguments["depth"],
        seed=run_ids.new_seed() if arguments["seed"] is None else arguments["seed"],
        dialect=arguments["dialect"],
    )


def _start(options: CheckOptions, arguments: dict[str, Any]) -> int:
    choices.select_rules(options.apis, options.rules, options.skipped)  # a rule that does not exist is refused first
    environment = AnyVariable() if arguments["plan"] else os.environ
    with choose_target(options.url, options.file, environment, options.dialect) as here:
        if not arguments["api"] and not options.rules:  # what the target does not name is not asked for
            options = replace(options, apis=tuple(api for api in options.apis if api in here.target.urls))
        selection = choices.select_rules(options.apis, options.rules, options.skipped)
        if arguments["plan"]:
            plan.print_plan(here.target, selection, options.apis, frozenset(options.parts), options.depth, options.seed,
                      verbose=arguments["verbose"])  # fmt: skip
            return 0
        return run.start_run(options, selection, here, arguments)
