"""`pii-sandbox snapshot`: a sandbox's state to a file, and from a file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.in_process import run_command
from tests.server_process import ServerProcess, running_server

NEWSTORE = {"Authorization": "Bearer sandbox-newstore"}


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "2") as running:
        yield running


def run(server: ServerProcess, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return run_command("snapshot", *arguments, stdin=stdin, variables={"PII_SANDBOX_URL": server.url})


def emails(server: ServerProcess, sandbox: str) -> list[str]:
    found = httpx.get(f"{server.url}/~{sandbox}/v1/d/pii/profiles", headers=NEWSTORE).json()["profiles"]
    return [profile["email"] for profile in found]


def test_a_saved_snapshot_can_be_loaded_into_another_sandbox(server: ServerProcess, tmp_path: Path) -> None:
    body = {"email": "kept@example.com"}
    httpx.post(f"{server.url}/~here/v1/d/pii/profiles", headers=NEWSTORE, json=body).raise_for_status()
    file = str(tmp_path / "state.json")
    saved = run(server, "save", "mine", file, "--sandbox", "here")
    assert (saved.returncode, "saved mine" in saved.stderr) == (0, True)
    loaded = run(server, "load", "theirs", file, "--sandbox", "there", "--restore")
    assert (loaded.returncode, "restored theirs" in loaded.stderr) == (0, True)
    assert emails(server, "there") == emails(server, "here")
    assert "kept@example.com" in emails(server, "there")


def test_without_restore_the_sandbox_stays_as_it_is(server: ServerProcess, tmp_path: Path) -> None:
    httpx.post(f"{server.url}/~a/v1/d/pii/profiles", headers=NEWSTORE, json={"email": "a@example.com"})
    file = str(tmp_path / "state.json")
    assert run(server, "save", "s", file, "--sandbox", "a").returncode == 0
    assert run(server, "load", "s", file, "--sandbox", "b").returncode == 0
    assert "a@example.com" not in emails(server, "b")
    listed = httpx.get(f"{server.url}/~b/_sandbox/v1/snapshots").json()["snapshots"]
    assert [snapshot["name"] for snapshot in listed] == ["s"]


def test_an_existing_snapshot_is_the_one_that_is_saved(server: ServerProcess) -> None:
    base = f"{server.url}/~c/_sandbox/v1"
    httpx.put(f"{base}/clock", json={"at": "2030-01-01T00:00:00Z", "frozen": True})
    httpx.post(f"{base}/snapshots", json={"name": "before"})
    httpx.post(f"{base}/clock/advance", json={"days": 1})
    saved = run(server, "save", "before", "-", "--sandbox", "c")
    assert json.loads(saved.stdout)["about"]["taken_at"].startswith("2030-01-01T00:00:00")
    assert run(server, "load", "again", "-", "--sandbox", "d", stdin=saved.stdout).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (("save", "Not/a/name", "-"), None, "invalid snapshot name"),
        (("load", "x", "-"), "no json", "is not a snapshot file"),
        (("load", "x", "-"), "{}", "400"),
        (("load", "x", "/nowhere/file.json"), None, "No such file"),
        (("save", "x", "-", "--url", "http://127.0.0.1:9"), None, "http://127.0.0.1:9"),
    ],
)
def test_an_impossible_request_is_one_line_and_exit_2(
    server: ServerProcess, arguments: tuple[str, ...], stdin: str | None, message: str
) -> None:
    response = run(server, *arguments, stdin=stdin)
    assert response.returncode == 2, response.stderr
    assert message in response.stderr
    assert "Traceback" not in response.stderr
