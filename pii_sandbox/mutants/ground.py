"""A sandbox server in this process, for mutants to break."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.own import own_sandbox
from conformance.targets import Target
from mockserver.app import App
from mockserver.sandbox import Seeded
from mockserver.sandboxes import Blueprint
from pii_sandbox.own_server import SHOPPERS, served


@dataclass(frozen=True, slots=True)
class Ground:
    """`target` is the server as the harness sees it: over HTTP."""

    app: App
    target: Target

    def reseed(self) -> None:
        """Has the people of new sandboxes made anew: the making of people may be what is broken."""
        self.app.sandboxes._templates.clear()


@contextmanager
def ground() -> Iterator[Ground]:
    """A server on a free port, until the block ends."""
    log = logging.getLogger("mockserver")
    level = log.level
    log.setLevel(logging.CRITICAL)  # a mutant that fails is told in the table
    app = App(Blueprint(seeded=Seeded(seed=1, shoppers=SHOPPERS)))
    try:
        with served(app) as url:
            yield Ground(app, own_sandbox(url))
    finally:
        log.setLevel(level)
