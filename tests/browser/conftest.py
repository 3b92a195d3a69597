"""A browser, a server, and the console of a sandbox of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.server_process import ServerProcess, running_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="a browser is driven by Playwright")
    if CHROMIUM is None:
        pytest.skip("the browser is Chromium, which is not installed")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "5") as server:
        yield server


@pytest.fixture
def http(server: ServerProcess, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client of a sandbox of the test's own."""
    name = f"console-{abs(hash(request.node.nodeid)) % 10**8}"
    with httpx.Client(base_url=server.url, headers={"X-Sandbox": name}, timeout=20) as client:
        client.get("/_sandbox/v1/status").raise_for_status()
        yield client


@pytest.fixture
def page(browser: Any, server: ServerProcess, http: httpx.Client) -> Iterator[Any]:
    """The console of the test's sandbox; any error of a script fails the test."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(20_000)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server.url}/_sandbox/?sandbox={http.headers['X-Sandbox']}")
    page.get_by_role("heading", name="pii-sandbox").wait_for()
    yield page
    page.close()
    assert errors == []
