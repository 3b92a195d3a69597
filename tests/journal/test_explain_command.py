"""The command `pii-sandbox explain` against a running server, and the server's log."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from tests.credentials import NEWSTORE, VTEX
from tests.journal.calls import JOHN, NEWSTORE_PROFILES, PROFILES
from tests.server_process import ServerProcess, command, environment, running_server


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "1") as running:
        yield running


@pytest.fixture
def http(server: ServerProcess, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client in a sandbox of its own."""
    name = str(request.node.name).split("[")[0][:64]
    with httpx.Client(base_url=server.url, headers={"X-Sandbox": name}) as client:
        yield client


def explain(http: httpx.Client, *arguments: str) -> subprocess.CompletedProcess[str]:
    known = ["--url", str(http.base_url), "--sandbox", http.headers["X-Sandbox"]]
    run = command("explain", *arguments, *([] if "--url" in arguments else known))
    return subprocess.run(run, capture_output=True, text=True, check=False, timeout=30, env=environment())


def test_explain_shows_the_last_call(http: httpx.Client) -> None:
    http.post(PROFILES, headers=VTEX, json=JOHN)
    http.get(f"{PROFILES}/{JOHN['email']}/unmask", headers=VTEX, params={"alternativeKey": "email"})
    explanation = explain(http)
    assert explanation.returncode == 0, explanation.stderr
    for words in ("VTEX-UNMASK-2", "VTEX guide", "reason=data-validation", "email%23", "--reveal"):
        assert words in explanation.stdout
    assert JOHN["email"] not in explanation.stdout
    assert JOHN["email"] in explain(http, "last", "--reveal", "a bug of ours").stdout
    assert "CreateClientProfile" in explain(http, "1").stdout
    assert json.loads(explain(http, "2", "--json").stdout)["rule"]["id"] == "VTEX-UNMASK-2"


def test_a_command_that_explain_prints_works_when_pasted(http: httpx.Client) -> None:
    profile = http.post(NEWSTORE_PROFILES, headers=NEWSTORE, json={"email": "a'b@example.com"}).json()
    change = {"full_name": "Anna $HOME", "last_updated_at": profile["updated_at"]}
    for _ in range(2):
        http.patch(f"{NEWSTORE_PROFILES}/{profile['id']}", headers=NEWSTORE, json=change)
    explanation = json.loads(explain(http, "last", "--json", "--reveal", "to paste it").stdout)
    pasted = subprocess.run(
        ["bash", "-c", explanation["correction"]["curl"]], capture_output=True, text=True, check=True
    )
    assert json.loads(pasted.stdout)["full_name"] == "Anna $HOME"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("99",), 1, "no entry with that id"),
        (("nonsense",), 2, "number of a journal entry"),
        (("last", "--url", "http://127.0.0.1:9"), 2, "http://127.0.0.1:9"),
        (("last", "--url", "nonsense"), 2, "nonsense"),
    ],
)
def test_an_explanation_that_fails_is_one_line(
    http: httpx.Client, arguments: tuple[str, ...], code: int, words: str
) -> None:
    explanation = explain(http, *arguments)
    assert explanation.returncode == code
    assert words in explanation.stderr
    assert "Traceback" not in explanation.stderr


def logged_lines(flags: list[str], *paths: str) -> list[str]:
    """What a server with these flags writes to standard error for these calls."""
    with running_server("--shoppers", "1", *flags, stderr=subprocess.PIPE) as running:
        for path in paths:
            httpx.get(f"{running.url}{path}", headers=NEWSTORE)
        running.interrupt()
        assert running.process.stderr is not None
        lines = running.process.stderr.read().splitlines()
        running.process.stderr.close()
    return lines


PERSON = f"{NEWSTORE_PROFILES}/anna@example.com?q=anna@example.com"


def test_requests_are_logged_as_json_without_personal_data() -> None:
    lines = logged_lines(["--log-format", "json"], PERSON, f"{NEWSTORE_PROFILES}?count=0", "/anna@example.com")
    refused, second, unknown = map(json.loads, lines)
    assert "anna" not in "".join(lines)
    assert (refused["operation"], refused["path"], refused["status"]) == (
        "getProfile",
        f"{NEWSTORE_PROFILES}/{{profile_id}}",
        400,
    )
    assert (second["method"], second["api"], second["sandbox"], second["rule"]) == (
        "GET",
        "newstore",
        "default",
        "NS-LIST-1",
    )
    assert second["elapsed_ms"] > 0
    assert (unknown["path"], unknown["operation"], unknown["status"]) == (None, None, 404)


def test_requests_are_logged_as_text() -> None:
    (line,) = logged_lines(["--log-level", "info"], PERSON)
    assert line.split(" ", 2)[2].startswith(
        f"INFO pii_sandbox.mockserver.requests: GET {NEWSTORE_PROFILES}/{{profile_id}} 400 None "
    )


@pytest.mark.parametrize("flags", [[], ["--log-format", "json", "--log-level", "warning"]])
def test_no_request_is_logged_unasked(flags: list[str]) -> None:
    assert logged_lines(flags, PERSON) == []
