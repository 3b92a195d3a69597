"""Base URLs of a target: which are accepted, and which host is this machine."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.target import urls
from pii_sandbox.conformance.target.tables import BadTarget


@pytest.mark.parametrize(
    ("url", "allowed", "message"),
    [
        ("https://a.example", False, "https://a.example"),
        ("https://a.example:443/b//", False, "https://a.example:443/b"),
        ("http://localhost:80", False, "http://localhost:80"),
        ("http://[::1]:8080", False, "http://[::1]:8080"),
        ("http://127.9.9.9", False, "http://127.9.9.9"),
        ("http://a.example", True, "http://a.example"),
        ("http://a.example", False, "at uses plain HTTP, which sends credentials unencrypted"),
        ("http://10.0.0.1", False, "at uses plain HTTP, which sends credentials unencrypted"),
        ("http://127.0.0.1:443", True, "at uses plain HTTP on port 443, where servers expect TLS"),
        ("https://a.example:0", False, "at has port 0"),
        ("https://a.example#b", False, "at must be an http or https URL without a query"),
        ("https://a.example?b", False, "at must be an http or https URL without a query"),
        ("ftp://a.example", True, "at must be an http or https URL without a query"),
        ("https://", False, "at must be an http or https URL without a query"),
        ("https://a@b.example", False, "at contains a user name or password"),
        ("https://:a@b.example", False, "at contains a user name or password"),
        ("https://[fe80::1%25eth0]", False, "https://[fe80::1%25eth0]"),
        ("https://a%2e.example", False, "at has an invalid host name, or a character"),
        (7, False, "at is missing"),
    ],
)
def test_a_base_url_is_one_that_can_be_called_without_showing_credentials(
    url: Any, allowed: bool, message: str
) -> None:
    if message.startswith("http"):
        assert urls.normalize_base_url(url, "at", allow_http=allowed) == message
        return
    with pytest.raises(BadTarget) as error:
        urls.normalize_base_url(url, "at", allow_http=allowed)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("localhost.example", False)],
)
def test_this_machine_is_known_by_its_name_and_addresses(host: str, loopback: bool) -> None:
    assert urls.is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("api", "url", "placeholder"),
    [
        ("vtex", "https://ACCOUNT.vtexcommercestable.com.br/", True),
        ("vtex", "https://ACCOUNT.example", False),
        ("vtex", "https://mine.vtexcommercestable.com.br", False),
        ("fashionai", "https://mine.example", False),
    ],
)
def test_a_url_that_still_holds_the_placeholder_of_the_template_is_refused(
    api: str, url: str, placeholder: bool
) -> None:
    if not placeholder:
        assert urls.api_url(api, url, allow_http=False) == url
        return
    with pytest.raises(BadTarget, match="url still contains the placeholder ACCOUNT"):
        urls.api_url(api, url, allow_http=False)
