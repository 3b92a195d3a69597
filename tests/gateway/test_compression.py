"""Compression of responses: larger bodies, as the client's Accept-Encoding asks for it."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable

import brotli
import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.gateway.compression import LARGEST_PLAIN, negotiate
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE
from tests.in_process import InProcess

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGE = "/v1/d/pii/profiles?count=5"
SMALL = "/v1/d/pii/profiles?count=1"
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": zstd.decompress,
}


def get_raw(http: httpx.Client, path: str, accept: str | None, method: str = "GET") -> tuple[httpx.Response, bytes]:
    """The response, and its body as it came."""
    headers = {**NEWSTORE, "Accept-Encoding": accept or ""}
    request = http.build_request(method, path, headers=headers)
    if accept is None:
        del request.headers["accept-encoding"]
    response = http.send(request, stream=True)
    return response, b"".join(response.iter_raw())


@pytest.mark.parametrize("coding", DECODERS)
def test_a_larger_body_is_sent_in_the_coding_that_the_client_accepts(http: httpx.Client, coding: str) -> None:
    plain, body = get_raw(http, LARGE, None)
    response, coded = get_raw(http, LARGE, coding)
    assert len(body) > LARGEST_PLAIN > 0
    assert response.headers["content-encoding"] == coding
    assert int(response.headers["content-length"]) == len(coded) < len(body)
    assert DECODERS[coding](coded) == body
    assert plain.headers["vary"] == response.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize("accept", [None, "", "gzip, deflate, br", "identity"])
def test_a_small_body_stays_as_it_is(http: httpx.Client, accept: str | None) -> None:
    response, body = get_raw(http, SMALL, accept)
    assert len(body) <= LARGEST_PLAIN
    assert json.loads(body)["profiles"]
    assert not {"content-encoding", "vary"} & set(response.headers)


@pytest.mark.parametrize("accept", ["gzip, identity;q=0", "gzip;q=0.2, *;q=0"])
def test_a_small_body_is_coded_for_a_client_that_refuses_it_plain(http: httpx.Client, accept: str) -> None:
    response, body = get_raw(http, SMALL, accept)
    assert response.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(body))["profiles"]


@pytest.mark.parametrize("path", [LARGE, SMALL])
@pytest.mark.parametrize("accept", [None, "gzip", "gzip, identity;q=0"])
def test_head_has_the_headers_of_get(http: httpx.Client, path: str, accept: str | None) -> None:
    (get, _), (head, body) = get_raw(http, path, accept), get_raw(http, path, accept, "HEAD")
    assert body == b""
    assert head.headers == get.headers


@pytest.mark.parametrize(
    ("accept", "coding", "plain_refused"),
    [
        ("", None, False),
        ("gzip", "gzip", False),
        ("x-gzip", "gzip", False),
        ("GZIP;Q=0.5", "gzip", False),
        ("gzip, deflate", "gzip", False),
        ("deflate, gzip", "gzip", False),
        ("deflate, gzip;q=0.9", "deflate", False),
        ("gzip, deflate, br, zstd", "zstd", False),
        ("gzip;q=1.0, br;q=0.8, zstd;q=0.1", "gzip", False),
        ("identity", None, False),
        ("identity, gzip;q=0.5", None, False),
        ("identity;q=0.5, gzip", "gzip", False),
        ("identity;q=0", None, False),
        ("identity;q=0, compress", None, False),
        ("identity;q=0, gzip", "gzip", True),
        ("gzip;q=0", None, False),
        ("gzip;q=0, *", "zstd", False),
        ("*", "gzip", False),
        ("*;q=0", None, False),
        ("*;q=0, br", "br", True),
        ("br;q=0.5, *;q=0.8", "gzip", False),
        ("br, *", "br", False),
        ("compress, sdch", None, False),
        ("gzip;q=much, br;level=9, zstd;q=2", None, False),
        (" gzip ; q=0.300 ,, deflate;q=0.4", "deflate", False),
    ],
)
def test_the_weights_of_accept_encoding_decide(accept: str, coding: str | None, plain_refused: bool) -> None:
    assert negotiate(accept) == (coding, plain_refused)


def test_vary_names_what_else_the_response_depends_on(http: httpx.Client) -> None:
    origin = "https://shop.example.com"
    http.patch("/_sandbox/v1/settings", json={"fashionai.cors_origins": [origin]})
    path = "/api/v1/crm/protected/profile/email/customer@example.com"
    response = http.get(path, headers={**FASHIONAI, "Origin": origin})
    assert len(response.content) > LARGEST_PLAIN
    assert response.headers["vary"] == "Origin, Accept-Encoding"


def test_the_journal_keeps_the_plain_body(http: httpx.Client, control: ControlClient) -> None:
    _, body = get_raw(http, LARGE, None)
    get_raw(http, LARGE, "gzip")
    plain, coded = http.get("/_sandbox/v1/journal", params={"reveal": "test"}).json()["entries"]
    assert coded["response"]["body"] == plain["response"]["body"] == json.loads(body)
    assert coded["response"]["bytes"] == len(body)
    assert coded["response"]["headers"]["content-encoding"] == "gzip"


@pytest.mark.parametrize("fault", ["malformed=true", "delay_seconds=0.001", "drip_seconds=0.001"])
def test_a_fault_spoils_the_plain_body(http: httpx.Client, fault: str) -> None:
    response = http.get(LARGE, headers={**NEWSTORE, "Accept-Encoding": "gzip", "X-Sandbox-Fault": fault})
    assert "content-encoding" not in response.headers
    assert response.content.startswith(b'{"')


def test_pages_are_compressed_and_images_are_not(http: httpx.Client) -> None:
    assets = "/_sandbox/docs/assets"
    script, image = (
        http.get(f"{assets}/{name}", headers={"Accept-Encoding": "gzip"})
        for name in ("swagger-ui-bundle.js", "favicon-32x32.png")
    )
    assert script.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in image.headers


def test_without_compression_nothing_depends_on_accept_encoding() -> None:
    app = App(SandboxDefaults(seeded=SeedSpec(1, 5)), Options(compression=False, surface_errors=True))
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        for path in (LARGE, "/_sandbox/docs/assets/swagger-ui.css"):
            response, body = get_raw(http, path, "gzip, identity;q=0")
            assert len(body) > LARGEST_PLAIN
            assert not {"content-encoding", "vary"} & set(response.headers)
