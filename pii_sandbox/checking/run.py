"""One run of `pii-sandbox check`, from its beginning or from where it was left."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from pii_sandbox.checking import output
from pii_sandbox.checking.comparison import compare
from pii_sandbox.checking.output import EventListener
from pii_sandbox.checking.preflight import with_preflight
from pii_sandbox.checking.report_folder import exclusive_use
from pii_sandbox.checking.signals import interrupted_by_signals
from pii_sandbox.checking.target_choice import TargetChoice, announce, choose_target
from pii_sandbox.conformance import rule_selection as choices
from pii_sandbox.conformance import run_ids
from pii_sandbox.conformance.cleanup import cleanup, ledger
from pii_sandbox.conformance.cleanup.ledger import BadLedger, Ledger
from pii_sandbox.conformance.generated import run
from pii_sandbox.conformance.history import checkpoint, last_seen, waivers
from pii_sandbox.conformance.history.checkpoint import BadCheckpoint, Checkpoint, CheckpointWriter
from pii_sandbox.conformance.http.connection import now
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.report import host_names
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.session import RunPlan, run_session
from pii_sandbox.conformance.values.scenario import REGISTRY
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.specs import Dialect

PRIVATE = "a private sandbox"  # instead of a host: it lives as long as the run


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What a run is about, as it was asked for; all that it takes to go on with it."""

    url: str | None
    target_file: str | None
    apis: tuple[str, ...]
    rules: tuple[str, ...]
    skipped: tuple[str, ...]
    parts: tuple[str, ...]
    depth: str
    seed: int
    dialect: Dialect

    @property
    def file(self) -> Path | None:
        return None if self.target_file is None else Path(self.target_file)


def start_run(
    options: CheckOptions, selection: RuleSelection, target_choice: TargetChoice, arguments: Mapping[str, Any]
) -> int:
    """Runs from the beginning; the exit code."""
    # where others are, or data stays, what this run makes is told apart by an id that no other run has
    ours = target_choice.target.isolates
    run_id = run_ids.run_id(options.seed) if ours else run_ids.fresh_run_id()
    about = _about(options, target_choice, run_id)
    with exclusive_use(arguments["report"]):
        file = None if target_choice.alone else _unused_ledger_file(arguments["ledger"], arguments["report"], run_id)
        run_ledger = Ledger(file, about)
        if arguments["report"] is not None:
            checkpoint.delete(arguments["report"])
        return _run(options, selection, target_choice, arguments, run_ledger, None)


def resume_run(folder: Path, arguments: Mapping[str, Any], environment: Mapping[str, str]) -> int:
    """Does the rest of the run whose reports are in that folder; the exit code."""
    previous = checkpoint.read_checkpoint(folder, REGISTRY)
    about = previous.about
    try:
        options = CheckOptions(**{name: _as_tuple(value) for name, value in about["wanted"].items()})
    except (KeyError, TypeError) as error:
        raise BadCheckpoint(
            f"{folder} contains a run of another version of pii-sandbox; start a new run without --resume"
        ) from error
    selection = choices.select_rules(options.apis, options.rules, options.skipped)
    announce(folder, options.url, options.file, environment)
    with choose_target(options.url, options.file, environment, options.dialect) as target_choice:
        file = None if about["ledger"] is None else Path(about["ledger"])
        reports = arguments["report"] or folder
        with exclusive_use(reports), closing(_open_ledger(file, about)) as run_ledger:
            obstacle = cleanup.target_mismatch(run_ledger, target_choice.target)
            if obstacle is not None:
                raise BadLedger(obstacle)
            click.echo(
                f"continuing run {run_ledger.run_id}: {len(previous.plays)} scenarios were played already", err=True
            )
            return _run(
                options,
                selection,
                target_choice,
                {**arguments, "report": reports},
                run_ledger,
                previous,
            )


def _open_ledger(file: Path | None, about: Mapping[str, Any]) -> Ledger:
    """The ledger of an earlier part; a new one where that part made nothing."""
    return ledger.read_ledger(file) if file is not None and file.exists() else Ledger(file, about)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _about(options: CheckOptions, target_choice: TargetChoice, run_id: str) -> dict[str, Any]:
    return {
        "run": run_id,
        "target": target_choice.target.name,
        "target_file": options.target_file,
        "sandbox": None if target_choice.alone else target_choice.url,
        "urls": dict(target_choice.target.urls),
        "control": target_choice.target.control,
        "started_at": now().isoformat(timespec="seconds"),
    }


