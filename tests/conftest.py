"""One application a worker, its answers held against the documents; a sandbox of its own for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator, Iterator

import httpx
import pytest
from hypothesis import settings

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.cluster import ClusterBackend, ClusterOptions
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from pii_sandbox.mockserver.shared_sandboxes import SharedBackend
from pii_sandbox.server.nats_server import nats_server
from tests.control_client import ControlClient
from tests.in_process import InProcess
from tests.server_process import ServerProcess, running_server, sandbox_of

# The same examples each time, so that a result depends on the code alone; `--hypothesis-profile default` tries others.
settings.load_profile("ci")

_NUMBERS = itertools.count()
_TERMINAL_SETTINGS = ("FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rule", action="append", metavar="ID", help="run the tests of this rule alone; repeatable")


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Run one worker more than there are cores with `-n auto`: a third of a worker's time passes in waiting.

    Tests wait for child processes, time limits and the network. `-n N` and PYTEST_XDIST_AUTO_NUM_WORKERS are kept.
    """
    workers = yield
    return workers if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else workers + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests whose parameter is a scenario or a mutant with its rule, then keep those of `--rule`."""
    for item in items:
        parameters = item.callspec.params.values() if isinstance(item, pytest.Function) and _is_one_case(item) else ()
        for rule in (getattr(parameter, "rule", None) for parameter in parameters):
            if isinstance(rule, str):
                item.add_marker(pytest.mark.rule(rule))
    wanted = set(config.getoption("--rule") or ())
    if wanted:
        others = [item for item in items if not wanted & _rules(item)]
        items[:] = [item for item in items if wanted & _rules(item)]
        config.hook.pytest_deselected(items=others)


def _is_one_case(item: pytest.Function) -> bool:
    return hasattr(item, "callspec")


def _rules(item: pytest.Item) -> set[str]:
    return {rule for mark in item.iter_markers("rule") for rule in mark.args}


@pytest.fixture(scope="session", autouse=True)
def _terminal_settings() -> Iterator[None]:
    """What is printed does not depend on how whoever runs the tests, such as a CI service, wants to see colours."""
    with pytest.MonkeyPatch.context() as patched:
        for name in _TERMINAL_SETTINGS:
            patched.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedBackend | None]:
    """None, but with `CLUSTER_STORAGE` set a log of the session's own: then every test is about shared sandboxes."""
    if "CLUSTER_STORAGE" not in os.environ:
        yield None
        return
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield ClusterBackend(ClusterOptions([server.url]))


@pytest.fixture(scope="session")
def app(backend: SharedBackend | None) -> App:
    """Raises where an answer leaves its document: a test that meets such an answer fails."""
    return App(
        SandboxDefaults(seeded=SeedSpec(seed=1, shoppers=5)),
        Options(validate_responses=True, surface_errors=True),
        backend=backend,
    )


@pytest.fixture(scope="session")
def transport(app: App) -> Iterator[InProcess]:
    transport = InProcess(app)
    transport.run(app.sandboxes.start())
    yield transport
    transport.run(app.sandboxes.stop())
    transport.close()


@pytest.fixture
def http(transport: InProcess) -> Iterator[httpx.Client]:
    """A client in a fresh sandbox."""
    name = f"test-{next(_NUMBERS)}"
    client = httpx.Client(transport=transport, base_url="http://sandbox.test", headers={"X-Sandbox": name})
    yield client
    client.delete(f"/_sandbox/v1/sandboxes/{name}")


@pytest.fixture
def control(http: httpx.Client) -> ControlClient:
    """The control API of the test's sandbox."""
    return ControlClient(http)


@pytest.fixture(scope="session")
def shared_server() -> Iterator[ServerProcess]:
    """One server process a worker, for tests that need no options of their own. To be used by `sandbox_of`."""
    with running_server("--shoppers", "5") as server:
        yield server


@pytest.fixture(scope="module")
def sandbox_server(shared_server: ServerProcess) -> Iterator[ServerProcess]:
    """A sandbox of the module's own in the shared server process."""
    with sandbox_of(shared_server) as server:
        yield server
