"""Links behind a proxy: Forwarded and X-Forwarded-* count from trusted addresses, and never for the control guard."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.gateway.forwarded import trusted_proxies
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.cli.in_process import refused_server
from tests.credentials import ORACLE
from tests.server_process import running_server

SPOOFED = {
    "X-Forwarded-Host": "shop.example.com",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/oracle",
    "Forwarded": "host=shop.example.com;proto=https",
}


def link(client: str, proxies: str, headers: dict[str, str]) -> str:
    """The URL of a link that a client of that address gets."""
    app = App(
        SandboxDefaults(seeded=SeedSpec(seed=1, shoppers=1)),
        Options(surface_errors=True, proxies=trusted_proxies(proxies)),
    )

    async def send() -> Any:
        transport = httpx.ASGITransport(app=app, client=(client, 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://inner:8080") as http:
            found = (await http.get("/_sandbox/v1/documents/oracle/profiles")).json()["documents"][0]["id"]
            response = await http.get(f"/ccapp/v1/profiles/{found}", headers={**ORACLE, **headers})
            return response.json()["links"][0]["href"].removesuffix(f"/ccapp/v1/profiles/{found}")

    return str(asyncio.run(send()))


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({}, "http://inner:8080"),
        ({"X-Forwarded-Host": "shop.example.com"}, "http://shop.example.com"),
        ({"X-Forwarded-Proto": "https"}, "https://inner:8080"),
        ({"X-Forwarded-Host": "a.test", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443"}, "https://a.test"),
        ({"X-Forwarded-Host": "a.test", "X-Forwarded-Port": "8443"}, "http://a.test:8443"),
        ({"X-Forwarded-Host": "a.test:1", "X-Forwarded-Port": "8443"}, "http://a.test:1"),
        ({"X-Forwarded-Host": "[::1]:9", "X-Forwarded-Prefix": "/oracle/"}, "http://[::1]:9/oracle"),
        ({"X-Forwarded-Host": "client.test, proxy.test"}, "http://proxy.test"),
        ({"Forwarded": 'for=1.2.3.4;host="a.test:1";proto=https'}, "https://a.test:1"),
        ({"Forwarded": "host=spoofed.test, For=1.2.3.4; Host=a.test"}, "http://a.test"),
        ({"Forwarded": "host=a.test", "X-Forwarded-Host": "b.test"}, "http://a.test"),
        ({"X-Forwarded-Host": 'a"><script>', "X-Forwarded-Proto": "javascript"}, "http://inner:8080"),
        ({"X-Forwarded-Host": "a.test/path", "X-Forwarded-Prefix": "//elsewhere"}, "http://inner:8080"),
        ({"Forwarded": "host=a b", "X-Forwarded-Port": "x"}, "http://a"),
        ({"X-Forwarded-For": "203.0.113.9"}, "http://inner:8080"),
    ],
)
def test_a_link_follows_the_headers_of_a_trusted_proxy(headers: dict[str, str], origin: str) -> None:
    assert link("127.0.0.1", "127.0.0.1", headers) == origin


@pytest.mark.parametrize(
    ("client", "proxies", "trusted"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("10.1.2.3", "127.0.0.1", False),
        ("10.1.2.3", "127.0.0.1, 10.0.0.0/8", True),
        ("10.1.2.3", "*", True),
        ("::ffff:127.0.0.1", "127.0.0.1", True),
        ("::ffff:10.1.2.3", "127.0.0.1", False),
        ("2001:db8::1", "2001:db8::/32", True),
        ("127.0.0.1", "", False),
        ("somewhere", "127.0.0.1", False),
    ],
)
def test_only_addresses_that_are_named_are_trusted(client: str, proxies: str, trusted: bool) -> None:
    expected = "https://shop.example.com/oracle" if trusted else "http://inner:8080"
    assert link(client, proxies, SPOOFED) == expected


@pytest.mark.parametrize("path", ["/", "/_sandbox/docs"])
def test_links_of_overviews_have_the_prefix_that_a_trusted_proxy_removes(path: str) -> None:
    with (
        running_server("--shoppers", "1") as trusting,
        running_server("--shoppers", "1", "--forwarded-allow-ips", "") as other,
    ):
        for server, prefix in ((trusting, "/oracle"), (other, "")):
            for accepted, link in (("text/html", 'href="{}/_sandbox/'), ("application/json", '"{}/_sandbox/')):
                request_headers = {**SPOOFED, "Accept": accepted}
                assert link.format(prefix) in httpx.get(server.url + path, headers=request_headers).text
                named = httpx.get(f"{server.url}/~mine{path}", headers=request_headers).text
                assert link.format(f"{prefix}/~mine") in named


def test_no_forwarded_header_opens_the_control_guard() -> None:
    local = {"X-Forwarded-Host": "localhost", "X-Forwarded-For": "127.0.0.1", "Forwarded": "host=localhost"}
    with running_server("--shoppers", "1", "--forwarded-allow-ips", "*") as server:
        status = f"{server.url}/_sandbox/v1/status"
        assert httpx.get(status, headers={**local, "Host": "rebound.example"}).status_code == 403
        assert httpx.get(status, headers={**local, "Origin": "https://elsewhere.example"}).status_code == 403
        assert httpx.get(status, headers=SPOOFED).status_code == 200


def test_an_invalid_address_is_refused_at_the_start() -> None:
    response = refused_server("--port", "0", "--forwarded-allow-ips", "proxy.internal")
    assert response.returncode == 2
    assert "proxy.internal" in response.stderr
    assert "Traceback" not in response.stderr
