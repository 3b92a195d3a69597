"""Lines of a new target file, and certificates of one that cannot be read."""

from __future__ import annotations

import ssl
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pii_sandbox.conformance.target import environment, tls_files
from pii_sandbox.conformance.target.tables import BadTarget
from pii_sandbox.conformance.target.template import template
from pii_sandbox.specs.api_facts import CredentialValue

SHOP = SimpleNamespace(
    name="shop",
    url="https://SHOP.example",
    other_url="https://other.example",
    credentials={
        "full": SimpleNamespace(name="full", comment="", headers={"X-Key": CredentialValue("KEY", scheme="Bearer")}),
        "user": SimpleNamespace(name="user", comment="optional", headers={"X-User": CredentialValue("USER_KEY")}),
    },
    login=SimpleNamespace(fields={"password": CredentialValue("PASSWORD")}, comment="optional"),
    data={
        "id": SimpleNamespace(name="id", example="7", variable=None),
        "email": SimpleNamespace(name="email", example="", variable="EMAIL"),
    },
)
PLAIN = SimpleNamespace(
    name="plain", url="https://plain.example", other_url=None, credentials={}, login=SimpleNamespace(fields={}), data={}
)
BARE = SimpleNamespace(name="bare", url="https://bare.example", other_url="", credentials={}, login=None, data={})
TABLES = """
[shop]
url = "https://SHOP.example"                  # or https://other.example
[shop.credentials.full]
X-Key = "Bearer KEY"
# [shop.credentials.user]                       # optional
# X-User = "USER_KEY"
# [shop.login]                                  # optional
# password = "PASSWORD"
# id = "7"
# email = {env = "EMAIL"}

[plain]
url = "https://plain.example"

[bare]
url = "https://bare.example"
"""


def test_the_tables_of_a_new_target_file_have_what_is_optional_commented_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"shop": SHOP, "plain": PLAIN, "bare": BARE}
    monkeypatch.setattr("pii_sandbox.conformance.target.template.apis", lambda: known)
    text = template(known)
    template_lines = [line for line in text[text.index("\n[shop]") :].splitlines(True) if "[shop.data]" not in line]
    assert "".join(template_lines) == TABLES
    assert text.count("[shop.data]") == 1
    assert ".data]" not in text[text.index("[plain]") :]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied"), "cannot be read: Permission denied"),
        (OSError("odd"), "cannot be read: odd"),
    ],
)
def test_certificates_that_cannot_be_read_are_refused_with_the_cause(
    error: OSError, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    (tmp_path / "a.pem").touch()
    monkeypatch.setattr(ssl, "create_default_context", fail)
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", fail)
    with pytest.raises(BadTarget) as refused:
        tls_files.verification({"ca_file": "a.pem"}, tmp_path, [])
    assert str(refused.value) == f"tls.ca_file: {tmp_path}/a.pem {message}"
    with pytest.raises(BadTarget) as refused:
        tls_files.client_certificate({"client_certificate": "a.pem"}, tmp_path)
    assert str(refused.value) == f"tls.client_certificate: {tmp_path}/a.pem {message}"


def test_a_login_stands_in_for_full_credentials_unless_it_is_not_to_log_in() -> None:
    entry, variables = {"login": {"username": "NAME", "password": "NAME"}}, {"NAME": "n"}
    assert set(environment.credential_headers("newstore", entry, variables)) == {"full", "login", "wrong"}
    assert set(environment.credential_headers("newstore", entry, variables, logs_in=False)) == {"login"}


def test_certificates_may_go_unverified_on_this_machine_alone(tmp_path: Path) -> None:
    assert tls_files.verification({"verify": False}, tmp_path, ["https://127.0.0.1:1", "https://localhost"]) is False
    assert tls_files.verification({}, tmp_path, ["https://a.example"]) is True
    for url in ("https://a.example", "https://"):
        with pytest.raises(BadTarget, match=r"tls\.verify can be false"):
            tls_files.verification({"verify": False}, tmp_path, ["https://127.0.0.1:1", url])
