"""One way to break one rule of the mock, for as long as a block runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from pii_sandbox.mockserver.gateway.bodies import Body, parsed_json
from pii_sandbox.mockserver.gateway.parameters import Parameter
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.specs import Dialect

Build = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """`says` what the mock then does, as a sentence. `owner` (a module or class of the mock) has `name`; `build` is
    given what stands there and gives what is to stand there instead."""

    rule: str
    says: str
    owner: Any
    name: str
    build: Build

    @property
    def place(self) -> str:
        """What is replaced, e.g. `pii_sandbox.mockserver.rules.masking.mask`."""
        return ".".join(filter(None, (getattr(self.owner, "__module__", ""), self.owner.__name__, self.name)))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Breaks the rule in this process, in every server and thread of it. Raises AttributeError without a target."""
        stands = getattr(self.owner, self.name)
        with mock.patch.object(self.owner, self.name, self.build(stands)):
            yield


class ContainsAll(list[Any]):
    """A list that holds whatever one asks for."""

    def __contains__(self, item: object) -> bool:
        return True


def always(value: Any) -> Build:
    """Puts a function there that gives `value` whatever it is given."""
    return lambda function: lambda *args, **named: value


def instead(value: Any) -> Build:
    """Puts `value` there."""
    return lambda stands: value


def tolerating(
    original: Callable[..., Any], otherwise: Callable[..., Any], *kinds: type[Exception]
) -> Callable[..., Any]:
    """`original`, but `otherwise` (given the same) where that raises one of `kinds`."""

    def tolerant(*args: Any, **named: Any) -> Any:
        try:
            return original(*args, **named)
        except kinds:
            return otherwise(*args, **named)

    return tolerant


# Rules that only a document states are kept by the gateway. These break one of them, and leave the document alone.


def skip_validation(rule: str, says: str, *, as_sent: bool = False) -> Mutant:
    """A parameter that `rule` refuses is taken as it was sent, or as if it had not been."""

    def build(read: Any) -> Any:
        def carelessly(parameter: Parameter, sent: Sequence[str] | None, others: Mapping[str, Sequence[str]]) -> Any:
            try:
                return read(parameter, sent, others)
            except Malformed as problem:
                if problem.rule != rule:
                    raise
                return sent[0] if as_sent and sent else parameter.default

        return carelessly

    return Mutant(rule, says, Parameter, "read", build)


def misread(rule: str, says: str, read_as: Callable[[str, Any, bool], Any]) -> Mutant:
    """A parameter of `rule` is read as `read_as(name, value, whether it was sent)`."""

    def build(read: Any) -> Any:
        def misreading(parameter: Parameter, sent: Sequence[str] | None, others: Mapping[str, Sequence[str]]) -> Any:
            value = read(parameter, sent, others)
            return read_as(parameter.name, value, bool(sent)) if parameter.rule == rule else value

        return misreading

    return Mutant(rule, says, Parameter, "read", build)


def skip_body_validation(rule: str, says: str, made_of: Callable[[Any], Any] = lambda value: value) -> Mutant:
    """A JSON body that `rule` refuses goes to the handler, or what `made_of` makes of it."""

    def build(read: Any) -> Any:
        def unheld_read(body: Body, raw: bytes, content_type: str | None) -> Any:
            try:
                return read(body, raw, content_type)
            except Malformed as problem:
                if problem.rule != rule:
                    raise
                return made_of(parsed_json(raw) if raw else None)

        return unheld_read

    return Mutant(rule, says, Body, "read", build)


def refused(name: str, value: Any, rule: str) -> Malformed:
    """What a mutant raises that refuses too much."""
    return Malformed(f"{name} must not be {value}", rule=rule, errors={name: ["is refused"]})


def with_dialect(rule: str, dialect: Dialect) -> Mutant:
    """Where VTEX's or Oracle's documents disagree the mock follows one of them, whichever it is told to follow."""
    return Mutant(
        rule,
        f"the mock speaks {dialect}, whatever it is told",
        Sandbox,
        "dialect",
        lambda _: property(lambda _: dialect),
    )
