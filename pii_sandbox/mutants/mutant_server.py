"""Runs a sandbox server in this process, for mutants to break."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from pii_sandbox.server.private import SHOPPERS, serve_app


@dataclass(frozen=True, slots=True)
class MutantServer:
    """A running server. `target`: its description for the harness, which calls it over HTTP."""

    app: App
    target: Target

    def reseed(self) -> None:
        """Clear the seed templates, since a mutant may break seeding."""
        self.app.sandboxes._templates.clear()


@contextmanager
def mutant_server() -> Iterator[MutantServer]:
    """Run a server on a free port inside the block."""
    log = logging.getLogger("pii_sandbox.mockserver")
    level = log.level
    log.setLevel(logging.CRITICAL)  # failures of a mutant are reported in the table
    app = App(SandboxDefaults(seeded=SeedSpec(seed=1, shoppers=SHOPPERS)))
    try:
        with serve_app(app) as url:
            yield MutantServer(app, local_sandbox(url))
    finally:
        log.setLevel(level)
