"""HTTPS of a sandbox: the certificate to trust, and environment variables for processes that a test starts."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from pii_sandbox.server.certificate_authority import load_or_create

_TRUST_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_LOCAL = "localhost,127.0.0.1,::1"


def authority_file() -> Path:
    """Return the certificate that clients are to trust. Raises TlsError."""
    return load_or_create().certificate_file


def environment(server_url: str, sandbox: str) -> dict[str, str]:
    """Return this process's environment with variables that route a client's HTTPS to a sandbox. Raises TlsError.

    The proxy's credentials name the sandbox. Java's HttpClient sends none: its calls go to the sandbox `default`,
    unless they have X-Sandbox.
    """
    authority = load_or_create()
    server = urlsplit(server_url)
    proxy = f"{server.scheme}://{sandbox}:sandbox@{server.netloc}"
    return {
        **os.environ,
        **dict.fromkeys(_TRUST_VARIABLES, str(authority.certificate_file)),
        "HTTPS_PROXY": proxy,
        "https_proxy": proxy,
        "NO_PROXY": _LOCAL,
        "no_proxy": _LOCAL,
        "NODE_USE_ENV_PROXY": "1",
        "JAVA_TOOL_OPTIONS": f"{authority.java_options} -Dhttps.proxyHost={server.hostname} "
        f"-Dhttps.proxyPort={server.port or 80}",
    }
