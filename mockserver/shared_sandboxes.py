"""Registry of sandboxes that several processes serve: each process replays the changes of the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from pii_sandbox.mockserver.clock import system_now
from pii_sandbox.mockserver.sandbox import JOURNAL_BYTES, JOURNAL_ENTRIES, Sandbox, SeedSpec
from pii_sandbox.mockserver.sandbox_defaults import SandboxDefaults
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.shared_journal import SharedJournal
from pii_sandbox.mockserver.snapshots import FAULTS, Snapshot
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.store.backend import Backend
from pii_sandbox.mockserver.store.log import SharedLog, Unreachable
from pii_sandbox.mockserver.vendor import Vendor

Result = TypeVar("Result")
People = Callable[[Mapping[str, Any]], Store]  # the store with the people of a blueprint
OnReplay = Callable[[bool], None]  # told whether the sandbox exists


class SharedBackend(Backend, Protocol):
    """Backend whose stores are shared with other processes. A store may require that a call is handled again."""

    async def start(self) -> None:
        """Start; called by the serving event loop before the first request."""

    async def stop(self) -> None:
        """Stop; called by the event loop after the last request."""

    def check(self) -> None:
        """Raise StoreError if no request could be served now. Call it in a thread."""

    def use(self, people: People) -> None:
        """Set the source of the people of a blueprint. Called once, before any other method."""

    def draft(self, name: str, people: Store) -> Store:
        """Return the store of that name; if no process has one, a provisional one with the people of `people`."""

    def watch(self, name: str, on_replay: OnReplay) -> None:
        """Have `on_replay` called when other processes changed the store of that name."""

    def is_idle(self, name: str) -> bool:
        """Whether this process may drop the store of that name from memory."""

    def journal(self, name: str) -> SharedLog:
        """Return the log of calls to the sandbox of that name."""

    def on_flush(self, flush: Callable[[str], Awaitable[None]]) -> None:
        """Set the function that appends this process's calls when another process asks for it. Called once."""

    async def flush_elsewhere(self, name: str) -> None:
        """Have the other processes append their calls to that sandbox. Raises StoreError."""

    def wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run the work in the event loop and return its result. Call it in a thread."""


class SharedSandbox(Sandbox):
    """A sandbox that other processes serve, too. Its faults are stored among its records."""

    is_shared = True
    _saved_faults: Mapping[str, Any] | None = None
    _shared_journal: SharedJournal | None = None

    def share_journal(self, journal: SharedJournal) -> None:
        self.journal = self._shared_journal = journal
        self.counters = journal.counters

    async def synchronize_journal(self) -> None:
        if self._shared_journal is not None:
            await self._shared_journal.synchronize(self.setting(JOURNAL_ENTRIES), self.setting(JOURNAL_BYTES))

    async def settle_journal(self) -> None:
        if self._shared_journal is not None:
            await self._shared_journal.settle()

    async def flush_journal(self) -> None:
        """Append the calls of this process to the shared journal. Raises Unreachable."""
        if self._shared_journal is not None:
            await self._shared_journal.flush()

    @property
    def is_journal_flushed(self) -> bool:
        return self._shared_journal is None or self._shared_journal.is_flushed

    def reload(self) -> None:
        """Read state and faults again after the records were replaced."""
        self.rollback_state()
        if self._shared_journal is not None:
            self._shared_journal.roll_back()
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
        """Return once the stored data may be sent to a client. Raises StoreError; Outdated: handle the call again."""
        faults = self.faults.state()
        if faults != self._saved_faults:
            self._saved_faults = faults
            if self.faults or faults["spent"] or self.store.find(FAULTS, FAULTS) is not None:
                self.store.put(FAULTS, Record(FAULTS, faults))
        await self.store.flushed()
        await self.settle_journal()


class SharedSandboxes(Sandboxes):
    """Sandboxes over a shared backend. The limit of their number applies to memory: the others stay in the backend."""

    _kind = SharedSandbox

    def __init__(self, vendors: Sequence[Vendor], defaults: SandboxDefaults, backend: SharedBackend) -> None:
        super().__init__(vendors, defaults, backend)
        self._shared = backend
        self._kept.clear()  # what others have is known when it is asked for
        backend.use(self._templates.store_of)
        backend.on_flush(self._flush_journal)

    async def start(self) -> None:
        await self._shared.start()

    async def stop(self) -> None:
        for sandbox in [*self._open.values()]:
            assert isinstance(sandbox, SharedSandbox)
            with suppress(Unreachable):
                await sandbox.flush_journal()
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
        sandbox.share_journal(self._journal(name, lambda: sandbox.admit is None))
        return sandbox

    def _journal(self, name: str, is_kept: Callable[[], bool]) -> SharedJournal:
        return SharedJournal(self._shared.journal(name), partial(self._shared.flush_elsewhere, name), is_kept)

    async def _flush_journal(self, name: str) -> None:
        """Append this process's calls to that sandbox. Raises Unreachable."""
        sandbox = self._open.get(name) or self._provisional.get(name)
        if isinstance(sandbox, SharedSandbox):
            await sandbox.flush_journal()

    def _replayed(self, sandbox: SharedSandbox, exists: bool) -> None:
        """Follow a creation, change or deletion of a sandbox by another process."""
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
        """Drop the least recently used sandboxes over the limit from memory: the backend still has them."""
        while len(self._open) >= self.defaults.most_sandboxes:
            name = next((name for name, each in self._open.items() if self._is_idle(each)), None)
            if name is None:
                return
            self._open.pop(name).journal.release()
            self._latest = None

    def _is_idle(self, sandbox: Sandbox) -> bool:
        assert isinstance(sandbox, SharedSandbox)
        return self._shared.is_idle(sandbox.name) and not sandbox.lifetime.in_use and sandbox.is_journal_flushed

    def drop(self, name: str) -> bool:
        if name not in self._open and name in self._shared.names():
            self._kept[name] = 0.0
        was_there = super().drop(name)
        if was_there:
            self._shared.wait(self._journal(name, lambda: False).end())
        return was_there


def _this_week() -> datetime:
    """Return the start of the week. Sandboxes of one week share their people, in each process that serves them."""
    now = system_now().astimezone(UTC)
    return datetime(now.year, now.month, now.day, tzinfo=UTC) - timedelta(days=now.weekday())
