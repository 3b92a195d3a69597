"""`check --observe`: what is seen of assumed rules, in a file without personal data, credentials or hosts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pii_sandbox import scenarios  # noqa: F401 — registers them
from pii_sandbox.cli.group import main
from pii_sandbox.conformance.assumption_observer import AssumptionObserver, is_observed, shape
from pii_sandbox.conformance.scenario_runner import ScenarioResult, verdict
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Finding, RunResult
from pii_sandbox.conformance.values.scenario import REGISTRY
from pii_sandbox.redaction.vocabulary import is_vocabulary
from pii_sandbox.specs import catalogue
from tests.conformance.report import canary
from tests.conformance.report.samples import BEGIN, HOST, PROFILE, VTEX, exchange
from tests.conformance.staged_runs import ENVIRONMENT, staging, target_file
from tests.server_process import running_server

RULE = "VTEX-ALT-3"
PATH = f"/api/storage/profile-system/profiles/{canary.EMAIL}?alternativeKey=email"
CALL = ("vtex", "GetProfile", "GET", PATH)
PLAYED = next(scenario for scenario in REGISTRY if scenario.rule == RULE)


def observation_file(*answers: Any, status: int = 404, media_type: str = "application/json") -> str:
    """The file of a run in which the scenario of one assumed rule got these answers, and differed."""
    exchanges = tuple(
        exchange(*CALL, request_body=PROFILE, headers=VTEX, status=status, response_body=body, media_type=media_type)
        for body in answers
    )
    finding = Finding(RULE, "vtex", "GetProfile", "scenario", PLAYED.name, canary.EMAIL, canary.LAST_NAME, exchanges)
    played = ScenarioResult(
        PLAYED, finding=finding, cause=Cause("network", f"{HOST} {canary.EMAIL}"), exchanges=exchanges
    )
    observer = AssumptionObserver()
    observer.note(played)
    rule = catalogue.rule(RULE)
    assert rule is not None
    result = RunResult(
        "run", HOST, BEGIN, 1.0, 7, frozenset({"read"}), (verdict(rule, [played]),), hosts={"vtex": HOST}
    )
    return observer.text(result, "0.1.0")


def test_an_answer_is_told_by_its_status_and_shape() -> None:
    observations = json.loads(
        observation_file({"title": "Not Found", "status": 404, "code": 7}, media_type="application/problem+json")
    )
    (rule,) = observations["rules"]
    assert (rule["rule"], rule["status"], rule["outcome"], rule["not checked for"]) == (
        RULE,
        "assumed",
        "drift",
        ["network"],
    )
    (scenario,) = rule["scenarios"]
    assert (scenario["name"], scenario["outcome"]) == (PLAYED.name, "differs")
    (answer,) = scenario["answers"]
    assert answer == {
        "operation": "GetProfile",
        "status": 404,
        "media type": "application/problem+json",
        "body": {"title": "text", "status": 404, "(unknown properties)": 1},
        "times": 1,
    }


def test_equal_answers_are_counted() -> None:
    (rule,) = json.loads(observation_file([], [], [1]))["rules"]
    assert [(answer["body"], answer["times"]) for answer in rule["scenarios"][0]["answers"]] == [
        (["number"], 1),
        ([], 2),
    ]


@pytest.mark.parametrize(
    "result",
    [
        PROFILE,
        [{"document": PROFILE}],
        {canary.EMAIL: {canary.LAST_NAME: [canary.PHONE]}},
        {"status": canary.LAST_NAME, "errorCode": canary.DOCUMENT, "statusCode": canary.FIRST_NAME},
        {"status": int(canary.CARD)},
        canary.EMAIL,
        f"<p>{canary.EMAIL}</p>".encode(),
        canary.EMAIL.encode("utf-16"),
    ],
)
@pytest.mark.parametrize("media_type", ["application/json", "text/html", f"text/{canary.EMAIL}"])
def test_nothing_personal_no_credential_and_no_host_is_in_the_file(result: Any, media_type: str) -> None:
    text = observation_file(result, media_type=media_type)
    assert canary.traces(text) == []
    assert "staging.example.net" not in text
    assert not any(secret in text for secret in VTEX.values())


_NAMES = st.text(max_size=12) | st.sampled_from(["status", "errorCode", "email", "document"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12) | st.just("status"), inner, max_size=3)
    ),
    max_leaves=12,
)


def words(value: Any) -> list[str]:
    """The texts and names in a JSON value."""
    match value:
        case dict():
            return [*value, *(word for inner in value.values() for word in words(inner))]
        case list():
            return [word for inner in value for word in words(inner)]
        case str():
            return [value]
    return []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_VALUES)
def test_a_shape_holds_words_of_the_documents_alone(value: Any) -> None:
    ours = {"text", "number", "boolean", "(unknown properties)", "…"}
    assert all(word in ours or word.isdecimal() or is_vocabulary(word) for word in words(shape(value)))


def test_a_run_at_an_endpoint_writes_what_it_saw_of_each_assumed_rule(tmp_path: Path) -> None:
    file = tmp_path / "observed.json"
    with running_server("--shoppers", "3") as server, staging(server.url) as host:
        target = target_file(tmp_path, host.url, "read", "write", "delete")
        chosen = ("--rule", "NS-GOC", "--rule", "NS-LOCK-4", "--rule", "FAI-GET", "--observe", str(file))
        result = CliRunner().invoke(
            main, ["check", "--target", str(target), "--only", "scenarios", *chosen], env=ENVIRONMENT
        )
    assert result.exit_code == 0, result.output
    text = file.read_text("utf-8")
    observations = json.loads(text)
    rules = [rule for api in ("fashionai", "newstore") for rule in catalogue.rules(api)]
    wanted = {rule.id for rule in rules if rule.id.startswith(("NS-GOC", "NS-LOCK-4", "FAI-GET")) and is_observed(rule)}
    assert {rule["rule"] for rule in observations["rules"]} == wanted
    answers = [
        answer for rule in observations["rules"] for scenario in rule["scenarios"] for answer in scenario["answers"]
    ]
    assert len(answers) > 20
    assert {"getOrCreateProfile", "getProfileByUserProfileId"} <= {answer["operation"] for answer in answers}
    for foreign in ("127.0.0.1", "staging", "@", "pii-sandbox-check", *ENVIRONMENT.values()):
        assert foreign not in text


def test_a_sandbox_has_nothing_to_observe(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check", "--observe", str(tmp_path / "observed.json")])
    assert result.exit_code == 2
    assert "--observe needs --target" in result.output
