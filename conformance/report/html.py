"""The report as one HTML file that opens offline: nothing in it is loaded from elsewhere."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from pii_sandbox.conformance.report.content import NAMES, Report, ShownOperation, as_facts
from pii_sandbox.conformance.report.summary import RESUMING
from pii_sandbox.conformance.values.text_safety import printable

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
STEPS = (3, 10, 30)  # from so many answers on, a cell of the heat map is a shade stronger
LONGEST_BODY = 4_000
FEW = 10  # findings of which the last answer is shown at once
FEW_CHARACTERS = 300  # of the deciding response, in print
MARKS = {"conforms": "✓", "breaks": "✕", "waived": "◐", "unstable": "≈", "drift": "≠", "not checked": "–"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the heat map. `level` 0: never seen; `told` is what it means, for those who do not see it."""

    text: str
    told: str
    level: int
    documented: bool


def text(report: Report) -> str:
    return _template("report.html").render(
        report=report,
        run=report.run,
        names=NAMES,
        outcomes=report.outcomes,
        marks=MARKS,
        facts=as_facts(report.run_facts),
        resuming=RESUMING,
        statuses={api: _statuses(api, report) for api in report.apis},
        cell=cell,
        few=FEW,
        few_characters=FEW_CHARACTERS,
        tone=_tone(report),
        pretty=pretty,
        worded=with_line_breaks,
        breakable=breakable,
        style=_source("report.css"),
        style_hash=_hash(_source("report.css")),
        script=_source("report.js"),
        script_hash=_hash(_source("report.js")),
    )


def _tone(report: Report) -> str:
    """The colour of the headline: good only where every rule was checked."""
    if report.run.exit_code == 0:
        return "part" if report.causes else "good"
    return "bad" if report.run.exit_code == 1 else "none"


def _statuses(api: str, report: Report) -> list[int]:
    """The columns of an API's heat map."""
    operations = [shown for shown in report.operations if shown.api == api]
    return sorted({status for shown in operations for status in (*shown.documented, *shown.statuses)})


def cell(operation: ShownOperation, status: int) -> Cell:
    count, documented = operation.statuses.get(status, 0), status in operation.documented
    if not count:
        return Cell("0", "documented, not seen", 0, True) if documented else Cell("", "not documented", 0, False)
    times = "once" if count == 1 else f"{count} times"
    return Cell(
        str(count) + ("" if documented else "!"),
        f"{times}{'' if documented else ', not documented'}",
        1 + sum(count >= step for step in STEPS),
        documented,
    )


def pretty(body: str) -> str:
    """A body as people read it: JSON indented; long ones are cut."""
    with suppress(ValueError, RecursionError):
        body = printable(json.dumps(json.loads(body), ensure_ascii=False, indent=2))
    if len(body) <= LONGEST_BODY:
        return body
    return f"{body[:LONGEST_BODY]}… ({len(body) - LONGEST_BODY} characters more, in report.json)"


def with_line_breaks(statement: str) -> Markup:
    """A statement of the catalogue, what stands between its backticks as code."""
    pieces = enumerate(statement.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(piece) if odd % 2 else piece for odd, piece in pieces)


def breakable(name: str) -> Markup:
    """A name that may break where its words meet."""
    return Markup("<wbr>").join(_HUMP.split(name))


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("pii_sandbox.conformance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


def _source(name: str) -> Markup:
    """A file of ours as it stands."""
    loaded: Any = _environment().loader
    return Markup(loaded.get_source(_environment(), name)[0].strip())


def _hash(source: str) -> str:
    """What a content security policy wants to know of an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
