"""deploy/compose: its commands have options that there are, and its NATS configuration is one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pii_sandbox.cli.serve import serve
from pii_sandbox.server.nats_server import executable

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text("utf-8"))["services"]
    return found


def test_the_servers_of_the_sandbox_are_started_with_options_that_there_are(services: dict[str, Any]) -> None:
    sandboxes = [service["command"] for name, service in services.items() if name.startswith("sandbox")]
    assert len(sandboxes) == 2
    for command in sandboxes:
        chosen = serve.make_context("serve", command[1:], resilient_parsing=False).params
        assert chosen["cluster"].split(",") == [f"nats://{name}:4222" for name in services if name.startswith("nats")]


def test_nats_takes_its_configuration(services: dict[str, Any], tmp_path: Path) -> None:
    for name in (name for name in services if name.startswith("nats")):
        [_, _, *options] = services[name]["command"]
        options[options.index("/data")] = str(tmp_path)
        command = [executable(), "-t", "--config", COMPOSE / "nats.conf", *options]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr


def test_nginx_knows_the_servers_of_the_sandbox(services: dict[str, Any]) -> None:
    text = (COMPOSE / "nginx.conf").read_text("utf-8")
    assert [f"server {name}:8080;" in text for name in services if name.startswith("sandbox")] == [True, True]
