"""TLS contexts of the server: certificate of the local authority or of the user, client certificates."""

from __future__ import annotations

import logging
import ssl
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pii_sandbox.mockserver.clock import system_now
from pii_sandbox.server.host_names import covers
from pii_sandbox.server.tls_errors import TlsError

RENEW_SECONDS = 30 * 24 * 3600.0  # a third of the lifetime of a certificate
HANDSHAKE_SECONDS = 10.0
_MOST_REPORTS = 100  # different messages

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TlsOptions:
    """TLS options of the server.

    `names`: host names, wildcards and addresses for the certificate of the local authority. `certificate_file`: the
    user's certificate instead; `key_file`: its key, None if it is in the same file. `client_authorities`: PEM file of
    the authorities that must have signed the certificate of every client; None: clients need no certificate.
    """

    names: tuple[str, ...]
    certificate_file: Path | None = None
    key_file: Path | None = None
    client_authorities: Path | None = None
    handshake_seconds: float = HANDSHAKE_SECONDS


class TlsContexts:
    """Provides the TLS context of new connections; creates it on demand, and again before its certificate expires."""

    def __init__(self, options: TlsOptions, clock: Callable[[], float] = time.monotonic) -> None:
        self.options = options
        self.authority_file: Path | None = None  # for clients to trust; None with the user's certificate
        self._clock = clock
        self._context: ssl.SSLContext | None = None
        self._made_at = 0.0
        self._reported: set[str] = set()

    def current(self) -> ssl.SSLContext:
        """Return the context for a new connection. Raises TlsError."""
        if self._context is None or (
            self.options.certificate_file is None and self._clock() - self._made_at > RENEW_SECONDS
        ):
            self._context, self._made_at = self._make(), self._clock()
        return self._context

    def _make(self) -> ssl.SSLContext:
        options = self.options
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        if options.certificate_file is None:
            self._load_signed(context)
            context.sni_callback = self._report_foreign_name
        else:
            _load_user_certificate(context, options.certificate_file, options.key_file)
        if options.client_authorities is not None:
            try:
                context.load_verify_locations(options.client_authorities)
            except (OSError, ssl.SSLError) as error:
                raise TlsError(
                    f"no CA certificates in {options.client_authorities}: {_reason(error)}; give "
                    "certificates in PEM format"
                ) from error
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _load_signed(self, context: ssl.SSLContext) -> None:
        # imported here: it takes 60 ms, which a server without TLS need not spend
        from pii_sandbox.server import certificate_authority  # noqa: PLC0415

        authority = certificate_authority.load_or_create()
        self.authority_file = authority.certificate_file
        pem = certificate_authority.server_certificate(authority, self.options.names, system_now())
        with tempfile.NamedTemporaryFile(prefix="pii-sandbox-", suffix=".pem") as file:  # ssl reads only files
            file.write(pem)
            file.flush()
            context.load_cert_chain(file.name)

    def _report_foreign_name(self, _connection: object, name: str | None, _context: ssl.SSLContext) -> None:
        """Log a host name that the certificate lacks. The handshake continues: the client decides."""
        if name is not None and not covers(self.options.names, name):
            self.report_once(f"a TLS client asked for {name!a}, which the certificate lacks: add it with --tls-host")

    def report_once(self, message: str) -> None:
        """Log a warning unless it was logged before, since clients retry."""
        if message not in self._reported and len(self._reported) < _MOST_REPORTS:
            self._reported.add(message)
            log.warning("%s", message)


def _load_user_certificate(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    def no_password() -> str:
        raise TlsError(f"the key in {key or certificate} is encrypted: give one without a passphrase")

    try:
        context.load_cert_chain(certificate, key, no_password)
    except (OSError, ssl.SSLError) as error:
        files = f"{certificate} and {key}" if key else f"{certificate}"
        raise TlsError(
            f"no matching certificate and key in {files}: {_reason(error)}; give both in PEM format"
        ) from error


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not PEM").lower().replace("_", " ")
    return error.strerror or str(error)
