"""Client for snapshots of a sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of a sandbox's state. As a context manager it restores that state at the end."""

    name: str
    _call: Callable[..., Any]
    _on_restore: Callable[[], None]

    def restore(self) -> None:
        """Restore the sandbox to the state of the snapshot."""
        self._call("POST", f"{self._path}/restore")
        self._on_restore()

    def diff(self) -> dict[str, dict[str, list[str]]]:
        """Return the ids `added`, `changed` and `removed` since the snapshot, by collection."""
        collections: dict[str, dict[str, list[str]]] = self._call("GET", f"{self._path}/diff")["collections"]
        return collections

    def changed_state(self) -> dict[str, dict[str, Any]]:
        """Return the changes of clock, dialect, settings, seed and faults: {part: {"before", "now"}}."""
        state: dict[str, dict[str, Any]] = self._call("GET", f"{self._path}/diff")["state"]
        return state

    def save(self, file: str | Path) -> None:
        """Write the snapshot to a file that any sandbox can load."""
        Path(file).write_text(json.dumps(self._call("GET", self._path)), "utf-8")

    def delete(self) -> None:
        """Delete the snapshot."""
        self._call("DELETE", self._path)

    @property
    def _path(self) -> str:
        return f"/snapshots/{self.name}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.restore()
