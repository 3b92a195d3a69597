"""Content codings of request bodies, at every API that takes one: decoded, bounded, refused in the vendor's form."""

from __future__ import annotations

import gzip
import json
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options, content_codings
from pii_sandbox.mockserver.problems import Malformed, TooLarge, UnsupportedCoding
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE
from tests.gateway.test_http_compliance import WRITERS, Api, each_writer
from tests.in_process import InProcess

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PROFILES = "/v1/d/pii/profiles"
ANNA = {"email": "anna@example.com", "full_name": "Anna Berg"}
BODY = json.dumps(ANNA).encode()
ACCEPTED = "br, deflate, gzip, zstd"


def raw_deflate(body: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(body) + coder.flush()


# each header, and how a client makes what it announces
CODED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "GZip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    " deflate ,": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
    "": bytes,
    "identity, gzip": gzip.compress,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body)),
    "deflate,identity,zstd": lambda body: zstd.compress(zlib.compress(body)),
}
ONE_OF_EACH = {name: CODED[name] for name in ("gzip", "deflate", "br", "zstd")}
each_coding = pytest.mark.parametrize(("name", "coded"), ONE_OF_EACH.items(), ids=ONE_OF_EACH)


def post(http: httpx.Client, coding: str, content: bytes) -> httpx.Response:
    headers = {**NEWSTORE, "Content-Type": "application/json", "Content-Encoding": coding}
    return http.post(PROFILES, headers=headers, content=content)


@pytest.mark.parametrize(("header", "coded"), CODED.items(), ids=map(repr, CODED))
def test_a_body_in_a_content_coding_is_decoded(
    http: httpx.Client, header: str, coded: Callable[[bytes], bytes]
) -> None:
    response = post(http, header, coded(BODY))
    assert response.status_code == 201, response.text
    profile = f"{PROFILES}/{response.json()['id']}"
    assert http.get(profile, headers=NEWSTORE).json()["full_name"] == "Anna Berg"


def test_several_headers_are_one_list(http: httpx.Client) -> None:
    headers = [*NEWSTORE.items(), ("Content-Type", "application/json")]
    headers += [("Content-Encoding", "deflate"), ("Content-Encoding", "gzip")]
    assert http.post(PROFILES, headers=headers, content=gzip.compress(zlib.compress(BODY))).status_code == 201


def test_gzip_members_one_after_the_other_are_one_body(http: httpx.Client) -> None:
    assert post(http, "gzip", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])).status_code == 201


@each_writer
def test_an_unknown_content_coding_is_415_with_the_supported_ones(
    http: httpx.Client, api: Api, method: str, path: str
) -> None:
    headers = {**api.headers, "Content-Type": "application/json", "Content-Encoding": "gzip, compress"}
    response = http.request(method, path, headers=headers, content=BODY)
    assert response.status_code == 415
    assert response.headers["accept-encoding"] == ACCEPTED
    assert api.is_error(response.json(), 415)


@each_writer
def test_an_unknown_media_type_does_not_blame_the_content_coding(
    http: httpx.Client, api: Api, method: str, path: str
) -> None:
    headers = {**api.headers, "Content-Type": "text/plain", "Content-Encoding": "gzip"}
    response = http.request(method, path, headers=headers, content=gzip.compress(BODY))
    assert response.status_code == 415
    assert "accept-encoding" not in response.headers


