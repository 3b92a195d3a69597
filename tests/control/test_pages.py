"""The console and the documents as pages."""

from __future__ import annotations

import re

import httpx
import pytest
from openapi_spec_validator import validate

import specs

DOCUMENTS = [name for documents in specs.APIS.values() for name in documents]


@pytest.mark.parametrize("prefix", ["", "/~other"])
def test_the_console_is_a_page_with_its_parts(http: httpx.Client, prefix: str) -> None:
    page = http.get(f"{prefix}/_sandbox/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for part in re.findall(r'(?:href|src)="(console\.\w+)"', page.text):
        assert http.get(f"{prefix}/_sandbox/{part}").status_code == 200
    for document in re.findall(r'href="(docs/\w+)"', page.text):
        assert http.get(f"{prefix}/_sandbox/{document}").status_code == 200


def test_the_console_takes_nothing_from_elsewhere(http: httpx.Client) -> None:
    page = http.get("/_sandbox/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"https?://", page.text)


def test_without_its_slash_the_console_is_a_redirect(http: httpx.Client) -> None:
    answer = http.get("/_sandbox")
    assert (answer.status_code, answer.headers["location"]) == (307, "_sandbox/")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_a_page_and_valid_openapi_with_this_server(http: httpx.Client, name: str) -> None:
    page = http.get(f"/_sandbox/docs/{name}")
    assert f'url: "{name}/openapi.json"' in page.text
    for asset in re.findall(r'(?:href|src)="(assets/[^"]+)"', page.text):
        assert http.get(f"/_sandbox/docs/{asset}").status_code == 200
    document = http.get(f"/~mine/_sandbox/docs/{name}/openapi.json").json()
    validate(document)
    assert document["servers"][0]["url"].startswith("/~mine")


def test_a_document_is_shown_in_the_dialect_of_the_sandbox(http: httpx.Client) -> None:
    read = "/_sandbox/docs/vtex_profile_system/openapi.json"
    guide = http.get(read).json()
    http.put("/_sandbox/v1/dialect", json={"dialect": "reference"})
    assert http.get(read).json() != guide


@pytest.mark.parametrize("path", ["nothing", "assets/nothing", "assets/../__init__.py"])
def test_other_pages_are_404(http: httpx.Client, path: str) -> None:
    assert http.get(f"/_sandbox/docs/{path}").status_code == 404


def test_a_page_is_not_written_to(http: httpx.Client) -> None:
    assert http.post("/_sandbox/").status_code in (404, 405)
