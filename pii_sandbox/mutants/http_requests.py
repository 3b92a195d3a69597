"""Broken rules about what HTTP itself refuses: the same for every API, whose gateway is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pii_sandbox.mockserver.gateway import bodies, content_codings, parameters, responses
from pii_sandbox.mockserver.gateway.bodies import Body
from pii_sandbox.mockserver.gateway.routing import Routing
from pii_sandbox.mockserver.problems import Malformed, MethodNotAllowed, NotFound, UnsupportedMediaType
from pii_sandbox.mockserver.rules import statuses
from pii_sandbox.mutants.mutant import Mutant, always, tolerating


def _not_found_instead(route: Any) -> Any:
    def refuse(*_: Any) -> Any:
        raise NotFound("there is no such path")

    return tolerating(route, refuse, Exception)


def _unknown_is_malformed(route: Any) -> Any:
    def refuse(*_: Any) -> Any:
        raise Malformed("there is no such path")

    return tolerating(route, refuse, NotFound)


def _without_head(route: Any) -> Any:
    def routed(routing: Routing, context: Any, method: str) -> Any:
        if method == "HEAD":
            raise MethodNotAllowed("HEAD is not allowed here", allow=["GET"])
        return route(routing, context, method)

    return routed


def _unreadable_is_unsupported(read: Any) -> Any:
    def refuse(*_: Any) -> Any:
        raise UnsupportedMediaType("the body cannot be read")

    return tolerating(read, refuse, Malformed)


def _as_written(find: Any) -> Any:
    def found(body: Body, content_type: str | None) -> Any:
        if content_type not in body.media_types:
            raise UnsupportedMediaType("the media type is not the documented one, letter by letter")
        return find(body, content_type)

    return found


def _announcing_nothing(encode: Any) -> Any:
    return lambda reply, size: encode(replace(reply, status=200), size)


def _without_limit(read: Any) -> Any:
    return lambda receive, headers, largest: read(receive, headers, 2**40)


def _as_sent(decode: Any) -> Any:
    return lambda raw, header, largest: raw


def _any_media_type(find: Any) -> Any:
    return lambda body, content_type: next(iter(body.media_types.values()))


def _last_value(parse: Any) -> Any:
    return lambda raw: {name: values[-1:] for name, values in parse(raw).items()}


def _replacing(decode: Any) -> Any:
    return lambda raw: raw.decode("utf-8", "replace")


def _mutants(prefix: str, *, has_bodies: bool = True, has_json: bool = True) -> tuple[Mutant, ...]:
    paths, requests = f"{prefix}-HTTP-1", f"{prefix}-HTTP-2"
    common: tuple[Mutant, ...] = (
        Mutant(paths, "a 405 lacks Allow", statuses, "problem_headers", always({})),
        Mutant(paths, "another method answers 404", Routing, "_route", _not_found_instead),
        Mutant(paths, "an unknown path answers 400", Routing, "_route", _unknown_is_malformed),
        Mutant(paths, "HEAD answers 405", Routing, "_route", _without_head),
        Mutant(requests, "a body of any size is read", bodies, "read_body", _without_limit),
        Mutant(requests, "what is not UTF-8 is read with replacement characters", parameters, "_text", _replacing),
    )
    if not has_bodies:
        return common
    if has_json:
        length = Mutant(paths, "a 204 has a Content-Length", responses, "encode_headers", _announcing_nothing)
        common = (
            *common,
            length,
            Mutant(requests, "the coding of a body is ignored", content_codings, "decode", _as_sent),
        )
    return (
        *common,
        Mutant(requests, "a body is read whatever its media type", Body, "_media_type", _any_media_type),
        Mutant(requests, "a media type counts letter by letter", Body, "_media_type", _as_written),
        Mutant(requests, "a body that cannot be read answers 415", Body, "read", _unreadable_is_unsupported),
        Mutant(requests, "the last of a repeated parameter counts", parameters, "query_of", _last_value),
    )


MUTANTS: Mapping[str, tuple[Mutant, ...]] = {
    "vtex": _mutants("VTEX"),
    "newstore": _mutants("NS"),
    "fashionai": _mutants("FAI", has_bodies=False),
    "oracle": _mutants("OCC", has_json=False),
}
