"""All sandboxes by name. A new name makes a new sandbox with the server's people in it."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from mockserver.problems import Malformed
from mockserver.sandbox import OWN_SETTINGS, Sandbox, Seeded, Setting
from mockserver.snapshots import Snapshot, Snapshots
from mockserver.store import Record, Store, StoreError
from mockserver.templates import Templates
from mockserver.vendor import Vendor
from specs import Dialect

NAME = re.compile(r"[a-z0-9_.-]{1,64}")
SUFFIX = ".sandbox"

DEFAULT = "default"  # the sandbox of whoever names none
DEFAULT_SEED = Seeded(seed=1, shoppers=50)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """How a new sandbox is made, and how many there may be.

    `data` is the folder that keeps them; None keeps them in memory. `durable`: what was answered survives a power cut,
    too; raises ValueError without `data`. With `evict_idle_seconds`, one more than
    `most_sandboxes` takes the place of the one that nobody has used for longest, if that is so many seconds; it goes
    with all that it holds. None: nothing ever goes by itself.
    """

    seeded: Seeded = DEFAULT_SEED
    dialect: Dialect = "guide"
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: Path | None = None
    most_sandboxes: int = 10_000
    evict_idle_seconds: float | None = None
    durable: bool = False

    def __post_init__(self) -> None:
        if self.durable and self.data is None:
            raise ValueError("durable takes a folder to be durable in: give --data DIR, too")


class Sandboxes:
    """Makes, finds, resets and drops sandboxes.

    Raises StoreError where the data folder cannot be used, Malformed for a setting that no vendor has or that does not
    fit.
    """

    def __init__(self, vendors: Sequence[Vendor], blueprint: Blueprint) -> None:
        self.vendors = {vendor.name: vendor for vendor in vendors}
        self.blueprint = blueprint
        self._known: dict[str, Setting] = {
            **OWN_SETTINGS,
            **{name: setting for vendor in vendors for name, setting in vendor.settings.items()},
        }
        for name, value in blueprint.settings.items():
            if name not in self._known:
                raise Malformed(f"no such setting: {name}; there are {', '.join(sorted(self._known))}")
            if not self._known[name].fits(value):
                raise Malformed(f"setting {name} must be {self._known[name].meaning}")
        self._open: OrderedDict[str, Sandbox] = OrderedDict()  # the least recently used first
        self._latest: Sandbox | None = None
        self._used: dict[str, float] = {}
        self._templates = Templates(self._fill)
        if blueprint.data is not None:
            self._prepare(blueprint.data)
            kept = (file.name.removesuffix(SUFFIX) for file in blueprint.data.glob(f"*{SUFFIX}"))
            self._used = dict.fromkeys(kept, monotonic())

    def get(self, name: str) -> Sandbox:
        """The sandbox of that name, made where there is none.

        Raises Malformed for a name that cannot be one, and where there are as many sandboxes as there may be.
        """
        sandbox = self._open.get(name)
        if sandbox is None:
            if not NAME.fullmatch(name):
                raise Malformed("a sandbox name is 1 to 64 of a-z, 0-9, '-', '_' and '.'")
            self._make_room(name)
            sandbox = self._open[name] = self._made(name)
        if sandbox is not self._latest:
            self._open.move_to_end(name)
            self._latest = sandbox
        self._used[name] = monotonic()
        return sandbox

    def _make_room(self, name: str) -> None:
        """Raises Malformed where there is none for one more and none can be made."""
        most, idle_seconds = self.blueprint.most_sandboxes, self.blueprint.evict_idle_seconds
        if name in self._used or len(self._used) < most:
            return
        others = [*(known for known in self._used if known not in self._open), *self._open]
        oldest = next((known for known in others if known != DEFAULT), None)
        if oldest is None or idle_seconds is None or monotonic() - self._used[oldest] < idle_seconds:
            raise Malformed(
                f"there are {most} sandboxes already, the most that this server keeps: delete some, or start it with "
                "--max-sandboxes or --evict-idle"
            )
        log.warning("sandbox %s goes: nobody has used it for the longest time, and there are too many", oldest)
        self.drop(oldest)

    def names(self) -> list[str]:
        """All that there are, kept ones that nobody called yet included."""
        return sorted(self._used)

    def drop(self, name: str) -> bool:
        """Removes the sandbox with all that it holds; False where there is none."""
        if self._used.pop(name, None) is None:
            return False
        sandbox = self._open.pop(name, None)
        self._latest = None
        if sandbox is not None:
            sandbox.store.close()
            sandbox.snapshots.close()
            sandbox.journal.clear()  # its entries point back at it
        Snapshots(self._snapshots(name), durable=self.blueprint.durable).destroy()
        path = self._path(name)
        if path is not None:
            Store.erase(path, durable=self.blueprint.durable)
        return True

    def reset(self, sandbox: Sandbox, seeded: Seeded | None = None) -> None:
        """Everything back to its seed: the people, and with no other `seeded` the clock, dialect, settings, faults."""
        try:
            with sandbox.store.exclusive():
                if seeded is None:
                    seeded = self.blueprint.seeded
                    sandbox.forget_settings()
                self._refill(sandbox, self.template(seeded))
                sandbox.seeded, sandbox.faults.seed = seeded, seeded.seed
                sandbox.save()
        except StoreError:
            sandbox.go_back()
            raise

    def restore(self, sandbox: Sandbox, snapshot: Snapshot) -> None:
        """Everything but the journal and the snapshots back to what the snapshot holds."""
        self._refill(sandbox, snapshot.store)
        sandbox.recover()

    def _refill(self, sandbox: Sandbox, source: Store) -> None:
        """The records of `source` in place of those that there are."""
        if self.blueprint.data is None:
            sandbox.store = source.fork()
            return
        store = sandbox.store
        with store.exclusive():
            store.clear()
            for collection in source.counts():
                store.put_all(collection, source.page(collection).records)

    def close(self) -> None:
        for sandbox in self._open.values():
            sandbox.store.close()
            sandbox.snapshots.close()
        self._open.clear()

    def _made(self, name: str) -> Sandbox:
        path, durable = self._path(name), self.blueprint.durable
        if path is not None and path.exists():
            store = Store(path, durable=durable)
        else:
            store = self.template(self.blueprint.seeded).fork(path, durable=durable)
        try:
            return self._around(name, store, self.blueprint.seeded)
        except BaseException:
            store.close()
            raise

    def _around(self, name: str, store: Store, seeded: Seeded) -> Sandbox:
        settings = {
            known: Setting(self.blueprint.settings.get(known, setting.default), setting.fits, setting.meaning)
            for known, setting in self._known.items()
        }
        return Sandbox(
            name,
            store,
            dialect=self.blueprint.dialect,
            settings=settings,
            on_due=self._on_due,
            seeded=seeded,
            snapshots=Snapshots(self._snapshots(name), durable=self.blueprint.durable),
        )

    def _on_due(self, sandbox: Sandbox, collection: str, record: Record) -> None:
        self.vendors[collection.partition("/")[0]].on_due(sandbox, collection, record)

    def template(self, seeded: Seeded) -> Store:
        """A store with the people of that seed, to be forked and not to be written to."""
        return self._templates.store(seeded)

    def _fill(self, store: Store, seeded: Seeded, people: list[Any]) -> None:
        sandbox = self._around("template", store, seeded)
        for vendor in self.vendors.values():
            vendor.seed(people, sandbox, seeded.seed)

    def _snapshots(self, name: str) -> Path | None:
        return None if self.blueprint.data is None else self.blueprint.data / f"{name}.snapshots"

    def _path(self, name: str) -> Path | None:
        return None if self.blueprint.data is None else self.blueprint.data / f"{name}{SUFFIX}"

    @staticmethod
    def _prepare(folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise StoreError(f"the data folder {folder} cannot be used: {error.strerror}") from error