def _unused_ledger_file(report_folder: Path | None, report: Path | None, run_id: str) -> Path:
    """A file for the ledger that no run has used. Raises BadLedger where the one that was asked for is used."""
    if report_folder is not None:
        if report_folder.exists():
            raise BadLedger(
                f"{report_folder} already exists; each run needs a ledger of its own: name a new file with --ledger"
            )
        return report_folder
    folder = report or Path()
    named = "ledger" if report is not None else "pii-sandbox-ledger"
    files = (folder / f"{named}-{run_id}{f'-{number}' if number else ''}.jsonl" for number in range(10**6))
    return next(file for file in files if not file.exists())


def _run(
    options: CheckOptions,
    selection: RuleSelection,
    target_choice: TargetChoice,
    arguments: Mapping[str, Any],
    run_ledger: Ledger,
    previous: Checkpoint | None,
) -> int:
    if arguments["waivers"] is not None:
        waivers.read_waivers(arguments["waivers"])  # better refused now than after the run
    if arguments["record"] is not None:
        last_seen.read_last_seen(arguments["record"])
    redactor = output.redactor_of(target_choice.target, run_ledger.run_id, arguments["reveal_pii"])
    about = {
        **run_ledger.about,
        "wanted": asdict(options),
        "ledger": None if run_ledger.file is None else str(run_ledger.file),
    }
    notes = None if arguments["report"] is None else CheckpointWriter(arguments["report"], about, redactor)
    listener = EventListener(redactor)
    target, run_id = target_choice.target, run_ledger.run_id
    sender = Sender(target, usage=None if previous is None else previous.usage)
    sender.on_token = functools.partial(redactor.learn_value, mark=SchemaMark("credential", secret=True))
    context = RunContext(
        target,
        sender,
        run_ledger,
        run_id,
        options.seed,
        run_id if target_choice.alone else f"{run_id}-{secrets.token_hex(4)}",
        0 if previous is None else previous.attempts,
        listener.live,
    )
    plan = _plan(options, selection, target_choice, arguments)
    if target.powers - {"read"}:
        run_ledger.prepare()  # what cannot be written down must not be made: better refused now
    try:
        if previous is not None:
            cleanup.clean_up(context)  # what was played when it ended is played again
        listener.live.seconds_allowed = sender.budget.seconds_left
        with listener.live, interrupted_by_signals():
            if not target_choice.alone:
                context = with_preflight(context, selection.rules_to_play, listener)
            generate = functools.partial(
                run.run_generated,
                context.target,
                options.apis,
                depth=options.depth,
                seed=options.seed,
                run_id=context.sandbox_prefix,
                sender=sender,
                on_finding=listener.on_finding,
                announce=lambda name: run_ledger.record_intent(sandbox=name),
            )
            result = run_session(
                context, plan, generate, checkpoint=previous, progress=notes, on_scenario=listener.on_scenario
            )
    finally:
        sender.close()
        run_ledger.close()
    hosts = dict.fromkeys(target.urls, PRIVATE) if target_choice.alone else host_names.hosts(target)
    result = replace(result, hosts=hosts, min_checked=arguments["min_checked"], strict=arguments["strict"])
    result = output.apply_waiver_file(result, arguments["waivers"])
    result = replace(result, complete=result.complete and run_ledger.failure is None)
    for failure in (run_ledger.failure, None if notes is None else notes.failure):
        if failure is not None:
            click.echo(f"Error: {failure}", err=True)
    code = output.write_outputs(result, target_choice.target, arguments, run_ledger, listener)
    if arguments["compare"]:
        output.show_comparison(compare(context, plan, result, listener.answers, redactor), arguments["report"])
    return code


def _plan(
    options: CheckOptions, selection: RuleSelection, target_choice: TargetChoice, arguments: Mapping[str, Any]
) -> RunPlan:
    return RunPlan(
        selection,
        frozenset(options.parts),  # type: ignore[arg-type]
        arguments["workers"],
        {
            "dialect": target_choice.target.dialect,
            "depth": options.depth,
            "parts": list(options.parts),
            "workers": arguments["workers"],
            **output.versions(),
        },
        arguments["reveal_pii"],
    )
