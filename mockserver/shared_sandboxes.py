"""Registry of sandboxes that several processes serve: each follows what the others do to a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

from pii_sandbox.mockserver.clock import system_now
from pii_sandbox.mockserver.sandbox import Sandbox, SeedSpec
from pii_sandbox.mockserver.sandbox_defaults import SandboxDefaults
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.snapshots import FAULTS, Snapshot
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.store.backend import Backend
from pii_sandbox.mockserver.vendor import Vendor

People = Callable[[Mapping[str, Any]], Store]  # the store with the people of a blueprint
OnReplay = Callable[[bool], None]  # told whether the sandbox exists


class SharedBackend(Backend, Protocol):
    """Backend whose stores are those of other processes, too. A store may ask for its call to be handled again."""

    async def start(self) -> None:
        """Called by the event loop that serves the requests, before the first of them."""

    async def stop(self) -> None:
        """Called by the event loop after the last request."""

    def check(self) -> None:
        """Raises StoreError where no request could be served now. To be called in a thread."""

    def use(self, people: People) -> None:
        """Called once, before any other method: where the people of a blueprint come from."""

    def draft(self, name: str, people: Store) -> Store:
        """The store of that name; where no process has one, with the people of `people`, and not kept yet."""

    def watch(self, name: str, on_replay: OnReplay) -> None:
        """`on_replay` is called when the store of that name has other records without a call to it."""

    def is_idle(self, name: str) -> bool:
        """Whether this process may forget the store of that name."""


class SharedSandbox(Sandbox):
    """A sandbox that other processes serve, too. Its faults are kept among its records."""

    is_shared = True
    _saved_faults: Mapping[str, Any] | None = None

    def reload(self) -> None:
        """Read state and faults again: the records have become others."""
        self.rollback_state()
        kept = self.store.find(FAULTS, FAULTS)
        if kept is None:
            self.faults.clear()
        else:
            self.faults.restore(kept.value)
        self.faults.seed = self.seeded.seed
        self._saved_faults = self.faults.state()
        self.snapshots.close()

    def save(self) -> None:
        super().save()
        self._saved_faults = None  # the record of the faults may have gone with the others

    def load_state(self) -> None:
        super().load_state()
        self._saved_faults = None

    def take_snapshot(self, name: str) -> Snapshot:
        with self.store.exclusive():
            self.store.drop(FAULTS, FAULTS)  # a snapshot has them beside its records; this call writes them again
            return super().take_snapshot(name)

    async def flushed(self) -> None:
        """Return once what the store holds may be told. Raises StoreError, and Outdated if it is to be done again."""
        faults = self.faults.state()
        if faults != self._saved_faults and (self.faults or self._saved_faults is not None or faults["spent"]):
            self._saved_faults = faults
            self.store.put(FAULTS, Record(FAULTS, faults))
        await self.store.flushed()


class SharedSandboxes(Sandboxes):
    """Sandboxes over a shared backend. The limit of their number is that of those in memory: the others are kept."""

    _kind = SharedSandbox

    def __init__(self, vendors: Sequence[Vendor], defaults: SandboxDefaults, backend: SharedBackend) -> None:
        super().__init__(vendors, defaults, backend)
        self._shared = backend
        self._kept.clear()  # what others have is known when it is asked for
        backend.use(self._templates.store_of)

    async def start(self) -> None:
        await self._shared.start()

    async def stop(self) -> None:
        await super().stop()
        await self._shared.stop()

    def check(self) -> None:
        self._shared.check()

    def names(self) -> list[str]:
        return self._shared.names()

    def template(self, seeded: SeedSpec) -> Store:
        return self._templates.store(seeded, _this_week())

    def _draft(self, name: str) -> Sandbox:
        store = self._shared.draft(name, self.template(self.defaults.seeded))
        sandbox = self._build_sandbox(name, store, self.defaults.seeded, admit=self._admit)
        assert isinstance(sandbox, SharedSandbox)
        self._shared.watch(name, partial(self._replayed, sandbox))
        return sandbox

    def _replayed(self, sandbox: SharedSandbox, exists: bool) -> None:
        """Follow what other processes did to a sandbox: created, changed or deleted it."""
        name = sandbox.name
        with self._guard:
            if exists and sandbox.admit is not None:
                self._make_room()
                sandbox.admit = None
                self._provisional.pop(name, None)
                self._open[name] = self._latest = sandbox
            elif not exists and self._open.get(name) is sandbox:
                del self._open[name]
                self._latest = None
        sandbox.reload()

    def _make_room(self) -> None:
        """Forget the least recently used sandboxes over the limit: the backend still has them."""
        while len(self._open) >= self.defaults.most_sandboxes:
            idle = (
                name for name, each in self._open.items() if self._shared.is_idle(name) and not each.lifetime.in_use
            )
            name = next(idle, None)
            if name is None:
                return
            self._open.pop(name).journal.clear()  # its entries point back at it
            self._latest = None

    def drop(self, name: str) -> bool:
        if name not in self._open and name in self._shared.names():
            self._kept[name] = 0.0
        return super().drop(name)


def _this_week() -> datetime:
    """Return the start of the week. Sandboxes of one week share their people, in each process that serves them."""
    now = system_now().astimezone(UTC)
    return datetime(now.year, now.month, now.day, tzinfo=UTC) - timedelta(days=now.weekday())
