"""A host that cannot be reached for a setting or a certificate is told in words before the first rule; none breaks."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from tests.conformance.staged_runs import ENVIRONMENT
from tests.conformance.test_tls import server_context, tls_server

FILE = """
name = "staging"
powers = ["read", "write", "delete"]
[retry]
attempts = 1
backoff_seconds = 0.01
breaker_seconds = 0.05
[tls]
{tls}
[newstore]
url = "{url}"
[newstore.credentials.full]
Authorization = "Bearer STAGING_NEWSTORE"
"""
NO_TLS_HERE = "it does not speak TLS on this port; for plain HTTP write http://"
REFUSED = (
    "its certificate is signed by an authority that is not trusted; to trust it, name its certificate in tls.ca_file"
)


def check_outputs(folder: Path, url: str, *, ca_file: Path | None = None) -> str:
    """What `check` and `target check` say of a host that cannot be reached; nothing was judged."""
    file, report = folder / "target.toml", folder / "report"
    tls = "" if ca_file is None else f'ca_file = "{ca_file}"'
    file.write_text(FILE.format(url=url, tls=tls), "utf-8")
    before = CliRunner().invoke(main, ["target", "check", str(file)], env=ENVIRONMENT)
    result = CliRunner().invoke(main, ["check", "--target", str(file), "--report", str(report)], env=ENVIRONMENT)
    assert (before.exit_code, result.exit_code) == (2, 2), result.output
    rules = json.loads((report / "report.json").read_text("utf-8"))["rules"]
    assert {rule["outcome"] for rule in rules} == {"not checked"}
    assert "breaks" not in {rule["outcome"] for rule in rules}
    assert "(the setting is newstore.url)" in result.output
    assert "(the setting is newstore.url)" in " ".join(before.output.split())
    return result.output


@contextmanager
def host(context: ssl.SSLContext | None) -> Iterator[str]:
    """Host and port of a server; without a context it speaks plain HTTP."""
    with tls_server(context) as (port, requested_paths):
        yield f"127.0.0.1:{port}"
        assert requested_paths == [], "a request came through"


@pytest.mark.parametrize(
    ("certificate", "message"),
    [
        ("expired", "its certificate has expired"),
        ("other", "its certificate is for another address"),
        ("self-signed", "its certificate is self-signed; to trust it, name it in tls.ca_file"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_told_with_its_cause(
    certificates: Path, certificate: str, message: str, tmp_path: Path
) -> None:
    with host(server_context(certificates, name=certificate)) as address:
        output = check_outputs(tmp_path, f"https://{address}", ca_file=certificates / "ca.pem")
    assert f"{address} cannot be reached: {message}" in output


def test_an_authority_that_is_not_named_and_a_name_that_is_not_the_hosts_are_told(
    certificates: Path, tmp_path: Path
) -> None:
    with host(server_context(certificates)) as address:
        assert f"{address} cannot be reached: {REFUSED}" in check_outputs(tmp_path, f"https://{address}")
        port = address.rpartition(":")[2]
        output = check_outputs(tmp_path, f"https://localhost:{port}", ca_file=certificates / "ca.pem")
    assert f"localhost:{port} cannot be reached: its certificate is for another host name" in output


def test_plain_http_to_a_port_that_speaks_tls_is_told(certificates: Path, tmp_path: Path) -> None:
    with host(server_context(certificates)) as address:
        output = check_outputs(tmp_path, f"http://{address}")
    assert f"{address} gave no complete response: " in output
    assert "if it speaks TLS on this port, write https://" in output


def test_tls_to_a_port_that_speaks_plain_http_is_told(tmp_path: Path) -> None:
    with host(None) as address:
        assert f"{address} cannot be reached: {NO_TLS_HERE}" in check_outputs(tmp_path, f"https://{address}")


def test_a_host_that_does_not_exist_and_a_port_where_nothing_listens_are_told(tmp_path: Path) -> None:
    output = check_outputs(tmp_path, "https://nobody.invalid")
    assert (
        "nobody.invalid cannot be reached: the host name cannot be resolved; check the URL, and the DNS of this machine"
        in output
    )
    with socket.create_server(("127.0.0.1", 0)) as unused:
        address = f"127.0.0.1:{unused.getsockname()[1]}"
    assert f"{address} cannot be reached: nothing listens on this port" in check_outputs(tmp_path, f"http://{address}")
