"""Kinds of hostile answers: bodies, headers, media types, status lines, content codings and framing."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import brotli

LONG = 200_000
CRLF = b"\r\n"


@dataclass(frozen=True)
class Reply:
    """What an honest server answers; `body` is JSON or empty."""

    status: int = 200
    media_type: str = "application/json"
    body: bytes = b'{"id": "70caf394-8534-447e-a0ca-1803c669c771"}'


Written = bytes | Callable[[socket.socket], None]
Kind = Callable[[Reply], Written]


def response_bytes(status: bytes, headers: list[bytes], body: bytes, *, length: int | None = None) -> bytes:
    """An answer as it goes over the wire; `length` is what Content-Length says, negative: there is none."""
    counted = len(body) if length is None else length
    lines = [b"HTTP/1.1 " + status, *headers, *([b"Content-Length: %d" % counted] if counted >= 0 else [])]
    return CRLF.join([*lines, b"", b""]) + body


def _status(reply: Reply) -> bytes:
    return b"%d Answer" % reply.status


def _type(reply: Reply) -> bytes:
    return b"Content-Type: " + (reply.media_type or "application/json").encode("latin-1")


def body(content: bytes | Callable[[Reply], bytes], media_type: bytes | None = None) -> Kind:
    """The status of the honest answer with another body."""

    def answer(reply: Reply) -> bytes:
        body_bytes = content(reply) if callable(content) else content
        return response_bytes(
            _status(reply), [_type(reply) if media_type is None else b"Content-Type: " + media_type], body_bytes
        )

    return answer


def headers(*lines: bytes, status: bytes | None = None, media_type: bool = True) -> Kind:
    """The honest answer with further headers."""

    def answer(reply: Reply) -> bytes:
        own = [_type(reply)] if media_type else []
        return response_bytes(status or _status(reply), [*own, *lines], reply.body)

    return answer


def encode_content(coding: bytes, content: bytes | Callable[[Reply], bytes]) -> Kind:
    def answer(reply: Reply) -> bytes:
        body = content(reply) if callable(content) else content
        return response_bytes(_status(reply), [_type(reply), b"Content-Encoding: " + coding], body)

    return answer


def insert_text(text: str) -> Kind:
    """The honest answer with that text in every text of its JSON, and under a name of its own."""

    def insert(value: Any) -> Any:
        match value:
            case dict():
                return {name: insert(inner) for name, inner in value.items()} | {text[:200]: text}
            case list():
                return [insert(inner) for inner in value]
            case str():
                return value + text
        return value

    def changed(reply: Reply) -> bytes:
        try:
            value = json.loads(reply.body)
        except ValueError:
            value = {}
        return json.dumps(insert(value), ensure_ascii=False).encode("utf-8", "surrogatepass")

    return body(changed)


def drip_response(begin: bytes, drop: bytes) -> Kind:
    def drip(connection: socket.socket) -> None:
        connection.sendall(begin)
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            if drop:
                connection.sendall(drop)
            elif not connection.recv(1):
                return
            time.sleep(0.05)

    return lambda reply: drip


def close_connection(begin: bytes, *, reset: bool = False) -> Kind:
    def close(connection: socket.socket) -> None:
        connection.sendall(begin)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise OSError("closed on purpose")

    return lambda reply: close


def _bomb(compress: Callable[[bytes], bytes]) -> Callable[[Reply], bytes]:
    created: list[bytes] = []
    lock = threading.Lock()

    def content(_: Reply) -> bytes:
        with lock:
            if not created:
                created.append(compress(bytes(2**26)))
        return created[0]

    return content


def _brotli(raw: bytes) -> bytes:
    return bytes(brotli.compress(raw, quality=3))


def _nested_bomb(raw: bytes) -> bytes:
    return gzip.compress(gzip.compress(raw))


def _half_of_body(reply: Reply) -> bytes:
    return reply.body[: len(reply.body) // 2]


PAGE = b"<!doctype html><title>502</title><h1>Bad gateway</h1><p>Session of Jane Canary (jane.canary@example.org)"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'

BODIES: Mapping[str, Kind] = {
    "deep arrays": body(b"[" * 5_000 + b"]" * 5_000),
    "deep objects": body(b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    "deep and unclosed": body(b"[" * 100_000),
    "deep in utf-16": body(("[" * 5_000).encode("utf-16")),
    "huge integer": body(b'{"id": ' + b"9" * 5_000 + b"}"),
    "not a number": body(b'{"id": NaN, "total": -Infinity}'),
    "beyond floats": body(b'{"id": 1e999, "total": -0.0}'),
    "halves of characters": insert_text("\ud800 \udfff"),
    "escaped halves": body(b'{"id": "\\ud800", "\\udfff": "\\ud800\\ud800"}'),
    "invalid utf-8": body(b'{"id": "\xff\xfe\xc0\x80"}'),
    "utf-16": body('{"id": "x"}'.encode("utf-16")),
    "byte order mark": body(lambda reply: b"\xef\xbb\xbf" + reply.body),
    "zero bytes": body(b"\0" * 5_000),
    "nothing": body(b""),
    "half of it": body(_half_of_body),
    "duplicate names": body(b'{"id": 1, "id": "x", "id": [1], "document": {}, "document": null}'),
    "references": body(b'{"$ref": "#/components/schemas/Profile", "id": {"$ref": "http://127.0.0.1:9/x"}}'),
    "terminal escapes": insert_text("\x1b[2J\x1b]0;owned\x07\x9b31m\x7f\b\b\b"),
    "escaped terminal escapes": insert_text("\\u001b[2J %1b[31m &#27;[31m"),
    "bidirectional marks": insert_text("\u202egnp.exe\u2066\u2069\u200b\ufeff\u2028"),
    "markup": insert_text("</script><script>alert(1)</script><img src=x onerror=alert(1)>]]>{{7*7}}`"),
    "csv formulas": insert_text("=cmd|' /C calc'!A0"),
    "forged lines": insert_text("\r\n::error::forged\n# staging conforms\n"),
    "long word": insert_text("W" * LONG),
    "letters before a mark": insert_text("a" * 60_000 + "!"),
    "digits and dashes": insert_text("1-" * 50_000),
    "base64 without end": insert_text("QUFB" * 20_000),
    "percents": insert_text("%25" * 30_000 + "%zz"),
    "entities": insert_text("&amp;" * 20_000),
    "backslashes": insert_text("\\" * 50_000 + "u0041"),
    "at signs": insert_text("a@" * 30_000),
    "a million values": body(b"[" + b"1," * 1_000_000 + b"1]"),
    "many names": body(lambda _: json.dumps({f"name{number}": number for number in range(50_000)}).encode()),
    "many people": body(
        lambda _: json.dumps([{"email": f"p{n}@example.org", "firstName": f"Name{n}"} for n in range(20_000)]).encode()
    ),
    "a page": body(PAGE, b"text/html; charset=utf-8"),
    "a page as json": body(PAGE),
    "laughs": body(LAUGHS, b"application/xml"),
    "prototype": body(b'{"__proto__": {"x": 1}, "constructor": {"prototype": {}}, "__class__": "x"}'),
    "null": body(b"null"),
    "a list": body(b"[[[]], {}, null, 1]"),
    "a text": body(b'"id"'),
    "twenty megabytes": body(lambda _: b'{"id": "' + b"x" * 20 * 2**20 + b'"}'),
}
HEADERS: Mapping[str, Kind] = {
    "media type with escapes": headers(b"Content-Type: text/\x1b[31mhtml\x1b]0;x\x07", media_type=False),
    "media type of signs": headers(b"Content-Type: /;;;=\"'<>", media_type=False),
    "media type with parameters": headers(b"Content-Type: application/json; charset=x-none; a=" + b"b" * 5000,
                                          media_type=False),
    "no media type": headers(media_type=False),
    "two media types": headers(b"Content-Type: text/html"),
    "thousands of headers": headers(*[b"X-%d: y" % number for number in range(3_000)]),
    "hundreds of headers": headers(*[b"X-%d: y" % number for number in range(300)]),
    "long header": headers(b"X-Long: " + b"y" * 60_000),
    "header without end": headers(b"X-Long: " + b"y" * 300_000),
    "latin header": headers("X-Name: Jos\u00e9\u00ff\u0085".encode("latin-1")),
    "folded header": headers(b"X-Folded: a\r\n b\r\n\tc"),
    "header without colon": headers(b"NoColonHere"),
    "header with spaces": headers(b"X Y : z"),
    "cookies": headers(*[b"Set-Cookie: s%d=secret%d; Path=/; Expires=Thu, 99-Foo-9999" % (n, n) for n in range(50)]),
    "wait for ever": headers(b"Retry-After: " + b"9" * 400, status=b"429 Slow"),
    "wait until overflow": headers(b"Retry-After: Fri, 31 Dec 99999999 23:59:59 GMT", status=b"503 Later"),
    "redirect elsewhere": headers(b"Location: https://elsewhere.example/", status=b"302 Found"),
    "redirect to no url": headers(b"Location: http://[::1\x1b/", status=b"302 Found"),
    "redirect to itself": headers(b"Location: /", status=b"307 Again"),
    "odd challenge": headers(b"WWW-Authenticate: Negotiate \x01, Basic realm=\"", status=b"401 Who"),
    "odd dates": headers(b"Date: yesterday", b"Last-Modified: 0", b"Expires: -1", b"Age: NaN"),
    "odd allow": headers(b"Allow: \x7f, GET\x1b[0m", status=b"405 No"),
}  # fmt: skip
STATUS_LINES: Mapping[str, Kind] = {
    "status 999": headers(status=b"999 Odd"),
    "status 600": headers(status=b"600 Odd"),
    "status 099": headers(status=b"099 Odd"),
    "status of letters": headers(status=b"OK 200"),
    "reason with escapes": headers(status=b"200 \x1b[31mred"),
    "reason without end": headers(status=b"200 " + b"r" * 300_000),
    "no status line": lambda reply: reply.body * 100,
    "version 3": lambda reply: b"HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "other protocol": lambda reply: b"SSH-2.0-OpenSSH_9.6\r\n" * 3,
    "tls": lambda reply: bytes([21, 3, 3, 0, 2, 2, 40]) * 20,
    "204 with a body": lambda reply: response_bytes(b"204 No Content", [], b'{"id": "after"}', length=-1),
    "304 with a body": lambda reply: response_bytes(b"304 Not Modified", [], b'{"id": "after"}', length=-1),
    "205 with a body": headers(status=b"205 Reset"),
    "informational without end": lambda reply: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 10_000,
    "switching protocols": lambda reply: b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nwhatever",
}
CODINGS: Mapping[str, Kind] = {
    "gzip bomb": encode_content(b"gzip", _bomb(gzip.compress)),
    "deflate bomb": encode_content(b"deflate", _bomb(zlib.compress)),
    "brotli bomb": encode_content(b"br", _bomb(_brotli)),
    "bomb in a bomb": encode_content(b"gzip, gzip", _bomb(_nested_bomb)),
    "no gzip": encode_content(b"gzip", b"this is no gzip"),
    "gzip cut short": encode_content(b"gzip", lambda reply: gzip.compress(reply.body)[:-6]),
    "gzip and more": encode_content(b"gzip", lambda reply: gzip.compress(reply.body) + b"more"),
    "coding of nobody": encode_content(b"x-nobody\x1b", lambda reply: reply.body),
    "twenty codings": encode_content(b", ".join([b"gzip"] * 20), b"x"),
}
FRAMING: Mapping[str, Kind] = {
    "ends early": lambda reply: _send_and_close(
        response_bytes(_status(reply), [_type(reply)], reply.body, length=10**6)
    ),
    "goes on after its end": lambda reply: response_bytes(_status(reply), [_type(reply)], b"{}" + b"x" * 500, length=2),
    "answers before it is asked": lambda reply: (
        response_bytes(_status(reply), [_type(reply)], b"{}")
        + response_bytes(b"200 OK", [_type(reply)], b'{"id": "smuggled"}')
    ),
    "negative length": headers(b"Content-Length: -5"),
    "length of letters": headers(b"Content-Length: five"),
    "two lengths": headers(b"Content-Length: 1"),
    "length and chunks": headers(b"Transfer-Encoding: chunked"),
    "unknown transfer coding": headers(b"Transfer-Encoding: gzip, x-nobody"),
    "huge chunk": close_connection(CHUNKED + b"FFFFFFFFFFFFFFFF\r\n{}"),
    "odd chunk": close_connection(CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n"),
    "chunk of letters": close_connection(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"),
    "long chunk extension": close_connection(CHUNKED + b"2;" + b"x" * 300_000 + b"\r\n{}\r\n0\r\n\r\n"),
    "trailers": lambda reply: CHUNKED + b"2\r\n{}\r\n0\r\n" + b"X-T: y\r\n" * 500 + b"\r\n",
    "closed": close_connection(b""),
    "reset": close_connection(b"", reset=True),
    "closed in the head": close_connection(HEAD + b"X-Cut"),
    "reset in the body": close_connection(HEAD + b'Content-Length: 99\r\n\r\n{"id"', reset=True),
}
SLOW: Mapping[str, Kind] = {
    "dripping body": drip_response(HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
    "dripping head": drip_response(HEAD, b"X"),
    "dripping chunks": drip_response(CHUNKED, b"1\r\nx\r\n"),
    "dripping information": drip_response(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "silence": drip_response(b"", b""),
}
KINDS: Mapping[str, Kind] = {**BODIES, **HEADERS, **STATUS_LINES, **CODINGS, **FRAMING, **SLOW}


def _send_and_close(begin: bytes) -> Written:
    return close_connection(begin)(Reply())
