"""Registry of sandboxes by name: creates, finds, resets and deletes them. A new sandbox is seeded with test people."""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from pii_sandbox.mockserver.clock import Clock
from pii_sandbox.mockserver.lifetime import sandbox_deleted
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import Sandbox, SeedSpec
from pii_sandbox.mockserver.sandbox_defaults import DEFAULT_SEED, SandboxDefaults
from pii_sandbox.mockserver.seed_templates import SeedTemplates
from pii_sandbox.mockserver.setting import known_settings
from pii_sandbox.mockserver.snapshots import Snapshot, Snapshots
from pii_sandbox.mockserver.store import Record, Store, StoreError
from pii_sandbox.mockserver.store.backend import Backend
from pii_sandbox.mockserver.vendor import Vendor

NAME = re.compile(r"[a-z0-9_.-]{1,64}")

DEFAULT = "default"  # the sandbox of requests that name none
MOST_PROVISIONAL = 16

__all__ = ["DEFAULT", "DEFAULT_SEED", "SandboxDefaults", "Sandboxes"]

log = logging.getLogger(__name__)


class Sandboxes:
    """Creates, finds, resets and deletes sandboxes. `backend` keeps them; None: the one of the defaults.

    Raises StoreError for a data folder that cannot be used, Malformed for a setting that does not exist or fit.
    """

    _kind = Sandbox

    def __init__(self, vendors: Sequence[Vendor], defaults: SandboxDefaults, backend: Backend | None = None) -> None:
        self.vendors = {vendor.name: vendor for vendor in vendors}
        self.defaults = defaults
        self._known = known_settings((vendor.settings for vendor in vendors), defaults.settings)
        self._open: OrderedDict[str, Sandbox] = OrderedDict()  # the least recently used first
        self._latest: Sandbox | None = None
        self._backend = defaults.backend() if backend is None else backend
        self._kept = dict.fromkeys(self._backend.names(), monotonic())  # stored and not requested yet: since when
        self._provisional: OrderedDict[str, Sandbox] = OrderedDict()
        self._leaving: set[str] = set()
        self._guard = threading.RLock()  # sandboxes are deleted in threads
        self._templates = SeedTemplates(self._fill)

    def get(self, name: str) -> Sandbox:
        """Return the sandbox of that name; create it if it does not exist.

        Raises Malformed for a name that cannot be one, and where there are as many sandboxes as there may be;
        Unavailable while the sandbox of that name is being deleted.
        """
        sandbox = self.find(name)
        return sandbox if sandbox.admit is None else sandbox.admit(sandbox)

    def find(self, name: str) -> Sandbox:
        """Return the sandbox of that name, or a provisional one, which is in memory only and not listed.

        A request that passes routing, guard and credentials admits it. Raises Malformed for a name that cannot be one,
        Unavailable while the sandbox of that name is being deleted.
        """
        sandbox = self._open.get(name)
        if sandbox is None or sandbox is not self._latest:
            with self._guard:
                sandbox = self._opened(name)
        sandbox.used_at = monotonic()
        return sandbox

    def _opened(self, name: str) -> Sandbox:
        sandbox = self._open.get(name)
        if sandbox is None and name in self._kept:
            sandbox = self._open[name] = self._read(name)
            del self._kept[name]
        if sandbox is None:
            return self._candidate(name)
        self._open.move_to_end(name)
        self._latest = sandbox
        return sandbox

    def _read(self, name: str) -> Sandbox:
        store = self._backend.read(name)
        try:
            return self._build_sandbox(name, store, self.defaults.seeded)
        except BaseException:
            store.close()
            raise

    def _candidate(self, name: str) -> Sandbox:
        """Return a provisional sandbox. The latest few are cached: their journals hold the calls that were refused."""
        if not NAME.fullmatch(name):
            raise Malformed("a sandbox name must be 1 to 64 characters of a-z, 0-9, '-', '_' and '.'")
        if name in self._leaving:
            raise sandbox_deleted()
        sandbox = self._provisional.get(name)
        if sandbox is None:
            sandbox = self._draft(name)
            self._provisional[name] = sandbox
            if len(self._provisional) > MOST_PROVISIONAL:
                _, oldest = self._provisional.popitem(last=False)
                oldest.journal.release()
        self._provisional.move_to_end(name)
        return sandbox

    def _draft(self, name: str) -> Sandbox:
        store = self.template(self.defaults.seeded).fork()
        return self._build_sandbox(name, store, self.defaults.seeded, admit=self._admit)

    def _admit(self, sandbox: Sandbox) -> Sandbox:
        """Make a provisional sandbox permanent, or return the permanent one that exists under its name.

        Raises Malformed where there are as many as there may be.
        """
        name = sandbox.name
        with self._guard:
            if name in self._leaving:
                raise sandbox_deleted()
            if name in self._open or name in self._kept:
                return self._opened(name)
            self._make_room()
            sandbox.store = self._backend.keep(name, sandbox.store, lazy=True)
            sandbox.admit = None
            self._provisional.pop(name, None)
            self._open[name] = self._latest = sandbox
            return sandbox

    def _make_room(self) -> None:
        """Make room for one more sandbox. Raises Malformed if the limit is reached and none can be evicted."""
        most, idle_seconds = self.defaults.most_sandboxes, self.defaults.evict_idle_seconds
        if len(self._open) + len(self._kept) < most:
            return
        used = {**self._kept, **{name: sandbox.used_at for name, sandbox in self._open.items()}}
        in_use = {DEFAULT, *(name for name, sandbox in self._open.items() if sandbox.lifetime.in_use)}
        oldest = next((name for name in used if name not in in_use), None)
        if oldest is None or idle_seconds is None or monotonic() - used[oldest] < idle_seconds:
            raise Malformed(
                f"the server already has {most} sandboxes, the maximum: delete some, or start it with "
                "--max-sandboxes or --evict-idle"
            )
        log.warning("sandbox %s is deleted: it was idle longest, and the maximum is reached", oldest)
        self.drop(oldest)

    def names(self) -> list[str]:
        """Return all names, including stored sandboxes that have not been requested yet."""
        with self._guard:
            return sorted([*self._open, *self._kept])

    def drop(self, name: str) -> bool:
        """Delete the sandbox with its data; return False if it does not exist.

        Waits for its operations that run in threads; calls to it meanwhile are Unavailable.
        """
        with self._guard:
            sandbox = self._open.pop(name, None)
            if self._kept.pop(name, None) is None and sandbox is None:
                return False
            self._latest = None
            self._leaving.add(name)
        try:
            if sandbox is not None:
                sandbox.lifetime.end()
                sandbox.store.close()
                sandbox.snapshots.close()
                sandbox.journal.release()
            self._backend.snapshots(name).destroy()
            self._backend.erase(name)
        finally:
            self._leaving.discard(name)
        return True

    def reset(self, sandbox: Sandbox, seeded: SeedSpec | None = None) -> None:
        """Reset the people to the seed; without another `seeded` also clock, dialect, settings and faults."""
        try:
            with sandbox.store.exclusive():
                if seeded is None:
                    seeded = self.defaults.seeded
                    sandbox.reset_settings()
                sandbox.store.replace_contents(self.template(seeded))
                sandbox.seeded, sandbox.faults.seed = seeded, seeded.seed
                sandbox.save()
        except StoreError:
            sandbox.rollback_state()
            raise

    def trial(self, store: Store) -> Sandbox:
        """Return a temporary sandbox with these records, for validation; its state is not loaded yet."""
        sandbox = Sandbox(
            "trial", Store(), dialect=self.defaults.dialect, settings=self._known, seeded=self.defaults.seeded
        )
        sandbox.store = store.fork()
        return sandbox

    def restore(self, sandbox: Sandbox, snapshot: Snapshot) -> None:
        """Restore everything but the journal and the snapshots from a snapshot."""
        with sandbox.store.exclusive():
            sandbox.store.replace_contents(snapshot.store)
            sandbox.load_state()

    async def start(self) -> None:
        """Called by the event loop before the first request."""

    async def stop(self) -> None:
        """Called by the event loop after the last request."""
        self.close()

    def check(self) -> None:
        """Raise StoreError if no request could be served now. To be called in a thread."""

    def close(self) -> None:
        for sandbox in self._open.values():
            sandbox.store.close()
            sandbox.snapshots.close()
        self._open.clear()

    def _build_sandbox(
        self, name: str, store: Store, seeded: SeedSpec, admit: Callable[[Sandbox], Sandbox] | None = None
    ) -> Sandbox:
        return self._kind(
            name,
            store,
            dialect=self.defaults.dialect,
            settings=self._known,
            on_expiry=self._on_expiry,
            seeded=seeded,
            snapshots=Snapshots(self._backend.snapshots(name)),
            admit=admit,
        )

    def _on_expiry(self, sandbox: Sandbox, collection: str, record: Record) -> None:
        self.vendors[collection.partition("/")[0]].on_expiry(sandbox, collection, record)

    def template(self, seeded: SeedSpec) -> Store:
        """Return a store with the people of that seed, to be forked, not written to."""
        return self._templates.store(seeded)

    def _fill(self, store: Store, seeded: SeedSpec, people: list[Any], at: datetime | None) -> None:
        sandbox = self._build_sandbox("template", store, seeded)
        if at is not None:
            sandbox.clock = Clock(lambda: at)
        for vendor in self.vendors.values():
            vendor.seed(people, sandbox, seeded.seed)
