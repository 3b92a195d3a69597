"""`pii-sandbox serve --tls`: HTTPS beside HTTP, by the user's authority or a certificate of one's own."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from pii_sandbox.server.certificate_authority import load_or_create, server_certificate
from tests.cli.in_process import refused_server, run_command
from tests.cli.test_serve import assert_told
from tests.https.servers import HttpsSandbox, output, serve_https
from tests.server_process import running_server

HEALTH = "/_sandbox/v1/health"


def trust(server: HttpsSandbox) -> ssl.SSLContext:
    """As Python 3.13 verifies by default."""
    context = ssl.create_default_context(cafile=server.ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", socket.gethostname()])
def test_https_is_served_under_the_machines_names_beside_http(https_server: HttpsSandbox, host: str) -> None:
    url = f"https://{host}:{https_server.port}{HEALTH}"
    if host == socket.gethostname():  # its name need not lead to the loopback address
        assert is_verified(https_server, host)
        return
    assert httpx.get(url, verify=trust(https_server)).json() == {"status": "ok"}
    assert httpx.get(https_server.http.url + HEALTH).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("myshop.vtexcommercestable.com.br", True),
        ("tenant.p.newstore.net", True),
        ("catalog.api.fashionaiale.com", True),
        ("catalog.api.fashionai.dev", True),
        ("my.oracleoutsourcing.com", True),
        ("my.shops.example", True),
        ("shop.test", True),
        ("::1", True),
        ("other.test", False),
        ("a.b.vtexcommercestable.com.br", False),
    ],
)
def test_the_certificate_is_for_the_vendors_hosts_and_the_added_ones(
    https_server: HttpsSandbox, name: str, accepted: bool
) -> None:
    assert is_verified(https_server, name) is accepted


def is_verified(server: HttpsSandbox, name: str) -> bool:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        try:
            with trust(server).wrap_socket(raw, server_hostname=name):
                return True
        except ssl.SSLCertVerificationError:
            return False


def test_http_1_1_alone_is_negotiated(https_server: HttpsSandbox) -> None:
    context = trust(https_server)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", https_server.port), timeout=10) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as connection,
    ):
        assert connection.selected_alpn_protocol() == "http/1.1"


def test_tls_before_1_2_is_refused(https_server: HttpsSandbox) -> None:
    context = trust(https_server)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", https_server.port), timeout=10) as raw,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(raw, server_hostname="localhost")
    assert_logged(https_server, "a TLS handshake failed: unsupported protocol")


def assert_logged(server: HttpsSandbox, words: str) -> None:
    """Waits for the line; no traceback is beside it."""
    until = monotonic() + 30
    while words not in server.log.read_text() and monotonic() < until:
        sleep(0.02)
    assert words in server.log.read_text()
    assert "Traceback" not in server.log.read_text()


def test_a_client_that_does_not_trust_the_authority_is_logged(https_server: HttpsSandbox) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(https_server.url + HEALTH)
    assert_logged(https_server, "alert unknown ca: pii-sandbox ca trust-help")


def test_a_name_that_the_certificate_lacks_is_logged(https_server: HttpsSandbox) -> None:
    assert not is_verified(https_server, "wrong.test")
    assert_logged(https_server, "asked for 'wrong.test', which the certificate lacks: add it with --tls-host")


def test_the_banner_shows_the_https_url_and_how_to_trust_it(https_server: HttpsSandbox) -> None:
    banner = https_server.http.banner
    assert f"HTTPS      {https_server.url}\n" in banner
    line = re.search(r"export SSL_CERT_FILE=\S.*?(?=  )", banner)
    assert line, banner
    assert output("bash", "-c", f'{line[0]}; curl -sS "{https_server.url}{HEALTH}"') == '{"status":"ok"}'
    assert f"HTTPS_PROXY={https_server.http.url} " in banner
    assert "*.vtexcommercestable.com.br" in banner


def test_the_journal_shows_https_urls_for_https_requests(https_server: HttpsSandbox) -> None:
    with httpx.Client(verify=trust(https_server), base_url=https_server.url) as client:
        client.get("/~urls/v1/d/pii/profiles", headers={"Authorization": "Bearer sandbox-newstore"})
        assert "https://127.0.0.1" in client.get("/~urls/_sandbox/v1/journal").text


def test_the_control_api_refuses_vendors_hosts_over_tls_too(https_server: HttpsSandbox) -> None:
    with httpx.Client(verify=trust(https_server), base_url=https_server.url) as client:
        host = {"Host": "myshop.vtexcommercestable.com.br"}
        assert client.get("/_sandbox/v1/status", headers=host).status_code == 403
        assert client.get("/_sandbox/v1/status", headers={"Origin": "https://evil.example"}).status_code == 403
        same_origin = {"Origin": https_server.url}
        assert client.get("/_sandbox/v1/status", headers=same_origin).status_code == 200


@pytest.fixture(scope="module")
def own_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's and a client's certificate of an authority that is not this user's."""
    folder = tmp_path_factory.mktemp("own")
    authority = load_or_create(folder)
    pem = server_certificate(authority, ["localhost", "own.example"], datetime.now(UTC))
    key, _, certificate = pem.partition(b"-----BEGIN CERTIFICATE-----")
    (folder / "both.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(key)
    (folder / "cert.pem").write_bytes(b"-----BEGIN CERTIFICATE-----" + certificate)
    return folder


@pytest.mark.parametrize("files", [("--tls-cert", "cert.pem", "--tls-key", "key.pem"), ("--tls-cert", "both.pem")])
def test_a_certificate_of_the_user_is_served(tmp_path: Path, own_files: Path, files: tuple[str, ...]) -> None:
    named = [str(own_files / file) if file.endswith(".pem") else file for file in files]
    with serve_https(tmp_path, *named, tls=()) as server:
        context = ssl.create_default_context(cafile=own_files / "ca.pem")
        assert httpx.get(f"https://localhost:{server.port}{HEALTH}", verify=context).status_code == 200
        assert "SSL_CERT_FILE" not in server.http.banner
        assert not (tmp_path / "ca").exists()


def test_clients_present_a_certificate_if_it_is_required(tmp_path: Path, own_files: Path) -> None:
    with serve_https(tmp_path, "--tls-client-ca", str(own_files / "ca.pem")) as server:
        context = trust(server)
        with pytest.raises(httpx.TransportError):
            httpx.get(server.url + HEALTH, verify=context)
        context.load_cert_chain(client_certificate(own_files))
        assert httpx.get(server.url + HEALTH, verify=context).status_code == 200
        other = trust(server)
        other.load_cert_chain(client_certificate(tmp_path / "ca"))
        with pytest.raises(httpx.TransportError):
            httpx.get(server.url + HEALTH, verify=other)
        assert "Traceback" not in server.log.read_text()


def client_certificate(folder: Path) -> Path:
    """A client's certificate, by openssl: signed by the authority in a folder."""
    extensions = folder / "client.cnf"
    extensions.write_text("basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout")
    output("openssl", "req", *new_key, f"{folder}/client.key", "-out", f"{folder}/client.csr", "-subj", "/CN=client")
    authority = ("-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca-private.pem", "-CAcreateserial")
    request = ("-req", "-in", f"{folder}/client.csr", "-days", "1", "-extfile", str(extensions))
    output("openssl", "x509", *request, *authority, "-out", f"{folder}/client.crt")
    file = folder / "client.pem"
    file.write_bytes((folder / "client.key").read_bytes() + (folder / "client.crt").read_bytes())
    return file


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--tls-host", "shop.test"), "--tls-host needs --tls"),
        (("--tls-port", "0"), "--tls-port needs --tls"),
        (("--tls", "--tls-host", "http://shop.test"), "is not a host name"),
        (("--tls-cert", "nowhere.pem"), "does not exist"),
        (("--tls-cert", __file__), "no matching certificate and key"),
        (("--tls", "--tls-client-ca", __file__), "no CA certificates"),
        (("--tls", "--tls-port", "70000"), "70000"),
    ],
)
def test_what_cannot_be_served_is_one_line_and_exit_2(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    assert_told(refused_server("--port", "0", *arguments, PII_SANDBOX_STATE_DIR=str(tmp_path)), message)


def test_an_encrypted_key_is_reported(own_files: Path, tmp_path: Path) -> None:
    key = tmp_path / "encrypted.pem"
    output("openssl", "pkcs8", "-topk8", "-in", f"{own_files}/key.pem", "-out", str(key), "-passout", "pass:secret")
    arguments = ("--tls-cert", f"{own_files}/cert.pem", "--tls-key", str(key))
    assert_told(refused_server("--port", "0", *arguments), "is encrypted")


def test_a_state_folder_that_cannot_be_made_is_one_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_told(refused_server("--port", "0", "--tls", PII_SANDBOX_STATE_DIR=str(tmp_path / "file")), "--tls-cert")


def test_the_settings_file_can_enable_https(tmp_path: Path, state: Path) -> None:
    (tmp_path / "pii-sandbox.toml").write_text('tls = true\ntls-host = ["shop.test"]\ntls_port = 0\n')
    with running_server("--shoppers", "1", cwd=tmp_path, variables={"PII_SANDBOX_STATE_DIR": str(state)}) as server:
        assert "shop.test" in server.banner


def test_hosts_prints_lines_for_the_hosts_file_and_ends() -> None:
    printed = run_command("serve", "--hosts", "--tls-host", "myshop.vtexcommercestable.com.br")
    assert printed.returncode == 0, printed.stderr
    lines = [line.split("\t") for line in printed.stdout.splitlines() if not line.startswith("#")]
    assert {address for address, _ in lines} == {"127.0.0.1"}
    names = [name for _, name in lines]
    assert {"catalog.api.fashionaiale.com", "catalog.api.fashionai.dev"} <= {*names}
    assert "myshop.vtexcommercestable.com.br" in names


def test_an_https_server_ends_at_ctrl_c_with_connections_open(tmp_path: Path, state: Path) -> None:
    with serve_https(state) as server:
        with (
            httpx.Client(verify=trust(server)) as client,
            socket.create_connection(("127.0.0.1", server.port)),  # sends nothing
        ):
            client.get(server.url + HEALTH)
            assert server.http.interrupt() == 0
        assert "Traceback" not in server.log.read_text()


def test_java_accepts_the_truststore(https_server: HttpsSandbox) -> None:
    if shutil.which("keytool") is None:
        pytest.skip("no Java here")
    store = str(https_server.ca_file.with_suffix(".p12"))
    listed = output("keytool", "-list", "-keystore", store, "-storepass", "changeit")
    assert "trustedCertEntry" in listed
