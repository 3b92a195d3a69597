"""CONNECT: unchanged clients reach the sandbox under the vendors' host names, and nothing else through it."""

from __future__ import annotations

import base64
import json
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests

from pii_sandbox.server.connect_proxy import named_sandbox
from tests.https.raw import Raw, TlsOverBytes
from tests.https.servers import HttpsSandbox, output
from tests.https.test_serve_tls import HEALTH, trust
from tests.server_process import about_own_protocol, running_server

pytestmark = about_own_protocol

SHOP = "https://myshop.vtexcommercestable.com.br"
PROFILES = f"{SHOP}/api/storage/profile-system/profiles"
CREDENTIALS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}
CLIENTS = Path(__file__).parent / "clients"
CONNECT = b"CONNECT myshop.vtexcommercestable.com.br:443 HTTP/1.1\r\nHost: myshop.vtexcommercestable.com.br:443\r\n"
HEALTH_REQUEST = f"GET {HEALTH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def customer(email: str) -> dict[str, str]:
    return {
        "email": email,
        "firstName": "Some",
        "lastName": "Body",
        "document": f"{zlib.crc32(email.encode()):011d}",
        "documentType": "cpf",
    }


@pytest.fixture
def direct_client(https_server: HttpsSandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=https_server.http.url) as client:
        yield client


def holds_profile(direct_client: httpx.Client, email: str, sandbox: str = "default") -> bool:
    """Whether a sandbox of the server holds a profile with that email."""
    found = direct_client.get(f"/~{sandbox}/_sandbox/v1/documents/vtex/profiles", params={"count": 1000})
    return email in found.text


@pytest.mark.parametrize(("sandbox", "user"), [("default", ""), ("by-httpx", "by-httpx:any@"), ("alone", "alone@")])
def test_httpx_reaches_the_sandbox_that_its_proxy_credentials_name(
    https_server: HttpsSandbox, direct_client: httpx.Client, sandbox: str, user: str
) -> None:
    proxy = https_server.http.url.replace("//", f"//{user}")
    with httpx.Client(proxy=proxy, verify=trust(https_server), headers=CREDENTIALS) as client:
        assert client.post(PROFILES, json=customer("httpx@example.com")).status_code == 201
    assert holds_profile(direct_client, "httpx@example.com", sandbox)


def test_a_header_or_prefix_wins_over_the_proxy_credentials(
    https_server: HttpsSandbox, direct_client: httpx.Client
) -> None:
    proxy = https_server.http.url.replace("//", "//by-proxy:any@")
    with httpx.Client(proxy=proxy, verify=trust(https_server), headers=CREDENTIALS) as client:
        named = {"X-Sandbox": "by-header"}
        assert client.post(PROFILES, json=customer("header@example.com"), headers=named).status_code == 201
        prefixed = PROFILES.replace(".br/", ".br/~by-prefix/")
        assert client.post(prefixed, json=customer("prefix@example.com")).status_code == 201
    assert holds_profile(direct_client, "header@example.com", "by-header")
    assert holds_profile(direct_client, "prefix@example.com", "by-prefix")
    assert not holds_profile(direct_client, "header@example.com", "by-proxy")


def test_requests_reaches_the_sandbox_under_a_vendors_host(
    https_server: HttpsSandbox, direct_client: httpx.Client
) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": https_server.http.url}
        session.verify = str(https_server.ca_file)
        for number in range(3):  # on one kept tunnel
            created = session.post(
                PROFILES, json=customer(f"requests+{number}@example.com"), headers=CREDENTIALS, timeout=20
            )
            assert created.status_code == 201, created.text
        with pytest.raises(requests.exceptions.ProxyError, match="403 Not a host of this sandbox"):
            session.get("https://elsewhere.example/", timeout=20)
    assert holds_profile(direct_client, "requests+2@example.com")


