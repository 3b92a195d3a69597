"""HTTP content codings (RFC 9110 8.4) of a response: gzip, deflate, br and zstd, decoded within a size limit."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_CODINGS = 5  # one over the other, as urllib3 and curl have it
_MOST_MEMBERS = 100  # gzip members, or zstd frames, one after the other
_WINDOW_LOG = 23  # RFC 9659: a zstd frame on the web needs a window of 8 MiB at most
_RAW, _ZLIB, _GZIP = -15, 15, 31  # zlib's window bits say which of its formats is meant
_ALIASES = {"x-gzip": "gzip"}


class CorruptCoding(ValueError):
    """Bytes that are not of the coding that their header names, or stop in the middle of it."""


class TooLong(ValueError):
    """Bytes that decode to more than the limit."""


def decode_content(raw: bytes, header: str, most: int) -> bytes:
    """The body without the codings that its Content-Encoding header lists; it stays as it is under an unknown one.

    Raises TooLong for more than `most` bytes at any stage, and CorruptCoding.
    """
    names = [name for name in (part.strip().lower() for part in header.split(",")) if name not in ("", "identity")]
    if len(names) > MOST_CODINGS:
        raise CorruptCoding(f"the body has {len(names)} content codings, one on top of the other")
    for name in reversed(names):
        decoder = _DECODERS.get(_ALIASES.get(name, name))
        if decoder is None or not raw:
            return raw  # nothing, as some servers send it, is the coding of nothing
        try:
            raw = decoder(raw, most + 1)
        except (CorruptCoding, zlib.error, brotli.error, zstd.ZstdError) as error:
            raise CorruptCoding(f"the body is not complete, valid {name}, as its Content-Encoding says") from error
        if len(raw) > most:
            raise TooLong
    return raw


def _members(raw: bytes, most: int, decompressor: Callable[[], Any]) -> bytes:
    """What members one after the other decode to."""
    made = bytearray()
    for _ in range(_MOST_MEMBERS):
        member = decompressor()
        made += member.decompress(raw, most - len(made))
        if len(made) >= most:
            return bytes(made)
        if not member.eof:
            raise CorruptCoding("ends early")
        raw = member.unused_data
        if not raw:
            return bytes(made)
    raise CorruptCoding("too many members")


def _gunzip(raw: bytes, most: int) -> bytes:
    return _members(raw, most, lambda: zlib.decompressobj(_GZIP))


def _unzstd(raw: bytes, most: int) -> bytes:
    options = {int(zstd.DecompressionParameter.window_log_max): _WINDOW_LOG}
    return _members(raw, most, lambda: zstd.ZstdDecompressor(options=options))


def _inflate(raw: bytes, most: int) -> bytes:
    """`deflate` is the zlib format (RFC 9110 8.4.1.2); some servers send the bare data."""
    wrapped = raw[0] & 0x0F == zlib.DEFLATED and int.from_bytes(raw[:2]) % 31 == 0
    inflater = zlib.decompressobj(_ZLIB if wrapped else _RAW)
    made = inflater.decompress(raw, most)
    if len(made) < most and (not inflater.eof or inflater.unused_data):
        raise CorruptCoding("ends early, or goes on after its end")
    return made


def _unbrotli(raw: bytes, most: int) -> bytes:
    decompressor = brotli.Decompressor()
    made: bytes = decompressor.process(raw, output_buffer_limit=most)  # or a few more, to the end of a block
    if len(made) < most and not decompressor.is_finished():
        raise CorruptCoding("ends early")
    return made


_DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip, "deflate": _inflate, "br": _unbrotli, "zstd": _unzstd,
}  # fmt: skip
ACCEPTED = ", ".join(_DECODERS)
