"""Storage of a sandbox that several processes serve: live tables, units that wait for the log, and its replay.

A unit is applied here first, then appended to the log. If the log refuses it, because another process was faster, all
unacknowledged units are rolled back and the units of the log are replayed.

Operations of a unit beside those of a file (`record_format`), whose tables have no name that begins with `~`:
`["~seed", blueprint]` (the people of that blueprint in place of all tables), `["~keep", name, operations]` (a snapshot:
the tables as they are by now, after these operations), `["~drop", name]`, `["~restore", name]` (the tables of a
snapshot in place of all) and `["~base"]` (nothing at all: what follows in the unit is the whole state).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.store.diff import operations_between
from pii_sandbox.mockserver.store.errors import StoreError
from pii_sandbox.mockserver.store.log import Log
from pii_sandbox.mockserver.store.record_format import Unit, decode_line, encode_line
from pii_sandbox.mockserver.store.rounds import Rounds
from pii_sandbox.mockserver.store.storage import Change, MemoryStorage, Origin, Tables

Blueprint = Mapping[str, Any]

_GROWTH, _SPARED_BYTES = 4, 1 << 18


@dataclass(frozen=True, slots=True)
class _UndoableChange:
    """A change of more than one table: its operation, and the function that rolls it back."""

    operation: list[Any]
    undo: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _State:
    """State that the log determines. Values are replaced, never changed in place, except for unshared tables."""

    tables: Tables
    snapshots: Mapping[str, Tables]
    blueprint: Blueprint | None


class ReplicatedStorage(MemoryStorage):
    """`tables` are the people of `blueprint`, with which the sandbox begins where the log has nothing.

    `people` gives the tables of any blueprint. `stale_seconds`: how old a state a read may be answered from; None: of
    the moment. `on_replay(exists)` is called after each replay and each unit that was taken back.
    """

    def __init__(
        self,
        log: Log,
        tables: Tables,
        blueprint: Blueprint,
        people: Callable[[Blueprint], Tables],
        stale_seconds: float | None = None,
    ) -> None:
        super().__init__(tables)
        self.position = 0
        self.snapshots: Mapping[str, Tables] = {}
        self.blueprint: Blueprint | None = None  # None until the log, or a unit of this process, names one
        self.on_replay: Callable[[bool], None] = lambda exists: None
        self._initial = _State(dict(tables), {}, None), blueprint
        self._people = people
        self._pending: list[tuple[list[Change], bytes]] = []
        self._bytes = self._base_bytes = 0
        self._rounds = Rounds(self, log, stale_seconds)

    @property
    def unflushed(self) -> bool:
        return bool(self._pending) or self._rounds.is_due

    async def flushed(self) -> None:
        """Wait until the log holds all units, and no other unit was acknowledged before this call.

        Raises Outdated if one was, Unreachable if the log cannot be asked.
        """
        await self._rounds.settled()

    def held(self) -> AbstractContextManager[None]:
        return self._rounds.held()

    @property
    def is_idle(self) -> bool:
        """Whether the storage can be dropped without loss."""
        return not self._pending and self._rounds.is_idle

    def pending(self) -> list[bytes]:
        if self._pending:
            self.begin()
        return [unit for _, unit in self._pending]

    def acknowledge(self, count: int, position: int) -> None:
        """Note that the log has the first `count` units, the last one at `position`."""
        self._bytes += sum(len(unit) for _, unit in self._pending[:count])
        del self._pending[:count]
        self.position = position

    def take_back(self) -> None:
        """Roll back all unacknowledged units."""
        while self._pending:
            self._changes, _ = self._pending.pop()
            self._rollback(0)

    def replay_units(self, units: Iterable[tuple[int, bytes]] | None) -> None:
        """Apply units of the log; None: the log was erased. Raises StoreError for a damaged unit."""
        self.take_back()
        if units is None:
            self._assume(self._initial[0])
            self.position = self._bytes = self._base_bytes = 0
            return
        for position, lines in units:
            for line in lines.splitlines(keepends=True):
                unit = decode_line(line)
                if unit is None:
                    raise StoreError("a unit of the log does not match its checksum")
                for name, *rest in unit:
                    if name.startswith("~"):
                        _STEPS[name](self, *rest)
                    else:
                        self.replay(name, *rest)
            self.position = position
            self._bytes += len(lines)
        self.has_expiries = any(contents.expiry_heap for contents in self.tables.values())

    def replayed(self) -> None:
        self.on_replay(self.blueprint is not None)

    def base(self) -> bytes | None:
        """Return a unit with the whole state, which may replace the log's units; None if the log is short."""
        if self._bytes < max(_SPARED_BYTES, _GROWTH * self._base_bytes) or self.blueprint is None or self._pending:
            return None
        unit: Unit = [["~base"], ["~seed", self.blueprint]]
        unit += operations_between(self._people(self.blueprint), self.tables)
        unit += [["~keep", name, operations_between(self.tables, kept)] for name, kept in self.snapshots.items()]
        return encode_line(unit)

    def rebased(self, base: bytes, position: int) -> None:
        """Note that the log holds the base unit at that position."""
        self._bytes = self._base_bytes = len(base)
        self.position = position

    def begin(self) -> None:
        """Create the sandbox in the log: its first unit names the seeded people."""
        if self.blueprint is None:
            self.blueprint = self._initial[1]
            step: Any = _UndoableChange(["~seed", self.blueprint], self._end)
            self._pending.insert(0, ([("~", 0, step)], encode_line([step.operation])))

    def _end(self) -> None:
        self.blueprint = None

    def replace(self, tables: Tables, origin: Origin | None = None) -> None:
        with self:
            if origin is None:
                for name in [name for name, contents in self.tables.items() if contents.documents]:
                    self.empty(name)
                for name, contents in tables.items():
                    for number, document in contents.documents.pairs():
                        self.change(name, number, document)
            elif "snapshot" in origin:
                self._do(["~restore", origin["snapshot"]], self._state(tables=dict(tables)))
            else:
                self._do(["~seed", origin], self._state(tables=dict(tables), blueprint=origin))

    def keep_snapshot(self, name: str, tables: Tables) -> None:
        with self:
            operations = operations_between(self.share(), tables)
            self._do(["~keep", name, operations], self._state(snapshots={**self.snapshots, name: tables}))

    def drop_snapshot(self, name: str) -> None:
        rest = {other: tables for other, tables in self.snapshots.items() if other != name}
        with self:
            self._do(["~drop", name], self._state(snapshots=rest))

    def _state(self, **changed: Any) -> _State:
        return _State(
            changed.get("tables", self.tables),
            changed.get("snapshots", self.snapshots),
            changed.get("blueprint", self.blueprint),
        )

    def _do(self, operation: list[Any], after: _State) -> None:
        """Apply an operation. Call it inside a unit only."""
        before = self._state()
        self._changes.append(("~", 0, _UndoableChange(operation, lambda: self._assume(before))))  # type: ignore[arg-type]
        self._assume(after)

    def _assume(self, state: _State) -> None:
        self.tables = dict(state.tables) if state is self._initial[0] else state.tables
        self.snapshots, self.blueprint = state.snapshots, state.blueprint
        self.has_expiries = any(contents.expiry_heap for contents in self.tables.values())

    def _operation(self, name: str, number: int, before: Any) -> list[Any]:
        return before.operation if isinstance(before, _UndoableChange) else super()._operation(name, number, before)

    def _commit(self) -> None:
        try:
            unit = encode_line([self._operation(*change) for change in self._changes])
        except BaseException:
            self._rollback(0)
            raise
        self._pending.append((self._changes, unit))
        self._changes = []

    def _rollback(self, mark: int) -> None:
        while len(self._changes) > mark:
            step: Any = self._changes[-1][2]
            if isinstance(step, _UndoableChange):
                self._changes.pop()
                step.undo()
            else:
                super()._rollback(len(self._changes) - 1)

    def _replay_seed(self, blueprint: Blueprint) -> None:
        self.tables, self.blueprint = dict(self._people(blueprint)), blueprint

    def _replay_keep(self, name: str, operations: list[list[Any]]) -> None:
        kept = MemoryStorage(self.share())
        for operation in operations:
            kept.replay(*operation)
        self.snapshots = {**self.snapshots, name: kept.share()}

    def _replay_drop(self, name: str) -> None:
        self.snapshots = {other: tables for other, tables in self.snapshots.items() if other != name}

    def _replay_restore(self, name: str) -> None:
        self.tables = dict(self.snapshots[name])

    def _replay_base(self) -> None:
        self.tables, self.snapshots, self.blueprint = {}, {}, None
        self._bytes = self._base_bytes = 0


_STEPS: Mapping[str, Callable[..., None]] = {
    "~seed": ReplicatedStorage._replay_seed,
    "~keep": ReplicatedStorage._replay_keep,
    "~drop": ReplicatedStorage._replay_drop,
    "~restore": ReplicatedStorage._replay_restore,
    "~base": ReplicatedStorage._replay_base,
}
