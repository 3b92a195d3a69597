"""One sandbox: a store, a clock, a dialect, settings, faults, snapshots and a journal, apart from every other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.clock import Clock
from pii_sandbox.mockserver.faults import Faults
from pii_sandbox.mockserver.journal import Counters, Journal
from pii_sandbox.mockserver.lifetime import Lifetime
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.seed_spec import NOBODY, SeedSpec, refuse_unfit_seed
from pii_sandbox.mockserver.setting import (
    JOURNAL_BYTES,
    JOURNAL_ENTRIES,
    SANDBOX_SETTINGS,
    SNAPSHOTS,
    Setting,
    choice,
    flag,
    integer,
    limit,
    seconds,
    text_list,
)
from pii_sandbox.mockserver.snapshots import ABOUT, Snapshot, Snapshots
from pii_sandbox.mockserver.store import Record, Store, StoreError
from pii_sandbox.specs import DIALECTS, Dialect

AUDIT = "audit"
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, OverflowError)  # what values of wrong types cause
STATE = "sandbox"


__all__ = [
    "AUDIT",
    "JOURNAL_BYTES",
    "JOURNAL_ENTRIES",
    "NOBODY",
    "SANDBOX_SETTINGS",
    "SNAPSHOTS",
    "STATE",
    "UNREADABLE",
    "Sandbox",
    "SeedSpec",
    "Setting",
    "choice",
    "flag",
    "integer",
    "limit",
    "seconds",
    "text_list",
]

log = logging.getLogger(__name__)


class Sandbox:
    """All state of one sandbox. `on_expiry` is called for each expired record (see Vendor.on_expiry).

    `admit` makes a provisional sandbox a kept one and returns that; None: it is kept. `used_at` is the monotonic time
    of the latest request.
    """

    is_shared = False  # with other processes

    def __init__(
        self,
        name: str,
        store: Store,
        *,
        clock: Clock | None = None,
        dialect: Dialect = "guide",
        settings: Mapping[str, Setting] | None = None,
        on_expiry: Callable[[Sandbox, str, Record], None] | None = None,
        seeded: SeedSpec = NOBODY,
        snapshots: Snapshots | None = None,
        admit: Callable[[Sandbox], Sandbox] | None = None,
    ) -> None:
        self.name = name
        self.admit = admit
        self.lifetime = Lifetime()
        self.used_at = 0.0
        self.store = store
        self.clock = clock or Clock()
        self.seeded = self._initial_seed = seeded
        self.faults = Faults(seeded.seed, self.clock.now)  # not self.now: what is dropped is to go without a search
        self.journal = Journal()
        self.counters = Counters()
        self.snapshots = snapshots or Snapshots()
        self._dialect: Dialect = dialect
        self._initial_dialect: Dialect = dialect
        self._known = {**SANDBOX_SETTINGS, **(settings or {})}
        self._set({})
        self._on_expiry = on_expiry
        self.load_state()

    def now(self) -> datetime:
        return self.clock.times()[0]

    @property
    def dialect(self) -> Dialect:
        return self._dialect

    def set_dialect(self, dialect: str) -> None:
        """Set the dialect. Raises Malformed for an unknown one."""
        for known in DIALECTS:
            if dialect == known:
                self._dialect = known
                self.save()
                return
        raise Malformed(f"dialect must be one of {', '.join(DIALECTS)}", errors={"dialect": ["unknown"]})

    def setting(self, name: str) -> Any:
        """Return the current value of a setting, e.g. `newstore.deletion_seconds`."""
        return self._effective_settings[name]

    def settings(self) -> dict[str, Any]:
        return {name: self._effective_settings[name] for name in sorted(self._known)}

    def _set(self, values: dict[str, Any]) -> None:
        """Set these values, and all other settings to their defaults."""
        self._settings = values
        self._effective_settings = {name: values.get(name, setting.default) for name, setting in self._known.items()}

    def change(self, values: Mapping[str, Any]) -> None:
        """Set all of these values or none. Raises Malformed for an unknown name or an invalid value."""
        errors = {}
        for name, value in values.items():
            if name not in self._known:
                errors[name] = ["is not a setting"]
            elif not self._known[name].fits(value):
                errors[name] = [f"must be {self._known[name].meaning}"]
        if errors:
            first = next(iter(errors))
            raise Malformed(f"{first}: {errors[first][0]}", errors=errors)
        self._set({**self._settings, **values})
        self.save()

    def process_expired(self, now: datetime | None = None) -> None:
        """Process all records that have expired by `now`. Runs before each call, so that a moved clock takes effect."""
        now = now or self.clock.now()
        while (due := self.store.next_expired(now)) is not None:
            collection, record = due
            with self.store.exclusive():
                if self._on_expiry is not None:
                    self._on_expiry(self, collection, record)
                after = self.store.find(collection, record.id)
                if after is not None and after.expires_at is not None and after.expires_at <= now:
                    self.store.drop(collection, record.id)  # otherwise it would expire again at every call

    def record_event(self, event: Mapping[str, Any]) -> None:
        """Store a vendor-side audit event."""
        self.store.put(AUDIT, Record(ids.uuid4(), dict(event)))

    def events(self) -> list[dict[str, Any]]:
        return [record.value for record in self.store.page(AUDIT).records]

    def reset_settings(self) -> None:
        """Reset clock, dialect, settings and faults to their initial state, and clear the journal."""
        self.clock.reset()
        self.faults.clear()
        self.journal.clear()
        self._dialect = self._initial_dialect
        self._set({})
        self.save()

    def save(self) -> None:
        """Store clock, dialect and settings with the records, so that a restart restores them.

        Raises StoreError if they cannot be stored; they are then rolled back to the last stored state.
        """
        state = {"clock": self.clock.state(), "dialect": self._dialect, "settings": dict(self._settings)}
        state["seeded"] = asdict(self.seeded)
        try:
            self.store.put(STATE, Record("state", state))
        except StoreError:
            self.rollback_state()
            raise

    def rollback_state(self) -> None:
        """Roll back clock, dialect, settings and seed to the last stored state, or to the initial one."""
        self.clock.reset()
        self._dialect, self.seeded = self._initial_dialect, self._initial_seed
        self._set({})
        self.load_state()

    async def flushed(self) -> None:
        """Return once the stored data may be sent to a client. Raises StoreError."""
        await self.store.flushed()

    async def synchronize_journal(self) -> None:
        """Have the journal and the counters hold the calls that other processes answered, if there are any."""

    async def settle_journal(self) -> None:
        """Have other processes follow a journal that was cleared."""

    def load_state(self) -> None:
        """Load clock, dialect, settings and seed from the records; from a snapshot's records also its faults.

        Invalid state is logged and left at its initial value: a server starts whatever its files hold.
        """
        try:
            self.read_state()
        except UNREADABLE:
            log.exception("the state of sandbox %s cannot be read: it starts with the defaults", self.name)
            self.clock.reset()
            self._dialect, self.seeded = self._initial_dialect, self._initial_seed
            self._set({})
        if self.store.find(ABOUT, ABOUT) is not None:
            self.store.drop(ABOUT, ABOUT)

    def read_state(self) -> None:
        """Read the state from the records. Raises one of UNREADABLE for invalid state."""
        stored = self.store.find(STATE, "state")
        if stored is not None:
            self.clock.restore(**stored.value["clock"])
            self.clock.now().astimezone()
            self._dialect = DIALECTS[DIALECTS.index(stored.value["dialect"])]
            self.seeded = SeedSpec(**stored.value["seeded"])
            if self.seeded != self._initial_seed:
                refuse_unfit_seed(self.seeded)
            values = {name: value for name, value in stored.value["settings"].items() if name in self._known}
            unfit = [name for name, value in values.items() if not self._known[name].fits(value)]
            if unfit:
                raise ValueError(f"{unfit[0]} does not fit")
            self._set(values)
        about = self.store.find(ABOUT, ABOUT)
        if about is not None:
            self.faults.restore(about.value["faults"])

    def take_snapshot(self, name: str) -> Snapshot:
        """Take a snapshot of all but the journal. Raises Conflict for an existing name, and for too many snapshots."""
        self.save()
        about = {"taken_at": self.now().isoformat(timespec="microseconds"), "faults": self.faults.state()}
        return self.snapshots.keep(name, self.store, about, self.setting(SNAPSHOTS))
