"""What a target file is told to disclose before a run: hosts and names of variables, and never a value."""

from __future__ import annotations

from pathlib import Path

import pytest

from pii_sandbox.conformance.target.disclosure import hosts_and_variables

EVERYTHING = """
name = "https://name.example.com"
env = "SETTINGS"
proxy = "http://user:secret@proxy.example.com:3128"
control_url = "https://control.example.com/_sandbox/v1"
control_token = "CONTROL_TOKEN"
timeout = 5

[vtex]
url = "https://shop.example.com:8443/api"
env = "EMAIL"

[vtex.credentials.full]
X-VTEX-API-AppKey = "APP_KEY"
X-VTEX-API-AppToken = "APP_TOKEN"
Authorization = "Bearer BEARER_TOKEN"

[vtex.login]
password = "PASSWORD"

[vtex.data]
email = "SOMEBODY"

[oracle]
url = "https://shop.example.com:8443/ccapp"
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            EVERYTHING,
            "hosts proxy.example.com:3128, control.example.com, shop.example.com:8443; "
            "variables SETTINGS, CONTROL_TOKEN, EMAIL, APP_KEY, APP_TOKEN, BEARER_TOKEN, PASSWORD",
        ),
        ("", "hosts none; variables none"),
        ('url = "shop.example.com"\ncontrol_url = 7', "hosts none; variables none"),
        ('url = "http://[::1"\nproxy = "http://proxy.example.com"', "hosts proxy.example.com; variables none"),
        ('proxy = "PROXY_URL"', "hosts none; variables PROXY_URL"),
        ('[vtex.credentials.full]\nToken = "a pasted secret"\nNumber = 7\nName = "NAME"', "hosts none; variables NAME"),
        ('control_token = "eyJ.pasted-secret"\nenv = "_NAME_2"', "hosts none; variables _NAME_2"),
    ],
)
def test_hosts_and_variables_are_told_once_each_and_nothing_else(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "target.toml"
    file.write_text(text, "utf-8")
    assert hosts_and_variables(file) == message


@pytest.mark.parametrize("content", [None, b"name = \xff", b"name ="])
def test_an_unreadable_file_discloses_no_names(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "target.toml"
    if content is not None:
        file.write_bytes(content)
    assert hosts_and_variables(file) == "the file cannot be read"
