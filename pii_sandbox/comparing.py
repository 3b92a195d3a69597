"""`pii-sandbox check --compare`: the same scenarios on a sandbox, beside those on the target."""

from __future__ import annotations

from dataclasses import replace

import click

from conformance.compare import Comparison, compared
from conformance.conduct import Order, conduct
from conformance.findings import Exchange, RunResult
from conformance.fuzz import GeneratedResult
from conformance.ledger import Ledger
from conformance.own import own_sandbox
from conformance.redaction import Redactor
from conformance.report.terminal import Live
from conformance.run import Played
from conformance.sender import Sender
from pii_sandbox.own_server import own_server


class Answers(dict[tuple[str, str], tuple[Exchange, ...]]):
    """What each scenario sent and got, by rule and name."""

    def keep(self, played: Played) -> None:
        self[played.scenario.rule, played.scenario.name] = played.exchanges


def compare(order: Order, result: RunResult, answers: Answers, redactor: Redactor) -> Comparison:
    """Plays the scenarios of a run in a sandbox with all powers, and tells where the run's target differs."""
    click.echo("the same scenarios on a sandbox:", err=True)
    ours = Answers()
    with own_server(order.target.dialect) as url, Live(redactor=redactor) as live:
        own = replace(own_sandbox(url), dialect=order.target.dialect)
        sender = Sender(own)
        alike = replace(order, target=own, parts=frozenset({"scenarios"}), lodging=order.run_id)
        book = Ledger(None, {"run": order.run_id})
        try:
            sandbox = conduct(alike, sender, book, live, GeneratedResult, heard=ours.keep)
        finally:
            sender.close()
    return compared(sandbox, result, redactor, sandbox_answers=ours, target_answers=answers)
