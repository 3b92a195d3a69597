"""Compresses response bodies: negotiates the content coding by the client's Accept-Encoding header."""

from __future__ import annotations

import functools
import re
from dataclasses import replace

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway.content_codings import CODINGS

LARGEST_PLAIN = 1024  # bytes: compressing a shorter body costs more time than it saves
_COMPRESSIBLE = re.compile(r"text/|image/svg\+xml|application/([\w.-]+\+)?(json|xml|javascript)\b", re.IGNORECASE)
_WEIGHT = re.compile(r"q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)
_ANY, _IDENTITY = "*", "identity"
_FOR_ANY = ("gzip", *(name for name in CODINGS if name != "gzip"))  # gzip first for `*`: every client supports it


def compress(reply: Reply, body: bytes, accept_encoding: str | None) -> tuple[Reply, bytes]:
    """Return the reply and its body as sent to a client with that Accept-Encoding header.

    A body of up to `LARGEST_PLAIN` bytes is not compressed, unless the client refuses `identity`. A response that
    depends on the header lists it in `Vary`.
    """
    coding, plain_refused = (None, False) if accept_encoding is None else negotiate(accept_encoding)
    small = len(body) <= LARGEST_PLAIN
    if (small and not plain_refused) or not body or not _compressible(reply.media_type):
        return reply, body
    vary = next((name for name in reply.headers if name.lower() == "vary"), "Vary")
    varied = f"{reply.headers[vary]}, Accept-Encoding" if vary in reply.headers else "Accept-Encoding"
    headers = {**reply.headers, vary: varied}
    if coding is None or "content-encoding" in {name.lower() for name in headers}:
        return replace(reply, headers=headers), body
    return replace(reply, headers={**headers, "Content-Encoding": coding}), CODINGS[coding].encode(body)


@functools.lru_cache(maxsize=256)  # a client sends the same header each time
def negotiate(accept_encoding: str) -> tuple[str | None, bool]:
    """Return the preferred coding (None: identity) and whether identity is refused. (RFC 9110 12.5.3)

    A client that refuses every coding gets the body without one: the header is disregarded (12.4.1).
    """
    weights = _weights(accept_encoding)
    rest = weights.get(_ANY)
    identity = weights.get(_IDENTITY, rest)  # None: acceptable, after every coding that is listed
    named = [name for name in CODINGS if weights.get(name, 0)]
    unnamed = [name for name in _FOR_ANY if name not in weights] if rest else []
    chosen = max((*named, *unnamed), key=lambda name: weights.get(name, rest or 0), default=None)
    if chosen is None or weights.get(chosen, rest or 0) < weights.get(_IDENTITY, 0):
        return None, False
    return chosen, identity == 0


def _weights(accept_encoding: str) -> dict[str, float]:
    """Return the weight of each listed coding; a malformed entry is left out."""
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = (piece.strip() for piece in part.partition(";"))
        weight = _WEIGHT.fullmatch(parameter) if parameter else None
        if name and (weight or not parameter):
            weights["gzip" if name == "x-gzip" else name] = min(float(weight[1]), 1.0) if weight else 1.0
    return weights


@functools.lru_cache(maxsize=256)
def _compressible(media_type: str) -> bool:
    return _COMPRESSIBLE.match(media_type) is not None
