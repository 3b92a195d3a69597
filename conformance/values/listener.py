"""Who is told how a run goes on."""

from __future__ import annotations

from typing import Protocol


class ProgressListener(Protocol):
    """Told how a run goes on, from several threads. Texts are not redacted."""

    def on_start(self, total: int, /) -> None: ...
    def on_scenario_start(self, name: str, /) -> None: ...
    def on_scenario_end(self, name: str, verdict_text: str, /) -> None: ...


class SilentListener:
    """Tells no one."""

    def on_start(self, total: int, /) -> None: ...
    def on_scenario_start(self, name: str, /) -> None: ...
    def on_scenario_end(self, name: str, verdict_text: str, /) -> None: ...