def test_curl_reaches_the_sandbox_by_variables_alone(https_server: HttpsSandbox, direct_client: httpx.Client) -> None:
    headers = [part for name, value in CREDENTIALS.items() for part in ("-H", f"{name}: {value}")]
    output(
        *("curl", "-sS", "--fail-with-body", "--json", json.dumps(customer("curl@example.com"))),
        *(*headers, PROFILES),
        HTTPS_PROXY=https_server.http.url,
        CURL_CA_BUNDLE=str(https_server.ca_file),
    )
    assert holds_profile(direct_client, "curl@example.com")


def test_node_reaches_the_sandbox_under_a_vendors_host(https_server: HttpsSandbox, direct_client: httpx.Client) -> None:
    if shutil.which("node") is None:
        pytest.skip("no Node here")
    printed = output(
        *("node", str(CLIENTS / "client.js"), PROFILES, json.dumps(customer("node@example.com"))),
        HTTPS_PROXY=https_server.http.url,
        NODE_EXTRA_CA_CERTS=str(https_server.ca_file),
    )
    assert printed.startswith("201 ")
    assert holds_profile(direct_client, "node@example.com")


def test_java_reaches_the_sandbox_by_system_properties_alone(
    https_server: HttpsSandbox, direct_client: httpx.Client
) -> None:
    if shutil.which("java") is None:
        pytest.skip("no Java here")
    truststore = https_server.ca_file.with_suffix(".p12")
    printed = output(
        *("java", "-Dhttps.proxyHost=127.0.0.1", f"-Dhttps.proxyPort={https_server.http_port}"),
        *(f"-Djavax.net.ssl.trustStore={truststore}", "-Djavax.net.ssl.trustStorePassword=changeit"),
        *(str(CLIENTS / "Client.java"), PROFILES, json.dumps(customer("java@example.com"))),
    )
    assert printed.startswith("201 ")
    assert holds_profile(direct_client, "java@example.com")


def test_the_https_port_is_a_proxy_too(https_server: HttpsSandbox) -> None:
    printed = output(
        *("curl", "-sS", "--proxy", https_server.url, "--proxy-cacert", str(https_server.ca_file)),
        *("--cacert", str(https_server.ca_file), f"{SHOP}{HEALTH}", "-H", "Host: localhost"),
    )
    assert printed == '{"status":"ok"}'


def test_a_tunnel_carries_plain_http_too(https_server: HttpsSandbox) -> None:
    through = ("--proxytunnel", "--proxy", https_server.http.url)
    assert output("curl", "-sS", *through, f"http://shop.test{HEALTH}", "-H", "Host: localhost") == '{"status":"ok"}'


def test_absolute_form_targets_are_for_the_sandbox_that_proxy_credentials_name(
    https_server: HttpsSandbox, direct_client: httpx.Client
) -> None:
    proxy = https_server.http.url.replace("//", "//absolute:any@")
    with httpx.Client(proxy=proxy, headers=CREDENTIALS) as client:
        plain = PROFILES.replace("https:", "http:")
        assert client.post(plain, json=customer("absolute@example.com")).status_code == 201
    assert holds_profile(direct_client, "absolute@example.com", "absolute")
    assert "sandbox-token" not in direct_client.get("/~absolute/_sandbox/v1/journal").text


def test_the_control_api_refuses_vendors_hosts_in_a_tunnel_too(https_server: HttpsSandbox) -> None:
    with httpx.Client(proxy=https_server.http.url, verify=trust(https_server)) as client:
        assert client.get(f"{SHOP}/_sandbox/v1/status").status_code == 403


@pytest.mark.parametrize("together", [True, False])
def test_bytes_of_tls_that_come_with_the_request_are_not_lost(https_server: HttpsSandbox, together: bool) -> None:
    tls = TlsOverBytes(trust(https_server), "myshop.vtexcommercestable.com.br")
    with Raw(https_server.http_port) as raw:
        if together:
            raw.send(CONNECT + b"\r\n" + tls.hello())
        else:
            for byte in CONNECT + b"\r\n":
                raw.send(bytes([byte]))
        assert raw.head() == b"HTTP/1.1 200 Connection established\r\n\r\n"
        if not together:
            raw.send(tls.hello())
        assert tls.exchange(raw, HEALTH_REQUEST).startswith(b"HTTP/1.1 200 ")


