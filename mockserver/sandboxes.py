"""All sandboxes by name. A new name makes a new sandbox with the server's people in it."""

from __future__ import annotations

import gc
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mockserver.problems import Malformed
from mockserver.sandbox import Sandbox, Seeded, Setting
from mockserver.store import Record, Store, StoreError
from mockserver.vendor import Vendor
from specs import Dialect

NAME = re.compile(r"[a-z0-9_.-]{1,64}")
SUFFIX = ".sandbox"
_TEMPLATES_KEPT = 4

DEFAULT_SEED = Seeded(seed=1, shoppers=50)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """How a new sandbox is made. `data` is the folder that keeps them; None keeps them in memory."""

    seeded: Seeded = DEFAULT_SEED
    dialect: Dialect = "guide"
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: Path | None = None


class Sandboxes:
    """Makes, finds, resets and drops sandboxes.

    Raises StoreError where the data folder cannot be used, Malformed for a setting that no vendor has or that does not
    fit.
    """

    def __init__(self, vendors: Sequence[Vendor], blueprint: Blueprint) -> None:
        self.vendors = {vendor.name: vendor for vendor in vendors}
        self.blueprint = blueprint
        self._known: dict[str, Setting] = {
            name: setting for vendor in vendors for name, setting in vendor.settings.items()
        }
        for name, value in blueprint.settings.items():
            if name not in self._known:
                raise Malformed(f"no such setting: {name}; there are {', '.join(sorted(self._known))}")
            if not self._known[name].fits(value):
                raise Malformed(f"setting {name} must be {self._known[name].meaning}")
        self._open: dict[str, Sandbox] = {}
        self._templates: dict[Seeded, Store] = {}
        if blueprint.data is not None:
            self._prepare(blueprint.data)

    def get(self, name: str) -> Sandbox:
        """The sandbox of that name, made where there is none. Raises Malformed for a name that cannot be one."""
        sandbox = self._open.get(name)
        if sandbox is None:
            if not NAME.fullmatch(name):
                raise Malformed("a sandbox name is 1 to 64 of a-z, 0-9, '-', '_' and '.'")
            sandbox = self._open[name] = self._made(name)
        return sandbox

    def names(self) -> list[str]:
        """All that there are, kept ones that nobody called yet included."""
        folder = self.blueprint.data
        kept = (file.name.removesuffix(SUFFIX) for file in folder.glob(f"*{SUFFIX}")) if folder else ()
        return sorted({*self._open, *kept})

    def drop(self, name: str) -> bool:
        """Removes the sandbox with all that it holds; False where there is none."""
        if name not in self.names():
            return False
        sandbox = self._open.pop(name, None)
        if sandbox is not None:
            sandbox.store.close()
        path = self._path(name)
        if path is not None:
            path.unlink(missing_ok=True)
        return True

    def reset(self, sandbox: Sandbox, seeded: Seeded | None = None) -> None:
        """Everything back to its seed: the people, and with no other `seeded` the clock, dialect, settings, faults."""
        if seeded is None:
            seeded = self.blueprint.seeded
            sandbox.forget_settings()
        template = self._template(seeded)
        store = sandbox.store
        if self.blueprint.data is None:
            sandbox.store = template.fork()
        else:
            with store.exclusive():
                store.clear()
                for collection in template.counts():
                    store.put_all(collection, template.page(collection).records)
        sandbox.seeded = seeded
        sandbox.save()

    def close(self) -> None:
        for sandbox in self._open.values():
            sandbox.store.close()
        self._open.clear()

    def _made(self, name: str) -> Sandbox:
        path = self._path(name)
        store = Store(path) if path is not None and path.exists() else self._template(self.blueprint.seeded).fork(path)
        return self._around(name, store, self.blueprint.seeded)

    def _around(self, name: str, store: Store, seeded: Seeded) -> Sandbox:
        settings = {
            known: Setting(self.blueprint.settings.get(known, setting.default), setting.fits, setting.meaning)
            for known, setting in self._known.items()
        }
        return Sandbox(
            name, store, dialect=self.blueprint.dialect, settings=settings, on_due=self._on_due, seeded=seeded
        )

    def _on_due(self, sandbox: Sandbox, collection: str, record: Record) -> None:
        self.vendors[collection.partition("/")[0]].on_due(sandbox, collection, record)

    def _template(self, seeded: Seeded) -> Store:
        """A store with the people of that seed, shared by all that fork it."""
        store = self._templates.get(seeded)
        if store is None:
            store = self._templates[seeded] = Store()
            with _uncollected():
                self._fill(self._around("template", store, seeded), seeded)
            while len(self._templates) > _TEMPLATES_KEPT:
                self._templates.pop(next(iter(self._templates)))
        return store

    def _fill(self, sandbox: Sandbox, seeded: Seeded) -> None:
        from mockserver.seeding import people  # noqa: PLC0415 — Faker takes long to import and not every server seeds

        made = people(seeded.seed, seeded.shoppers, seeded.locale) if seeded.shoppers else []
        for vendor in self.vendors.values():
            vendor.seed(made, sandbox, seeded.seed)

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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing that seeding makes is garbage, and looking for some takes as long as making it all."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
