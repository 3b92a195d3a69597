"""The preflight of `pii-sandbox check`: what cannot be used is told before the first rule, and not played."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from rich.text import Text

from pii_sandbox.checking.output import EventListener
from pii_sandbox.conformance.cleanup import undo
from pii_sandbox.conformance.cleanup.ledger import BadLedger
from pii_sandbox.conformance.preflight.preflight import run_preflight
from pii_sandbox.conformance.preflight.results import target_with_unusable
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.text_safety import printable
from pii_sandbox.specs.catalogue import Rule


def with_preflight(context: RunContext, rules: Iterable[Rule], listener: EventListener) -> RunContext:
    """The run with a target in which is marked what its preflight found unusable; each trouble is shown at once.

    Ctrl-C stops the run, as it does later.
    """
    apis = tuple(dict.fromkeys(rule.api for rule in rules))
    results = []
    try:
        with _separate_sandbox(context) as target:
            for result in run_preflight(target, context.sender, apis):
                results.append(result)
                for trouble in result.troubles:
                    text = printable(listener.redactor.sentence(f"preflight: {trouble.text}"))
                    listener.live.console.print(Text(text, "yellow"), soft_wrap=True)
    except (KeyboardInterrupt, RunStopped):
        context.sender.stop.set()
    except (CannotCheck, BadLedger) as obstacle:  # no sandbox can be made; each scenario will say so
        listener.live.console.print(Text(printable(f"preflight: {obstacle}"), "yellow"), soft_wrap=True)
    return replace(context, target=target_with_unusable(context.target, results))


@contextmanager
def _separate_sandbox(context: RunContext) -> Iterator[Target]:
    """The target in a sandbox of its own, where there are any: faults that others set do not show there."""
    target = context.target
    if not target.isolates:
        yield target
        return
    name = f"{context.sandbox_prefix}-preflight".lower()
    number = context.ledger.record_intent(sandbox=name)
    try:
        yield replace(target, headers={**target.headers, "X-Sandbox": name})
    finally:
        deletion = undo.sandbox_deleted(name, context)
        context.ledger.settle(number, deletion.state, why=deletion.why)
