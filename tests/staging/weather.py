"""A door in front of a sandbox that poses as a vendor's staging host and misbehaves by kind."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx

MOST_BYTES = 500_000  # of an answer that a run reads
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><title>We will be back soon</title>"
NOT_PASSED_ON = ("host", "x-sandbox", "accept-encoding", "connection")
CREDENTIALS = ("authorization", "x-fashionai-app-token")
NO_PROFILE = "NS-EU-00000000000000000000000000-00000000000000000000000000"
NO_DATA = "NS-EU-00000000-0000-4000-8000-000000000000"
LOGINS = ("/v0/token", "/ccapp/v1/login")
HOP_BY_HOP = ("content-length", "content-encoding", "transfer-encoding", "connection")


@dataclass(frozen=True)
class WeatherRequest:
    """A request at the door, and how to pass it on. `number` counts from 1."""

    method: str
    path: str
    query: str
    body: bytes
    headers: dict[str, str]
    number: int
    client: httpx.Client
    behind: str

    def pass_on(self) -> httpx.Response:
        url = f"{self.behind}{self.path}{f'?{self.query}' if self.query else ''}"
        return self.client.request(self.method, url, headers=self.headers, content=self.body)


Weather = Callable[[WeatherRequest], "httpx.Response | None"]  # None: the connection is reset instead of an answer


@dataclass
class Door:
    """Where the host stands, and how many requests came."""

    url: str
    arrived: list[tuple[str, str]] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client went away."""


@contextmanager
def door(
    behind: str, weather: Weather, *, base_path: str = "", http_version: str = "HTTP/1.1", keeps_alive: bool = True
) -> Iterator[Door]:
    """Passes requests on to the sandbox at `behind`, as that weather is."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = http_version
        disable_nagle_algorithm = True  # a body waits for no acknowledgement of its head

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            target = urlsplit(self.path)
            path = target.path.removeprefix(base_path)
            with lock:
                posing.arrived.append((self.command, path))
                number = len(posing.arrived)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
            request = WeatherRequest(self.command, path, target.query, body, headers, number, client, behind)
            response = httpx.Response(404) if path.startswith(("/_sandbox", "/~")) else weather(request)
            if response is None:
                self.close_connection = True
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            self.reply(response)

        def reply(self, response: httpx.Response) -> None:
            content = response.extensions.get("raw", response.content)
            headers = _headers(response, content, keeps_alive=keeps_alive)
            self.close_connection = not keeps_alive or http_version == "HTTP/1.0"
            self.send_response(response.status_code)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD" and response.status_code != 204:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None: ...

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    server = _Server(("127.0.0.1", 0), Handler)
    posing = Door(f"http://127.0.0.1:{server.server_address[1]}{base_path}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    with httpx.Client(trust_env=False, timeout=60, headers={"Accept-Encoding": "identity"}) as client:
        thread.start()
        try:
            yield posing
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)


def _headers(response: httpx.Response, content: bytes, *, keeps_alive: bool) -> list[tuple[str, str]]:
    dropped = [name for name in HOP_BY_HOP if name != "content-encoding" or "raw" not in response.extensions]
    headers = [(name, value) for name, value in response.headers.items() if name.lower() not in dropped]
    if response.status_code != 204:
        headers.append(("Content-Length", str(len(content))))
    return headers if keeps_alive else [*headers, ("Connection", "close")]


# When it misbehaves


def always(number: int) -> bool:
    return True


def after_40_requests(number: int) -> bool:
    return number > 40


def every_ninth(number: int) -> bool:
    return number % 9 == 5


def apply_when(moment: Callable[[int], bool], bad: Weather) -> Weather:
    return lambda request: bad(request) if moment(request.number) else request.pass_on()


# How it misbehaves


def page(status: int, **headers: str) -> Weather:
    all_headers = {**HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return lambda request: httpx.Response(status, content=PAGE, headers=all_headers)


def fail_in_json(request: WeatherRequest) -> httpx.Response:
    """A gateway that speaks JSON, in a form of its own."""
    return httpx.Response(500, json={"message": "An unexpected error occurred"})


def refuse_credentials(status: int) -> Weather:
    """In the vendor's own form: what it answers to credentials that it does not know."""

    def refuse(request: WeatherRequest) -> httpx.Response:
        known = {name: value for name, value in request.headers.items() if name.lower() not in CREDENTIALS}
        wrong = {"Authorization": "Bearer wrong", "X-FashionAI-APP-Token": "wrong"}
        response = replace(request, headers={**known, **wrong}).pass_on()
        return httpx.Response(status, headers=response.headers, content=response.content)

    return refuse


