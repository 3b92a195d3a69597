"""Certificates and keys for tests of TLS."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority, certificates of 127.0.0.1 and of a client, and some that are to be refused.

    `expired` ended yesterday, `other` is of another host, `self-signed` has no authority, `encrypted.key` is the
    client's key with a passphrase.
    """
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments: str) -> None:
        subprocess.run(("openssl", *arguments), cwd=folder, check=True, capture_output=True)

    new = ("req", "-newkey", "rsa:2048", "-nodes")
    here = "subjectAltName=IP:127.0.0.1"
    openssl(*new, "-x509", "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
    openssl(*new, "-x509", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", here, "-keyout", "self-signed.key",
            "-out", "self-signed.pem")  # fmt: skip
    for name, more, days in (
        ("server", here, "2"),
        ("client", "extendedKeyUsage=clientAuth", "2"),
        ("expired", here, "-1"),
        ("other", "subjectAltName=DNS:shop.example.com", "2"),
    ):
        (folder / f"{name}.ext").write_text(more, "ascii")
        openssl(*new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(
            "x509", "-req", "-days", days, "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem",
        )  # fmt: skip
    openssl("rsa", "-aes256", "-passout", "pass:secret", "-in", "client.key", "-out", "encrypted.key")
    return folder
