"""Parses and validates path, query and header parameters against the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema_rs

from pii_sandbox.mockserver import schemas
from pii_sandbox.mockserver.gateway.request_context import RequestContext
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.specs import SpecError

_INTEGER = re.compile(r"-?[0-9]{1,40}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_BOOLEANS = {"true": True, "false": False}
_PLAIN = frozenset({"type", "default"})

_NONE: Mapping[str, Sequence[str]] = {}

Values = dict[str, Any]


def percent_decode(text: str | bytes) -> str:
    """Return the percent-decoded text. Raises Malformed if it is not UTF-8."""
    return _text(unquote_to_bytes(text))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("the URL is not valid UTF-8") from error


def query_of(raw: bytes) -> dict[str, list[str]]:
    """Parse a query string: the values of each parameter, in order. Raises Malformed if it is not UTF-8."""
    values: dict[str, list[str]] = {}
    read = percent_decode if b"%" in raw else _text
    for pair in raw.replace(b"+", b" ").split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            values.setdefault(read(name), []).append(read(value))
    return values


def _integer(text: str) -> Any:
    return int(text) if _INTEGER.fullmatch(text) else text


def _number(text: str) -> Any:
    return float(text) if _NUMBER.fullmatch(text) else text


def _boolean(text: str) -> Any:
    return _BOOLEANS.get(text, text)


_COERCE: Mapping[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": str,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One documented parameter with its converter and validator.

    `check`: the validator, None if any text is valid. `refused`: the error message for a parameter that may not be
    sent at all, else None. `stand_in`: the query parameter that makes this one optional (x-stand-in).
    `optional_setting`: the setting of a sandbox that makes it optional (x-optional-setting).
    """

    name: str
    place: str
    required: bool
    default: Any
    rule: str | None
    stand_in: str | None
    refused: str | None
    coerce: Callable[[str], Any] | None
    check: jsonschema_rs.Draft4Validator | None
    optional_setting: str | None = None

    def read(self, sent: Sequence[str] | None, others: Mapping[str, Sequence[str]]) -> Any:
        """Return the typed value, or the default. Raises Malformed for a missing, repeated or invalid parameter.

        `others`: the other parameters that were sent, for `stand_in`.
        """
        if not sent:
            if self.required or (self.stand_in is not None and not others.get(self.stand_in)):
                raise self._refusal(f"{self.place} parameter {self.name} is required", "is required")
            return self.default
        if self.refused is not None:
            raise Malformed(self.refused, rule=self.rule)
        if len(sent) > 1:
            raise self._refusal(f"{self.place} parameter {self.name} is sent more than once", "is sent more than once")
        value = sent[0] if self.coerce is None else self.coerce(sent[0])
        if self.check is not None and not self.check.is_valid(value):
            message = next(iter(schemas.validation_errors(self.check, value).values()))[0]
            raise self._refusal(f"{self.place} parameter {self.name}: {message}", message)
        return value

    def _refusal(self, message: str, error: str) -> Malformed:
        return Malformed(message, rule=self.rule, errors={self.name: [error]})


def parameter(definition: Mapping[str, Any]) -> Parameter:
    """Build a parameter from its definition in the document. Raises SpecError for an unsupported type."""
    schema = {key: value for key, value in definition["schema"].items() if key != "components"}
    if definition.get("x-extensible"):
        schema.pop("enum", None)
    kind = schema.get("type", "string")
    if kind not in _COERCE:
        raise SpecError(f"parameter {definition['name']}: type {kind} is not supported")
    bare = all(key in _PLAIN or key.startswith("x-") or key in ("example", "description") for key in schema)
    return Parameter(
        name=definition["name"],
        place=definition["in"],
        required=definition.get("required", False),
        default=schema.get("default"),
        rule=definition.get("x-rule") or schema.get("x-rule"),
        stand_in=definition.get("x-stand-in"),
        refused=definition.get("x-refused"),
        coerce=None if kind == "string" else _COERCE[kind],
        check=None if bare and kind == "string" else schemas.compile_validator(schema),
        optional_setting=definition.get("x-optional-setting"),
    )


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters of an operation.

    `path`: in the order of the template's segments. `header`: by name in lower case. `none`: the operation has no
    parameters.
    """

    path: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    header: Mapping[str, Parameter]
    none: bool = False

    @property
    def optional_setting(self) -> str | None:
        """The setting of a sandbox that makes query parameters optional, None if no setting does."""
        return next((each.optional_setting for each in self.query if each.optional_setting is not None), None)

    def relaxed(self) -> Parameters:
        """Return these parameters as they are while that setting is on."""
        query = (
            each if each.optional_setting is None else replace(each, required=False, stand_in=None)
            for each in self.query
        )
        return replace(self, query=tuple(query))

    def read(self, context: RequestContext, query: bytes) -> tuple[Values, Values, Values]:
        """Return path, query and header values, defaults included. Raises Malformed for the first invalid one."""
        path: Values = {}
        query_values: Values = {}
        headers: Values = {}
        if not query and self.none:
            return path, query_values, headers
        for definition, segment in zip(self.path, context.path_values, strict=True):
            path[definition.name] = definition.read((segment,), _NONE)
        sent = query_of(query) if query else _NONE
        for definition in self.query:
            value = definition.read(sent.get(definition.name), sent)
            if value is not None:
                query_values[definition.name] = value
        for name, definition in self.header.items():
            text = context.headers.get(name)
            header = definition.read((text,) if text else None, _NONE)
            if header is not None:
                headers[name] = header
        return path, query_values, headers


def build_parameters(template: str, definitions: Sequence[Mapping[str, Any]]) -> Parameters:
    """Build the parameters of the operation at path `template`. Raises SpecError for an unsupported or missing one."""
    by_place: dict[str, list[Parameter]] = {"path": [], "query": [], "header": []}
    for definition in definitions:
        if definition["in"] not in by_place:
            raise SpecError(f"parameter {definition['name']}: {definition['in']} parameters are not supported")
        by_place[definition["in"]].append(parameter(definition))
    names = re.findall(r"\{([^{}]+)\}", template)
    path_parameters = {path.name: path for path in by_place["path"]}
    missing = [name for name in names if name not in path_parameters]
    if missing:
        raise SpecError(f"{template}: path parameter {missing[0]} is not defined")
    headers = {header.name.lower(): header for header in by_place["header"]}
    return Parameters(
        tuple(path_parameters[name] for name in names), tuple(by_place["query"]), headers, none=not definitions
    )
