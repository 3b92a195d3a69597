"""A run never changes, deletes or erases what it did not make, however the vendor answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from tests.conformance.cleanup.test_kill import find_ledger, run_cleanup, start_check, wait_for_writes
from tests.conformance.misbehaving import CANARIES, MANNERS, PROFILE, PROSPECT
from tests.conformance.staged_runs import ENVIRONMENT, staging, target_file
from tests.server_process import ServerProcess, sandbox_of

COLLECTIONS = (
    *(("vtex", name) for name in ("profiles", "addresses", "prospects", "purchase-info", "orders", "users")),
    *(("newstore", name) for name in ("profiles", "addresses", "data", "tokens")),
)
RULES = (
    "VTEX-PROF-2", "VTEX-PROF-3", "VTEX-ADDR-4", "VTEX-PURCH-2", "VTEX-PROSP-1", "VTEX-ALT-1", "VTEX-ERASE-1",
    "VTEX-JOB-1", "NS-LOCK-1", "NS-ADDR-4", "NS-DATA-1", "NS-DEL-1",
)  # fmt: skip
ALL_POWERS = ("read", "write", "delete", "erase")


@pytest.fixture
def server(shared_server: ServerProcess) -> Iterator[ServerProcess]:
    with sandbox_of(shared_server) as server:
        for (api, collection), (canary, document) in CANARIES.items():
            url = f"{server.url}/_sandbox/v1/documents/{api}/{collection}/{canary}"
            response = httpx.put(url, json=document, trust_env=False)
            assert response.status_code in (200, 201), response.text
        yield server


def all_records(server: ServerProcess) -> dict[tuple[str, str, str], Any]:
    """Every stored record, by API, collection and id."""
    found = {}
    with httpx.Client(trust_env=False, base_url=f"{server.url}/_sandbox/v1/documents") as client:
        for api, name in COLLECTIONS:
            for record in client.get(f"/{api}/{name}?count=1000").json()["documents"]:
                found[api, name, record["id"]] = record
    return found


def check(file: Path, folder: Path, *more: str) -> tuple[int, str, dict[str, Any]]:
    chosen = [part for rule in RULES for part in ("--rule", rule)]
    arguments = ["check", "--target", str(file), "--only", "scenarios", "--report", str(folder), *chosen, *more]
    result = CliRunner().invoke(main, arguments, env=ENVIRONMENT)
    return result.exit_code, result.output, json.loads((folder / "report.json").read_text("utf-8"))


@pytest.mark.parametrize("name", MANNERS)
def test_a_misbehaving_vendor_loses_nobody_and_is_told(name: str, server: ServerProcess, tmp_path: Path) -> None:
    before = all_records(server)
    with staging(server.url, MANNERS[name]()) as host:
        _, output, report = check(target_file(tmp_path, host.url, *ALL_POWERS), tmp_path / "report")
    after = all_records(server)
    assert {key: after.get(key) for key in before} == before
    reasons = [reason for rule in report["rules"] for reason in rule["reasons"]]
    if name == "astray":
        assert any("erased" in reason or "identifies an object" in reason for reason in reasons), reasons
        return
    left_alone = report["run"]["facts"]["left alone"]
    assert left_alone
    for form in ("report.html", "summary.md", "report.json", "junit.xml", "report.sarif"):
        assert left_alone[0] in (tmp_path / "report" / form).read_text("utf-8"), form
    assert left_alone[0] in output
    assert any("did not create" in reason for reason in reasons), reasons


def test_a_vendor_that_behaves_is_left_as_it_was(server: ServerProcess, tmp_path: Path) -> None:
    before = all_records(server)
    with staging(server.url) as host:
        code, output, report = check(target_file(tmp_path, host.url, *ALL_POWERS), tmp_path / "report")
    httpx.post(f"{server.url}/_sandbox/v1/clock/advance", json={"days": 1}, trust_env=False)  # the vendor deletes later
    assert all_records(server) == before
    assert code == 0, output
    assert report["run"]["facts"]["left alone"] == []
    assert {rule["outcome"] for rule in report["rules"]} == {"conforms"}


@pytest.mark.parametrize("name", ["upsert", "wrong id", "mark added", "astray"])
def test_after_a_kill_cleanup_touches_nobody_at_a_vendor_that_misbehaves(
    name: str, server: ServerProcess, tmp_path: Path
) -> None:
    before = all_records(server)
    with staging(server.url, MANNERS[name]()) as host:
        process = start_check(tmp_path / "report", target_file(tmp_path, host.url, *ALL_POWERS))
        wait_for_writes(host, 6)
        process.kill()
        process.communicate()
        result = run_cleanup(find_ledger(tmp_path / "report"))
    assert result.exit_code in (0, 1), result.output
    after = all_records(server)
    assert {key: after.get(key) for key in before} == before


@pytest.mark.parametrize("operation", ["DeleteClientProfile", "DeleteProspect"])
def test_a_forged_ledger_deletes_nobody(operation: str, server: ServerProcess, tmp_path: Path) -> None:
    before = all_records(server)
    with staging(server.url) as host:
        file = target_file(tmp_path, host.url, *ALL_POWERS)
        urls = {"vtex": host.url}
        head = {"ledger": 1, "run": "abc12345", "urls": urls, "started_at": "2000-01-01T00:00:00+00:00"}
        undo = {"operation": operation, "params": {"profileId": PROFILE, "prospectId": PROSPECT}}
        entries = [
            {"entry": 1, "state": "made", "api": "vtex", "operation": "CreateClientProfile", "undo": undo},
            {"entry": 2, "state": "made", "api": "vtex", "operation": "CreateProspect", "undo": undo},
            {"entry": 3, "state": "made", "sandbox": "default"},
        ]
        ledger = tmp_path / "ledger.jsonl"
        ledger.write_text("".join(json.dumps(line) + "\n" for line in (head, *entries)), "utf-8")
        result = run_cleanup(ledger, "--target", str(file))
        assert not any(method == "DELETE" for method, _ in host.arrived)
    assert all_records(server) == before
    assert "not ours" in result.output or "another control_url" in result.output, result.output
