"""Who is told how a run goes on."""

from __future__ import annotations

from typing import Protocol


class ProgressListener(Protocol):
    """Told how a run goes on, from several threads. Texts are not redacted."""

    def started(self, total: int, /) -> None: ...
    def playing(self, name: str, /) -> None: ...
    def played(self, name: str, verdict_text: str, /) -> None: ...


class SilentListener:
    """Tells no one."""

    def started(self, total: int, /) -> None: ...
    def playing(self, name: str, /) -> None: ...
    def played(self, name: str, verdict_text: str, /) -> None: ...
