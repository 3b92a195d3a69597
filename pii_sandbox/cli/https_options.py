"""Options of `pii-sandbox serve` for HTTPS, host names and the CONNECT proxy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.server.connect_proxy import ConnectProxy
from pii_sandbox.server.host_names import (
    LOOPBACK,
    BadHostName,
    hosts_file,
    machine_names,
    normalize_host_name,
    vendor_patterns,
)
from pii_sandbox.server.tls import TlsContexts, TlsOptions
from pii_sandbox.server.tls_errors import TlsError
from pii_sandbox.server.tunnel import Https

DEFAULT_PORT = 8443

_Command = TypeVar("_Command", bound=Callable[..., Any])


def https_options(command: _Command) -> _Command:
    """Add the options to a click command."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    options = (
        click.option("--tls", envvar="PII_SANDBOX_TLS", is_flag=True,
                     help="HTTPS besides HTTP, with certificates of the local authority (pii-sandbox ca), and CONNECT "
                     "for the vendors' hosts."),
        click.option("--tls-port", envvar="PII_SANDBOX_TLS_PORT", type=click.IntRange(0, 65535),
                     help=f"Port of HTTPS; 0 picks a free one.  [default: {DEFAULT_PORT}; with --port 0: 0]"),
        click.option("--tls-host", envvar="PII_SANDBOX_TLS_HOST", multiple=True, metavar="NAME",
                     help="A further host name, wildcard or address for the certificate and for CONNECT."),
        click.option("--tls-cert", envvar="PII_SANDBOX_TLS_CERT", type=file, metavar="FILE",
                     help="HTTPS with this certificate (PEM) instead of the authority's."),
        click.option("--tls-key", envvar="PII_SANDBOX_TLS_KEY", type=file, metavar="FILE",
                     help="Key of --tls-cert, if it is in another file."),
        click.option("--tls-client-ca", envvar="PII_SANDBOX_TLS_CLIENT_CA", type=file, metavar="FILE",
                     help="HTTPS clients must present a certificate signed by one of these authorities (PEM)."),
        click.option("--hosts", is_flag=True,
                     help="Print lines for the hosts file that map the vendors' hosts to this server, and exit."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def https_from(arguments: Mapping[str, Any], vendors: Sequence[Vendor]) -> Https | None:
    """Return the HTTPS configuration of the options, None for HTTP only. Raises UsageError."""
    if not (arguments["tls"] or arguments["tls_cert"]):
        for name in ("tls_port", "tls_host", "tls_key", "tls_client_ca"):
            if arguments[name] not in (None, ()):
                raise click.UsageError(f"--{name.replace('_', '-')} needs --tls or --tls-cert")
        return None
    https = local_https(vendors, arguments["tls_host"], listening=arguments["host"])
    files = TlsOptions(
        https.contexts.options.names, arguments["tls_cert"], arguments["tls_key"], arguments["tls_client_ca"]
    )
    https = Https(TlsContexts(files), https.proxy)
    try:
        https.contexts.current()
    except TlsError as error:
        raise click.UsageError(str(error)) from error
    return https


def local_https(vendors: Sequence[Vendor], added_names: Sequence[str] = (), *, listening: str = "127.0.0.1") -> Https:
    """Return HTTPS with the local authority for the vendors' hosts, the machine's names and the added ones.

    Certificates are created at the first connection. Raises UsageError for an invalid added name.
    """
    proxied = (*vendor_patterns(_documents(vendors)), *_normalize_names(added_names))
    names = dict.fromkeys((*LOOPBACK, *machine_names(), *_named_host(listening), *proxied))
    return Https(TlsContexts(TlsOptions(tuple(names))), ConnectProxy(proxied))


def https_port(arguments: Mapping[str, Any]) -> int:
    """Return the port of HTTPS, 0 for a free one."""
    port: int | None = arguments["tls_port"]
    if port is None:
        port = DEFAULT_PORT if arguments["port"] else 0
    return port


def hosts_lines(arguments: Mapping[str, Any], vendors: Sequence[Vendor]) -> str:
    """Return the output of --hosts. Raises UsageError."""
    address = next(iter(_named_host(arguments["host"])), "127.0.0.1")
    try:
        ipaddress.ip_address(address)
    except ValueError:
        address = "127.0.0.1"
    return hosts_file(_documents(vendors), _normalize_names(arguments["tls_host"]), address)


def _documents(vendors: Sequence[Vendor]) -> tuple[str, ...]:
    return tuple(document for vendor in vendors for document in vendor.documents)


def _normalize_names(names: Sequence[str]) -> list[str]:
    try:
        return [normalize_host_name(name) for name in names]
    except BadHostName as error:
        raise click.UsageError(f"--tls-host: {error}") from error


def _named_host(host: str) -> tuple[str, ...]:
    """Return the host of --host, unless it is an unspecified address."""
    try:
        name = normalize_host_name(host)
        return () if ipaddress.ip_address(name).is_unspecified else (name,)
    except BadHostName:
        return ()
    except ValueError:
        return (name,)
