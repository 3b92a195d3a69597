"""pytest plugin: fixtures with a fresh sandbox for each test, the `sandbox` marker, lint of a test's calls.

pytest imports this module wherever pii-sandbox is installed, so that it has no slow imports: the server and its clients
are imported by the first fixture that needs them.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pii_sandbox.server.threaded import Server
    from pii_sandbox.testing import Connection, Sandbox
    from pii_sandbox.testing.asgi import SandboxApp

URL, HTTPS_URL, TOKEN = "PII_SANDBOX_URL", "PII_SANDBOX_HTTPS_URL", "PII_SANDBOX_CONTROL_TOKEN"
LINTS = ("error", "warn", "off")
MARKER = (
    "sandbox(dialect=…, shoppers=…, seed=…, locale=…, at=…, frozen=…, settings=…): initial state of a test's sandbox"
)
_MARKER_ARGUMENTS = ("dialect", "shoppers", "seed", "locale", "at", "frozen", "settings")
_WORKER_URL, _WORKER_HTTPS_URL = "pii_sandbox_url", "pii_sandbox_https_url"

_server_key = pytest.StashKey["Server"]()
_used_key = pytest.StashKey["list[Sandbox]"]()


class SandboxLintWarning(UserWarning):
    """A client under test did something that a vendor's documents advise against."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pii-sandbox")
    group.addoption(
        "--sandbox-lint",
        choices=LINTS,
        help="lint findings about a test's calls: error fails the test, warn warns, off (the default) ignores them",
    )
    parser.addini("sandbox_lint", "default of --sandbox-lint", default="off")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    if _lint(config) not in LINTS:
        raise pytest.UsageError(f"sandbox_lint must be one of {', '.join(LINTS)}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start one server for all xdist workers, in the controlling process."""
    if URL not in os.environ:
        server = _session_server(node.config)
        node.workerinput[_WORKER_URL], node.workerinput[_WORKER_HTTPS_URL] = server.url, server.https_url


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(_server_key, None)
    if server is not None:
        server.stop()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    server = config.stash.get(_server_key, None)
    if server is not None and server.error is not None:
        terminalreporter.write_line(f"the sandbox server did not start: {server.error}", red=True)


@pytest.fixture(scope="session")
def sandbox_server(pytestconfig: pytest.Config) -> str:
    """The base URL of the server: PII_SANDBOX_URL, or that of a server started for this session."""
    worker: Mapping[str, Any] = getattr(pytestconfig, "workerinput", {})
    return os.environ.get(URL) or worker.get(_WORKER_URL) or _session_server(pytestconfig).url


@pytest.fixture(scope="session")
def _sandbox_connection(pytestconfig: pytest.Config, sandbox_server: str) -> Iterator[Connection]:
    from pii_sandbox.testing import Connection  # noqa: PLC0415 — see the module's docstring

    connection = Connection(sandbox_server, token=os.environ.get(TOKEN), https_url=_https_url(pytestconfig))
    with contextlib.closing(connection):
        try:
            _ = connection.credentials
        except Exception as error:
            server = pytestconfig.stash.get(_server_key, None)
            reason = (server and server.error) or error
            pytest.fail(f"no sandbox server at {sandbox_server}: {reason}", pytrace=False)
        yield connection


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, _sandbox_connection: Connection) -> Iterator[Sandbox]:
    """A fresh sandbox for the test, with seeded people and the current time.

    The marker `@pytest.mark.sandbox(…)` changes its initial state.
    """
    yield from _fresh_sandbox(request, _sandbox_connection)


@pytest.fixture(scope="session")
def _sandbox_in_process(pytestconfig: pytest.Config) -> Iterator[tuple[Any, Connection]]:
    from pii_sandbox.testing import Connection  # noqa: PLC0415
    from pii_sandbox.testing.application import application  # noqa: PLC0415
    from pii_sandbox.testing.asgi import URL as APP_URL  # noqa: PLC0415
    from pii_sandbox.testing.asgi import InThread  # noqa: PLC0415

    app = application(pytestconfig.rootpath)
    connection = Connection(APP_URL, transport=InThread(app))
    yield app, connection
    connection.close()


