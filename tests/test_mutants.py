"""The mutants: one at least for every rule, each replaces what there is, and a few of them are played here.

All are played by `pii-sandbox mutants` (`tox -e mutants`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pii_sandbox.cli.group import main
from pii_sandbox.conformance.values.scenario import REGISTRY
from pii_sandbox.mockserver.rules import masking
from pii_sandbox.mockserver.vendors.oracle import views
from pii_sandbox.mutants import catalogue, table
from pii_sandbox.mutants.mutant import Mutant, always_return
from pii_sandbox.mutants.mutant_server import MutantServer, mutant_server
from pii_sandbox.mutants.runner import MutantResult, results, results_of
from pii_sandbox.specs import catalogue as rules

EVERY = [mutant for mutants in catalogue.MUTANTS.values() for mutant in mutants]
PAGE = Path(__file__).parent.parent / "docs" / "reference" / "mutants.md"
SAMPLE = ("FAI-SEED-1", "NS-LOCK-2", "OCC-EXPAND-1", "VTEX-ERASE-4", "VTEX-MASK-2")


def case_name(mutant: Mutant) -> str:
    return f"{mutant.rule}: {mutant.says}"


def find_rule(id: str) -> rules.Rule:
    rule = rules.rule(id)
    assert rule is not None
    return rule


@pytest.fixture(scope="module")
def unbroken_server() -> Iterator[MutantServer]:
    with mutant_server() as server:
        yield server


def use_only(monkeypatch: pytest.MonkeyPatch, mutant: Mutant) -> None:
    """Makes it the only mutant that there is."""
    monkeypatch.setattr(catalogue, "MUTANTS", {find_rule(mutant.rule).api: (mutant,)})


def test_every_rule_has_a_mutant_and_every_mutant_a_rule() -> None:
    known = {api: {rule.id for rule in rules.rules(api)} for api in rules.apis_with_rules()}
    broken = {api: {mutant.rule for mutant in mutants} for api, mutants in catalogue.MUTANTS.items()}
    assert broken == known


def test_every_rule_has_a_scenario_and_every_scenario_a_rule() -> None:
    assert {scenario.rule for scenario in REGISTRY} == {mutant.rule for mutant in EVERY}


def test_no_two_mutants_say_the_same() -> None:
    listed = [case_name(mutant) for mutant in EVERY]
    assert sorted(set(listed)) == sorted(listed)


@pytest.mark.parametrize("mutant", EVERY, ids=case_name)
def test_a_mutant_replaces_something_of_the_mock_for_a_while(mutant: Mutant) -> None:
    assert mutant.place.startswith("pii_sandbox.mockserver.")
    before = getattr(mutant.owner, mutant.name)
    with mutant.applied():
        broken = getattr(mutant.owner, mutant.name)
        assert broken is not before
        if inspect.isfunction(before) and inspect.isfunction(broken):
            assert accepts_same_calls(before, broken)
    assert getattr(mutant.owner, mutant.name) is before


def accepts_same_calls(before: Callable[..., Any], broken: Callable[..., Any]) -> bool:
    """Whether a call that the one takes fits the other: a mutant that fails on every call breaks no rule."""
    parameters = inspect.signature(before).parameters.values()
    placed = [None for known in parameters if known.kind is known.POSITIONAL_OR_KEYWORD]
    by_name = {known.name: None for known in parameters if known.kind is known.KEYWORD_ONLY}
    try:
        inspect.signature(broken).bind(*placed, **by_name)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize("rule_id", SAMPLE)
def test_a_mutant_is_caught_by_the_rule_s_own_scenarios(rule_id: str, unbroken_server: MutantServer) -> None:
    found = results_of(find_rule(rule_id), unbroken_server)
    assert [(result.rule, result.fate) for result in found] == [(rule_id, "caught")] * len(found)
    assert table.idle(found) == []


def test_a_mutant_that_breaks_no_rule_survives(unbroken_server: MutantServer, monkeypatch: pytest.MonkeyPatch) -> None:
    use_only(monkeypatch, Mutant("OCC-GET-3", "nothing", masking, "mask", always_return("")))
    (result,) = results_of(find_rule("OCC-GET-3"), unbroken_server)
    assert (result.fate, result.caught) == ("survived", False)


def test_a_mutant_that_breaks_the_server_is_not_caught(
    unbroken_server: MutantServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_only(monkeypatch, Mutant("OCC-GET-1", "it fails", views, "to_dialect", always_return(object())))
    (result,) = results_of(find_rule("OCC-GET-1"), unbroken_server)
    assert (result.fate, result.caught) == ("crashed", False)


def test_a_scenario_that_is_red_without_the_mutant_proves_nothing(unbroken_server: MutantServer) -> None:
    ever_red = next(mutant for mutant in EVERY if mutant.rule == "OCC-GET-2")
    with ever_red.applied():
        found = results_of(find_rule("OCC-GET-2"), unbroken_server)
    assert {result.fate for result in found} == {"red without it"}


def test_a_rule_without_mutants_is_not_caught(unbroken_server: MutantServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "MUTANTS", {})
    (result,) = results_of(find_rule("OCC-GET-2"), unbroken_server)
    assert (result.fate, result.caught) == ("no mutant", False)


def test_rules_are_played_in_several_processes_and_reported_in_their_order() -> None:
    wanted = [find_rule("OCC-GET-2"), find_rule("OCC-GET-3")]
    found = [result for of_rule in results(wanted, workers=2) for result in of_rule]
    assert [result.rule for result in found] == [mutant.rule for mutant in catalogue.mutants_of(wanted)]
    assert {result.fate for result in found} == {"caught"}


def test_the_command_reports_the_caught_mutants() -> None:
    result = CliRunner().invoke(main, ["mutants", "occ-get-3"])
    assert (result.exit_code, "1 of 1 mutants of 1 rules caught" in result.output) == (0, True)
    assert "a blank id is refused" in " ".join(result.output.split())


def test_the_command_fails_for_a_survivor(monkeypatch: pytest.MonkeyPatch) -> None:
    use_only(monkeypatch, Mutant("OCC-GET-3", "nothing", masking, "mask", always_return("")))
    result = CliRunner().invoke(main, ["mutants", "OCC-GET-3", "--json"])
    assert (result.exit_code, '"fate": "survived"' in result.output) == (1, True)


def test_the_command_refuses_an_unknown_rule() -> None:
    result = CliRunner().invoke(main, ["mutants", "OCC-GET-99"])
    assert (result.exit_code, "unknown rule OCC-GET-99" in result.output) == (2, True)


def test_a_scenario_that_no_mutant_turns_red_is_reported() -> None:
    first = MutantResult(
        "OCC-GET-3", "oracle", "one", "here", "caught", "", caught_by=("blank",), idle=("deaf", "late")
    )
    second = MutantResult(
        "OCC-GET-3", "oracle", "two", "there", "caught", "", caught_by=("late",), idle=("blank", "deaf")
    )
    assert table.idle([first, second]) == [("OCC-GET-3", "deaf")]


def test_the_page_of_the_documentation_has_every_mutant() -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [case_name(mutant) for mutant in EVERY if f"| {mutant.rule} | {mutant.says} |" not in page]
    assert missing == [], "pii-sandbox mutants --markdown > docs/reference/mutants.md"
    assert "**" not in page
