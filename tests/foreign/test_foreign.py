"""The harness against servers that nobody here wrote: it tells what they break, and does not fall over them.

They answer the documents' own examples and remember nothing, so that what needs a memory is broken, or not asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from pii_sandbox import scenarios
from pii_sandbox.cli.group import main
from pii_sandbox.conformance.confirmation import play_confirmed
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.run_ids import fresh_run_id
from pii_sandbox.conformance.scenario_runner import verdict
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import RuleResult
from pii_sandbox.conformance.values.scenario import REGISTRY
from pii_sandbox.specs.catalogue import apis_with_rules, rules
from tests.foreign import servers

__all__ = ["scenarios"]  # importing them registers them

READABLE = {
    "vtex": {"profile_id": "00000000-0000-4000-8000-000000000001", "email": "john.doe@example.com"},
    "newstore": {"profile_id": "NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX"},
    "oracle": {"profile_id": "110006"},
}
# what a server without memory breaks, of what can be told there
BROKEN = {
    "fashionai": {"FAI-GET-2", "FAI-GET-3", "FAI-GET-4"},
    "newstore": {"NS-ADDR-3", "NS-DATA-3", "NS-LIST-3", "NS-LIST-4", "NS-TOK-3"},
    "oracle": {"OCC-GET-2"},
    "vtex": {
        "VTEX-ADDR-1",
        "VTEX-ADDR-2",
        "VTEX-ADDR-3",
        "VTEX-ALT-1",
        "VTEX-ALT-3",
        "VTEX-ALT-4",
        "VTEX-ALT-5",
        "VTEX-ALT-6",
        "VTEX-JOB-1",
        "VTEX-PROF-3",
        "VTEX-PROSP-1",
        "VTEX-PURCH-1",
        "VTEX-PURCH-2",
        "VTEX-VER-2",
        "VTEX-VER-3",
    },
}
# what it is not asked: it answers every create with one and the same customer, whom this run did not make
NOT_OURS = {
    "fashionai": set[str](),
    "newstore": {"NS-ADDR-1", "NS-ADDR-4", "NS-GOC-1", "NS-GOC-2", "NS-LOCK-1", "NS-LOCK-2", "NS-UNIQ-1"},
    "oracle": set[str](),
    "vtex": {"VTEX-ADDR-4", "VTEX-PROF-2", "VTEX-UNIQ-1", "VTEX-VER-1"},
}
RUNS = 3


@pytest.fixture(autouse=True)
def _everybody_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """At Connexion, which else would refuse every call for want of somebody to ask."""
    for name in ("APIKEYINFO_FUNC", "BEARERINFO_FUNC"):
        monkeypatch.setenv(name, f"{servers.__name__}.{servers.anybody.__name__}")


@pytest.fixture(params=["connexion", "prism"])
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def somewhere(url: str) -> Target:
    """A target like a vendor's: no clock, no control API, and all that may be granted there."""
    sandbox_target = local_sandbox(url)
    data = {api: {**sandbox_target.data.get(api, {}), **READABLE.get(api, {})} for api in sandbox_target.urls}
    powers = frozenset({"write", "delete", "erase"})
    return replace(sandbox_target, name="foreign", data=data, control=None, powers=powers)


def checked(api: str, url: str, seed: int = 0) -> dict[str, RuleResult]:
    """The verdicts of a run of its own, each finding played again."""
    with standalone_context(somewhere(url), fresh_run_id(), seed) as context:
        plays = {
            rule.id: [play_confirmed(scenario, api, context) for scenario in REGISTRY if scenario.rule == rule.id]
            for rule in rules(api)
        }
    return {rule.id: verdict(rule, plays[rule.id]) for rule in rules(api)}


@pytest.mark.parametrize("api", apis_with_rules())
def test_verdicts_at_a_server_without_memory_are_the_same_in_each_run(
    api: str, kind: str, running: ExitStack, tmp_path: Path
) -> None:
    server = servers.connexion_mock(api) if kind == "connexion" else servers.prism(api, tmp_path)
    url = running.enter_context(server)
    first, *others = [checked(api, url, seed) for seed in range(RUNS)]
    found = {rule: result.verdict for rule, result in first.items()}
    for other in others:
        assert {rule: result.verdict for rule, result in other.items()} == found
    statuses = {rule.id: rule.status for rule in rules(api)}
    assert set(found) == set(statuses)
    assert "unstable" not in found.values()
    for rule in BROKEN[api]:
        assert found[rule] == ("drift" if statuses[rule] == "assumed" else "breaks"), rule
    for rule in NOT_OURS[api]:
        assert found[rule] == "not checked", rule
        assert first[rule].reasons, rule


TARGET = """
name = "foreign"
powers = ["read", "write", "delete"]
[newstore]
url = "{url}"
[newstore.credentials.full]
Authorization = "Bearer ANY_TOKEN"
"""


def test_the_command_reports_it_in_its_reports_generated_calls_included(
    kind: str, running: ExitStack, tmp_path: Path
) -> None:
    server = servers.connexion_mock("newstore") if kind == "connexion" else servers.prism("newstore", tmp_path)
    file, folder = tmp_path / "target.toml", tmp_path / "reports"
    file.write_text(TARGET.format(url=running.enter_context(server)), encoding="utf-8")
    chosen = ["check", "--target", str(file), "--report", str(folder), "--depth", "standard"]
    result = CliRunner().invoke(main, chosen, env={"ANY_TOKEN": "any"})
    assert result.exit_code == 1, result.output
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    broken = {rule["rule"] for rule in report["rules"] if rule["outcome"] == "breaks"}
    assert broken >= {"NS-ADDR-3", "NS-DATA-3", "NS-LIST-4"}, result.output
    assert report["run"]["facts"]["generated calls"] > 0
    assert all(finding["standing"] in ("breaks", "assumed") for finding in report["findings"]), result.output


@pytest.mark.parametrize("api", apis_with_rules())
def test_a_server_of_something_else_is_not_judged(api: str, running: ExitStack, tmp_path: Path) -> None:
    results = checked(api, running.enter_context(servers.files(tmp_path)))
    assert {result.verdict for result in results.values()} == {"not checked"}
    causes = {cause.kind for result in results.values() for cause in result.causes}
    assert "intermediary" in causes


def test_an_unreachable_server_is_not_judged() -> None:
    results = checked("oracle", f"http://127.0.0.1:{servers.free_port()}")
    assert {result.verdict for result in results.values()} == {"not checked"}
