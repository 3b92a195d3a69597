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
from pii_sandbox.mutants.mutant import Mutant, always_return, tolerate


def _answer_not_found(route: Any) -> Any:
    def refuse(*_: Any) -> Any:
        raise NotFound("there is no such path")

    return tolerate(route, refuse, Exception)


def _answer_malformed(route: Any) -> Any:
    def refuse(*_: Any) -> Any:
        raise Malformed("there is no such path")

    return tolerate(route, refuse, NotFound)


def _refuse_head(route: Any) -> Any:
    def replacement(routing: Routing, context: Any, method: str) -> Any:
        if method == "HEAD":
            raise MethodNotAllowed("HEAD is not allowed here", allow=["GET"])
        return route(routing, context, method)

    return replacement


def _answer_unsupported(read: Any) -> Any:
    def refuse(*_: Any) -> Any:
        raise UnsupportedMediaType("the body cannot be read")

    return tolerate(read, refuse, Malformed)


def _compare_media_type_exactly(find: Any) -> Any:
    def replacement(body: Body, content_type: str | None) -> Any:
        if content_type not in body.media_types:
            raise UnsupportedMediaType("the media type is not the documented one, letter by letter")
        return find(body, content_type)

    return replacement


def _encode_as_200(encode: Any) -> Any:
    return lambda reply, size: encode(replace(reply, status=200), size)


def _lift_size_limit(read: Any) -> Any:
    return lambda receive, headers, largest: read(receive, headers, 2**40)


def _skip_decoding(decode: Any) -> Any:
    return lambda raw, header, largest: raw


def _accept_any_media_type(find: Any) -> Any:
    return lambda body, content_type: next(iter(body.media_types.values()))


def _keep_last_value(parse: Any) -> Any:
    return lambda raw: {name: values[-1:] for name, values in parse(raw).items()}


def _replace_invalid_bytes(decode: Any) -> Any:
    return lambda raw: raw.decode("utf-8", "replace")


def _mutants(prefix: str, *, has_bodies: bool = True, has_json: bool = True) -> tuple[Mutant, ...]:
    paths, requests = f"{prefix}-HTTP-1", f"{prefix}-HTTP-2"
    common: tuple[Mutant, ...] = (
        Mutant(paths, "a 405 lacks Allow", statuses, "problem_headers", always_return({})),
        Mutant(paths, "another method answers 404", Routing, "_route", _answer_not_found),
        Mutant(paths, "an unknown path answers 400", Routing, "_route", _answer_malformed),
        Mutant(paths, "HEAD answers 405", Routing, "_route", _refuse_head),
        Mutant(requests, "a body of any size is read", bodies, "read_body", _lift_size_limit),
        Mutant(
            requests,
            "what is not UTF-8 is read with replacement characters",
            parameters,
            "_text",
            _replace_invalid_bytes,
        ),
    )
    if not has_bodies:
        return common
    if has_json:
        length = Mutant(paths, "a 204 has a Content-Length", responses, "encode_headers", _encode_as_200)
        common = (
            *common,
            length,
            Mutant(requests, "the coding of a body is ignored", content_codings, "decode", _skip_decoding),
        )
    return (
        *common,
        Mutant(requests, "a body is read whatever its media type", Body, "_media_type", _accept_any_media_type),
        Mutant(requests, "a media type counts letter by letter", Body, "_media_type", _compare_media_type_exactly),
        Mutant(requests, "a body that cannot be read answers 415", Body, "read", _answer_unsupported),
        Mutant(requests, "the last of a repeated parameter counts", parameters, "query_of", _keep_last_value),
    )


MUTANTS: Mapping[str, tuple[Mutant, ...]] = {
    "vtex": _mutants("VTEX"),
    "newstore": _mutants("NS"),
    "fashionai": _mutants("FAI", has_bodies=False),
    "oracle": _mutants("OCC", has_json=False),
}
