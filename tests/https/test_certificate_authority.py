"""The authority is made once, for this user alone, and replaced before it ends."""

from __future__ import annotations

import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from pii_sandbox.server.certificate_authority import (
    AUTHORITY_DAYS,
    RENEWAL_DAYS,
    load_or_create,
    server_certificate,
    state_folder,
)
from pii_sandbox.server.tls_errors import TlsError

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_second_time_it_is_the_same(tmp_path: Path) -> None:
    first, second = load_or_create(tmp_path / "a" / "ca"), load_or_create(tmp_path / "a" / "ca")
    assert first.certificate == second.certificate
    assert first.certificate_file.read_bytes() == first.pem


def test_its_key_is_for_this_user_alone_also_after_it_was_opened_to_others(tmp_path: Path) -> None:
    load_or_create(tmp_path / "ca")
    private = tmp_path / "ca" / "ca-private.pem"
    assert private.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "ca").stat().st_mode & 0o777 == 0o700
    private.chmod(0o644)
    load_or_create(tmp_path / "ca")
    assert private.stat().st_mode & 0o777 == 0o600


def test_concurrent_processes_get_the_same_authority(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from pii_sandbox.server.certificate_authority import load_or_create; "
        "print(load_or_create(pathlib.Path(sys.argv[1])).certificate.serial_number)"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "ca")],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(4)
    ]
    numbers = {process.communicate(timeout=60)[0].strip() for process in running}
    assert len(numbers) == 1
    assert numbers == {str(load_or_create(tmp_path / "ca").certificate.serial_number)}


@pytest.mark.parametrize(("days_left", "same"), [(RENEWAL_DAYS + 1, True), (RENEWAL_DAYS - 1, False), (-1, False)])
def test_it_is_replaced_before_it_ends(tmp_path: Path, days_left: int, same: bool) -> None:
    first = load_or_create(tmp_path, lambda: NOW)
    later = NOW + timedelta(days=AUTHORITY_DAYS - days_left)
    second = load_or_create(tmp_path, lambda: later)
    assert (first.certificate == second.certificate) is same
    assert second.certificate_file.read_bytes() == second.pem
    assert second.certificate.not_valid_after_utc > later + timedelta(days=RENEWAL_DAYS - 1)


def test_what_clients_read_is_written_again_where_it_is_gone(tmp_path: Path) -> None:
    authority = load_or_create(tmp_path)
    authority.truststore_file.unlink()
    authority.certificate_file.write_text("another")
    load_or_create(tmp_path)
    assert authority.truststore_file.exists()
    assert authority.certificate_file.read_bytes() == authority.pem


@pytest.mark.parametrize("content", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_broken_file_is_reported_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "ca-private.pem").write_text(content)
    with pytest.raises(TlsError, match="delete it to create a new one"):
        load_or_create(tmp_path)


def test_a_key_of_another_certificate_is_reported(tmp_path: Path) -> None:
    one, other = load_or_create(tmp_path / "one"), load_or_create(tmp_path / "other")
    private = tmp_path / "one" / "ca-private.pem"
    private.write_bytes(private.read_bytes().replace(one.pem, other.pem))
    with pytest.raises(TlsError, match="do not match"):
        load_or_create(tmp_path / "one")


def test_a_folder_that_cannot_be_made_is_reported_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TlsError, match="PII_SANDBOX_STATE_DIR"):
        load_or_create(tmp_path / "file" / "ca")


def test_the_state_folder_is_the_systems_or_the_one_that_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("PII_SANDBOX_STATE_DIR", raising=False)
    assert state_folder() == Path("/home/somebody/.local/state/pii-sandbox")
    monkeypatch.setenv("XDG_STATE_HOME", "/xdg")
    assert state_folder() == Path("/xdg/pii-sandbox")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert state_folder() == Path("/home/somebody/Library/Application Support/pii-sandbox")
    monkeypatch.setenv("PII_SANDBOX_STATE_DIR", str(tmp_path))
    assert state_folder() == tmp_path


def test_the_authority_can_sign_hosts_and_no_further_authority(tmp_path: Path) -> None:
    extensions = load_or_create(tmp_path).certificate.extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert (usage.critical, usage.value.key_cert_sign, usage.value.digital_signature) == (True, True, False)


def test_a_strict_verifier_accepts_a_certificate_of_names_wildcards_and_addresses(tmp_path: Path) -> None:
    authority = load_or_create(tmp_path)
    names = ["localhost", "127.0.0.1", "::1", "*.shops.example"]
    (tmp_path / "server.pem").write_bytes(server_certificate(authority, names, datetime.now(UTC)))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "server.pem")
    client = ssl.create_default_context(cafile=authority.certificate_file)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    for name in ("localhost", "127.0.0.1", "::1", "my.shops.example"):
        handshake(client, server, name)
    for name in ("other.example", "shops.example", "a.b.shops.example", "127.0.0.2"):
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(client, server, name)


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> None:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert sides[0].version() == "TLSv1.3"