@pytest.fixture
def sandbox_app(request: pytest.FixtureRequest, _sandbox_in_process: tuple[Any, Connection]) -> Iterator[SandboxApp]:
    """An ASGI application that serves a fresh sandbox for the test, which is its attribute `sandbox`."""
    from pii_sandbox.testing.asgi import SandboxApp  # noqa: PLC0415

    app, connection = _sandbox_in_process
    for sandbox in _fresh_sandbox(request, connection):
        yield SandboxApp(app, sandbox)


def _https_url(config: pytest.Config) -> str | None:
    if URL in os.environ:
        return os.environ.get(HTTPS_URL)
    worker: Mapping[str, Any] = getattr(config, "workerinput", {})
    return worker.get(_WORKER_HTTPS_URL) or _session_server(config).https_url


def _session_server(config: pytest.Config) -> Server:
    server = config.stash.get(_server_key, None)
    if server is None:
        from pii_sandbox.server.threaded import Server  # noqa: PLC0415

        server = config.stash[_server_key] = Server(Path(config.rootpath))
    return server


def _fresh_sandbox(request: pytest.FixtureRequest, connection: Connection) -> Iterator[Sandbox]:
    from pii_sandbox.testing import Sandbox  # noqa: PLC0415
    from pii_sandbox.testing.sandbox import fresh_name  # noqa: PLC0415

    sandbox = Sandbox(connection, fresh_name(request.node.name))
    request.node.stash.setdefault(_used_key, []).append(sandbox)
    _prepare(sandbox, _marker_arguments(request.node))
    yield sandbox
    sandbox.delete()


def _marker_arguments(item: Any) -> dict[str, Any]:
    """Return the arguments of all markers; those closest to the test take precedence."""
    arguments: dict[str, Any] = {}
    for mark in reversed(list(item.iter_markers("sandbox"))):
        unknown = [*map(repr, mark.args), *sorted(set(mark.kwargs) - set(_MARKER_ARGUMENTS))]
        if unknown:
            raise pytest.UsageError(
                f"@pytest.mark.sandbox has no argument {unknown[0]}; its arguments are {', '.join(_MARKER_ARGUMENTS)}"
            )
        arguments |= mark.kwargs
    return arguments


def _prepare(sandbox: Sandbox, arguments: dict[str, Any]) -> None:
    people = {name: arguments[name] for name in ("shoppers", "seed", "locale") if name in arguments}
    if "dialect" in arguments:
        sandbox.dialect = arguments["dialect"]
    if "settings" in arguments:
        sandbox.settings.update(arguments["settings"])
    if arguments.get("frozen"):
        sandbox.clock.freeze(arguments.get("at"))
    elif "at" in arguments:
        sandbox.clock.set(arguments["at"])
    if people:
        sandbox.seed(**people)


def _lint(config: pytest.Config) -> str:
    return str(config.getoption("--sandbox-lint") or config.getini("sandbox_lint"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Report lint findings about the calls of a passed test."""
    result = yield
    lint = _lint(item.config)
    if lint != "off":
        for sandbox in item.stash.get(_used_key, []):
            findings = sandbox.findings()
            if findings:
                _report_findings(lint, findings)
    return result


def _report_findings(lint: str, findings: list[dict[str, Any]]) -> None:
    text = "\n".join(
        f"{finding['kind']}: {finding['message']} {finding['advice']} (calls {finding['calls']}; {finding['source']})"
        for finding in findings
    )
    if lint == "error":
        pytest.fail(f"the sandbox has lint findings about the calls of this test:\n{text}", pytrace=False)
    warnings.warn(SandboxLintWarning(text), stacklevel=1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the calls of its sandboxes to the report of a failed test."""
    report = yield
    if report.when == "call" and report.failed:
        from pii_sandbox.testing.journal import entry_lines  # noqa: PLC0415

        for sandbox in item.stash.get(_used_key, []):
            with contextlib.suppress(
                Exception
            ):  # without a server there are no calls to show; the failure matters more
                report.sections.append((f"calls of {sandbox.name}", entry_lines(sandbox.journal.entries()) or "none"))
    return report
