"""Schema marks: which values a document marks as personal or secret; walks a JSON value along its schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

from pii_sandbox import specs

PERSONAL = ("x-pii", "x-masked")
SECRET = "x-secret"
MARKS = (*PERSONAL, SECRET)
_UNIONS = ("allOf", "anyOf", "oneOf")
_FORMATTED = frozenset({"enum", "format", "pattern"})

Schema = Mapping[str, Any]


class SchemaMark(NamedTuple):
    """Marks a value as personal or secret. `name`: its property or parameter. (A tuple, since a walk creates many.)

    `secret`: it is a credential. `masked`: the vendor may have masked it already. `inherited`: only an enclosing value
    is marked. `choices`: its possible values. `described`: False if no document describes the value, so that it may be
    anything.
    """

    name: str
    secret: bool = False
    inherited: bool = False
    choices: tuple[str, ...] = ()
    masked: bool = False
    described: bool = True


@dataclass(eq=False)
class SchemaNode:
    """The schemas of one value in a document. The nodes of its properties and items are created on demand."""

    document: Mapping[str, Any]
    origin: tuple[Any, ...]

    @cached_property
    def schemas(self) -> tuple[Schema, ...]:
        """The schemas with `$ref`s resolved, and their `allOf`, `anyOf` and `oneOf` parts."""
        return tuple(flatten_schemas(self.document, self.origin))

    @cached_property
    def is_described(self) -> bool:
        return any(self.schemas)

    @cached_property
    def is_marked(self) -> bool:
        return any(schema.get(key) is True for schema in self.schemas for key in MARKS)

    @cached_property
    def is_formatted(self) -> bool:
        """Whether its values have a fixed format, so that they cannot be mistaken for personal data."""
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
        """Return the node of a property; for an undefined one, that of `additionalProperties`."""
        node = self._nodes.get(name)
        if node is None:
            if name not in self._properties:
                return self._additional_properties
            node = self._nodes[name] = SchemaNode(self.document, tuple(self._properties[name]))
        return node

    def child(self, name: str) -> tuple[SchemaNode, SchemaMark | None, bool]:
        """Return the node of a property, its mark, and whether the schemas define it."""
        child = self._children.get(name)
        if child is None:
            node = self.property(name)
            child = node, node.mark(name), name in self._properties
            if child[2]:  # clients can choose other names
                self._children[name] = child
        return child

    def mark(self, name: str) -> SchemaMark | None:
        """Return the mark of a value of that name; None if the schemas have none."""
        if not self.is_marked:
            return None
        mark = self._marks.get(name)
        if mark is None:
            secret = any(schema.get(SECRET) is True for schema in self.schemas)
            masked = any(schema.get("x-masked") is True for schema in self.schemas)
            choices = tuple(str(choice) for schema in self.schemas for choice in schema.get("enum", ()))
            mark = SchemaMark(name, secret, choices=choices, masked=masked)
            if len(self._marks) < 100:  # clients can choose names
                self._marks[name] = mark
        return mark

    @cached_property
    def _properties(self) -> dict[str, list[Any]]:
        schemas: dict[str, list[Any]] = {}
        for schema in self.schemas:
            for name, inner in schema.get("properties", {}).items():
                schemas.setdefault(name, []).append(inner)
        return schemas

    @cached_property
    def _additional_properties(self) -> SchemaNode:
        others = (schema.get("additionalProperties") for schema in self.schemas)
        return SchemaNode(self.document, tuple(other for other in others if isinstance(other, dict) and other))

    @cached_property
    def _nodes(self) -> dict[str, SchemaNode]:
        return {}

    @cached_property
    def _children(self) -> dict[str, tuple[SchemaNode, SchemaMark | None, bool]]:
        return {}

    @cached_property
    def _marks(self) -> dict[str, SchemaMark]:
        return {}


UNKNOWN = SchemaNode({}, ())
Visitor = Callable[[Any, str, SchemaMark | None, SchemaNode], Any]  # of a value, its name, its mark, its schemas


@dataclass(frozen=True, slots=True)
class SchemaWalker:
    """Copies a JSON value of any depth; `visit(value, name, mark, node)` returns the copy of each scalar.

    Scalars are visited in document order. Values within a marked value inherit its mark. `infer(name, value, node)`
    returns the mark of a property that the object at `node` does not define; `rename` returns the name in the copy.
    """

    visit: Visitor
    infer: Callable[[str, Any, SchemaNode], SchemaMark | None] | None = None
    rename: Callable[[str], str] | None = None

    def value(self, value: Any, node: SchemaNode, name: str = "") -> Any:
        root: list[Any] = []
        levels: list[Iterator[None]] = []
        mark = node.mark(name)
        if not isinstance(value, dict | list):
            return self.visit(value, name, mark, node)
        self._enter(value, node, name, mark, root.append, levels)
        while levels:
            for _ in levels[-1]:  # pauses at a nested container, which is copied first
                break
            else:
                levels.pop()
        return root[0]

    def _enter(
        self,
        value: Any,
        node: SchemaNode,
        name: str,
        mark: SchemaMark | None,
        add: Callable[[Any], None],
        levels: list[Iterator[None]],
    ) -> None:
        if isinstance(value, dict):
            copy: dict[str, Any] = {}
            add(copy)
            levels.append(self._properties(value, node, mark, copy, levels))
        else:
            items: list[Any] = []
            add(items)
            levels.append(self._items(value, node, name, mark, items, levels))

    def _properties(
        self, value: dict[str, Any], node: SchemaNode, mark: SchemaMark | None, copy: dict[str, Any], levels: Any
    ) -> Iterator[None]:
        for key, inner in value.items():
            inner_node = node.property(key)
            inner_mark = inner_node.mark(key) if mark is None else combined_mark(key, mark, inner_node)
            if inner_mark is None and not inner_node.origin and self.infer is not None:
                inner_mark = self.infer(key, inner, node)
            name = key if self.rename is None or node.has_property(key) else self.rename(key)
            if isinstance(inner, dict | list):
                self._enter(inner, inner_node, key, inner_mark, partial(copy.__setitem__, name), levels)
                yield
            else:
                copy[name] = self.visit(inner, key, inner_mark, inner_node)

    def _items(
        self, value: list[Any], node: SchemaNode, name: str, mark: SchemaMark | None, copy: list[Any], levels: Any
    ) -> Iterator[None]:
        item_node = node.items
        item_mark = item_node.mark(name) if mark is None else combined_mark(name, mark, item_node)
        for item in value:
            if isinstance(item, dict | list):
                self._enter(item, item_node, name, item_mark, copy.append, levels)
                yield
            else:
                copy.append(self.visit(item, name, item_mark, item_node))


def combined_mark(name: str, outer: SchemaMark, node: SchemaNode) -> SchemaMark:
    """Return the mark of a value within a marked one: the node's mark, else the inherited one; secret if either is."""
    inner = node.mark(name)
    if inner is None:
        return SchemaMark(name, outer.secret, True, (), outer.masked, outer.described)
    return inner._replace(secret=True) if outer.secret and not inner.secret else inner


def flatten_schemas(document: Mapping[str, Any], schemas: Iterable[Any]) -> Iterator[Schema]:
    """Yield the schemas with `$ref`s resolved, and their `allOf`, `anyOf` and `oneOf` parts, each once."""
    seen: set[int] = set()
    rest = list(schemas)[::-1]
    while rest:
        node = specs.resolve_reference(document, rest.pop())
        if isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            yield node
            parts = [part for union in _UNIONS for part in node.get(union, ())]
            rest += parts[::-1]
