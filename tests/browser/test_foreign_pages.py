"""Attacks of a foreign page, in a real browser: it makes no sandbox, erases no one, and runs nothing in our origin."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.credentials import NEWSTORE, VTEX
from tests.server_process import ServerProcess, running_server

playwright = pytest.importorskip("playwright.sync_api", reason="the attacks of pages need Playwright")

ERASE = "/api/user-rights/createAndProcessDeleteUserData"
ATTACK = """
async (base) => {
  const wait = promise => promise.then(() => null, () => null);
  const image = path => new Promise(done => {
    const one = new Image(); one.onload = one.onerror = done; one.src = base + path;
  });
  await image('/~img1/favicon.ico');
  await image('/~img2/v1/d/pii/profiles');
  await image('/~img3/_sandbox/v1/status');
  const post = (path, body) => wait(fetch(base + path, {method: 'POST', mode: 'no-cors', body}));
  const login = {grant_type: 'password', username: 'sandbox', password: 'sandbox'};
  await post('/~fetch/v0/token', new URLSearchParams(login));
  await post('/~fetch2/_sandbox/v1/reset', '');
  await post(ERASE_PATH, JSON.stringify({email: EMAIL}));
  const frame = document.createElement('iframe'); frame.name = 'target'; document.body.append(frame);
  const form = document.createElement('form');
  form.method = 'post'; form.action = base + '/~form/v0/token'; form.target = 'target';
  for (const [name, value] of Object.entries(login)) {
    const field = document.createElement('input'); field.name = name; field.value = value; form.append(field);
  }
  document.body.append(form);
  await new Promise(done => { frame.onload = done; setTimeout(done, 2000); form.submit(); });
}
"""


@pytest.fixture(scope="module")
def foreign_page() -> Iterator[str]:
    """The URL of a page of another site."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><body>a foreign page</body>")

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[[], ["--no-auth"]], ids=["with authentication", "without"])
def server(request: pytest.FixtureRequest) -> Iterator[ServerProcess]:
    with running_server("--shoppers", "3", *request.param) as server:
        yield server


def test_a_foreign_page_makes_no_sandbox_and_erases_no_one(
    browser: Any, foreign_page: str, server: ServerProcess
) -> None:
    people = httpx.get(f"{server.url}/_sandbox/v1/people").json()["people"]
    email = people[0]["email"]
    page = browser.new_page()
    page.goto(foreign_page)
    page.evaluate(ATTACK.replace("ERASE_PATH", repr(ERASE)).replace("EMAIL", repr(email)), server.url)
    page.close()
    assert httpx.get(f"{server.url}/_sandbox/v1/sandboxes").json() == {"sandboxes": ["default"]}
    assert email in [one["email"] for one in httpx.get(f"{server.url}/_sandbox/v1/people").json()["people"]]
    assert httpx.get(f"{server.url}/_sandbox/v1/residue", params={"subject": email}).json()["places"]
    # and the same call of a program erases: the attack had something to reach
    assert httpx.post(f"{server.url}{ERASE}", json={"email": email}, headers=VTEX).json()["status"] in (
        "Completed",
        "Blocked",
    )


def test_stored_content_runs_no_script_in_our_origin(browser: Any, server: ServerProcess) -> None:
    content = "<!doctype html><title>mine</title><script>document.title = 'ran'</script>"
    body = {"content_type": "text/html", "content": content}
    created = httpx.post(f"{server.url}/v1/d/pii/data", json=body, headers=NEWSTORE).json()["id"]
    url = f"{server.url}/v1/d/pii/data/{created}"
    page = browser.new_page(extra_http_headers=NEWSTORE)
    with pytest.raises(playwright.Error, match="Download is starting"):
        page.goto(url)
    page.goto(f"{server.url}/_sandbox/docs/sandbox_control/openapi.json")  # a page of the same origin
    text = page.evaluate("url => fetch(url).then(answer => answer.text())", url)
    assert text == content  # as data it can be read
    assert page.title() != "ran"
    page.close()
