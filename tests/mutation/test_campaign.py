"""Campaigns: forked processes with a deadline, results that are kept and resumed, one real mutant of the mock."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mutation import campaign, equivalents
from mutation.coverage_map import OUTSIDE_ALL, CoverageMap
from mutation.equivalents import Equivalent, outdated_entries
from mutation.results import MutantResult, Session, result_of, score, summary
from mutation.source_mutants import ROOT, SourceMutant, mutants_of
from mutation.test_judge import TestJudge

FILE = "mockserver/rules/locking.py"

# A script: forking needs a process without threads, which that of the tests is not.
JUDGE = """
import json
from mutation import processes, scenario_judge
from mutation.source_mutants import mutants_of
scenario_judge.warm_up()
mutant, _ = [m for m in mutants_of("mockserver/rules/locking.py") if m.operator == "raise left out"]
names = ["NS-LOCK-1 a_profile_is_updated_with_its_current_updated_at_alone"]
print(json.dumps([result for _, result in processes.run_forked([lambda: scenario_judge.judge(mutant, names)], 1, 60)]))
"""

# A call of `super` is left out, so that the function refers to its class no longer.
SWAP = """
import json, logging
from mutation.code_swap import swap_code
from mutation.source_mutants import mutants_of
from pii_sandbox.conformance.redaction.logs import Quiet, Redactor
[mutant] = [m for m in mutants_of("conformance/redaction/logs.py") if "super" in m.code]
print(json.dumps([hasattr(Quiet(Redactor()), "name"), swap_code(mutant), hasattr(Quiet(Redactor()), "name")]))
"""

FORK = """
import json, time
from mutation.processes import run_forked
jobs = [lambda: {"n": 1}, lambda: time.sleep(60), lambda: 1 / 0]
print(json.dumps(sorted(run_forked(jobs, 2, 1.5), key=lambda each: each[0])))
"""


def run_script(text: str) -> Any:
    command = [sys.executable, "-W", "ignore", "-c", text]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class StubJudge:
    """Notices what leaves out a `raise`; which process it is in does not matter to it."""

    COVERED_BY: Sequence[str] = ()
    TIMEOUT_SECONDS = 5.0

    def __init__(self) -> None:
        self.judged: list[str] = []

    def warm_up(self) -> None:
        """Nothing is shared."""

    def record_coverage(self) -> dict[str, Any]:
        raise NotImplementedError

    def run_prepared(self, work: Callable[[], None]) -> None:
        work()

    def play_order(self, mutant: SourceMutant, covered: CoverageMap, killers: Sequence[str]) -> list[str]:
        return covered.running(mutant.file, *mutant.statement)

    def judge(self, mutant: SourceMutant | None, names: Sequence[str], *, swap: bool = False) -> dict[str, Any]:
        assert mutant is not None
        self.judged.append(mutant.name)
        return {"fate": "noticed", "by": names[0]} if "raise" in mutant.operator else {"fate": "survived"}


def result(mutant: str, verdict: Any) -> MutantResult:
    return MutantResult(mutant, FILE, 1, "number", "a = 1", "a = 2", verdict)


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(jobs: Sequence[Callable[[], Any]], workers: int, timeout_seconds: float) -> Any:
        return ((number, job()) for number, job in enumerate(jobs))

    monkeypatch.setattr(campaign, "run_forked", run)


def test_a_job_ends_with_its_result_its_error_or_at_its_deadline() -> None:
    started = time.monotonic()
    (first, slow, broken) = run_script(FORK)
    assert first == [0, {"n": 1}]
    assert slow == [1, None]
    assert broken[1]["fate"] == "error"
    assert "ZeroDivisionError" in broken[1]["why"]
    assert time.monotonic() - started < 50


def test_a_refusal_that_is_left_out_is_noticed_by_its_scenario() -> None:
    [judged] = run_script(JUDGE)
    assert judged["fate"] == "noticed"
    assert judged["by"].startswith("NS-LOCK-")


def test_a_function_gets_the_code_of_a_mutant_that_calls_no_super() -> None:
    assert run_script(SWAP) == [True, 1, False]


@pytest.mark.usefixtures("in_this_process")
def test_a_campaign_judges_each_mutant_once_and_goes_on_where_it_was_cut_short(tmp_path: Path) -> None:
    mutants = [mutant for mutant in mutants_of(FILE) if not equivalents.is_listed(mutant)]
    covered = CoverageMap({FILE: {"a scenario": frozenset(range(1, 100))}}, {})
    first, second = StubJudge(), StubJudge()
    session = Session("some", resume=False, folder=tmp_path)
    campaign.run(first, mutants[:3], covered, session, workers=1, on_result=lambda _: None)
    resumed = Session("some", resume=True, folder=tmp_path)
    campaign.run(second, mutants, covered, resumed, workers=1, on_result=lambda _: None)
    assert sorted([*first.judged, *second.judged]) == sorted(mutant.name for mutant in mutants)
    assert len(first.judged) == 3
    assert {each.fate for each in resumed.results} == {"noticed", "survived"}
    assert Session("some", resume=False, folder=tmp_path).results == []


@pytest.mark.usefixtures("in_this_process")
def test_what_nothing_runs_is_not_judged_and_what_is_listed_as_equivalent_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = mutants_of(FILE)
    listed = Equivalent(FILE, first.code, (first.becomes,), "it is only a test")
    monkeypatch.setattr(equivalents, "equivalents", lambda: (listed,))
    judge, session = StubJudge(), Session("some", resume=False, folder=tmp_path)
    campaign.run(judge, [first, *others], CoverageMap({}, {}), session, workers=1, on_result=lambda _: None)
    assert judge.judged == []
    fates = {each.mutant: each.fate for each in session.results}
    assert fates[first.name] == "equivalent"
    assert fates[others[-1].name] == "not run"


def test_a_mutant_that_is_no_python_cannot_start(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = "redaction/decodings.py"
    judge = TestJudge([file], [])
    monkeypatch.setattr(judge, "_items", {"a test": request.node})
    mutant = next(each for each in mutants_of(file) if each.becomes == 'case "percent" & "hex":')
    assert judge.judge(mutant, ["a test"], swap=True)["fate"] == "cannot start"


def test_a_result_is_kept_whatever_text_a_test_failed_on(tmp_path: Path) -> None:
    mutant, *_ = mutants_of(FILE)
    session = Session("some", resume=False, folder=tmp_path)
    session.add(result_of(mutant, {"fate": "noticed", "by": "a test", "why": "assert 'é\ud83d' == ''"}, 0))
    assert Session("some", resume=True, folder=tmp_path).results == session.results


def test_the_score_counts_neither_equivalent_mutants_nor_those_that_cannot_start() -> None:
    noticed = ("noticed", "not playable", "timed out")
    fates = (*noticed, "survived", "not run", "undecided", "error", "equivalent", "cannot start")
    results = [result(f"m{number}", fate) for number, fate in enumerate(fates)]
    assert score(results) == (3, 7)
    text = summary(results)
    assert text.startswith("3 of 7 mutants noticed (42.9 %)")
    assert text.count("- a = 1") == 4


@pytest.mark.parametrize(("unchanged", "verdict"), [({"fate": "survived"}, "timed out"), (None, "undecided")])
def test_a_mutant_that_times_out_is_noticed_only_if_the_unchanged_code_does_not(
    unchanged: Any, verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([None, unchanged])

    def run(jobs: Sequence[Callable[[], Any]], workers: int, timeout_seconds: float) -> Any:
        return ((number, next(answers)) for number, _ in enumerate(jobs))

    monkeypatch.setattr(campaign, "run_forked", run)
    mutant, *_ = mutants_of(FILE)
    covered = CoverageMap({FILE: {"a scenario": frozenset(range(1, 100))}}, {})
    session = Session("some", resume=False, folder=tmp_path)
    campaign.run(StubJudge(), [mutant], covered, session, workers=1, on_result=lambda _: None)
    assert [each.fate for each in session.results] == [verdict]
    assert session.results[0].why.startswith("ended after 5 s; without the mutant")


def test_lines_that_run_at_start_up_alone_are_told_from_those_that_never_run() -> None:
    covered = CoverageMap({FILE: {OUTSIDE_ALL: frozenset({1, 2}), "a scenario": frozenset({2, 3})}}, {})
    assert covered.running(FILE, 1, 3) == ["a scenario"]
    assert covered.running_file(FILE) == ["a scenario"]
    lines = [1, 2, 3, 4]
    assert [covered.running(FILE, line, line) for line in lines] == [[], ["a scenario"], ["a scenario"], []]
    assert [covered.runs_outside_all(FILE, line, line) for line in lines] == [True, False, False, False]


def test_every_listed_equivalent_mutant_is_still_in_the_code() -> None:
    assert outdated_entries(equivalents.equivalents()) == []


def test_the_page_ends_with_the_list_of_equivalent_mutants() -> None:
    page = (ROOT / "docs" / "reference" / "equivalent-mutants.md").read_text("utf-8")
    assert page.partition("## Equivalent mutants\n\n")[2] == equivalents.page(), "python -m mutation --equivalents"


def test_the_page_names_the_function_of_an_entry_that_holds_in_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    anywhere, in_one = (Equivalent(FILE, "raise", (), "It is only a test.", name) for name in (None, "Endpoint.read"))
    monkeypatch.setattr(equivalents, "equivalents", lambda: (anywhere, in_one))
    assert "\n\nIt is only a test.\n\n```diff\n- raise\n+ any change\n```\n" in equivalents.page()
    assert "\n\nIn `Endpoint.read`: It is only a test.\n\n```diff\n- raise\n" in equivalents.page()


def test_an_entry_whose_code_moved_away_is_outdated() -> None:
    moved = Equivalent(FILE, "if there_is_no_such_code:", ("if True:",), "none")
    assert outdated_entries([moved]) == [f"{FILE}: 'if there_is_no_such_code:'"]
    renamed = Equivalent(FILE, "if sent != stored:", ("if whatever:",), "none")
    assert outdated_entries([renamed]) == [f"{FILE}: 'if sent != stored:' becomes 'if whatever:'"]


def test_a_judge_whose_tests_cannot_be_collected_says_so() -> None:
    script = """
import json
from mutation.test_judge import TestJudge
judge = TestJudge([], ["tests/no_such_folder"])
print(json.dumps(judge.record_coverage()))
judge.run_prepared(lambda: None)
"""
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    why = "pytest cannot collect the tests and ends with"
    [recorded] = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert json.loads(recorded)["why"].startswith(why)
    assert f"RuntimeError: {why}" in done.stderr
