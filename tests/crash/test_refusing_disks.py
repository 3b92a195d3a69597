"""A disk that refuses costs the write that it refused a 507, and nothing else."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.credentials import NEWSTORE
from tests.in_process import InProcess
from tests.server_process import running_server

PROFILES = "/v1/d/pii/profiles"
STATUS = "/_sandbox/v1/status"
UNCOMPILED = {"PYTHONDONTWRITEBYTECODE": "1"}  # a compiled module that is cut short could not be imported


def post_profile(http: httpx.Client, name: str, sandbox: str = "default") -> httpx.Response:
    body = {"email": f"{name}@example.com", "full_name": name}
    return http.post(PROFILES, json=body, headers={"X-Sandbox": sandbox})


def names(http: httpx.Client, sandbox: str = "default") -> list[str]:
    found = http.get(f"{PROFILES}?count=100", headers={"X-Sandbox": sandbox}).json()["profiles"]
    return sorted(profile["full_name"] for profile in found)


def assert_refused(answered: httpx.Response, why: str) -> None:
    assert answered.status_code == 507
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.headers["x-sandbox-error"] == "StoreError"
    assert answered.json()["status"] == 507
    assert why in answered.json()["title"]


@contextmanager
def disk_full_after(process: int, size: int) -> Iterator[None]:
    """No file of that process grows beyond so many bytes."""
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, before[1]))
    yield
    resource.prlimit(process, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("durable", [(), ("--durable",)], ids=["", "durable"])
def test_a_full_disk_costs_the_writes_that_it_has_no_room_for(tmp_path: Path, durable: tuple[str, ...]) -> None:
    folder = tmp_path / "data"
    arguments = ("--shoppers", "0", "--data", str(folder), *durable)
    with (
        running_server(*arguments, variables=UNCOMPILED) as server,
        httpx.Client(base_url=server.url, headers=NEWSTORE) as http,
    ):
        assert post_profile(http, "small", "other").status_code == 201
        for number in range(20):
            assert post_profile(http, f"n{number:02}").status_code == 201
        before = (folder / "default.sandbox").read_bytes()
        with disk_full_after(server.process.pid, len(before) + 10):
            for name in ("lost1", "lost2"):
                assert_refused(post_profile(http, name), "default.sandbox cannot be written: File too large")
            assert names(http) == [f"n{number:02}" for number in range(20)]
            assert post_profile(http, "medium", "other").status_code == 201
            assert (folder / "default.sandbox").read_bytes() == before
        assert post_profile(http, "last").status_code == 201
        kept = names(http)
        assert kept == ["last", *(f"n{number:02}" for number in range(20))]
        server.process.kill()
    with (
        running_server(*arguments, variables=UNCOMPILED) as server,
        httpx.Client(base_url=server.url, headers=NEWSTORE) as http,
    ):
        assert names(http) == kept
        assert names(http, "other") == ["medium", "small"]


def test_a_sandbox_that_finds_no_room_is_not_half_made(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with (
        running_server("--shoppers", "3", "--data", str(folder), variables=UNCOMPILED) as server,
        httpx.Client(base_url=server.url, headers=NEWSTORE) as http,
    ):
        with disk_full_after(server.process.pid, 1_000):
            for _ in range(2):
                assert_refused(post_profile(http, "anna", "new"), "new.sandbox cannot be written: File too large")
            assert not list(folder.glob("new.*"))
            assert len(names(http, "new")) == 3
            assert len(names(http)) == 3
        assert post_profile(http, "anna", "new").status_code == 201
        assert len(names(http, "new")) == 4


Refuse = Callable[[str, int], None]


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Refuse]:
    """Lets a function of the operating system fail with that error, until the next one is named."""
    with monkeypatch.context() as patched:

        def refuse(name: str, error: int) -> None:
            def refused(*_: object, **__: object) -> None:
                raise OSError(error, os.strerror(error))

            patched.undo()
            if error:
                patched.setattr(os, name, refused)

        yield refuse


CONTROL: list[tuple[str, str, object]] = [
    ("PUT", "dialect", {"dialect": "reference"}),
    ("POST", "clock/advance", {"days": 1}),
    ("PATCH", "settings", {"fashionai.slow": True}),
    ("POST", "seed", {"seed": 2, "shoppers": 3}),
    ("POST", "reset", None),
]


def control_state(http: httpx.Client) -> tuple[object, ...]:
    """What the control API sets: dialect, settings, people and clock."""
    status = http.get(STATUS).json()
    kept = status["dialect"], status["settings"], status["documents"]
    return *kept, http.get("/_sandbox/v1/clock").json()["offset_seconds"]


@contextmanager
def application(folder: Path, *, durable: bool) -> Iterator[tuple[App, httpx.Client]]:
    app = App(SandboxDefaults(seeded=SeedSpec(1, 2), data=folder, durable=durable))
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test", headers=NEWSTORE) as http:
        yield app, http
    app.sandboxes.close()


@pytest.mark.parametrize("durable", [False, True])
def test_a_folder_that_has_become_read_only_serves_reads(tmp_path: Path, refuse: Refuse, durable: bool) -> None:
    with application(tmp_path, durable=durable) as (_, http):
        assert post_profile(http, "before").status_code == 201
        kept, before = names(http), control_state(http)
        refuse("write", errno.EROFS)
        assert_refused(post_profile(http, "lost"), "default.sandbox cannot be written: Read-only file system")
        assert names(http) == kept
        for method, path, body in CONTROL:
            assert_refused(http.request(method, f"/_sandbox/v1/{path}", json=body), "Read-only file system")
            assert control_state(http) == before
        assert names(http) == kept
        refuse("open", errno.EROFS)
        assert_refused(post_profile(http, "lost", "new"), "Read-only file system")
        assert names(http) == kept
        refuse("write", 0)
        assert post_profile(http, "after").status_code == 201
        assert post_profile(http, "anna", "new").status_code == 201
        kept = names(http)
    with application(tmp_path, durable=durable) as (_, http):
        assert names(http) == kept


def test_a_response_waits_for_the_disk_and_says_where_it_refuses(tmp_path: Path, refuse: Refuse) -> None:
    with application(tmp_path, durable=True) as (app, http):
        store = app.sandboxes.get("default").store
        assert post_profile(http, "a").status_code == 201
        assert not store.unflushed
        refuse("fdatasync", errno.EIO)
        assert_refused(post_profile(http, "b"), "default.sandbox cannot be flushed to disk: Input/output error")
        refuse("fdatasync", 0)
        assert post_profile(http, "c").status_code == 201
        assert not store.unflushed


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/_sandbox/v1/reset", None),
        ("POST", "/_sandbox/v1/clock/advance", {"days": 1}),
        ("PUT", "/_sandbox/v1/dialect", {"dialect": "reference"}),
        ("POST", "/_sandbox/v1/seed", {"seed": 2, "shoppers": 3}),
        ("POST", PROFILES, {"email": "a@example.com", "full_name": "A"}),
    ],
)
def test_every_kind_of_write_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: object
) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    with application(tmp_path, durable=True) as (app, http):
        assert (
            http.put("/_sandbox/v1/dialect", json={"dialect": "guide"}).status_code == 200
        )  # the first makes the file
        assert http.request(method, path, json=body).status_code < 300
        assert sizes[-1] == (tmp_path / "default.sandbox").stat().st_size
        assert not app.sandboxes.get("default").store.unflushed


def test_a_snapshot_and_its_end_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    with application(tmp_path, durable=True) as (_, http):
        assert http.post("/_sandbox/v1/snapshots", json={"name": "one"}).status_code == 201
        folder = tmp_path / "default.snapshots"
        assert synced[-2:] == [(folder / "one.snapshot").stat().st_ino, folder.stat().st_ino]
        assert http.delete("/_sandbox/v1/snapshots/one").status_code == 204
        assert synced[-1] == folder.stat().st_ino
        assert http.delete("/_sandbox/v1/sandboxes/default").status_code == 204
        assert tmp_path.stat().st_ino in synced[-2:]
