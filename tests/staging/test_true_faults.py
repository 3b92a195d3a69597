"""A vendor that really breaks a rule is convicted in bad weather, of that rule; a sound one is not.

Each mutant of the mock stands behind a door that loses 5 % of the answers to 503 and delays all of them. STAGING_LONG
plays all of them with a delay of 200 ms (`tox -e staging`), and looks at each with all other rules of its API too.
"""

from __future__ import annotations

import os
import random
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from pii_sandbox import scenarios  # noqa: F401 — registers them
from pii_sandbox.conformance.confirmation import play_confirmed
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.run_ids import fresh_run_id
from pii_sandbox.conformance.scenario_runner import verdict
from pii_sandbox.conformance.target.model import Retry, Target
from pii_sandbox.conformance.values.findings import RuleResult
from pii_sandbox.conformance.values.scenario import REGISTRY
from pii_sandbox.mutants import catalogue
from pii_sandbox.mutants.mutant import Mutant
from pii_sandbox.mutants.mutant_server import MutantServer, mutant_server
from pii_sandbox.specs.catalogue import Rule, rules
from tests.staging.weather import Weather, WeatherRequest, door, page

LONG = bool(os.environ.get("STAGING_LONG"))
POWERS = frozenset({"write", "delete"})
FAULTS = (
    ("NS-GOC-1", "emails compare with their case"),
    ("NS-GOC-3", "a refusal names no field"),
    ("NS-LOCK-1", "an update needs no current last_updated_at"),
    ("NS-UNIQ-1", "an update may take another profile's email"),
    ("NS-ADDR-1", "an equal address is added again"),
    ("NS-ADDR-3", "addresses need no profile"),
    ("NS-ADDR-4", "a deleted address stays"),
    ("NS-LOCK-4", "last_updated_at is compared as text"),
    ("NS-DEL-1", "a second deletion request answers 404"),
    ("NS-DEL-1", "the deletion of an unknown profile answers 400"),
    ("NS-ADDR-1", "address_line_2 is not looked at"),
    ("VTEX-ALT-2", "an unknown alternativeKey is taken for email"),
    ("VTEX-ALT-3", "a value that nobody has finds somebody else"),
    ("VTEX-ALT-4", "an email in the path needs no alternativeKey"),
    ("VTEX-PROSP-1", "a deleted prospect stays"),
    ("VTEX-PROSP-1", "an update replaces the whole prospect"),
    ("VTEX-PROSP-1", "no two prospects have one email"),
    ("VTEX-PROF-2", "null is stored instead of removing the field"),
    ("VTEX-PROF-2", "an update replaces the whole profile"),
    ("VTEX-PROF-3", "a deleted profile stays"),
    ("VTEX-ADDR-1", "addresses need no profile"),
    ("VTEX-ADDR-3", "an address is found under any profile"),
    ("VTEX-ADDR-4", "an update replaces the whole address"),
)
LOST = 0.05
SHORT_DELAY_SECONDS = 0.01
DELAY_SECONDS = 0.2 if LONG else SHORT_DELAY_SECONDS
PLAYED = FAULTS if LONG else FAULTS[:3] + FAULTS[5:7] + FAULTS[14:16]


@pytest.fixture(scope="module")
def unbroken_server() -> Iterator[MutantServer]:
    with mutant_server() as server:
        yield server


def bad_weather(seed: str, delay_seconds: float = DELAY_SECONDS) -> Weather:
    chance = random.Random(seed)
    lost = page(503)

    def pass_on(request: WeatherRequest) -> httpx.Response | None:
        time.sleep(delay_seconds)
        response = request.pass_on()
        return lost(request) if chance.random() < LOST else response

    return pass_on


def pass_on(request: WeatherRequest) -> httpx.Response:
    return request.pass_on()


def rule_of(rule_id: str) -> Rule:
    api = "newstore" if rule_id.startswith("NS-") else "vtex"
    return next(rule for rule in rules(api) if rule.id == rule_id)


def judge_rule(rule: Rule, server: MutantServer, weather: Weather, name: str) -> RuleResult:
    """The verdict on a rule at the server as a vendor in that weather.

    Runs of other names invent other people: a mutant may keep those of an earlier run.
    """
    with door(server.target.urls[rule.api], weather) as host:
        target: Target = replace(
            server.target, name="staging", urls={rule.api: host.url}, powers=POWERS, control=None,
            retry=Retry(backoff_seconds=0.01, breaker_seconds=1),
        )  # fmt: skip
        with standalone_context(target, fresh_run_id(), zlib.crc32(name.encode())) as context:
            known = [scenario for scenario in REGISTRY if scenario.rule == rule.id]
            return verdict(rule, [play_confirmed(scenario, rule.api, context) for scenario in known])


def mutant_of(rule_id: str, says: str) -> Mutant:
    known = catalogue.MUTANTS[rule_of(rule_id).api]
    return next(mutant for mutant in known if (mutant.rule, mutant.says) == (rule_id, says))


def test_the_faults_are_twenty_at_least_and_of_documented_rules() -> None:
    assert len(FAULTS) >= 20
    assert all(mutant_of(*fault) for fault in FAULTS)


@pytest.mark.parametrize(("rule_id", "says"), PLAYED, ids=lambda part: part)
def test_a_true_fault_is_convicted_by_its_own_rule_in_bad_weather(
    rule_id: str, says: str, unbroken_server: MutantServer
) -> None:
    rule = rule_of(rule_id)
    with mutant_of(rule_id, says).applied():
        result = judge_rule(rule, unbroken_server, bad_weather(says), says)
    broken = {finding.name for finding in result.findings}
    documented = [scenario for scenario in REGISTRY if scenario.rule == rule_id and not scenario.assumed]
    breaks = rule.status != "assumed" and not broken.isdisjoint(scenario.name for scenario in documented)
    assert result.verdict == ("breaks" if breaks else "drift"), (result.reasons, result.findings)
    assert {finding.rule for finding in result.findings} == {rule_id}


@pytest.mark.parametrize("rule_id", sorted({rule_id for rule_id, _ in PLAYED}))
def test_a_sound_vendor_is_convicted_of_nothing_in_bad_weather(rule_id: str, unbroken_server: MutantServer) -> None:
    result = judge_rule(rule_of(rule_id), unbroken_server, bad_weather(rule_id), f"sound {rule_id}")
    assert result.findings == ()
    assert result.verdict == "conforms", result.reasons


@pytest.mark.parametrize(("rule_id", "says"), FAULTS if LONG else FAULTS[6:7], ids=lambda part: part)
def test_a_true_fault_convicts_no_other_rule_in_bad_weather(
    rule_id: str, says: str, unbroken_server: MutantServer
) -> None:
    """But for rules that the fault breaks in good weather too."""
    others = [rule for rule in rules(rule_of(rule_id).api) if rule.id != rule_id]
    with mutant_of(rule_id, says).applied():
        bad = bad_weather(says, SHORT_DELAY_SECONDS)
        convicted = [rule.id for rule in others if judge_rule(rule, unbroken_server, bad, f"bad {says}").findings]
        broken = [
            rule for rule in convicted if judge_rule(rule_of(rule), unbroken_server, pass_on, f"good {says}").findings
        ]
    assert convicted == broken
