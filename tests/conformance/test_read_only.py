"""A vendor's staging whose target file grants nothing but reading: only safe requests arrive there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from pii_sandbox.specs.catalogue import apis_with_rules
from pii_sandbox.specs.catalogue import rules as catalogue_rules
from tests.conformance.staged_runs import ENVIRONMENT, Staging, staging, target_file
from tests.server_process import ServerProcess


@pytest.fixture(scope="module")
def staging_server(sandbox_server: ServerProcess) -> Iterator[Staging]:
    with staging(sandbox_server.url) as posing:
        yield posing


def run_check(staging_server: Staging, folder: Path, *more: str) -> Any:
    """The report of a run that may only read."""
    staging_server.arrived.clear()
    file = target_file(folder, staging_server.url, "read")
    arguments = ["check", "--target", str(file), "--report", str(folder / "report"), "--seed", "1", *more]
    result = CliRunner().invoke(main, arguments, env=ENVIRONMENT)
    assert result.exit_code == 0, result.output
    assert staging_server.unsafe_calls() == []
    assert not any(path.startswith("/_sandbox") for _, path in staging_server.arrived)
    assert list(folder.glob("**/*ledger*")) == []
    return json.loads((folder / "report" / "report.json").read_text("utf-8"))


def test_only_safe_requests_arrive_and_what_is_skipped_is_told(staging_server: Staging, tmp_path: Path) -> None:
    rules = run_check(staging_server, tmp_path, "--depth", "quick", "--workers", "2")["rules"]
    assert len(staging_server.arrived) > 200
    assert {rule["rule"] for rule in rules} == {rule.id for api in apis_with_rules() for rule in catalogue_rules(api)}
    assert {rule["outcome"] for rule in rules} == {"conforms", "not checked"}
    reasons = [rule["reasons"] for rule in rules if rule["outcome"] == "not checked"]
    assert all(reasons)
    assert not any("cannot be reached" in reason for listed in reasons for reason in listed)
    assert any("the target does not grant the power write" in reason for listed in reasons for reason in listed)


def test_generated_calls_are_safe_too(staging_server: Staging, tmp_path: Path) -> None:
    run = run_check(staging_server, tmp_path, "--only", "generated", "--api", "fashionai", "--api", "oracle")["run"]
    assert run["facts"]["generated calls"] > 50


def test_a_plan_tells_which_limit_would_be_reached(staging_server: Staging, tmp_path: Path) -> None:
    file = target_file(tmp_path, staging_server.url, "read", "write", "delete", limits="requests = 5\nwrites = 4")
    arguments = ["check", "--target", str(file), "--plan", "--rule", "NS-LOCK-1", "--only", "scenarios"]
    output = CliRunner().invoke(main, arguments, env=ENVIRONMENT).output
    assert "the limit of 5 requests would end it" in output
    assert "the limit of 4 writes would end it" in output


def test_a_plan_sends_nothing(staging_server: Staging, tmp_path: Path) -> None:
    staging_server.arrived.clear()
    file = target_file(tmp_path, staging_server.url, "read", "write", "delete")
    arguments = ["check", "--target", str(file), "--plan", "--verbose", "--rule", "NS-LOCK-1", "--rule", "FAI-GET-2"]
    result = CliRunner().invoke(main, arguments, env=ENVIRONMENT)
    assert result.exit_code == 0, result.output
    assert staging_server.arrived == []
    assert "7 × PATCH /v1/d/pii/profiles/{profile_id} (updateProfile, update)" in result.output
    assert "generated calls" in result.output
