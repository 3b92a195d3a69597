"""Which host names the sandbox stands in for, and what a hosts file is told."""

from __future__ import annotations

import pytest

from pii_sandbox import specs
from pii_sandbox.server.host_names import BadHostName, covers, hosts_file, normalize_host_name, vendor_patterns
from pii_sandbox.specs.hosts import host_examples, host_patterns

VENDOR_DOCUMENTS = tuple(name for api, names in specs.APIS.items() if api != "sandbox" for name in names)


def test_the_vendors_hosts_are_those_of_their_documents() -> None:
    assert vendor_patterns(VENDOR_DOCUMENTS) == (
        "*.vtexcommercestable.com.br",
        "*.p.newstore.net",
        "catalog.api.fashionaiale.com",
        "catalog.api.fashionai.dev",
        "*.oracleoutsourcing.com",
    )


@pytest.mark.parametrize(
    ("url", "pattern", "example"),
    [
        ("https://api.example.com/v1", "api.example.com", "api.example.com"),
        ("https://API.example.com:8443/v1", "api.example.com", "api.example.com"),
        ("https://{shop}.example.com", "*.example.com", "mine.example.com"),
        ("https://{shop}.{shop}.com/{shop}", "*.mine.com", "mine.mine.com"),
        ("https://{shop}-api.example.com", "mine-api.example.com", "mine-api.example.com"),
        ("https://api.{shop}.com", "api.mine.com", "api.mine.com"),
        ("https://{host}", "shop.test", "shop.test"),
    ],
)
def test_a_variable_in_the_first_label_is_a_wildcard(url: str, pattern: str, example: str) -> None:
    variables = {"shop": {"default": "Mine"}, "host": {"default": "shop.test"}}
    document = {"servers": [{"url": url, "variables": variables}, {"url": "http://127.0.0.1:8080"}]}
    assert host_patterns(document) == (pattern,)
    assert host_examples(document) == (example,)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Shop.Example.COM.", "shop.example.com"),
        ("*.shops.example", "*.shops.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("10.0.0.7", "10.0.0.7"),
        ("my_machine", "my_machine"),
    ],
)
def test_names_are_written_as_certificates_have_them(given: str, name: str) -> None:
    assert normalize_host_name(given) == name


@pytest.mark.parametrize(
    "name", ["", "*", "*.", "a..b", "-a.example", "a b", "http://shop.example", "*.*.example", "a.*.b", "a" * 64]
)
def test_an_invalid_host_name_is_refused(name: str) -> None:
    with pytest.raises(BadHostName):
        normalize_host_name(name)


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("my.shops.example", True),
        ("MY.SHOPS.EXAMPLE.", True),
        ("exact.example", True),
        ("a.b.shops.example", False),
        ("shops.example", False),
        ("notshops.example", False),
        ("", False),
    ],
)
def test_a_wildcard_stands_for_one_label(host: str, covered: bool) -> None:
    assert covers(("*.shops.example", "exact.example"), host) is covered


def test_a_hosts_file_names_example_hosts_and_added_ones_once() -> None:
    lines = hosts_file(
        ("vtex_profile_system", "vtex_user_rights"), ["myshop.vtexcommercestable.com.br", "*.x.example", "::1"], "::1"
    ).splitlines()
    assert lines[:2] == ["::1\tapiexamples.vtexcommercestable.com.br", "::1\tmyshop.vtexcommercestable.com.br"]
    assert [line.split(":")[0] for line in lines[2:]] == ["# *.vtexcommercestable.com.br", "# *.x.example"]
