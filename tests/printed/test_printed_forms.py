"""What the vendors' sources print is no broken rule when a vendor answers it.

A sandbox that poses as a vendor answers in the forms of each source; `check` convicts it of nothing. Rules that the
form touches are played here; with PRINTED_LONG set, every rule of the API is.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from tests.conformance.staged_runs import ENVIRONMENT, staging, target_file
from tests.printed import forms
from tests.printed.forms import Form, manner
from tests.server_process import ServerProcess, running_server

VTEX_READS = ("VTEX-META-1", "VTEX-VER-1", "VTEX-VER-2", "VTEX-UNMASK-1", "VTEX-MASK-1", "VTEX-SCHEMA-1", "VTEX-TTL-4")
VTEX_ERASURES = ("VTEX-ERASE-1", "VTEX-ERASE-5", "VTEX-JOB-1", "VTEX-JOB-2")
VTEX_ERRORS = ("VTEX-AUTH-1", "VTEX-ALT-2", "VTEX-ALT-3", "VTEX-PROF-3", "VTEX-ADDR-1", "VTEX-PROSP-1", "VTEX-UNMASK-2")
NEWSTORE = ("NS-GOC", "NS-LOCK-1", "NS-LOCK-4", "NS-ERR-1", "NS-DATA-3", "NS-LIST-1", "NS-DEL-1")
ORACLE = ("OCC-GET", "OCC-AUTH-1")
CASES: dict[str, tuple[str, str, tuple[Form, ...], tuple[str, ...]]] = {
    "VTEX, webhook app": (
        "vtex", "reference", (forms.vtex_webhook_app_meta, forms.vtex_webhook_app_version), VTEX_READS,
    ),
    "VTEX, webhook app, in the guide's dialect": ("vtex", "guide", (forms.vtex_webhook_app_meta,), VTEX_READS),
    "VTEX, API reference": (
        "vtex", "reference", (forms.vtex_reference_optional, forms.vtex_reference_statuses),
        (*VTEX_READS, *VTEX_ERASURES),
    ),
    "VTEX, guide, versions as the API reference has them": (
        "vtex", "guide", (forms.vtex_reference_version, forms.vtex_guide_key_name),
        ("VTEX-VER-2", "VTEX-UNMASK-1", *VTEX_ERASURES),
    ),
    "VTEX, errors in the one form that VTEX prints": ("vtex", "guide", (forms.vtex_own_errors,), VTEX_ERRORS),
    "NewStore, samples": (
        "newstore", "guide", (forms.newstore_sample_errors, forms.newstore_offsets), NEWSTORE,
    ),
    "NewStore, 400 for updates": ("newstore", "guide", (forms.newstore_update_refused_with_400,), NEWSTORE),
    "Fashion.AI, a preflight without a grant": (
        "fashionai", "guide", (forms.fashionai_preflight_ignored,), ("FAI-CORS-1", "FAI-GET", "FAI-SEED-1"),
    ),
    "Oracle, the printed example": ("oracle", "guide", (forms.oracle_printed_profile,), ORACLE),
    "Oracle, open-source client and other pages": (
        "oracle", "guide", (forms.oracle_open_source_client, forms.oracle_statuses, forms.oracle_long_errors), ORACLE,
    ),
}  # fmt: skip
# what is assumed beyond a form: that the message of an error names the property
DRIFT = {"NewStore, samples": {"NS-GOC-3"}}
LONG = bool(os.environ.get("PRINTED_LONG"))


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "3") as server:
        yield server


@pytest.fixture(scope="module")
def reference_server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "3", "--dialect", "reference") as server:
        yield server


def oracle_profile(server: ServerProcess) -> str:
    """The id of a profile that a run may read."""
    documents = httpx.get(f"{server.url}/_sandbox/v1/documents/oracle/profiles", trust_env=False).json()["documents"]
    identifier: str = documents[0]["id"]
    return identifier


@pytest.mark.parametrize("case", CASES)
def test_a_printed_form_breaks_no_rule(
    case: str, server: ServerProcess, reference_server: ServerProcess, tmp_path: Path
) -> None:
    api, dialect, applied, rules = CASES[case]
    behind = reference_server if dialect == "reference" else server
    chosen = () if LONG else tuple(part for rule in rules for part in ("--rule", rule))
    with staging(behind.url, manner(*applied)) as there:
        file = target_file(tmp_path, there.url, "read", "write", "delete", "erase")
        head = f'name = "staging"\ndialect = "{dialect}"'
        data = f'[oracle.data]\nprofile_id = "{oracle_profile(behind)}"\n'
        file.write_text(file.read_text("utf-8").replace('name = "staging"', head) + data, "utf-8")
        report = tmp_path / "report"
        arguments = ("--target", str(file), "--report", str(report), "--only", "scenarios", "--api", api)
        came = CliRunner().invoke(main, ["check", *arguments, *chosen], env=ENVIRONMENT)
    assert came.exit_code == 0, came.output
    rules_told = json.loads((report / "report.json").read_text("utf-8"))["rules"]
    outcomes = Counter(rule["outcome"] for rule in rules_told)
    assert outcomes.keys() <= {"conforms", "drift", "not checked"}, came.output
    assert {rule["rule"] for rule in rules_told if rule["outcome"] == "drift"} == DRIFT.get(case, set()), came.output
    # of all rules most need a power that a vendor does not have
    assert outcomes["conforms"] >= (1 if LONG else len(rules_told) / 2), rules_told


def test_every_form_is_put_upon_some_answers() -> None:
    prefixes = ("vtex_", "newstore_", "fashionai_", "oracle_")
    public = {form for name, form in vars(forms).items() if name.startswith(prefixes)}
    assert {form for _, _, applied, _ in CASES.values() for form in applied} == public
