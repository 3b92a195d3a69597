"""A comparison as a table in the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pii_sandbox.conformance.history.comparison import Comparison, Difference, Row
from pii_sandbox.conformance.report.exchanges import ShownExchange
from pii_sandbox.conformance.report.html import pretty
from pii_sandbox.conformance.report.markdown import code

SAME = {True: "same", False: "differs", None: "unknown"}
_COLOURS = {True: "green", False: "bold red", None: "dim"}
_NOT_KEPT = "conforms; its responses were not kept"


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Prints rule × {sandbox, target, same}, then each difference with both answers."""
    table = Table(box=None, pad_edge=False)
    for name in ("rule", "sandbox", comparison.target, "same"):
        table.add_column(Text(name))  # a target's name may hold brackets, which are no markup
    for row in comparison.rows:
        table.add_row(row.rule, row.sandbox, row.target, Text(SAME[row.agrees], _COLOURS[row.agrees]))
    console.print(table)
    for difference in comparison.differences:
        console.print()
        console.print(Text(_title(difference), "bold"))
        console.print(Text(f"expected {difference.expected}"))
        sides = Table(show_lines=False, expand=True)
        sides.add_column("sandbox", ratio=1, overflow="fold")
        sides.add_column(Text(comparison.target), ratio=1, overflow="fold")
        sides.add_row(
            Text(f"saw {difference.seen_at_sandbox or 'what was expected'}"),
            Text(f"saw {difference.seen_at_target or 'what was expected'}"),
        )
        sides.add_row(Text(_exchange_text(difference.sandbox)), Text(_exchange_text(difference.target)))
        console.print(sides)
    console.print(_summary(comparison))


def markdown(comparison: Comparison) -> str:
    return "\n".join(_markdown(comparison)) + "\n"


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"# The sandbox and {code(comparison.target)}"
    yield ""
    yield _summary(comparison)
    yield ""
    yield f"| rule | sandbox | {code(comparison.target)} | same |"
    yield "|---|---|---|---|"
    for row in comparison.rows:
        yield f"| {row.rule} | {row.sandbox} | {row.target} | {_agreement(row)} |"
    for difference in comparison.differences:
        yield ""
        yield f"## {_title(difference)}"
        yield ""
        yield f"Expected {code(difference.expected)}."
        yield ""
        yield f"<table><tr><th>sandbox</th><th>{escape(comparison.target)}</th></tr>"
        yield "<tr>"
        for seen, shown in (
            (difference.seen_at_sandbox, difference.sandbox),
            (difference.seen_at_target, difference.target),
        ):
            told = escape(f"saw {seen or 'what was expected'}\n\n{_exchange_text(shown)}")
            yield f"<td><pre>{told.replace(chr(10), '&#10;')}</pre></td>"
        yield "</tr></table>"


def _agreement(row: Row) -> str:
    return f"**{SAME[row.agrees]}**" if row.agrees is False else SAME[row.agrees]


def _title(difference: Difference) -> str:
    return f"{difference.rule}: {difference.scenario.replace('_', ' ')}"


def _summary(comparison: Comparison) -> str:
    differing = len(comparison.differing_rows)
    known = sum(row.agrees is not None for row in comparison.rows)
    return f"{differing} of {known} rules that were checked at both differ; {len(comparison.rows) - known} were not."


def _exchange_text(exchange: ShownExchange | None) -> str:
    if exchange is None:
        return _NOT_KEPT
    sent = f"\n{pretty(exchange.request_body)}" if exchange.request_body else ""
    came = f"status {exchange.status}" if exchange.status is not None else exchange.error or "no answer"
    body = f"\n{pretty(exchange.response_body)}" if exchange.response_body else ""
    return f"{exchange.method} {exchange.url}{sent}\n\n{came}{body}"
