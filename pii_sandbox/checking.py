"""One run of `pii-sandbox check`, from its beginning or from where it was left."""

from __future__ import annotations

import functools
import secrets
import signal
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from conformance import choice as choices
from conformance import cleanup, fuzz, ledger, progress, seeds, waivers
from conformance.choice import Choice
from conformance.conduct import Order, conduct
from conformance.ledger import BadLedger, Ledger
from conformance.progress import BadProgress, Past, Progress
from conformance.scenario import REGISTRY
from conformance.sender import Sender, now
from pii_sandbox import telling
from pii_sandbox.comparing import compare
from pii_sandbox.places import Place, place
from pii_sandbox.telling import Ear
from specs import Dialect


@dataclass(frozen=True, slots=True)
class Wanted:
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


def begun(wanted: Wanted, choice: Choice, here: Place, chosen: Mapping[str, Any]) -> int:
    """Runs from the beginning; the exit code."""
    # where others are, or data stays, what this run makes is told apart by an id that no other run has
    ours = here.target.isolates
    run_id = seeds.run_id(wanted.seed) if ours else seeds.fresh_run_id()
    about = _about(wanted, here, run_id)
    file = None if here.alone else _free(chosen["ledger"], chosen["report"], run_id)
    book = Ledger(file, about)
    if chosen["report"] is not None:
        progress.forget(chosen["report"])
    return _run(wanted, choice, here, chosen, book, None)


def resumed(folder: Path, chosen: Mapping[str, Any], environment: Mapping[str, str]) -> int:
    """Does the rest of the run whose reports are in that folder; the exit code."""
    past = progress.read(folder, REGISTRY)
    about = past.about
    try:
        wanted = Wanted(**{name: _tupled(value) for name, value in about["wanted"].items()})
    except (KeyError, TypeError) as error:
        raise BadProgress(f"{folder} holds a run of another version") from error
    choice = choices.chosen(wanted.apis, wanted.rules, wanted.skipped)
    with place(wanted.url, wanted.file, environment, wanted.dialect) as here:
        file = None if about["ledger"] is None else Path(about["ledger"])
        with closing(_book(file, about)) as book:
            obstacle = cleanup.differing(book, here.target)
            if obstacle is not None:
                raise BadLedger(obstacle)
            click.echo(f"going on with run {book.run_id}: {len(past.plays)} scenarios are played already", err=True)
            return _run(wanted, choice, here, {**chosen, "report": chosen["report"] or folder}, book, past)


def _book(file: Path | None, about: Mapping[str, Any]) -> Ledger:
    """The ledger of an earlier part; a new one where that part made nothing."""
    return ledger.read(file) if file is not None and file.exists() else Ledger(file, about)


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _about(wanted: Wanted, here: Place, run_id: str) -> dict[str, Any]:
    return {
        "run": run_id,
        "target": here.target.name,
        "target_file": wanted.target_file,
        "sandbox": None if here.alone else here.url,
        "urls": dict(here.target.urls),
        "control": here.target.control,
        "started_at": now().isoformat(timespec="seconds"),
    }


def _free(asked: Path | None, report: Path | None, run_id: str) -> Path:
    """A file for the ledger that no run has used. Raises BadLedger where the one that was asked for is used."""
    if asked is not None:
        if asked.exists():
            raise BadLedger(f"{asked} exists already; each run has a ledger of its own")
        return asked
    folder = report or Path()
    named = "ledger" if report is not None else "pii-sandbox-ledger"
    files = (folder / f"{named}-{run_id}{f'-{number}' if number else ''}.jsonl" for number in range(10**6))
    return next(file for file in files if not file.exists())


def _run(
    wanted: Wanted, choice: Choice, here: Place, chosen: Mapping[str, Any], book: Ledger, past: Past | None
) -> int:
    if chosen["waivers"] is not None:
        waivers.read(chosen["waivers"])  # better refused now than after the run
    redactor = telling.redactor_of(here.target, book.run_id, chosen["reveal_pii"])
    about = {**book.about, "wanted": asdict(wanted), "ledger": None if book.file is None else str(book.file)}
    notes = None if chosen["report"] is None else Progress(chosen["report"], about, redactor)
    ear = Ear(redactor)
    sender = Sender(here.target, spent=None if past is None else past.spent)
    order = _order(wanted, choice, here, chosen, book.run_id)
    generate = functools.partial(
        fuzz.generated,
        here.target,
        wanted.apis,
        depth=wanted.depth,
        seed=wanted.seed,
        run_id=order.lodging,
        sender=sender,
        on_finding=ear.found,
    )
    try:
        if past is not None:
            cleanup.clean(book, here.target, sender=sender)  # what was played when it ended is played anew
        with ear.live, _ended_by_sigterm():
            result = conduct(order, sender, book, ear.live, generate, past=past, progress=notes, heard=ear.heard)
    finally:
        sender.close()
        book.close()
    result = telling.judged(result, chosen["waivers"])
    telling.tell(result, here.target, chosen, book, ear)
    if chosen["compare"]:
        telling.show_comparison(compare(order, result, ear.answers, redactor), chosen["report"])
    return result.exit_code


def _order(wanted: Wanted, choice: Choice, here: Place, chosen: Mapping[str, Any], run_id: str) -> Order:
    return Order(
        here.target,
        choice,
        frozenset(wanted.parts),  # type: ignore[arg-type]
        run_id,
        wanted.seed,
        chosen["workers"],
        run_id if here.alone else f"{run_id}-{secrets.token_hex(4)}",
        {
            "dialect": here.target.dialect,
            "depth": wanted.depth,
            "parts": list(wanted.parts),
            "workers": chosen["workers"],
            **telling.versions(),
        },
        chosen["reveal_pii"],
    )


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: all is undone."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