@each_writer
@each_coding
@pytest.mark.parametrize(
    "spoil",
    [lambda body: body[:-1], lambda body: body[: len(body) // 2], lambda body: body + b"more", lambda body: BODY],
    ids=["its last byte missing", "half missing", "more after it", "not coded at all"],
)
def test_a_corrupt_body_is_400(
    http: httpx.Client,
    api: Api,
    method: str,
    path: str,
    name: str,
    coded: Callable[[bytes], bytes],
    spoil: Callable[[bytes], bytes],
) -> None:
    headers = {**api.headers, "Content-Type": "application/json", "Content-Encoding": name}
    response = http.request(method, path, headers=headers, content=spoil(coded(BODY)))
    assert response.status_code == 400, response.text
    assert api.is_error(response.json(), 400)


@each_coding
@pytest.mark.parametrize(("api", "method", "path"), WRITERS, ids=[api.name for api, *_ in WRITERS])
def test_a_body_over_the_limit_once_decoded_is_413(
    api: Api, method: str, path: str, name: str, coded: Callable[[bytes], bytes]
) -> None:
    app = App(
        SandboxDefaults(seeded=SeedSpec(1, 0)), Options(largest_body=100, validate_responses=True, surface_errors=True)
    )
    content = coded(json.dumps({"email": "a" * 100}).encode())
    assert len(content) <= 100
    headers = {**api.headers, "Content-Type": "application/json", "Content-Encoding": name}
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        response = http.request(method, path, headers=headers, content=content)
    assert response.status_code == 413
    assert api.is_error(response.json(), 413)


def test_credentials_are_checked_before_anything_is_decoded(http: httpx.Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "compress"}
    assert http.post(PROFILES, headers=headers, content=BODY).status_code == 401


def test_a_content_coding_of_no_body_is_ignored(http: httpx.Client) -> None:
    assert http.get(PROFILES, headers={**NEWSTORE, "Content-Encoding": "compress"}).status_code == 200


def test_the_journal_keeps_the_decoded_body(http: httpx.Client, control: ControlClient) -> None:
    post(http, "br", brotli.compress(BODY))
    entry = http.get("/_sandbox/v1/journal", params={"reveal": "test"}).json()["entries"][-1]
    assert entry["request"]["body"] == ANNA
    assert entry["request"]["bytes"] == len(BODY)


@each_coding
def test_a_bomb_takes_no_more_memory_than_the_limit(name: str, coded: Callable[[bytes], bytes]) -> None:
    bomb, largest = coded(bytes(64 * 2**20)), 2**20
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            content_codings.decode(bomb, name, largest)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * largest


def test_a_bomb_in_a_bomb_is_stopped_at_the_first_stage() -> None:
    inner = gzip.compress(bytes(16 * 2**20))
    with pytest.raises(TooLarge):
        content_codings.decode(gzip.compress(inner + bytes(2**20)), "gzip, gzip", 2**20)


@each_coding
def test_a_body_of_exactly_the_limit_is_accepted(name: str, coded: Callable[[bytes], bytes]) -> None:
    body = bytes(range(256)) * 300
    assert content_codings.decode(coded(body), name, len(body)) == body
    with pytest.raises(TooLarge):
        content_codings.decode(coded(body), name, len(body) - 1)


@pytest.mark.parametrize(
    ("codings", "body", "problem"),
    [
        (", ".join(["gzip"] * 6), BODY, UnsupportedCoding),
        ("gzip", gzip.compress(b"") * 101, Malformed),
        ("zstd", zstd.compress(b"") * 101, Malformed),
    ],
    ids=["six codings", "101 gzip members", "101 zstd frames"],
)
def test_more_stages_than_any_client_needs_are_refused(codings: str, body: bytes, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        content_codings.decode(body, codings, 10_000)


def test_a_zstd_frame_may_ask_for_8_mib_of_memory_at_most() -> None:
    wide = {int(zstd.CompressionParameter.window_log): content_codings.WINDOW_LOG + 1}
    coder = zstd.ZstdCompressor(options=wide)  # given piece by piece: a frame of known length gets by with less
    frame = coder.compress(b"wide") + coder.flush()
    with pytest.raises(Malformed):
        content_codings.decode(frame, "zstd", 100)


def test_raw_deflate_is_told_from_zlib_by_the_whole_header() -> None:
    """Raw data whose first bytes look like half of zlib's header, by their sum or their lowest bits."""
    for number in range(300):
        body = f"{number:x}".encode()
        assert content_codings.decode(raw_deflate(body), "deflate", 10) == body
    for first in (0x08, 0x09):  # a stored block, the last one or not, with a bit of padding that nothing reads
        size = next(size for size in range(1, 32) if (((first << 8) + size) % 31 == 0) is (first == 0x09))
        stored = bytes([first, size, 0, size ^ 0xFF, 0xFF]) + b"x" * size
        last = b"" if first == 0x09 else bytes([1, 0, 0, 0xFF, 0xFF])
        assert content_codings.decode(stored + last, "deflate", 100) == b"x" * size


def test_brotli_that_neither_gives_nor_takes_is_corrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter([b"half", b""])

    class Stalled:
        def process(self, raw: bytes, output_buffer_limit: int) -> bytes:
            return next(given)

        def can_accept_more_data(self) -> bool:
            return False

        def is_finished(self) -> bool:
            return False

    monkeypatch.setattr(brotli, "Decompressor", Stalled)
    with pytest.raises(Malformed):
        content_codings.decode(b"x", "br", 100)


def test_brotli_in_pieces_is_put_together_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []

    class Slow:
        def process(self, raw: bytes, output_buffer_limit: int) -> bytes:
            limits.append(output_buffer_limit)
            return b"ab"

        def can_accept_more_data(self) -> bool:
            return len(limits) == 3

        def is_finished(self) -> bool:
            return True

    monkeypatch.setattr(brotli, "Decompressor", Slow)
    assert content_codings.decode(b"x", "br", 100) == b"ababab"
    assert limits == [101, 99, 97]
