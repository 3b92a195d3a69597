"""A run's report, in every form: JSON, JUnit, SARIF, Markdown and HTML as files, and what the terminal shows.

Every form is made of one `Report`, which is redacted before any form sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from pii_sandbox import specs
from pii_sandbox.conformance import private_files
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import content, html, json_report, junit, markdown, sarif
from pii_sandbox.conformance.report.content import Report
from pii_sandbox.conformance.report.terminal import Live
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.faults import FaultLog
from pii_sandbox.conformance.values.findings import RunResult

__all__ = ["FORMS", "Live", "Report", "WriteResult", "write", "write_report"]

FORMS: Mapping[str, Callable[[Report], str]] = {
    "report.json": json_report.text,
    "junit.xml": junit.text,
    "report.sarif": sarif.text,
    "summary.md": markdown.text,
    "report.html": html.text,
}


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The files of a report that were written, and one line, with file and cause, for each that could not be.

    `faulty`: one of these causes is a fault of this program.
    """

    files: tuple[Path, ...]
    failures: tuple[str, ...] = ()
    faulty: bool = False


def write(
    result: RunResult,
    folder: Path,
    target: Target | None = None,
    redactor: Redactor | None = None,
    *,
    sarif_root: str | None = None,
) -> WriteResult:
    """Writes the report of a run, made for that target, in every form.

    With the target, commands to repeat name its environment variables. `redactor`: one that has seen more of the run.
    """
    return write_report(content.report(result, target, redactor), folder, sarif_root=sarif_root)


def write_report(report: Report, folder: Path, *, sarif_root: str | None = None) -> WriteResult:
    """Writes every form into the folder, each whole or not at all; one that fails does not keep the others from it.

    `sarif_root` is where the OpenAPI documents stand for readers of the SARIF file, such as a folder of a repository;
    without it they are written beside the report.
    """
    mode = 0o666 if report.run.revealed is None else private_files.OWNER_ALONE
    report = replace(report, documents_uri=documents_uri(folder, sarif_root))
    files, failures, faults = [], [], FaultLog()
    texts = {}
    for name, form in FORMS.items():
        with faults.guard(name):
            texts[folder / name] = form(report)
    if sarif_root is None:
        for document in sarif.document_names(report):
            file = folder / sarif.DOCUMENTS / f"{document}.yaml"
            texts[file] = specs.path(document).read_text("utf-8")
    for file, text in texts.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            private_files.replace(file, text, mode=mode)
            files.append(file)
        except OSError as error:
            failures.append(f"{file} could not be written: {error.strerror or error}")
    return WriteResult(tuple(files), (*failures, *faults.texts), bool(faults.texts))


def documents_uri(folder: Path, sarif_root: str | None) -> str:
    """The folder of the documents as a URI: relative to the current folder where the report is below it."""
    if sarif_root is not None:
        return quote(sarif_root.replace("\\", "/").rstrip("/") or ".", safe="/:%")
    place = (folder / sarif.DOCUMENTS).resolve()
    here = Path.cwd().resolve()
    return quote(place.relative_to(here).as_posix()) if place.is_relative_to(here) else place.as_uri()
