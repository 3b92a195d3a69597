"""The console and the documents as pages."""

from __future__ import annotations

import re
from importlib import resources

import httpx
import pytest
from openapi_spec_validator import validate

from pii_sandbox import specs
from pii_sandbox.mockserver import console

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


def test_the_console_is_small_runs_no_inline_code_and_brings_its_licences(http: httpx.Client) -> None:
    files = console.files()
    assert sum(len(file.read_bytes()) for file in files.values()) < 250_000
    for name, file in files.items():
        response = http.get(f"/_sandbox/{name}")
        assert response.content == file.read_bytes()
        assert "unsafe" not in response.headers["content-security-policy"]
    page = files["index.html"].read_text("utf-8")
    assert not re.search(r"<script(?![^>]*src=)|<style| on\w+=| style=", page)
    licences = resources.files(console).joinpath("vendor", "LICENSES.txt").read_text("utf-8")
    for name in files:
        if name.startswith("vendor/"):
            assert name.removeprefix("vendor/") in licences


def test_without_its_slash_the_console_is_a_redirect(http: httpx.Client) -> None:
    response = http.get("/_sandbox")
    assert (response.status_code, response.headers["location"]) == (307, "_sandbox/")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_a_page_and_valid_openapi_with_this_server(http: httpx.Client, name: str) -> None:
    page = http.get(f"/_sandbox/docs/{name}")
    assert f'data-url="{name}/openapi.json"' in page.text
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


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("prefix", ["", "/~other"])
@pytest.mark.parametrize("path", ["/", "/_sandbox/docs", "/_sandbox/docs/"])
def test_the_overviews_are_html_for_browsers_and_their_links_lead_somewhere(
    http: httpx.Client, prefix: str, path: str
) -> None:
    page = http.get(prefix + path, headers={"Accept": BROWSER})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    links = re.findall(r'href="([^"]+)"', page.text)
    assert len(links) > 3
    for link in links:
        assert link.startswith(f"{prefix}/_sandbox/")
        assert http.get(link).status_code == 200


@pytest.mark.parametrize("accept", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
def test_the_root_describes_itself_in_json_to_other_clients(http: httpx.Client, accept: dict[str, str]) -> None:
    body = http.get("/", headers=accept).json()
    assert body["name"] == "pii-sandbox"
    assert set(body["apis"]) == set(specs.APIS) - {"sandbox"}
    for link in ("console", "documents", "control"):
        assert http.get(body[link]).status_code == 200


def test_the_documents_are_listed_each_with_its_page_and_itself(http: httpx.Client) -> None:
    listed = http.get("/~mine/_sandbox/docs").json()["documents"]
    assert [entry["name"] for entry in listed] == DOCUMENTS
    for entry in listed:
        assert entry["page"].startswith("/~mine/")
        assert http.get(entry["page"]).status_code == 200
        assert http.get(entry["openapi"]).json()["info"]["title"] == entry["title"]


@pytest.mark.parametrize("path", ["/", "/_sandbox/docs"])
def test_the_overviews_answer_head_and_nothing_that_writes(http: httpx.Client, path: str) -> None:
    assert (http.head(path).status_code, http.head(path).content) == (200, b"")
    assert http.post(path).status_code in (404, 405)
    assert "accept" in http.get(path).headers["vary"].lower()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/_sandbox/",
        "/_sandbox/main.js",
        "/_sandbox/vendor/preact.js",
        "/_sandbox/docs",
        *(f"/_sandbox/docs/{name}" for name in DOCUMENTS),
    ],
)
def test_no_page_can_be_framed_or_run_a_script_that_stands_in_it(http: httpx.Client, path: str) -> None:
    page = http.get(path, headers={"Accept": BROWSER})
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy.get("script-src", "'self'") == "'self'"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script>|<style>|\bon[a-z]+=\"|style=\"", page.text)
