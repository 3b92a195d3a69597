"""A target file with the wrong dialect: what holds as the other dialect has it is no broken rule of the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from pii_sandbox.cli.group import main
from tests.conformance.staged_runs import ENVIRONMENT, ReceivedRequest, staging, target_file
from tests.server_process import ServerProcess, running_server

RULES = ("VTEX-UNMASK-1", "VTEX-UNMASK-2", "VTEX-PROF-1", "VTEX-SCHEMA-1")
OTHER = {"guide": "reference", "reference": "guide"}


@pytest.fixture(scope="module", params=["guide", "reference"])
def dialect_server(request: pytest.FixtureRequest) -> Iterator[tuple[str, ServerProcess]]:
    """A server, and the dialect that it speaks."""
    with running_server("--shoppers", "3", "--dialect", request.param) as server:
        yield request.param, server


def run_check(
    folder: Path,
    url: str,
    dialect: str,
    manner: Callable[[ReceivedRequest], httpx.Response] = ReceivedRequest.pass_on,
    rules: Sequence[str] = RULES,
    data: str = "",
) -> tuple[Result, dict[str, dict[str, object]]]:
    """Check the rules with writes, at what poses as a vendor; the command's result, and the rules of its report."""
    with staging(url, manner) as vendor:
        target = target_file(folder, vendor.url, "write", "delete", limits="requests_per_second = 500")
        target.write_text(f'dialect = "{dialect}"\n{target.read_text("utf-8")}{data}', "utf-8")
        chosen = [part for rule in rules for part in ("--rule", rule)]
        command = ["check", "--target", str(target), "--report", str(folder / "report"), "--only", "scenarios", *chosen]
        result = CliRunner().invoke(main, command, env=ENVIRONMENT)
    report = json.loads((folder / "report" / "report.json").read_text("utf-8"))
    return result, {rule["rule"]: rule for rule in report["rules"] if rule["rule"] in rules}


def test_the_wrong_dialect_is_told_and_convicts_nobody(
    tmp_path: Path, dialect_server: tuple[str, ServerProcess]
) -> None:
    dialect, server = dialect_server
    result, rules = run_check(tmp_path, server.url, OTHER[dialect])
    assert result.exit_code == 2, result.output
    assert {name: rule["outcome"] for name, rule in rules.items()} == dict.fromkeys(RULES, "not checked")
    assert {rule["causes"][0]["kind"] for rule in rules.values()} == {"wrong dialect"}  # type: ignore[index]
    assert f'set dialect = "{dialect}" in the target file' in " ".join(result.output.split())


def test_a_scenario_of_both_dialects_that_reads_another_form_in_each_convicts_nobody(
    tmp_path: Path, dialect_server: tuple[str, ServerProcess]
) -> None:
    dialect, server = dialect_server
    documents = httpx.get(f"{server.url}/_sandbox/v1/documents/oracle/profiles", trust_env=False).json()["documents"]
    data = f'[oracle.data]\nprofile_id = "{documents[0]["id"]}"\n'
    result, rules = run_check(tmp_path, server.url, OTHER[dialect], rules=("OCC-GET-1",), data=data)
    assert f'set dialect = "{dialect}" in the target file' in " ".join(result.output.split())
    assert rules["OCC-GET-1"]["outcome"] == "not checked"


def test_the_right_dialect_conforms(tmp_path: Path, dialect_server: tuple[str, ServerProcess]) -> None:
    dialect, server = dialect_server
    result, rules = run_check(tmp_path, server.url, dialect)
    assert (result.exit_code, {rule["outcome"] for rule in rules.values()}) == (0, {"conforms"}), result.output


def test_a_response_that_fits_neither_dialect_breaks_the_rule(
    tmp_path: Path, dialect_server: tuple[str, ServerProcess]
) -> None:
    dialect, server = dialect_server

    def tells_no_requirements(request: ReceivedRequest) -> httpx.Response:
        response = request.pass_on()
        if not request.path.endswith("/schemas/profileSystem"):
            return response
        return httpx.Response(200, json={**response.json(), "required": ["email", "phone"]})

    _, rules = run_check(tmp_path, server.url, dialect, tells_no_requirements)
    assert rules["VTEX-SCHEMA-1"]["outcome"] == "breaks"
