"""`pii-sandbox data`: checks, repairs and queries the data folder of a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from pii_sandbox.cli.terminal import echo
from pii_sandbox.mockserver.control.documents import search
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.record_check import unfit_documents
from pii_sandbox.mockserver.sandboxes import DEFAULT, SandboxDefaults, Sandboxes
from pii_sandbox.mockserver.store import StoreError
from pii_sandbox.mockserver.store.backend import SANDBOX_SUFFIX, SNAPSHOT_SUFFIX, SNAPSHOTS_SUFFIX
from pii_sandbox.mockserver.store.check_and_repair import (
    RepairReport,
    StoreReport,
    check_file,
    repair,
    stored_documents,
)
from pii_sandbox.mockserver.store.folder_lock import hold, release
from pii_sandbox.mockserver.store.reader import read_only
from pii_sandbox.mockserver.vendors import VENDORS
from pii_sandbox.redaction.pseudonymization import values_search

_ids = values_search({})  # an id may look like an email address or a number of a person
FOLDER = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))


@click.group()
def data() -> None:
    """Check, repair and query the data folder of a server (serve --data)."""


@data.command("check")
@FOLDER
def check_folder(folder: Path) -> None:
    """Check every file in FOLDER without changing anything. Exit 1 if one is damaged or has invalid records."""
    damaged, sandboxes = 0, _sandboxes()
    for file in _files(folder):
        try:
            report, unfit = check_file(file), unfit_documents(sandboxes, stored_documents(file))
        except StoreError as error:
            echo(f"{file.relative_to(folder)}: {_error_text(file, error)}")
            damaged += 1
            continue
        echo(f"{file.relative_to(folder)}: {_report_line(report)}")
        for each in unfit.values():
            echo(f"  INVALID: {each.collection} {_ids.replace(each.id)}: {each.reason}")
        damaged += bool(report.damaged or unfit)
    if damaged:
        click.echo(f"{damaged} damaged. `pii-sandbox data repair {folder}` keeps their valid records.")
        raise SystemExit(1)


@data.command("repair")
@FOLDER
def repair_folder(folder: Path) -> None:
    """Repair each damaged file in FOLDER: keep its valid records, and the damaged file beside it.

    Invalid records are left out. A lost line may have been a deletion, so that deleted documents can reappear.
    Exit 1 if a file cannot be repaired.
    """
    files, failed, sandboxes = _files(folder), False, _sandboxes()
    with _lock(folder):
        for file in files:
            try:
                repaired = repair(file, partial(unfit_documents, sandboxes))
            except StoreError as error:
                failed = True
                echo(f"{file.relative_to(folder)}: {_error_text(file, error)}", err=True)
                continue
            result = "sound" if repaired is None else _repair_lines(repaired)
            echo(f"{file.relative_to(folder)}: {result}")
    if failed:
        raise SystemExit(1)


@data.command("query")
@FOLDER
@click.argument("api", type=click.Choice([vendor.name for vendor in VENDORS]))
@click.argument("collection")
@click.option("--where", help='A query as JSON, such as {"field": "document.email", "==": "ana@example.com"}.')
@click.option("--sandbox", default=DEFAULT, show_default=True, help="The sandbox whose documents are listed.")
def query_folder(folder: Path, api: str, collection: str, where: str | None, sandbox: str) -> None:
    """List the documents of COLLECTION of API that match, one JSON object per line.

    Reads the file of the sandbox in FOLDER without changing it; a server may be using it. --where has the form of the
    control API (GET /_sandbox/v1/documents/API/COLLECTION).
    """
    collections = next(vendor.collections for vendor in VENDORS if vendor.name == api)
    if collection not in collections:
        raise click.UsageError(f"{api} has no collection {collection}; it has {', '.join(collections)}")
    file = folder / f"{sandbox}{SANDBOX_SUFFIX}"
    if file not in folder.glob(f"*{SANDBOX_SUFFIX}"):
        raise click.UsageError(f"there is no sandbox {sandbox} in {folder}; name another with --sandbox")
    try:
        entries = search(read_only(file), f"{api}/{collection}", collections[collection], where)
    except (StoreError, Malformed) as error:
        raise click.UsageError(str(error)) from error
    for entry in entries:
        click.echo(json.dumps(entry, ensure_ascii=False))


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Lock the folder against servers inside the block, even if only files in folders below it are repaired."""
    lock = folder / "repair"
    try:
        hold(lock)
    except StoreError as error:
        raise click.UsageError(f"{error}: stop it first") from error
    try:
        yield
    finally:
        release(lock)


def _files(folder: Path) -> list[Path]:
    files = [
        *sorted(folder.glob(f"*{SANDBOX_SUFFIX}")),
        *sorted(folder.glob(f"*{SNAPSHOTS_SUFFIX}/*{SNAPSHOT_SUFFIX}")),
    ]
    if not files:
        raise click.UsageError(f"there is no sandbox in {folder}; give the folder of 'serve --data'")
    return files


def _sandboxes() -> Sandboxes:
    """Return the sandboxes of a server that is not started, for the validation of records."""
    return Sandboxes(VENDORS, SandboxDefaults())


def _report_line(report: StoreReport) -> str:
    line = f"format 1, {report.records} records in {report.lines} lines"
    if report.torn is not None:
        line += f"; the last write was cut short at byte {report.torn.start} ({len(report.torn)} bytes), no damage"
    if report.damaged:
        line += f"; DAMAGED: {_ranges(report)}"
    return line


def _repair_lines(repaired: RepairReport) -> str:
    omitted = f", {repaired.doubles} left out that a later one replaces" if repaired.doubles else ""
    omitted += f", {repaired.unfit} left out that no server wrote" if repaired.unfit else ""
    return (
        f"repaired: {_ranges(repaired.found) or 'no bytes'} dropped; {repaired.records} records remain{omitted}; "
        f"the damaged file is {repaired.kept_as.name}"
    )


def _ranges(report: StoreReport) -> str:
    return ", ".join(f"bytes {damaged.start} to {damaged.stop - 1}" for damaged in report.damaged)


def _error_text(file: Path, error: StoreError) -> str:
    """Return the message without the path, which is printed before it."""
    return str(error).removeprefix(f"{file} ")