@dataclass
class ExpiringTokens:
    """Each access token opens so many calls, or those that `limit_of` says; a login gives a new one."""

    calls: int = 10**6
    limit_of: Mapping[str, int] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    logins: int = 0
    status: int = 403

    def __call__(self, request: WeatherRequest) -> httpx.Response | None:
        if request.path in LOGINS:
            self.logins += 1
            return request.pass_on()
        token = next((value for name, value in request.headers.items() if name.lower() == "authorization"), "")
        self.used[token] += 1
        expired = self.used[token] > self.limit_of.get(token, self.calls)
        return refuse_credentials(self.status)(request) if expired else request.pass_on()


def send_oversized(request: WeatherRequest) -> httpx.Response:
    """The vendor's own answer, with more white space than anybody reads."""
    response = request.pass_on()
    padded = response.content + b" " * 2 * MOST_BYTES if response.content else b""
    return httpx.Response(response.status_code, headers=response.headers, content=padded)


def throttle(request: WeatherRequest) -> httpx.Response:
    return httpx.Response(429, json={"message": "slower"}, headers={"Retry-After": "0"})


def reset_connection(request: WeatherRequest) -> None:
    """No answer to what was never passed on."""


def lose_answers(request: WeatherRequest) -> httpx.Response:
    """What was asked for is done, and a gateway's page comes instead of the answer."""
    request.pass_on()
    return httpx.Response(502, content=PAGE, headers=HTML)


def reset_after(request: WeatherRequest) -> None:
    """What was asked for is done, and the connection is reset."""
    request.pass_on()


def refuse_writes(request: WeatherRequest) -> httpx.Response | None:
    return request.pass_on() if request.method in ("GET", "HEAD") else refuse_credentials(403)(request)


def send_compressed(request: WeatherRequest) -> httpx.Response:
    response = request.pass_on()
    if not response.content:
        return response
    packed = httpx.Response(response.status_code, headers=response.headers, content=response.content)
    packed.headers["Content-Encoding"] = "gzip"
    packed.extensions["raw"] = gzip.compress(response.content)
    return packed


def with_parameters(request: WeatherRequest) -> httpx.Response:
    response = request.pass_on()
    media_type = response.headers.get("content-type", "")
    if media_type.startswith("application/") and "json" in media_type:
        plain = media_type.partition(";")[0]
        response.headers["Content-Type"] = f'{plain}; charset="UTF-8"; odata.metadata=minimal'
    return response


def in_latin_1(request: WeatherRequest) -> httpx.Response:
    """JSON in another charset than JSON's own, as the media type says."""
    response = request.pass_on()
    media_type = response.headers.get("content-type", "")
    if "json" not in media_type:
        return response
    content = response.text.encode("latin-1", "replace")
    named = {**response.headers, "content-type": f"{media_type.partition(';')[0]}; charset=ISO-8859-1"}
    return httpx.Response(response.status_code, headers=named, content=content)


def delay(request: WeatherRequest) -> httpx.Response:
    time.sleep(0.02)
    return request.pass_on()


def add_drift(request: WeatherRequest) -> httpx.Response:
    """A vendor that has added a property and a header."""
    response = request.pass_on()
    response.headers["X-Loyalty"] = "gold"
    try:
        value = response.json()
    except ValueError:
        return response
    if response.status_code >= 300 or not isinstance(value, dict) or "id" not in value:
        return response
    return httpx.Response(response.status_code, headers=response.headers, content=json.dumps({**value, "tier": 1}))


@dataclass
class LaggingIndex:
    """An index that shows what was written only after some seconds: until then a read finds nothing."""

    seconds: float
    written: dict[str, float] = field(default_factory=dict)

    def __call__(self, request: WeatherRequest) -> httpx.Response:
        response = request.pass_on()
        if request.method == "POST" and response.status_code == 201:
            try:
                self.written[str(response.json()["id"])] = time.monotonic()
            except (ValueError, KeyError, TypeError):
                return response
        last = request.path.rstrip("/").rpartition("/")[2]
        if request.method == "GET" and time.monotonic() - self.written.get(last, -99) < self.seconds:
            place = request.path.rpartition("/")[0]
            nobody = f"{place}/{NO_DATA if place.endswith('/data') else NO_PROFILE}"
            return request.client.request("GET", f"{request.behind}{nobody}", headers=request.headers)
        return response
