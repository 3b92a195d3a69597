"""Messages of this program stay readable: values of exchanges alone are replaced, whatever people are called."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from pii_sandbox import scenarios  # noqa: F401 — registers them
from pii_sandbox.cli.group import main
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.redaction.own_texts import phrases
from pii_sandbox.conformance.values.findings import Finding
from pii_sandbox.redaction.value_search import Match, ValueSearch
from tests.conformance.report.samples import exchange
from tests.conformance.staged_runs import ENVIRONMENT, ReceivedRequest, staging, target_file
from tests.server_process import running_server

NAMES = ("first", "read", "given", "Answer Says", "Expected Refusal", "The Customer", "page", "Other One")
SENTENCE = "a response that conforms to the document"


def redactor_of(names: Sequence[str]) -> Redactor:
    """A redactor of a run in which these people were met."""
    profiles = [{"email": f"n{number}@shop.test", "full_name": name} for number, name in enumerate(names)]
    listed = exchange("newstore", "listProfiles", "GET", "/v1/d/pii/profiles", response_body={"profiles": profiles})
    redactor = Redactor()
    redactor.learn(listed)
    return redactor


@pytest.mark.parametrize("name", NAMES)
def test_a_literal_text_of_this_program_stays(name: str) -> None:
    redactor = redactor_of([name])
    assert [text for text in phrases() if redactor.sentence(text) != text] == []
    assert any(redactor.text(text) != text for text in phrases())  # without that, the name would be taken for itself


def test_there_are_texts_of_scenarios_of_checks_and_names_of_scenarios() -> None:
    assert {SENTENCE, "a JSON body", "a value that nobody has finds nothing"} <= phrases()
    assert len(phrases()) > 1_000


def test_values_in_a_message_are_replaced_all_the_same() -> None:
    redactor = redactor_of(["Answer Says", "first"])
    sentence = redactor.sentence(f"{SENTENCE}, not first of Answer Says")
    assert sentence.startswith(f"{SENTENCE}, not name#")
    assert "first" not in sentence
    assert "Answer" not in sentence
    finding = redactor.finding(
        Finding("NS-LIST-1", "newstore", None, "scenario", "name", SENTENCE, "one of Answer Says")
    )
    assert finding.expected == SENTENCE
    assert "Says" not in finding.seen


def test_a_message_is_searched_once_for_values(monkeypatch: pytest.MonkeyPatch) -> None:
    redactor = redactor_of(["Answer Says"])
    searched: list[str] = []
    matches = ValueSearch.matches

    def count(search: ValueSearch, text: str, detect: bool) -> list[Match]:
        searched.append(text)
        return matches(search, text, detect)

    monkeypatch.setattr(ValueSearch, "matches", count)
    assert redactor.sentence(f"{SENTENCE}, not Answer Says").startswith(f"{SENTENCE}, not name#")
    assert searched == [f"{SENTENCE}, not Answer Says"]


def without_pagination(request: ReceivedRequest) -> httpx.Response:
    """Answers lists without what the document requires of them."""
    response = request.pass_on()
    if request.method != "GET" or response.status_code != 200:
        return response
    return httpx.Response(200, json={"profiles": response.json().get("profiles", [])})


def test_a_run_among_people_with_such_names_tells_its_findings_in_words(tmp_path: Path) -> None:
    credentials = {"Authorization": ENVIRONMENT["STAGING_NEWSTORE"]}
    with running_server("--shoppers", "0") as server, staging(server.url, without_pagination) as host:
        for number, name in enumerate(NAMES):
            body = {"email": f"n{number}@shop.test", "full_name": name}
            headers = {"Authorization": f"Bearer {credentials['Authorization']}"}
            created = httpx.post(f"{server.url}/v1/d/pii/profiles", json=body, headers=headers, trust_env=False)
            assert created.status_code == 201
        file, report = target_file(tmp_path, host.url, "read"), tmp_path / "report"
        arguments = [
            "check",
            "--target",
            str(file),
            "--report",
            str(report),
            "--rule",
            "NS-LIST",
            "--only",
            "scenarios",
        ]
        result = CliRunner().invoke(main, arguments, env=ENVIRONMENT)
    assert result.exit_code == 1, result.output
    assert f"expected {SENTENCE}" in result.output
    text = (report / "report.json").read_text("utf-8")
    findings = json.loads(text)["findings"]
    assert {finding["expected"] for finding in findings} == {SENTENCE}
    assert not any("#" in finding["seen"] for finding in findings)
    assert not any(name in text for name in ("Answer Says", "Expected Refusal", "Other One"))
