"""What all parts of one run share: target, sender, ledger, run id, seed, listener."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.http.connection import NewClient, new_client
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.setups import SetupFailures
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.faults import FaultLog
from pii_sandbox.conformance.values.listener import ProgressListener, SilentListener


@dataclass(frozen=True, slots=True)
class RunContext:
    """One run at one target. `target` is as a scenario sees it: a scenario's own sandbox is in its headers.

    `sandbox_prefix` begins the names of sandboxes that are made for the run. `attempt` counts how often the run was
    resumed: customers invented before are not invented again. `setups`: which set-up steps failed so far. `faults` are
    those of this program.
    """

    target: Target
    sender: Sender
    ledger: Ledger
    run_id: str
    seed: int
    sandbox_prefix: str
    attempt: int = 0
    listener: ProgressListener = field(default_factory=SilentListener)
    setups: SetupFailures = field(default_factory=SetupFailures)
    faults: FaultLog = field(default_factory=FaultLog)


@contextmanager
def standalone_context(
    target: Target, run_id: str, seed: int, new_client: NewClient = new_client, *, ledger: Ledger | None = None
) -> Iterator[RunContext]:
    """A context of its own for scenarios that belong to no whole run; its connections are closed at the end."""
    sender = Sender(target, new_client)
    try:
        yield RunContext(target, sender, ledger or Ledger(None, {"run": run_id}), run_id, seed, run_id)
    finally:
        sender.close()
