"""Played on demand alone (`tox -e clients`): it wants a dozen languages. Ends by a table, where that is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import page
from tests.clients.toolchain import Toolchain
from tests.https.servers import HttpsSandbox, serve_https

HERE = Path(__file__).parent
RECORD = "CLIENTS_RECORD"  # a variable: where set, the page of results is written anew


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    requested_paths = (config.invocation_params.dir / argument.partition("::")[0] for argument in config.args)
    return None if any(path.resolve().is_relative_to(HERE) for path in requested_paths) else True


@pytest.fixture(scope="session")
def toolchain(tmp_path_factory: pytest.TempPathFactory) -> Toolchain:
    return Toolchain(tmp_path_factory.mktemp("clients"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsSandbox]:
    """Its stderr is in `log`: no client may bring about a line of it."""
    with serve_https(tmp_path_factory.mktemp("state"), "--shoppers", "60") as server:
        yield server


@pytest.fixture(scope="session")
def results() -> Iterator[page.Results]:
    results: page.Results = {}
    yield results
    if os.environ.get(RECORD):
        page.PAGE.parent.mkdir(exist_ok=True)
        page.PAGE.write_text(page.render(results), encoding="utf-8")
