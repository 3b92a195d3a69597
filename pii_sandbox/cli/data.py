"""`pii-sandbox data`: the folder of `serve --data`, looked at and repaired while no server uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from pii_sandbox.mockserver.control.documents import search
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.record_check import unfit_documents
from pii_sandbox.mockserver.sandboxes import DEFAULT, SandboxDefaults, Sandboxes
from pii_sandbox.mockserver.store import StoreError
from pii_sandbox.mockserver.store.backend import SANDBOX_SUFFIX, SNAPSHOT_SUFFIX, SNAPSHOTS_SUFFIX
from pii_sandbox.mockserver.store.check_and_repair import RepairReport, StoreReport, check, documents, repair
from pii_sandbox.mockserver.store.folder_lock import hold, release
from pii_sandbox.mockserver.store.reader import read_only
from pii_sandbox.mockserver.vendors import VENDORS

FOLDER = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))


@click.group()
def data() -> None:
    """Look at the folder of a server with --data, and repair it."""


@data.command("check")
@FOLDER
def check_folder(folder: Path) -> None:
    """Read every file in FOLDER; exit 1 where one is damaged or holds what no server wrote. Nothing is changed."""
    damaged, sandboxes = 0, _sandboxes()
    for file in _files(folder):
        try:
            found, unfit = check(file), unfit_documents(sandboxes, documents(file))
        except StoreError as error:
            click.echo(f"{file.relative_to(folder)}: {_error_text(file, error)}")
            damaged += 1
            continue
        click.echo(f"{file.relative_to(folder)}: {_report_line(found)}")
        for each in unfit.values():
            click.echo(f"  UNFIT: {each}")
        damaged += bool(found.damaged or unfit)
    if damaged:
        click.echo(f"{damaged} damaged. `pii-sandbox data repair {folder}` keeps what is sound.")
        raise SystemExit(1)


@data.command("repair")
@FOLDER
def repair_folder(folder: Path) -> None:
    """Replace each damaged file in FOLDER by what is sound in it; the damaged one is kept beside it.

    Records that no server wrote are left out, too.
    A lost line may have been a deletion: what it deleted may be back. Exit 1 where a file cannot be repaired.
    """
    files, failed, sandboxes = _files(folder), False, _sandboxes()
    with _locked(folder):
        for file in files:
            try:
                repaired = repair(file, partial(unfit_documents, sandboxes))
            except StoreError as error:
                failed = True
                click.echo(f"{file.relative_to(folder)}: {_error_text(file, error)}", err=True)
                continue
            told = "sound" if repaired is None else _repair_lines(repaired)
            click.echo(f"{file.relative_to(folder)}: {told}")
    if failed:
        raise SystemExit(1)


@data.command("query")
@FOLDER
@click.argument("api", type=click.Choice([vendor.name for vendor in VENDORS]))
@click.argument("collection")
@click.option("--where", help='A query as JSON, such as {"field": "document.email", "==": "ana@example.com"}.')
@click.option("--sandbox", default=DEFAULT, show_default=True, help="The sandbox whose documents are listed.")
def query_folder(folder: Path, api: str, collection: str, where: str | None, sandbox: str) -> None:
    """List the documents of COLLECTION of API, or those that match, one JSON object a line.

    Reads the file of the sandbox in FOLDER and changes nothing; a server may be using it. The form of --where is that
    of the control API (GET /_sandbox/v1/documents/API/COLLECTION).
    """
    collections = next(vendor.collections for vendor in VENDORS if vendor.name == api)
    if collection not in collections:
        raise click.UsageError(f"{api} has no collection {collection}; it has {', '.join(collections)}")
    file = folder / f"{sandbox}{SANDBOX_SUFFIX}"
    if file not in folder.glob(f"*{SANDBOX_SUFFIX}"):
        raise click.UsageError(f"there is no sandbox {sandbox} in {folder}")
    try:
        found = search(read_only(file), f"{api}/{collection}", collections[collection], where)
    except (StoreError, Malformed) as error:
        raise click.UsageError(str(error)) from error
    for entry in found:
        click.echo(json.dumps(entry, ensure_ascii=False))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Nobody else is in the folder, though only files in folders below it may be touched."""
    nothing = folder / "repair"
    try:
        hold(nothing)
    except StoreError as error:
        raise click.UsageError(f"{error}: stop it first") from error
    try:
        yield
    finally:
        release(nothing)


def _files(folder: Path) -> list[Path]:
    files = [
        *sorted(folder.glob(f"*{SANDBOX_SUFFIX}")),
        *sorted(folder.glob(f"*{SNAPSHOTS_SUFFIX}/*{SNAPSHOT_SUFFIX}")),
    ]
    if not files:
        raise click.UsageError(f"there is no sandbox in {folder}")
    return files


def _sandboxes() -> Sandboxes:
    """Those of a server that is not started, to hold records against."""
    return Sandboxes(VENDORS, SandboxDefaults())


def _report_line(found: StoreReport) -> str:
    told = f"format 1, {found.records} records in {found.lines} lines"
    if found.torn is not None:
        told += f"; the last write was cut short at byte {found.torn.start} ({len(found.torn)} bytes), no damage"
    if found.damaged:
        told += f"; DAMAGED: {_ranges(found)}"
    return told


def _repair_lines(repaired: RepairReport) -> str:
    doubles = f", {repaired.doubles} left out that a later one replaces" if repaired.doubles else ""
    doubles += f", {repaired.unfit} left out that no server wrote" if repaired.unfit else ""
    return (
        f"repaired: {_ranges(repaired.found) or 'no bytes'} dropped; {repaired.records} records remain{doubles}; "
        f"the damaged file is {repaired.kept_as.name}"
    )


def _ranges(found: StoreReport) -> str:
    return ", ".join(f"bytes {damaged.start} to {damaged.stop - 1}" for damaged in found.damaged)


def _error_text(file: Path, error: StoreError) -> str:
    """The message without the path, which stands before it already."""
    return str(error).removeprefix(f"{file} ")
