"""HTTP content codings (RFC 9110 8.4): gzip, deflate, br and zstd, decoded within a size limit, and encoded."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import brotli

from pii_sandbox.mockserver.problems import Malformed, TooLarge, UnsupportedCoding

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_CODINGS = 5  # nested codings; the limit of urllib3 and curl
MOST_MEMBERS = 100  # concatenated gzip members or zstd frames
WINDOW_LOG = 23  # RFC 9659: a zstd frame on the web needs a window of 8 MiB at most
_ZLIB, _RAW, _GZIP = 15, -15, 31  # zlib's window bits select the format

_ALIASES = {"x-gzip": "gzip"}
_Decoder = Callable[[bytes, int], bytes]  # (encoded bytes, size limit plus one) → decoded bytes


class CorruptError(ValueError):
    """The bytes are not valid in the coding, or incomplete."""


@dataclass(frozen=True, slots=True)
class ContentCoding:
    """One coding. `decode` stops one byte after the limit: a decompression bomb uses no more memory than that."""

    decode: _Decoder
    encode: Callable[[bytes], bytes]


def decode(raw: bytes, header: str, largest: int) -> bytes:
    """Decode a body by its Content-Encoding header.

    Raises UnsupportedCoding for an unknown coding or more than `MOST_CODINGS`, TooLarge over `largest` bytes at any
    stage, and Malformed for a truncated or corrupt body.
    """
    names = [name for name in (part.strip().lower() for part in header.split(",")) if name not in ("", "identity")]
    if len(names) > MOST_CODINGS:
        raise UnsupportedCoding(f"at most {MOST_CODINGS} content codings are accepted", accepted=ACCEPTED)
    for name in reversed(names):
        coding = CODINGS.get(_ALIASES.get(name, name))
        if coding is None:
            raise UnsupportedCoding(f"send the body as it is, or in {' or '.join(CODINGS)}", accepted=ACCEPTED)
        try:
            raw = coding.decode(raw, largest + 1)
        except (CorruptError, zlib.error, brotli.error, zstd.ZstdError) as error:
            raise Malformed(f"the body is not complete and valid {name}, which its Content-Encoding names") from error
        if len(raw) > largest:
            raise TooLarge(f"the decoded body is larger than {largest} bytes")
    return raw


def _members(raw: bytes, most: int, decompressor: Callable[[], Any]) -> bytes:
    """Decode concatenated members. Raises CorruptError for an incomplete one, and for more than `MOST_MEMBERS`."""
    decoded = bytearray()
    for _ in range(MOST_MEMBERS):
        member = decompressor()
        decoded += member.decompress(raw, most - len(decoded))
        if len(decoded) >= most:
            break
        if not member.eof:
            raise CorruptError("ends early")
        raw = member.unused_data
        if not raw:
            break
    else:
        raise CorruptError("too many members")
    return bytes(decoded)


def _inflate(raw: bytes, most: int) -> bytes:
    """Decode `deflate`: the zlib format (RFC 9110 8.4.1.2), or the raw data that some clients send."""
    wrapped = len(raw) > 1 and raw[0] & 0x0F == zlib.DEFLATED and int.from_bytes(raw[:2]) % 31 == 0
    inflater = zlib.decompressobj(_ZLIB if wrapped else _RAW)
    decoded = inflater.decompress(raw, most)
    if len(decoded) < most and (not inflater.eof or inflater.unused_data):
        raise CorruptError("ends early, or has trailing data")
    return decoded


def _gunzip(raw: bytes, most: int) -> bytes:
    return _members(raw, most, lambda: zlib.decompressobj(_GZIP))


def _unzstd(raw: bytes, most: int) -> bytes:
    options = {int(zstd.DecompressionParameter.window_log_max): WINDOW_LOG}
    return _members(raw, most, lambda: zstd.ZstdDecompressor(options=options))


def _unbrotli(raw: bytes, most: int) -> bytes:
    decompressor = brotli.Decompressor()
    decoded = bytearray(decompressor.process(raw, output_buffer_limit=most))
    while len(decoded) < most and not decompressor.can_accept_more_data():
        more = decompressor.process(b"", output_buffer_limit=most - len(decoded))
        if not more:
            break
        decoded += more
    if len(decoded) < most and not decompressor.is_finished():
        raise CorruptError("ends early")
    return bytes(decoded)


def _brotli(body: bytes) -> bytes:
    coded: bytes = brotli.compress(body, quality=1)
    return coded


# cheapest for the server first: a client that weights several equally gets the first
# lowest compression levels: over loopback, time matters and size does not
CODINGS: Mapping[str, ContentCoding] = {
    "zstd": ContentCoding(_unzstd, lambda body: zstd.compress(body, level=1)),
    "br": ContentCoding(_unbrotli, _brotli),
    "gzip": ContentCoding(_gunzip, lambda body: zlib.compress(body, 1, _GZIP)),
    "deflate": ContentCoding(_inflate, lambda body: zlib.compress(body, 1)),
}
ACCEPTED = ", ".join(sorted(CODINGS))
