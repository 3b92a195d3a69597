"""The console when the connection to the server is lost or the server hangs."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import threading
from typing import Any

import httpx

from tests.credentials import NEWSTORE
from tests.server_process import ServerProcess, running_server


class CuttableRelay:
    """A TCP relay to a server. `cut` ends all connections; new ones are refused while it is `away`."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self.away = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            if self.away:
                client.close()
                continue
            server = socket.create_connection(self._target)
            self._open += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._relay, args=(source, sink), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        self._close(sink)

    def _close(self, each: socket.socket) -> None:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.away = True
        for each in self._open:
            self._close(each)

    def close(self) -> None:
        self.cut()
        self._listener.close()
        for each in self._open:
            each.close()


def test_the_list_goes_on_after_a_lost_connection_and_misses_no_call(
    browser: Any, server: ServerProcess, http: httpx.Client
) -> None:
    relay = CuttableRelay(server.url)
    page = browser.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{relay.url}/_sandbox/?sandbox={http.headers['X-Sandbox']}")
    http.get("/v1/d/pii/profiles", headers=NEWSTORE)
    page.get_by_text("1 call", exact=True).wait_for()
    relay.cut()
    page.get_by_role("alert").get_by_text("The connection to the server is lost").wait_for()
    for _ in range(2):
        http.get("/v1/d/pii/profiles", headers=NEWSTORE)
    relay.away = False
    page.get_by_text("3 calls").wait_for()
    page.get_by_role("alert").wait_for(state="detached")
    assert page.get_by_role("link", name=re.compile("listProfiles")).count() == 3
    page.close()
    relay.close()


def test_a_server_that_hangs_is_noticed_and_a_second_click_does_nothing(browser: Any) -> None:
    with running_server("--shoppers", "2") as server:
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.clock.install()
        page.goto(f"{server.url}/_sandbox/#/world")
        faults = page.get_by_role("region", name="Faults")
        faults.get_by_text("No fault waits for a call.").wait_for()
        server.process.send_signal(signal.SIGSTOP)
        try:
            faults.get_by_role("button", name="Add a fault").click()
            page.clock.run_for(1_000)
            faults.get_by_text("Working…").wait_for()
            faults.get_by_role("button", name="Add a fault").click()
            page.clock.run_for(21_000)
            faults.locator(".problem").first.get_by_text(
                "The server has not answered for 20 s. Does it hang?"
            ).wait_for()
            page.clock.run_for(10_000)
            page.get_by_role("alert").get_by_text(
                "The connection to the server is lost, or it does not answer"
            ).wait_for()
        finally:
            server.process.send_signal(signal.SIGCONT)
        page.clock.resume()
        page.get_by_role("alert").wait_for(state="detached")
        assert len(httpx.get(f"{server.url}/_sandbox/v1/faults").json()["faults"]) <= 1
        page.close()