def test_a_tunnel_is_opened_on_a_connection_that_was_used_before(https_server: HttpsSandbox) -> None:
    tls = TlsOverBytes(trust(https_server), "myshop.vtexcommercestable.com.br")
    with Raw(https_server.http_port) as raw:
        raw.send(HEALTH_REQUEST + CONNECT + b"\r\n" + tls.hello())
        assert raw.head().startswith(b"HTTP/1.1 200 OK")
        assert raw.socket.recv(15) == b'{"status":"ok"}'
        assert raw.head() == b"HTTP/1.1 200 Connection established\r\n\r\n"
        assert tls.exchange(raw, HEALTH_REQUEST * 2).startswith(b"HTTP/1.1 200 ")


def test_there_is_no_tunnel_in_a_tunnel(https_server: HttpsSandbox) -> None:
    tls = TlsOverBytes(trust(https_server), "myshop.vtexcommercestable.com.br")
    with Raw(https_server.http_port) as raw:
        raw.send(CONNECT + b"\r\n" + tls.hello())
        raw.head()
        assert tls.exchange(raw, CONNECT + b"\r\n").startswith(b"HTTP/1.1 501 CONNECT is not supported\r\n")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("elsewhere.example:443", 403),
        ("localhost:443", 403),
        ("127.0.0.1:22", 403),
        ("169.254.169.254:80", 403),
        ("[::1]:443", 403),
        ("vtexcommercestable.com.br:443", 403),
        ("a.b.vtexcommercestable.com.br:443", 403),
        ("myshop.vtexcommercestable.com.br.evil.example:443", 403),
        ("myshop.vtexcommercestable.com.br", 400),
        ("myshop.vtexcommercestable.com.br:", 400),
        ("myshop.vtexcommercestable.com.br:0", 400),
        ("myshop.vtexcommercestable.com.br:65536", 400),
        ("*.vtexcommercestable.com.br:443", 400),
        ("user@myshop.vtexcommercestable.com.br:443", 400),
        ("https://myshop.vtexcommercestable.com.br:443", 400),
        ("[nonsense]:443", 400),
        (":443", 400),
    ],
)
def test_other_targets_are_refused_in_words(https_server: HttpsSandbox, target: str, status: int) -> None:
    with Raw(https_server.http_port) as raw:
        raw.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        head, _, body = raw.rest().partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    problem = json.loads(body)
    assert problem["status"] == status
    assert ("--tls-host" in problem["detail"]) is (status == 403)
    assert "Traceback" not in https_server.log.read_text()


def test_hosts_of_tls_host_are_accepted(https_server: HttpsSandbox) -> None:
    for target in (b"shop.test:443", b"MY.Shops.Example.:8443"):
        with Raw(https_server.http_port) as raw:
            raw.send(b"CONNECT %b HTTP/1.1\r\n\r\n" % target)
            assert raw.head().startswith(b"HTTP/1.1 200 ")


def test_without_tls_connect_is_refused_with_what_to_do() -> None:
    with running_server("--shoppers", "1") as server, Raw(int(server.url.rpartition(":")[2])) as raw:
        raw.send(CONNECT + b"\r\n")
        assert b"501 CONNECT is not supported" in (received := raw.rest())
        assert b"serve --tls" in received


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (b"Basic " + base64.b64encode(b"mine:any"), b"mine"),
        (b"basic " + base64.b64encode(b"mine"), b"mine"),
        (b"Basic " + base64.b64encode(b":any"), None),
        (b"Basic ***", None),
        (b"Bearer mine", None),
        (b"", None),
    ],
)
def test_the_user_of_proxy_credentials_is_the_sandbox(value: bytes, named: bytes | None) -> None:
    assert named_sandbox([(b"host", b"x"), (b"proxy-authorization", value)]) == named


def test_a_user_that_is_no_sandbox_name_is_a_bad_request(https_server: HttpsSandbox) -> None:
    proxy = https_server.http.url.replace("//", "//NOT-ONE:any@")
    with httpx.Client(proxy=proxy, verify=trust(https_server), headers=CREDENTIALS) as client:
        assert client.get(PROFILES + "/1").status_code == 400
