"""A mutant: replaces one function or value of the mock server to break one rule, for the duration of a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from pii_sandbox.mockserver.gateway.bodies import Body, parse_json_body
from pii_sandbox.mockserver.gateway.parameters import Parameter
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.specs import Dialect

Build = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutant of one rule.

    `says`: what the broken mock does, as a sentence. `owner`: the module or class whose attribute `name` is replaced.
    `build`: returns the replacement of the attribute's value.
    """

    rule: str
    says: str
    owner: Any
    name: str
    build: Build

    @property
    def place(self) -> str:
        """The replaced attribute, e.g. `pii_sandbox.mockserver.rules.masking.mask`."""
        return ".".join(filter(None, (getattr(self.owner, "__module__", ""), self.owner.__name__, self.name)))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Break the rule in this process inside the block. Raises AttributeError if the attribute does not exist."""
        original = getattr(self.owner, self.name)
        with mock.patch.object(self.owner, self.name, self.build(original)):
            yield


class ContainsAll(list[Any]):
    """A list that contains every item."""

    def __contains__(self, item: object) -> bool:
        return True


def always_return(value: Any) -> Build:
    """Replace a function by one that always returns `value`."""
    return lambda function: lambda *args, **named: value


def replace_with(value: Any) -> Build:
    """Replace a value by `value`."""
    return lambda original: value


def tolerate(
    original: Callable[..., Any], otherwise: Callable[..., Any], *kinds: type[Exception]
) -> Callable[..., Any]:
    """Return a function that calls `original`; if it raises one of `kinds`, `otherwise` with the same arguments."""

    def replacement(*args: Any, **named: Any) -> Any:
        try:
            return original(*args, **named)
        except kinds:
            return otherwise(*args, **named)

    return replacement


# Rules that only a document states are enforced by the gateway. These break one of them; the document is unchanged.


def skip_validation(rule: str, says: str, *, as_sent: bool = False) -> Mutant:
    """Accept a parameter that `rule` refuses: with the value that was sent, or as if none had been sent."""

    def build(read: Any) -> Any:
        def replacement(parameter: Parameter, sent: Sequence[str] | None, others: Mapping[str, Sequence[str]]) -> Any:
            try:
                return read(parameter, sent, others)
            except Malformed as problem:
                if problem.rule != rule:
                    raise
                return sent[0] if as_sent and sent else parameter.default

        return replacement

    return Mutant(rule, says, Parameter, "read", build)


def misread(rule: str, says: str, read_as: Callable[[str, Any, bool], Any]) -> Mutant:
    """Replace the value of a parameter of `rule` by `read_as(name, value, whether it was sent)`."""

    def build(read: Any) -> Any:
        def replacement(parameter: Parameter, sent: Sequence[str] | None, others: Mapping[str, Sequence[str]]) -> Any:
            value = read(parameter, sent, others)
            return read_as(parameter.name, value, bool(sent)) if parameter.rule == rule else value

        return replacement

    return Mutant(rule, says, Parameter, "read", build)


def skip_body_validation(rule: str, says: str, convert: Callable[[Any], Any] = lambda value: value) -> Mutant:
    """Pass a JSON body that `rule` refuses to the handler, converted by `convert`."""

    def build(read: Any) -> Any:
        def replacement(body: Body, raw: bytes, content_type: str | None) -> Any:
            try:
                return read(body, raw, content_type)
            except Malformed as problem:
                if problem.rule != rule:
                    raise
                return convert(parse_json_body(raw) if raw else None)

        return replacement

    return Mutant(rule, says, Body, "read", build)


def mutant_refusal(name: str, value: Any, rule: str) -> Malformed:
    """Return the problem of a mutant that refuses valid values."""
    return Malformed(f"{name} must not be {value}", rule=rule, errors={name: ["is refused"]})


def refuse_beyond_calendar(expires_at: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a period that ends after the year 9999, where it counts as the longest that there is."""

    def replacement(written: datetime, ttl_days: int | None) -> Any:
        if ttl_days is not None and ttl_days > (datetime.max.replace(tzinfo=UTC) - written).days:
            raise Malformed("ttl is too long", errors={"ttl": ["is too long"]})
        return expires_at(written, ttl_days)

    return replacement


def with_dialect(rule: str, dialect: Dialect) -> Mutant:
    """Make the mock follow one dialect, whatever the setting."""
    return Mutant(
        rule,
        f"the mock speaks {dialect}, whatever it is told",
        Sandbox,
        "dialect",
        lambda _: property(lambda _: dialect),
    )


def ignore_setting(rule: str, name: str, value: Any) -> Mutant:
    """Make the mock follow one value of a setting, whatever it is set to."""

    def build(setting: Any) -> Any:
        return lambda sandbox, asked: value if asked == name else setting(sandbox, asked)

    return Mutant(rule, f"the setting {name} does nothing", Sandbox, "setting", build)
