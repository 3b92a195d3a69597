"""The template of a target file is valid once it is filled in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pii_sandbox.conformance.target.config import read_target
from pii_sandbox.conformance.target.local_sandbox import APIS
from pii_sandbox.conformance.target.template import template
from tests.conformance.target.config_texts import write_target


def test_all_that_the_template_shows_is_understood(tmp_path: Path) -> None:
    lines = template().replace("ACCOUNT", "a").replace("TENANT", "t").replace("SITE", "s").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("# [vtex]"))
    template_lines = [line.removeprefix("# ") if number >= start else line for number, line in enumerate(lines)]
    names = {
        "VTEX_APP_KEY", "VTEX_APP_TOKEN", "VTEX_UNPRIVILEGED_APP_KEY", "VTEX_UNPRIVILEGED_APP_TOKEN",
        "VTEX_WRONG_APP_KEY",
        "VTEX_WRONG_APP_TOKEN", "VTEX_TEST_EMAIL", "NEWSTORE_TOKEN", "NEWSTORE_USER", "NEWSTORE_PASSWORD",
        "FASHIONAI_TOKEN", "FASHIONAI_TEST_ID", "FASHIONAI_TEST_PHONE", "FASHIONAI_TEST_EMAIL",
        "FASHIONAI_TEST_DOCUMENT", "ORACLE_ACCESS_TOKEN", "ORACLE_APPLICATION_KEY", "VTEX_USER_TOKEN",
        "VTEX_READONLY_APP_KEY", "VTEX_READONLY_APP_TOKEN", "VTEX_TEST_DOCUMENT", "NEWSTORE_EXPIRED_TOKEN",
        "NEWSTORE_WRONG_TOKEN", "NEWSTORE_TEST_PROFILE_ID", "NEWSTORE_TEST_EMAIL", "FASHIONAI_WRONG_TOKEN",
        "ORACLE_WRONG_ACCESS_TOKEN",
    }  # fmt: skip
    target = read_target(write_target(tmp_path, "\n".join(template_lines)), dict.fromkeys(names, "v"))
    assert set(target.urls) == {"vtex", "newstore", "fashionai", "oracle"}
    assert target.limits.requests_per_second == 5


@pytest.mark.parametrize("api", APIS)
def test_the_template_of_one_api_is_ready_to_fill_in(tmp_path: Path, api: str) -> None:
    text = template([api])
    table = tomllib.loads(text)
    assert set(table) & set(APIS) == {api}
    assert set(table[api]["credentials"]) == {"full"}
    variables = dict.fromkeys(
        (value.removeprefix("Bearer ") for value in table[api]["credentials"]["full"].values()), "v"
    )
    placeholder = table[api]["url"].removeprefix("https://").partition(".")[0]
    filled = text.replace(placeholder, "shop", 1) if placeholder.isupper() else text
    assert set(read_target(write_target(tmp_path, filled), variables).urls) == {api}
