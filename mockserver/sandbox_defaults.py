"""Defaults of new sandboxes: seed, dialect, settings, storage folder, limit of their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.store.backend import Backend, FolderBackend, MemoryBackend, prepare
from pii_sandbox.specs import Dialect

DEFAULT_SEED = SeedSpec(seed=1, shoppers=50)


@dataclass(frozen=True, slots=True)
class SandboxDefaults:
    """Defaults and limits of new sandboxes.

    `data` is the folder that keeps them; None keeps them in memory. `durable`: what was answered survives a power cut,
    too; raises ValueError without `data`. With `evict_idle_seconds`, one more than
    `most_sandboxes` takes the place of the one that nobody has used for longest, if that is so many seconds; it goes
    with all that it holds. None: nothing ever goes by itself.
    """

    seeded: SeedSpec = DEFAULT_SEED
    dialect: Dialect = "guide"
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: Path | None = None
    most_sandboxes: int = 10_000
    evict_idle_seconds: float | None = None
    durable: bool = False

    def __post_init__(self) -> None:
        if self.durable and self.data is None:
            raise ValueError("durable takes a folder to be durable in: give --data DIR, too")

    def backend(self) -> Backend:
        """Return where the sandboxes are kept. Raises StoreError for a data folder that cannot be used."""
        if self.data is None:
            return MemoryBackend()
        prepare(self.data)
        return FolderBackend(self.data, durable=self.durable)
