"""`pii-sandbox serve` as a user meets it."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from tests.cli.in_process import refused_server
from tests.server_process import command, environment, running_server

ROOT = Path(__file__).parents[2]


def test_each_printed_curl_works_when_pasted_and_shows_a_person() -> None:
    with running_server("--shoppers", "3") as server:
        calls = [line.strip() for line in server.banner.splitlines() if line.strip().startswith("curl ")]
        assert len(calls) == 4
        for call in calls:
            response = subprocess.run(
                f"{call} --fail-with-body", shell=True, capture_output=True, text=True, check=False
            )
            assert response.returncode == 0, f"{call}: {response.stdout}"
            assert len(response.stdout) > 100


def test_ctrl_c_ends_it_cleanly() -> None:
    with running_server("--shoppers", "1") as server:
        assert httpx.get(f"{server.url}/_sandbox/v1/health").json() == {"status": "ok"}
        assert server.interrupt() == 0


def test_it_serves_after_the_reader_of_its_banner_has_closed_the_pipe() -> None:
    sent = command("serve", "--port", "0", "--shoppers", "1")
    with subprocess.Popen(sent, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            process.stdout.close()
            assert health(url) == 200
        finally:
            process.terminate()
        assert process.wait(15) == 0


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full", ">/dev/full 2>&1", ">&- 2>&-"])
@pytest.mark.parametrize("options", ["", "--log-format json"])
def test_it_serves_without_a_writable_standard_output(redirection: str, options: str) -> None:
    with tempfile.TemporaryDirectory() as folder:  # a short path, as sockets want it; a port could be anybody's
        path = Path(folder) / "socket"
        sent = f'exec "{sys.executable}" -m pii_sandbox serve --uds {path} --shoppers 1 {options} {redirection}'
        with subprocess.Popen(["sh", "-c", sent], env=environment()) as process:
            try:
                assert first_line(path) == b"HTTP/1.1 200 OK"
            finally:
                process.terminate()
            assert process.wait(15) == 0


def health(url: str) -> int:
    """The status of the control API, once something listens there."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return httpx.get(f"{url}/_sandbox/v1/status").status_code
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def first_line(path: Path) -> bytes:
    """Of the control API's response at a Unix socket, once something listens there."""
    deadline = time.monotonic() + 60
    while True:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                assert time.monotonic() < deadline
                time.sleep(0.05)
                continue
            client.sendall(b"GET /_sandbox/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            with client.makefile("rb") as response:
                return response.readline().strip()


def test_without_authentication_the_banner_shows_no_credentials() -> None:
    with running_server("--shoppers", "1", "--no-auth") as server:
        assert "sandbox-token" not in server.banner
        assert httpx.get(f"{server.url}/v1/d/pii/profiles").status_code == 200


def test_beyond_loopback_the_control_api_needs_the_token_that_is_printed() -> None:
    with running_server("--shoppers", "1", "--host", "0.0.0.0") as server:
        url = server.url.replace("0.0.0.0", "127.0.0.1") + "/_sandbox/v1/status"
        token = next(line.split()[-1] for line in server.banner.splitlines() if "X-Sandbox-Control-Token" in line)
        assert httpx.get(url).status_code == 401
        assert httpx.get(url, headers={"X-Sandbox-Control-Token": token}).status_code == 200


def test_a_port_in_use_is_one_line_and_exit_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        response = subprocess.run(
            command("serve", "--port", str(taken.getsockname()[1])),
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(),
            check=False,
        )
    assert_told(response, "in use")


def test_an_unusable_data_folder_is_one_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_told(refused_server("--port", "0", "--data", str(tmp_path / "file")), "data folder")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('host = "0.0.0.0"\nno_auth = true', "lets other machines call without credentials"),
        ('host = "0.0.0.0"\ncontrol_token = "known"', "lets other machines call with the control token in it"),
        ('host = "0.0.0.0"\nno_auth = true\ncontrol_token = "known"', "call without credentials"),
        (
            'cluster = "nats://user:secret@10.0.0.7:4222"',
            "stores what clients send on 10.0.0.7:4222; to allow this, give --cluster",
        ),
        ("colour = 1", "unknown setting"),
        ("port = 'x'", "port"),
        ("dialect = 'other'", "dialect"),
        ("[settings]\nnope = 1", "unknown setting"),
        ("[settings.newstore]\ndeletion_seconds = 'x'", "newstore.deletion_seconds"),
        ("port =", "cannot be read"),
    ],
)
def test_a_bad_setting_in_a_file_is_one_line_and_exit_2(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "pii-sandbox.toml").write_text(toml)
    assert_told(refused_server(*(() if "port" in toml else ("--port", "0")), cwd=tmp_path), message)


def test_an_unknown_locale_is_one_line_and_exit_2() -> None:
    assert_told(refused_server("--port", "0", "--locale", "xx_XX"), "xx_XX")


def test_flags_win_over_variables_and_these_over_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pii-sandbox]\nshoppers = 3\nseed = 7\ndialect = 'reference'")
    with running_server(cwd=tmp_path) as server:
        assert "3 shoppers of seed 7, dialect reference" in server.banner
    with running_server("--seed", "8", cwd=tmp_path) as server:
        assert "3 shoppers of seed 8, dialect reference" in server.banner


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "pii-sandbox.toml").write_text("shoppers = 3")
    response = refused_server("--port", "0", cwd=tmp_path, PII_SANDBOX_DIALECT="nonsense")
    assert_told(response, "nonsense")


def assert_told(response: subprocess.CompletedProcess[str], words: str) -> None:
    assert response.returncode == 2, response.stdout + response.stderr
    assert words in response.stderr
    assert "Traceback" not in response.stderr
    errors = [line for line in response.stderr.splitlines() if line.startswith("Error:")]
    assert len(errors) == 1
