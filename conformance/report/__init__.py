"""A run's report, in every form: JSON, JUnit, SARIF, Markdown and HTML as files, and what the terminal shows.

Every form is made of one `Report`, which is redacted before any form sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pii_sandbox.conformance import private_files
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import content, html, json_report, junit, markdown, sarif
from pii_sandbox.conformance.report.content import Report
from pii_sandbox.conformance.report.terminal import Live
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import RunResult

__all__ = ["FORMS", "Live", "Report", "write"]

FORMS: Mapping[str, Callable[[Report], str]] = {
    "report.json": json_report.text,
    "junit.xml": junit.text,
    "report.sarif": sarif.text,
    "summary.md": markdown.text,
    "report.html": html.text,
}


def write(
    result: RunResult, folder: Path, target: Target | None = None, redactor: Redactor | None = None
) -> list[Path]:
    """Writes every form into the folder, each whole or not at all; their paths.

    With the target, commands to repeat name its environment variables. `redactor`: one that has seen more of the run.
    Raises OSError where the folder cannot be written to.
    """
    report = content.report(result, target, redactor)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, form in FORMS.items():
        file = folder / name
        private_files.replace(file, form(report), mode=0o666 if result.revealed is None else private_files.OWNER_ALONE)
        written.append(file)
    return written
