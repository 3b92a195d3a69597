"""Certificates and keys of a target file: they are loaded when the file is read, so that a fault names its setting."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pii_sandbox.conformance.target.tables import BadTarget, typed_setting
from pii_sandbox.conformance.target.urls import is_loopback

TLS_SETTINGS = frozenset({"ca_file", "client_certificate", "client_key", "allow_http", "verify"})


class _PassphraseNeeded(Exception):
    """The private key is encrypted."""


def verification(tls: Mapping[str, Any], folder: Path, urls: list[str]) -> bool | str:
    """A file of certificates to trust, True for the usual ones, False where nothing is verified."""
    verify = typed_setting(tls, "verify", bool, True, "tls.")
    if not verify and not all(is_loopback(urlsplit(url).hostname or "") for url in urls):
        raise BadTarget(
            "tls.verify can be false only for hosts on this machine; name the certificate to trust "
            "in tls.ca_file instead"
        )
    file = _file(tls, "ca_file", folder)
    if file is None:
        return verify
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        raise BadTarget(
            f"tls.ca_file: {file} {_cause(error, 'contains no certificate in PEM format; name a file that does')}"
        ) from error
    return file


def client_certificate(tls: Mapping[str, Any], folder: Path) -> str | tuple[str, str] | None:
    """The file of a client certificate, or the files of certificate and key."""
    certificate, key = _file(tls, "client_certificate", folder), _file(tls, "client_key", folder)
    if certificate is None:
        if key is not None:
            raise BadTarget("tls.client_key is of no use without tls.client_certificate; name the certificate there")
        return None
    _refuse_unusable(certificate, key)
    return certificate if key is None else (certificate, key)


def _refuse_unusable(certificate: str, key: str | None) -> None:
    setting, file = ("client_certificate", certificate) if key is None else ("client_key", key)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password=_ask)
    except _PassphraseNeeded:
        raise BadTarget(f"tls.{setting}: {file} is encrypted; name a key without a passphrase") from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise BadTarget(
                f"tls.{setting}: the key in {file} does not belong to {certificate}; name the key of that certificate"
            ) from error
        raise BadTarget(
            f"tls.{setting}: {certificate}{f' and {file}' if key else ''} {'do' if key else 'does'} not contain "
            "a certificate with its private key in PEM format; name files that do"
        ) from error
    except OSError as error:
        raise BadTarget(
            f"tls.{setting}: {file} {_cause(error, 'cannot be used; name a certificate and key in PEM format')}"
        ) from error


def _ask() -> str:
    raise _PassphraseNeeded


def _cause(error: OSError, fallback: str) -> str:
    return fallback if isinstance(error, ssl.SSLError) else f"cannot be read: {error.strerror or error}"


def _file(tls: Mapping[str, Any], name: str, folder: Path) -> str | None:
    if name not in tls:
        return None
    file = folder / typed_setting(tls, name, str, "", "tls.")
    if not file.is_file():
        raise BadTarget(f"tls.{name}: there is no file {file}; paths are relative to the folder of the target file")
    return str(file)
