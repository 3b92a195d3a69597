"""Defaults of new sandboxes: seed, dialect, settings, storage folder, limit of their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.store.backend import Backend, FolderBackend, MemoryBackend, prepare_folder
from pii_sandbox.specs import Dialect

DEFAULT_SEED = SeedSpec(seed=1, shoppers=50)


@dataclass(frozen=True, slots=True)
class SandboxDefaults:
    """Defaults and limits of new sandboxes.

    `data`: the folder that stores them; None: in memory. `durable`: responses are sent after their data is on disk;
    raises ValueError without `data`. `evict_idle_seconds`: instead of refusing a sandbox beyond `most_sandboxes`,
    delete the least recently used one, if it has been idle for this time; None: never delete one.
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
            raise ValueError("--durable needs a data folder: give --data DIR too")

    def backend(self) -> Backend:
        """Return where the sandboxes are kept. Raises StoreError for a data folder that cannot be used."""
        if self.data is None:
            return MemoryBackend()
        prepare_folder(self.data)
        return FolderBackend(self.data, durable=self.durable)
