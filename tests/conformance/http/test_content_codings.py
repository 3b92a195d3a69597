"""Content codings of a response: which are decoded, what is too long, what is corrupt."""

from __future__ import annotations

import gzip
import random
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest

from pii_sandbox.conformance.http.content_codings import ACCEPTED, CorruptCoding, TooLong, decode_content

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = random.Random(5).randbytes(20_000) * 2  # repeats itself at a distance of more than 16 KiB
LIMIT = 2**20


def deflate(body: bytes, window_bits: int, level: int = 6) -> bytes:
    deflater = zlib.compressobj(level, wbits=window_bits)
    return deflater.compress(body) + deflater.flush()


def zstd_frame(body: bytes, window_log: int) -> bytes:
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
    return compressor.compress(body) + compressor.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0),
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=5),
    "zstd": lambda body: zstd.compress(body, options={zstd.CompressionParameter.checksum_flag: 1}),
}


def test_the_codings_that_a_request_accepts_are_those_that_are_decoded() -> None:
    assert [name.strip() for name in ACCEPTED.split(",")] == list(ENCODERS)


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_body_is_decoded_up_to_the_limit(coding: str) -> None:
    encoded = ENCODERS[coding](TEXT)
    assert decode_content(encoded, coding, len(TEXT)) == TEXT
    for limit in (len(TEXT) - 1, 1000, 1):
        with pytest.raises(TooLong):
            decode_content(encoded, coding, limit)


@pytest.mark.parametrize("coding", ENCODERS)
@pytest.mark.parametrize(
    "change",
    [lambda raw: raw[:-1], lambda raw: raw + b"x", lambda raw: b"\x07" + raw[1:]],
    ids=["cut", "more", "other"],
)
def test_bytes_that_are_not_in_their_coding_are_corrupt(coding: str, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(
        CorruptCoding, match=f"^the body is not complete, valid {coding}, as its Content-Encoding says$"
    ):
        decode_content(change(ENCODERS[coding](b"body")), coding, LIMIT)


@pytest.mark.parametrize(("coding", "tail"), [("gzip", 8), ("deflate", 4), ("br", 1), ("zstd", 4)])
def test_a_body_that_passes_the_limit_before_it_is_cut_off_is_too_long(coding: str, tail: int) -> None:
    cut = ENCODERS[coding](TEXT[:1000])[:-tail]  # which has all of the text, and not the end of the coding
    with pytest.raises(TooLong):
        decode_content(cut, coding, 999)
    with pytest.raises(CorruptCoding):
        decode_content(cut, coding, 1000)


@pytest.mark.parametrize(
    ("applied", "header"),
    [
        ("", ""),
        ("", "identity"),
        ("", " , Identity,"),
        ("", "x-nobody"),
        ("gzip", "GZip"),
        ("gzip", "x-gzip"),
        ("gzip", " gzip , identity"),
        ("gzip", "x-nobody, gzip"),
        ("gzip deflate", "gzip, deflate"),
        ("br deflate gzip", "br,deflate,gzip"),
    ],
)
def test_codings_are_taken_off_from_the_last_to_the_first(applied: str, header: str) -> None:
    raw = b"body"
    for name in applied.split():
        raw = ENCODERS[name](raw)
    assert decode_content(raw, header, LIMIT) == b"body"


def test_a_body_under_an_unknown_coding_stays_as_it_is() -> None:
    raw = gzip.compress(b"body")
    assert decode_content(raw, "gzip, x-nobody", LIMIT) == raw


@pytest.mark.parametrize("coding", ENCODERS)
def test_an_empty_body_is_that_of_any_coding(coding: str) -> None:
    assert decode_content(b"", coding, LIMIT) == b""
    assert decode_content(gzip.compress(b""), f"{coding}, gzip", LIMIT) == b""


def test_five_codings_are_taken_off_and_a_sixth_is_refused() -> None:
    raw = b"body"
    for _ in range(5):
        raw = gzip.compress(raw)
    assert decode_content(raw, "identity, gzip, gzip, gzip, gzip, gzip", LIMIT) == b"body"
    with pytest.raises(CorruptCoding, match="the body has 6 content codings, one on top of the other"):
        decode_content(gzip.compress(raw), "gzip, gzip, gzip, gzip, gzip, gzip", LIMIT)


@pytest.mark.parametrize("header", ["gzip, deflate", "deflate, gzip"])
def test_the_limit_holds_for_each_coding(header: str) -> None:
    raw = TEXT
    for name in header.split(", "):
        raw = ENCODERS[name](raw)
    with pytest.raises(TooLong):
        decode_content(raw, header, len(TEXT) // 2)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_body_of_many_members_is_decoded(coding: str) -> None:
    encode = ENCODERS[coding]
    assert decode_content(encode(b"one") + encode(b"") + encode(b"two"), coding, LIMIT) == b"onetwo"
    assert decode_content(encode(b"a") * 100, coding, LIMIT) == b"a" * 100
    for raw in (encode(b"a") * 101, encode(b"one") + encode(b"two")[:-1], encode(b"one") + b"two"):
        with pytest.raises(CorruptCoding):
            decode_content(raw, coding, LIMIT)
    with pytest.raises(TooLong):
        decode_content(encode(b"abc") * 3, coding, 8)
    assert decode_content(encode(b"abc") * 3, coding, 9) == b"abc" * 3


# A stored block, whose first byte has five bits without a meaning, may look like the head of the zlib format.
DEFLATED = {
    **{f"zlib, level {level}": (deflate(TEXT, 15, level), TEXT) for level in (0, 1, 6, 9)},
    "zlib, small window": (deflate(b"body", 9), b"body"),
    "bare": (deflate(TEXT, -15), TEXT),
    "bare, small window": (deflate(b"body", -9), b"body"),
    "bare, empty": (b"\x03\x00", b""),
    "stored": (b"\x79\x05\x00\xfa\xff" + b"12345", b"12345"),
    "stored, with the method of zlib": (b"\x78\x05\x00\xfa\xff" + b"12345" + b"\x03\x00", b"12345"),
    "stored, with the check of zlib": (b"\x79\x18\x00\xe7\xff" + b"1" * 24, b"1" * 24),
}


@pytest.mark.parametrize("name", DEFLATED)
def test_deflate_is_the_zlib_format_or_the_bare_data(name: str) -> None:
    raw, body = DEFLATED[name]
    assert decode_content(raw, "deflate", LIMIT) == body


def test_gzip_is_not_the_zlib_format() -> None:
    with pytest.raises(CorruptCoding):
        decode_content(zlib.compress(b"body"), "gzip", LIMIT)


def test_a_zstd_frame_needs_a_window_of_8_mib_at_most() -> None:
    assert decode_content(zstd_frame(TEXT, 23), "zstd", LIMIT) == TEXT
    with pytest.raises(CorruptCoding):
        decode_content(zstd_frame(TEXT, 24), "zstd", LIMIT)
