"""An exception of ours costs one thing: the rest of the run and of its reports stands, and the fault is told."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner

from pii_sandbox.checking import run, target_check
from pii_sandbox.cli.check import check
from pii_sandbox.cli.group import main
from pii_sandbox.conformance import report
from pii_sandbox.conformance.api_client import _encode_body
from pii_sandbox.conformance.cleanup import ledger as ledgers
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.history.checkpoint import CheckpointWriter
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import FORMS, content
from pii_sandbox.conformance.repro import Reproducer
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.faults import FaultLog, fails_in_scenario, fault_text
from pii_sandbox.conformance.values.request import Request
from tests.conformance.report import samples
from tests.hostile import report_checks

READ = samples.exchange(
    "vtex", "GetProfile", "GET", f"/api/storage/profile-system/profiles/{samples.UUID}", response_body={}
)
SECRET = "what a target answered"


def raise_key_error(*_: Any, **__: Any) -> NoReturn:
    raise KeyError(SECRET)


def broken_run() -> Any:
    return samples.run(samples.finding("VTEX-MASK-1", READ), samples.finding("OCC-GET-1", READ))


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_fails_leaves_the_others(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "FORMS", {**FORMS, name: raise_key_error})
    written = report.write(broken_run(), tmp_path, samples.target())
    assert written.faulty
    assert [line for line in written.failures if name in line and "an internal error of pii-sandbox" in line]
    for other in set(FORMS) - {name}:
        report_checks.check(other, (tmp_path / other).read_text("utf-8"))
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(("owner", "method"), [(Redactor, "_exchange"), (Redactor, "learn"), (Reproducer, "_commands")])
def test_what_cannot_be_redacted_or_repeated_is_left_out_and_told(
    owner: type, method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, method, raise_key_error)
    content_report = content.report(broken_run(), samples.target())
    report.write(broken_run(), tmp_path, samples.target())
    report_checks.check_folder(tmp_path)
    texts = "".join((tmp_path / name).read_text("utf-8") for name in FORMS)
    assert "an internal error of pii-sandbox" in texts
    assert SECRET not in texts
    assert len(content_report.findings) == 2
    assert content_report.run.facts["faults"]


def test_faults_make_a_2_of_a_0_and_leave_a_1() -> None:
    faults = FaultLog()
    with faults.guard("a place"):
        raise_key_error()
    assert samples.run(facts={"faults": faults.texts}).exit_code == 2
    assert samples.run(samples.finding("VTEX-MASK-1", READ), facts={"faults": faults.texts}).exit_code == 1
    assert samples.run().exit_code == 0
    assert faults.texts[0].startswith("an internal error of pii-sandbox in a place: KeyError at faults.py:")
    assert SECRET not in faults.texts[0]


@pytest.mark.parametrize(
    ("modules", "scenario"),
    [(["pii_sandbox.scenarios.vtex.ttl"], True),
     (["pii_sandbox.scenarios.vtex.ttl", "pii_sandbox.conformance.api_client"], False),
     (["pii_sandbox.scenarios.vtex.ttl", "base64"], True), (["pii_sandbox.conformance.session"], False)],
)  # fmt: skip
def test_a_scenario_that_trips_over_an_answer_is_told_from_a_fault_of_ours(modules: list[str], scenario: bool) -> None:
    def call(place: int) -> None:
        if place == len(modules):
            raise ValueError("deep")
        inner: dict[str, Any] = {"call": call, "__name__": modules[place]}
        exec(f"def step():\n    call({place + 1})\nstep()", inner)

    with pytest.raises(ValueError, match="deep") as raised:
        call(0)
    assert fails_in_scenario(raised.value) is scenario
    assert "ValueError" in fault_text("x", raised.value)


@pytest.mark.parametrize(("owner", "method"), [(CheckpointWriter, "note"), (Redactor, "learn")])
def test_a_run_goes_on_and_is_reported_whatever_fails_beside_it(
    owner: type, method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, method, raise_key_error)
    options = ["--rule", "FAI-AUTH", "--only", "scenarios", "--seed", "1", "--report", str(tmp_path / "r")]
    result = CliRunner().invoke(check, ["--api", "fashionai", *options])
    report_checks.check_folder(tmp_path / "r")
    assert "Traceback" not in result.output
    report = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))
    if method != "learn":  # which fails for findings alone
        assert result.exit_code == 2, result.output
        assert "the record of progress" in report["run"]["facts"]["faults"][0]


@pytest.mark.parametrize("command", ["check", "target check", "cleanup"])
def test_the_last_resort_is_one_line(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, target = tmp_path / "ledger.jsonl", tmp_path / "target.toml"
    ledger.write_text("", encoding="utf-8")
    target.write_text('[fashionai]\nurl = "http://127.0.0.1:9"\n', encoding="utf-8")
    monkeypatch.setattr(run, "start_run", raise_key_error)
    monkeypatch.setattr(target_check, "run_target_check", raise_key_error)
    monkeypatch.setattr(ledgers, "read_ledger", raise_key_error)
    arguments = {
        "check": ["check", "--api", "fashionai", "--depth", "quick"],
        "target check": ["target", "check", str(target)],
        "cleanup": ["cleanup", str(ledger)],
    }
    result = CliRunner().invoke(main, arguments[command])
    assert result.exit_code == 2
    assert f"Error: an internal error of pii-sandbox in the command {command}: KeyError" in result.output
    assert SECRET not in result.output


@pytest.mark.parametrize("value", ["\ud800", "\udfff\ud800 x", "a/b?c#d \x00", "\u202e", "%zz"])
def test_what_came_back_can_be_sent_back_or_is_told_not_to_be(value: str) -> None:
    facts = operations.operation("vtex", "GetProfile", "guide")
    path, _ = operations.build_request(facts, {"profileId": value, "alternativeKey": value}, "guide")
    assert path.isascii()
    assert path.isprintable()
    body, _ = _encode_body({"email": value, value: [value]}, None, None)
    assert json.loads(body) == {"email": value, value: [value]}
    form, _ = _encode_body(None, {"email": value}, None)
    assert form.isascii()
    with closing(Sender(samples.TARGET)) as sender:
        request = Request("vtex", None, "GET", samples.HOST, {"X-Back": value + "\u00e9"})
        with pytest.raises(CannotCheck, match="that HTTP does not allow"):
            sender.send(request)
        with pytest.raises(CannotCheck, match="characters"):
            sender.send(replace(request, url=samples.HOST + "/" + "x" * 2**17, headers={}))
