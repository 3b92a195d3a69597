"""The local certificate authority (CA) that signs the sandbox's server certificates.

It is created once and stored in the user's state folder, in a file that only the user can read. With that file one can
impersonate any host to clients that trust this authority: use it on machines of developers and of CI only.
"""

from __future__ import annotations

import fcntl
import ipaddress
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pii_sandbox.mockserver.clock import system_now
from pii_sandbox.server.tls_errors import TlsError

FOLDER_VARIABLE = "PII_SANDBOX_STATE_DIR"
AUTHORITY_DAYS = 3 * 365
RENEWAL_DAYS = 30  # an authority that expires sooner is replaced
CERTIFICATE_DAYS = 90
TRUSTSTORE_PASSWORD = "changeit"  # customary for Java: the content is public
_BACKDATED = timedelta(days=1)  # for clients whose clock is slow
_PRIVATE, _PUBLIC, _TRUSTSTORE, _LOCK = "ca-private.pem", "ca.pem", "ca.p12", "lock"


@dataclass(frozen=True)
class Authority:
    """Certificate and key. Clients trust `certificate_file` (PEM) or, in Java, `truststore_file` (PKCS #12)."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    folder: Path

    @property
    def certificate_file(self) -> Path:
        return self.folder / _PUBLIC

    @property
    def truststore_file(self) -> Path:
        return self.folder / _TRUSTSTORE

    @property
    def java_options(self) -> str:
        """Options of a JVM, in the form of JAVA_TOOL_OPTIONS."""
        return (
            f'"-Djavax.net.ssl.trustStore={self.truststore_file}" '
            f"-Djavax.net.ssl.trustStorePassword={TRUSTSTORE_PASSWORD}"
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def state_folder() -> Path:
    """Return the user's state folder: PII_SANDBOX_STATE_DIR, else the operating system's default."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "pii-sandbox"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "pii-sandbox"


def load_or_create(folder: Path | None = None, now: Callable[[], datetime] = system_now) -> Authority:
    """Return the user's authority; create one if there is none, or if it expires within RENEWAL_DAYS.

    Concurrent processes get the same one. Raises TlsError.
    """
    try:
        folder = (folder or state_folder() / "ca").absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _file_lock(folder / _LOCK):
            authority = _load(folder)
            if authority is None or authority.certificate.not_valid_after_utc - now() < timedelta(days=RENEWAL_DAYS):
                authority = _create(folder, now())
            _publish(authority)
    except (OSError, RuntimeError) as error:  # RuntimeError: a user without a home
        raise TlsError(
            f"the certificate authority cannot be kept in {folder or 'the home folder'}: {error}; "
            f"{FOLDER_VARIABLE} names another folder, --tls-cert a certificate of your own"
        ) from error
    return authority


def server_certificate(authority: Authority, names: Sequence[str], now: datetime) -> bytes:
    """Return a new key and a certificate of these host names, wildcards and IP addresses, in one PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder("pii-sandbox server", authority.certificate.subject, key, now, CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return _private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM)


def _create(folder: Path, now: datetime) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    # a unique name: trust stores distinguish authorities by their subject
    name = f"pii-sandbox development CA {x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:8]}"
    certificate = (
        _builder(name, None, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority = Authority(certificate, key, folder)
    _write(folder / _PRIVATE, _private_pem(key) + authority.pem, 0o600)
    return authority


def _load(folder: Path) -> Authority | None:
    file = folder / _PRIVATE
    if not file.exists():
        return None
    file.chmod(0o600)  # a copy may have made it readable for others
    try:
        pem = file.read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (ValueError, TypeError) as error:
        raise TlsError(f"{file} is not a certificate authority; delete it to create a new one") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise TlsError(f"key and certificate in {file} do not match; delete it to create new ones")
    return Authority(certificate, key, folder)


def _publish(authority: Authority) -> None:
    """Write the files for clients, unless they exist for this authority."""
    public, truststore = authority.certificate_file, authority.truststore_file
    if truststore.exists() and public.exists() and public.read_bytes() == authority.pem:
        return
    entry = pkcs12.PKCS12Certificate(authority.certificate, b"pii-sandbox")
    encryption = serialization.BestAvailableEncryption(TRUSTSTORE_PASSWORD.encode())
    _write(truststore, pkcs12.serialize_java_truststore([entry], encryption), 0o644)
    _write(public, authority.pem, 0o644)


def _builder(
    name: str, issuer: x509.Name | None, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "pii-sandbox"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, digital_signature: bool = False, signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@contextmanager
def _file_lock(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(file: Path, content: bytes, mode: int) -> None:
    """Write a file atomically: readers see the old content or the new."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as out:
        written = Path(out.name)  # which is for this user alone
        try:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
            written.chmod(mode)
            written.replace(file)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
