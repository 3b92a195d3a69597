"""Schema marks: which values a document marks as personal or secret, and the walk over JSON beside its schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pii_sandbox import specs

PERSONAL = ("x-pii", "x-masked")
SECRET = "x-secret"
MARKS = (*PERSONAL, SECRET)
_UNIONS = ("allOf", "anyOf", "oneOf")
_FORMATTED = frozenset({"enum", "format", "pattern"})

Schema = Mapping[str, Any]


class Mark(NamedTuple):
    """Why a value is hidden. `name` is its property or parameter. (A tuple, since a walk makes many.)

    `secret`: it is a credential. `masked`: the vendor may have masked it already. `inherited`: what holds it is marked,
    not the value itself. `choices`: all that it can be. `described`: False where no document describes the value, so
    that it may be anything.
    """

    name: str
    secret: bool = False
    inherited: bool = False
    choices: tuple[str, ...] = ()
    masked: bool = False
    described: bool = True


@dataclass(eq=False)
class SchemaNode:
    """What the schemas of a document say of one value. The nodes of its properties and items are made when needed."""

    document: Mapping[str, Any]
    origin: tuple[Any, ...]

    @cached_property
    def schemas(self) -> tuple[Schema, ...]:
        """With `$ref`s followed, and the parts that they are put together from."""
        return tuple(flattened(self.document, self.origin))

    @cached_property
    def is_described(self) -> bool:
        return any(self.schemas)

    @cached_property
    def is_marked(self) -> bool:
        return any(schema.get(key) is True for schema in self.schemas for key in MARKS)

    @cached_property
    def is_formatted(self) -> bool:
        """Whether its values are of a fixed form, so that they look like nothing else."""
        return any(_FORMATTED & schema.keys() for schema in self.schemas)

    @cached_property
    def has_marked_properties(self) -> bool:
        return any(self.property(name).is_marked for name in self._properties)

    @cached_property
    def items(self) -> SchemaNode:
        return SchemaNode(self.document, tuple(schema["items"] for schema in self.schemas if "items" in schema))

    def has_property(self, name: str) -> bool:
        return name in self._properties

    def property(self, name: str) -> SchemaNode:
        """What is said of a property: by its name, else of any further one."""
        node = self._nodes.get(name)
        if node is None:
            if name not in self._properties:
                return self._further
            node = self._nodes[name] = SchemaNode(self.document, tuple(self._properties[name]))
        return node

    def mark(self, name: str) -> Mark | None:
        """The mark that the schemas put on a value of that name, None where they put none."""
        if not self.is_marked:
            return None
        mark = self._marks.get(name)
        if mark is None:
            secret = any(schema.get(SECRET) is True for schema in self.schemas)
            masked = any(schema.get("x-masked") is True for schema in self.schemas)
            choices = tuple(str(choice) for schema in self.schemas for choice in schema.get("enum", ()))
            mark = Mark(name, secret, choices=choices, masked=masked)
            if len(self._marks) < 100:  # names that clients choose would fill it
                self._marks[name] = mark
        return mark

    @cached_property
    def _properties(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for schema in self.schemas:
            for name, inner in schema.get("properties", {}).items():
                found.setdefault(name, []).append(inner)
        return found

    @cached_property
    def _further(self) -> SchemaNode:
        others = (schema.get("additionalProperties") for schema in self.schemas)
        return SchemaNode(self.document, tuple(other for other in others if isinstance(other, dict) and other))

    @cached_property
    def _nodes(self) -> dict[str, SchemaNode]:
        return {}

    @cached_property
    def _marks(self) -> dict[str, Mark]:
        return {}


UNKNOWN = SchemaNode({}, ())
Visit = Callable[[Any, str, Mark | None, SchemaNode], Any]  # a value, its name, its mark, what is said of it


@dataclass(frozen=True, slots=True)
class Walk:
    """Copies a JSON value; `visit(value, name, mark, node)` gives what stands for each scalar, in document order.

    What hangs below a marked value is marked as it is. `infer(name, value, node)` is asked for the mark of properties
    that no schema of the object at `node` knows; `rename` for how their names are shown. Takes any depth.
    """

    visit: Visit
    infer: Callable[[str, Any, SchemaNode], Mark | None] | None = None
    rename: Callable[[str], str] | None = None

    def value(self, value: Any, node: SchemaNode, name: str = "") -> Any:
        root: list[Any] = []
        levels: list[Iterator[None]] = []
        mark = node.mark(name)
        if not isinstance(value, dict | list):
            return self.visit(value, name, mark, node)
        self._enter(value, node, name, mark, root.append, levels)
        while levels:
            for _ in levels[-1]:  # it stops where it has entered another, which is copied first
                break
            else:
                levels.pop()
        return root[0]

    def _enter(
        self,
        value: Any,
        node: SchemaNode,
        name: str,
        mark: Mark | None,
        keep: Callable[[Any], None],
        levels: list[Iterator[None]],
    ) -> None:
        if isinstance(value, dict):
            copy: dict[str, Any] = {}
            keep(copy)
            levels.append(self._properties(value, node, mark, copy, levels))
        else:
            items: list[Any] = []
            keep(items)
            levels.append(self._items(value, node, name, mark, items, levels))

    def _properties(
        self, value: dict[str, Any], node: SchemaNode, mark: Mark | None, copy: dict[str, Any], levels: Any
    ) -> Iterator[None]:
        for key, inner in value.items():
            below = node.property(key)
            known = node.has_property(key)
            its = below.mark(key) if mark is None else _joined(key, mark, below)
            if its is None and not below.origin and self.infer is not None:
                its = self.infer(key, inner, node)
            shown = key if known or self.rename is None else self.rename(key)
            if isinstance(inner, dict | list):
                self._enter(inner, below, key, its, lambda made, at=shown: copy.__setitem__(at, made), levels)  # type: ignore[misc]
                yield
            else:
                copy[shown] = self.visit(inner, key, its, below)

    def _items(
        self, value: list[Any], node: SchemaNode, name: str, mark: Mark | None, copy: list[Any], levels: Any
    ) -> Iterator[None]:
        below = node.items
        its = below.mark(name) if mark is None else _joined(name, mark, below)
        for inner in value:
            if isinstance(inner, dict | list):
                self._enter(inner, below, name, its, copy.append, levels)
                yield
            else:
                copy.append(self.visit(inner, name, its, below))


def scalars(value: Any, node: SchemaNode) -> Iterator[tuple[Any, str, Mark | None, SchemaNode]]:
    """Yield each scalar of a JSON value with its name, its mark and what is said of it, as a `Walk` visits them.

    For callers that need no copy: it takes a third of the time. Takes any depth.
    """
    rest = [(value, "", node.mark(""), node)]
    while rest:
        value, name, mark, node = rest.pop()
        if isinstance(value, dict):
            inner = [
                (each, key, below.mark(key) if mark is None else _joined(key, mark, below), below)
                for key, each in value.items()
                for below in (node.property(key),)
            ]
            rest += reversed(inner)
        elif isinstance(value, list):
            below = node.items
            its = below.mark(name) if mark is None else _joined(name, mark, below)
            rest += [(each, name, its, below) for each in reversed(value)]
        else:
            yield value, name, mark, node


def _joined(name: str, mark: Mark, node: SchemaNode) -> Mark:
    """The mark of a value within a marked one: its own, else inherited; a credential either way if one of them is."""
    own = node.mark(name)
    if own is None:
        return Mark(name, mark.secret, True, (), mark.masked, mark.described)
    return own._replace(secret=True) if mark.secret and not own.secret else own


def flattened(document: Mapping[str, Any], schemas: Iterable[Any]) -> Iterator[Schema]:
    """The schemas with `$ref`s followed, and the parts that they are put together from, each once."""
    seen: set[int] = set()
    rest = list(schemas)[::-1]
    while rest:
        node = specs.resolved(document, rest.pop())
        if isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            yield node
            parts = [part for union in _UNIONS for part in node.get(union, ())]
            rest += parts[::-1]
