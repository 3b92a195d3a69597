"""`pii-sandbox target check` and `check --plan`: what can be checked is counted before anything is played."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pii_sandbox.checking.rehearsal import Requirements
from pii_sandbox.checking.target_check import reach
from pii_sandbox.cli.group import main
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.specs import catalogue
from tests.conformance.staged_runs import Staging, staging
from tests.server_process import ServerProcess

SECRETS = {"ORACLE_ACCESS_TOKEN": "sandbox-oracle"}
FILE = """
[oracle]
url = "{url}"
[oracle.credentials.full]
Authorization = "Bearer ORACLE_ACCESS_TOKEN"
[oracle.data]
profile_id = "{profile_id}"
"""


@pytest.fixture(scope="module")
def staging_server(sandbox_server: ServerProcess) -> Iterator[Staging]:
    with staging(sandbox_server.url) as posing:
        yield posing


def run(folder: Path, *arguments: str, **environment: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(main, list(arguments), env=environment)


def write_target(folder: Path, staging_server: Staging, profile_id: str = "110001") -> None:
    (folder / "target.toml").write_text(FILE.format(url=staging_server.url, profile_id=profile_id), "utf-8")


def test_it_counts_the_rules_that_a_run_then_checks(staging_server: Staging, tmp_path: Path) -> None:
    write_target(tmp_path, staging_server)
    staging_server.arrived.clear()
    result = run(tmp_path, "target", "check", **SECRETS)
    assert result.exit_code == 0, result.output
    assert len(staging_server.arrived) <= 10
    assert staging_server.unsafe_calls() == []
    counted = re.search(r"(\d+) of (\d+) rules can be checked now", result.output)
    assert counted, result.output
    assert "with the powers write and delete, credentials application" in result.output
    assert (
        run(tmp_path, "check", "--target", "target.toml", "--depth", "quick", "--report", "r", **SECRETS).exit_code == 0
    )
    report = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))
    checked = [rule for rule in report["rules"] if rule["outcome"] != "not checked"]
    assert (len(checked), len(report["rules"])) == (int(counted[1]), int(counted[2]))
    assert {rule["api"] for rule in report["rules"]} == {"oracle"}


def test_a_datum_that_is_not_there_is_told_and_costs_the_rules_that_need_it(
    staging_server: Staging, tmp_path: Path
) -> None:
    write_target(tmp_path, staging_server, "nobody-1")
    result = run(tmp_path, "target", "check", **SECRETS)
    assert result.exit_code == 1, result.output
    assert "not there  oracle.data.profile_id of the target file was not found (404 for GET" in result.output
    assert "with data profile_id" in result.output
    assert "nobody-1" not in result.output


def test_a_wrong_key_is_told_once_and_nothing_is_played(staging_server: Staging, tmp_path: Path) -> None:
    write_target(tmp_path, staging_server)
    wrong = {"ORACLE_ACCESS_TOKEN": "mistyped"}
    result = run(tmp_path, "target", "check", **wrong)
    assert result.exit_code == 2
    message = "Oracle Commerce refused the credentials (401 for GET /ccapp/v1/profiles/{id}); check ORACLE_ACCESS_TOKEN"
    assert f"nothing can be checked: {message}" in result.output
    staging_server.arrived.clear()
    result = run(tmp_path, "check", "--target", "target.toml", "--report", "r", **wrong)
    assert result.exit_code == 2, result.output
    assert len(staging_server.arrived) == 1
    count, host = len(catalogue.rules("oracle")), staging_server.url.removeprefix("http://")
    assert f"0 of {count} rules checked at {host} (Oracle Commerce); " in result.output
    assert f"{count} not checked, because {message}" in result.output
    report = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))
    assert [(group["kind"], len(group["rules"])) for group in report["not_checked"]] == [("credentials", count)]
    assert "mistyped" not in result.output
    result = run(tmp_path, "check", "--target", "target.toml", "--report", "q", "--depth", "quick", **wrong)
    step = re.search(r"check ORACLE_ACCESS_TOKEN; then pii-sandbox (check --resume \S+)", result.output)
    assert step, result.output
    assert run(tmp_path, *step[1].split(), **SECRETS).exit_code == 0, "with the right key it goes on"


def test_a_plan_is_one_screen_and_needs_no_secret(staging_server: Staging, tmp_path: Path) -> None:
    write_target(tmp_path, staging_server)
    staging_server.arrived.clear()
    result = run(tmp_path, "check", "--target", "target.toml", "--plan", ORACLE_ACCESS_TOKEN="")
    assert result.exit_code == 0, result.output
    assert staging_server.arrived == []
    assert len(result.output.splitlines()) <= 24
    assert "in addition: at most 10 reads an API before the first rule\n" in result.output
    assert re.search(r"Oracle Commerce +\d\d +\d+ +2 +\d+ +0", result.output)
    verbose = run(tmp_path, "check", "--target", "target.toml", "--plan", "--verbose").output
    assert "GET /ccapp/v1/profiles/{id} (getProfile, read)" in verbose
    assert len(verbose.splitlines()) > 40


def test_a_rule_counts_by_the_scenario_that_needs_least() -> None:
    def requirements(rule: str, *powers: str, credentials: str = "full", cause: Cause | None = None) -> Requirements:
        scenario = Scenario(rule, "s", lambda api: None, frozenset(powers))
        return Requirements(scenario, "vtex", frozenset(powers), frozenset({credentials}), frozenset(), cause)

    target = Target("t", {"vtex": "https://shop.example.com"}, {"vtex": {"full": {"K": "v"}}})
    found = reach(
        "vtex",
        target,
        [
            requirements("A-1"), requirements("A-1", "write"),
            requirements("A-2", "write"), requirements("A-2", "control"),
            requirements("A-3", credentials="readonly"),
            requirements("A-4", "clock"),
            requirements("A-5", cause=Cause("target", "never")),
        ],
    )  # fmt: skip
    assert (found.rules, found.now, found.sandbox_alone) == (5, 1, 2)
    assert dict(found.more) == {
        frozenset({("power", "write"), ("power", "delete")}): 1,
        frozenset({("credentials", "readonly")}): 1,
    }
