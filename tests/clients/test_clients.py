"""Every client over every transport has the whole conversation, and is told the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.clients.matrix import CLIENTS, PROXY_HOSTS, Client
from tests.clients.page import Result, Results
from tests.clients.relay import Relay
from tests.clients.toolchain import MissingTool, Toolchain
from tests.https.servers import HttpsSandbox, variables
from tests.server_process import about_own_protocol

PATIENCE_SECONDS = 90
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here: install curl")


def marks(client: Client, transport: str) -> tuple[pytest.MarkDecorator, ...]:
    """Uvicorn's own protocol has no CONNECT, and logs a warning for each `Upgrade: h2c`."""
    is_own = transport == "proxy" or (transport == "http" and client.asks_for_h2c)
    return (about_own_protocol,) if is_own else ()


CASES = [
    pytest.param(client, transport, id=f"{client.name}-{transport}", marks=marks(client, transport))
    for client in CLIENTS
    for transport in client.transports
]


def trust_variables(ca_file: Path) -> dict[str, str]:
    """The variables of `pii-sandbox ca trust-help`, of all clients at once."""
    pem = str(ca_file)
    return {
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), pem),
        "PERL_LWP_SSL_CA_FILE": pem,
    }


def environment(client: Client, transport: str, server: HttpsSandbox, port: int, modules: Path) -> dict[str, str]:
    """What the program is told: where the APIs are, whom to trust, and which proxy to use."""
    scheme = "https" if transport == "https" else "http"
    vtex, newstore = PROXY_HOSTS if transport == "proxy" else (f"{scheme}://127.0.0.1:{port}",) * 2
    told = {**variables(), "VTEX_URL": vtex, "NEWSTORE_URL": newstore, "NODE_MODULES": str(modules)}
    if "chunked create" in client.lacks:
        told["NEVER_CHUNKED"] = "yes"
    if transport == "http":
        return told
    told |= trust_variables(server.ca_file)
    java = [
        f"-Djavax.net.ssl.trustStore={server.ca_file.with_suffix('.p12')}",
        "-Djavax.net.ssl.trustStorePassword=changeit",
    ]
    if transport == "proxy":
        names = ("HTTPS_PROXY", "https_proxy", "http_proxy")  # the last is what Ruby looks at, for https too
        told |= dict.fromkeys(names, f"http://127.0.0.1:{port}")
        java += ["-Dhttps.proxyHost=127.0.0.1", f"-Dhttps.proxyPort={port}"]
    return told | ({"JAVA_TOOL_OPTIONS": " ".join(java)} if client.kind == "java" else {})


def command(client: Client, transport: str, server: HttpsSandbox, toolchain: Toolchain) -> list[str]:
    """The command, with what trusts the authority where no variable does."""
    words = toolchain.command(client)
    if transport != "http" and client.name == "wget":
        words.append(f"--ca-certificate={server.ca_file}")
    if transport != "http" and client.kind == "php":
        words[1:1] = ["-d", f"curl.cainfo={server.ca_file}", "-d", f"openssl.cafile={server.ca_file}"]
    return words


def parse_steps(output: str) -> dict[str, tuple[int, str | int]]:
    """Status and value by step, up to the first line that a failing client has spoilt."""
    told = {}
    with suppress(ValueError):
        for line in map(json.loads, output.splitlines()):
            told[line["step"]] = (line["status"], line["value"])
    return told


def version_or_skip(client: Client, toolchain: Toolchain, transport: str, results: Results) -> str:
    try:
        toolchain.command(client)
        return toolchain.version(client)
    except MissingTool as missing:
        results[client.name, transport] = Result("", good=False, connections=0, missing=str(missing))
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.mark.parametrize(("client", "transport"), CASES)
def test_every_client_gets_the_same_content(
    client: Client, transport: str, server: HttpsSandbox, toolchain: Toolchain, results: Results
) -> None:
    version = version_or_skip(client, toolchain, transport, results)
    httpx.post(f"{server.http.url}/_sandbox/v1/reset", timeout=PATIENCE_SECONDS).raise_for_status()
    logged = server.log.stat().st_size
    with Relay(server.port if transport == "https" else server.http_port) as relay:
        done = subprocess.run(
            command(client, transport, server, toolchain),
            env=environment(client, transport, server, relay.port, toolchain.folder / "npm" / "node_modules"),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    output = parse_steps(done.stdout)
    good = done.returncode == 0 and output == client.steps
    results[client.name, transport] = Result(version, good, relay.connections)
    assert (output, done.returncode) == (client.steps, 0), done.stderr
    assert server.log.read_bytes()[logged:] == b"", "the server logged something"
    hosts = 2 if transport == "proxy" else 1
    assert client.connections is None or relay.connections <= hosts * client.connections


def curl(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ("curl", "-sS", *arguments), capture_output=True, text=True, check=False, timeout=30, env=variables()
    )


@needs_curl
def test_http_2_without_upgrade_is_refused_and_the_server_continues(server: HttpsSandbox) -> None:
    assert curl("--http2-prior-knowledge", f"{server.http.url}/_sandbox/v1/health").returncode != 0
    assert curl(f"{server.http.url}/_sandbox/v1/health").returncode == 0


@needs_curl
@pytest.mark.parametrize("host", ["http://myshop.vtexcommercestable.com.br", "http://127.0.0.1:1"])
def test_a_proxy_of_curl_routes_http_here_too(server: HttpsSandbox, host: str) -> None:
    done = curl("-x", server.http.url, f"{host}/_sandbox/v1/health", "-o", "/dev/null", "-w", "%{http_code}")
    assert done.stdout == "200", done.stderr


@needs_curl
@about_own_protocol
def test_the_proxy_forwards_to_no_other_host(server: HttpsSandbox) -> None:
    done = curl("-x", server.http.url, "https://elsewhere.example/")
    assert done.returncode != 0
    assert "403" in done.stderr
