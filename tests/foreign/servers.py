"""Servers that nobody here wrote, on the project's own documents: Connexion's mock resolver and Prism."""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from connexion.apps.asynchronous import AsyncApp
from connexion.mock import MockResolver

from pii_sandbox import specs
from pii_sandbox.server.private import serve_app

PRISM = "@stoplight/prism-cli@5.14.2"
START_SECONDS = 120  # npx may have to fetch it first


def anybody(key: str, *_: Any, **__: Any) -> Mapping[str, Any]:
    """Lets everybody in: what Connexion asks about credentials (APIKEYINFO_FUNC, BEARERINFO_FUNC)."""
    return {"sub": "anybody"}


class Examples(MockResolver):
    """Connexion's own mock, which gives no media type and then fails where a document has several."""

    def mock_operation(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        body, status = super().mock_operation(operation, *args, **kwargs)  # type: ignore[no-untyped-call]  # Connexion's
        media_types = list(operation.responses.get(str(status), {}).get("content", {}))
        return (body, status, {"Content-Type": media_types[0]}) if media_types else (body, status)


@contextmanager
def connexion_mock(api: str) -> Iterator[str]:
    """A plain Connexion application that answers the documents' examples; its base URL."""
    app = AsyncApp(__name__)
    resolver = Examples(mock_all=True)  # type: ignore[no-untyped-call]  # Connexion's
    for name in specs.APIS[api]:
        app.add_api(copy.deepcopy(specs.load(name)), resolver=resolver, name=name)
    with serve_app(app) as url:
        yield url


@contextmanager
def files(folder: Path) -> Iterator[str]:
    """Python's own web server, on a folder: HTML for every error, and no writes; its base URL."""
    handler = functools.partial(Silent, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(10)


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def prism(api: str, folder: Path) -> Iterator[str]:
    """Prism on the API's documents, made one; its base URL."""
    document = folder / f"{api}.json"
    document.write_text(json.dumps(whole_document(api), ensure_ascii=False), encoding="utf-8")
    port = free_port()
    log = (folder / f"{api}.log").open("wb")
    npx = shutil.which("npx")
    assert npx, "Prism needs Node.js with npx"
    command = [npx, "--yes", PRISM, "mock", "--host", "127.0.0.1", "--port", str(port), str(document)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, process, folder / f"{api}.log")
        yield url
    finally:
        stop(process)
        log.close()


def whole_document(api: str) -> dict[str, Any]:
    """The API's documents in one, their base paths in its paths: Prism serves a single document, below `/`."""
    whole: dict[str, Any] = {"openapi": "3.0.3", "info": {"title": api, "version": "1"}, "paths": {}, "components": {}}
    for name in specs.APIS[api]:
        document = _with_own_names(specs.load(name), name)
        base = specs.base_path(document)
        for path, item in document["paths"].items():
            for method in set(item) & set(specs.METHODS):
                item[method].setdefault("security", document.get("security", []))
            whole["paths"][base + path] = item
        for kind, components in document["components"].items():
            prefix = "" if kind == "securitySchemes" else f"{name}."
            named = {prefix + key: component for key, component in components.items()}
            whole["components"].setdefault(kind, {}).update(named)
    return whole


def _with_own_names(node: Any, name: str) -> Any:
    """A copy whose references to components begin with the document's name: two documents may use one name."""
    if isinstance(node, list):
        return [_with_own_names(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    copied = {key: _with_own_names(value, name) for key, value in node.items()}
    if isinstance(copied.get("$ref"), str):
        place, _, key = copied["$ref"].rpartition("/")
        copied["$ref"] = f"{place}/{name}.{key}"
    return copied


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns once something answers there."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"Prism did not start: {log.read_text(errors='replace')[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """npx runs Prism as a child of its own: the group that we made for them ends as one."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    process.wait(10)
