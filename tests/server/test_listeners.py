"""Where `serve` listens: one address, both loopback addresses, a Unix socket."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from pii_sandbox.server.listeners import ListenError, listen, listen_on_unix_socket
from tests.cli.in_process import refused_server
from tests.cli.test_serve import assert_told
from tests.server_process import command, environment, running_server

HEALTH = "/_sandbox/v1/health"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")


@ipv6
def test_localhost_is_both_loopback_addresses_on_one_port() -> None:
    with running_server("--shoppers", "1", "--host", "localhost") as server:
        port = server.url.rpartition(":")[2]
        assert server.url == f"http://localhost:{port}"
        for host in ("127.0.0.1", "[::1]"):
            assert httpx.get(f"http://{host}:{port}{HEALTH}").status_code == 200


@ipv6
def test_an_ipv6_address_is_listened_on_and_printed_as_a_url() -> None:
    with running_server("--shoppers", "1", "--host", "::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert httpx.get(server.url + HEALTH).status_code == 200


@ipv6
def test_localhost_is_refused_if_one_of_its_addresses_is_in_use() -> None:
    with socket.socket(socket.AF_INET6) as taken:
        taken.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        taken.bind(("::1", 0))
        taken.listen()
        with pytest.raises(ListenError, match="in use"):
            listen("localhost", taken.getsockname()[1])


def test_without_ipv6_localhost_is_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: tuple[object, ...]) -> None:
        if self.family == socket.AF_INET6:
            raise OSError(99, "Cannot assign requested address")
        real_bind(self, address)

    real_bind = socket.socket.bind
    monkeypatch.setattr(socket.socket, "bind", refuse)
    listening = listen("localhost", 0)
    assert [each.family for each in listening] == [socket.AF_INET]
    listening[0].close()


def test_a_unix_socket_is_served_for_this_user_alone_and_goes_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sock"
    process = subprocess.Popen(
        command("serve", "--shoppers", "1", "--uds", str(path)),
        stdout=subprocess.PIPE,
        text=True,
        env={**environment(), "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert process.stdout is not None
        banner = [line.strip() for line in iter(process.stdout.readline, "Ctrl-C stops the server.\n")]
        calls = [line for line in banner if line.startswith("curl ")]
        assert len(calls) == 4
        subprocess.run(f"{calls[0]} --fail-with-body", shell=True, check=True, capture_output=True)
        assert path.stat().st_mode & 0o777 == 0o600
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
            assert client.get(f"http://localhost{HEALTH}").json() == {"status": "ok"}
        process.terminate()
        assert process.wait(15) in (0, -15)
        assert not path.exists()
    finally:
        process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def test_a_unix_socket_that_no_server_listens_on_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.sock"
    listen_on_unix_socket(path).close()
    assert path.exists()
    with listen_on_unix_socket(path), pytest.raises(ListenError, match="another server"):
        listen_on_unix_socket(path)


def test_a_file_in_the_place_of_a_unix_socket_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert_told(refused_server("--uds", str(tmp_path / "file")), "not a socket")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_here_is_one_line_and_exit_2(host: str) -> None:
    assert_told(refused_server("--port", "0", "--host", host), f"cannot listen on {host}")
