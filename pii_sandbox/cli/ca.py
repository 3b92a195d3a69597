"""`pii-sandbox ca`: shows the local certificate authority, and how clients trust it."""

from __future__ import annotations

import shlex

import click
from cryptography.hazmat.primitives import hashes

from pii_sandbox.server.certificate_authority import TRUSTSTORE_PASSWORD, Authority, load_or_create
from pii_sandbox.server.tls_errors import TlsError

# {pem}: the authority's file, {java}: options of a JVM, both quoted for a shell
_TRUST = (
    ("Python requests", "export REQUESTS_CA_BUNDLE={pem}"),
    ("Python httpx", "export SSL_CERT_FILE={pem}"),
    ("Python aiohttp", "export SSL_CERT_FILE={pem}"),
    ("Node", "export NODE_EXTRA_CA_CERTS={pem}"),
    ("Java", "export JAVA_TOOL_OPTIONS={java}"),
    ("Go", "export SSL_CERT_FILE={pem}"),
    ("Ruby", "export SSL_CERT_FILE={pem}"),
    ("PHP", "php -d curl.cainfo={pem} -d openssl.cafile={pem} …"),
    ("curl", "export CURL_CA_BUNDLE={pem}"),
    ("Chromium", "certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n pii-sandbox -i {pem}"),
    ("Debian, Ubuntu", "sudo cp {pem} /usr/local/share/ca-certificates/pii-sandbox.crt && sudo update-ca-certificates"),
    ("Fedora", "sudo trust anchor {pem}"),
    ("macOS", "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {pem}"),
    ("Windows", "certutil -addstore -user Root {pem}"),
)


@click.group()
def ca() -> None:
    """Show the certificate authority of `serve --tls`, and how clients can trust it.

    It is created when it is first needed, once for each user.
    """


@ca.command()
@click.option("--form", type=click.Choice(["pem", "p12"]), default="pem", show_default=True,
              help="File format; p12 is a truststore for Java.")  # fmt: skip
def path(form: str) -> None:
    """Print the path of the file that clients must trust."""
    authority = _authority()
    click.echo(authority.certificate_file if form == "pem" else authority.truststore_file)


@ca.command()
def show() -> None:
    """Print the authority's name, fingerprint, expiry and files, and its certificate as PEM."""
    authority = _authority()
    certificate = authority.certificate
    click.echo(f"# subject      {certificate.subject.rfc4514_string()}")
    click.echo(f"# SHA-256      {certificate.fingerprint(hashes.SHA256()).hex(':').upper()}")
    click.echo(f"# valid until  {certificate.not_valid_after_utc:%Y-%m-%d}")
    click.echo(f"# PEM          {authority.certificate_file}")
    click.echo(f"# PKCS #12     {authority.truststore_file} (password {TRUSTSTORE_PASSWORD})")
    click.echo(authority.pem.decode(), nl=False)


@ca.command("trust-help")
def trust_help() -> None:
    """Print, for each kind of client, the command that makes it trust the authority."""
    authority = _authority()
    width = max(len(client) for client, _ in _TRUST)
    for client, line in _TRUST:
        click.echo(f"{client:{width}}  {line.format(**_files(authority))}")


def _files(authority: Authority) -> dict[str, str]:
    return {
        "pem": shlex.quote(str(authority.certificate_file)),
        "java": shlex.quote(authority.java_options),
    }


def _authority() -> Authority:
    try:
        return load_or_create()
    except TlsError as error:
        raise click.ClickException(str(error)) from error
