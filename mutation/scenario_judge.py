"""Judges mutants of the mock server: plays the scenarios that run the changed lines, until one has a finding."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from mutation import code_swap, import_hook
from mutation.coverage_map import AT_IMPORT, OUTSIDE_ALL, CoverageMap, recorded_lines
from mutation.source_mutants import ROOT, SourceMutant
from mutation.targets import mock_files
from pii_sandbox import scenarios, specs
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.scenario_runner import play_scenario
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.specs import catalogue
from pii_sandbox.specs.api_facts import apis

__all__ = ["COVERED_BY", "TIMEOUT_SECONDS", "judge", "play_order", "record_coverage", "scenarios", "warm_up"]

COVERED_BY = ("specs", "redaction", "mockserver", "conformance", "scenarios", "pii_sandbox/mutants")
TIMEOUT_SECONDS = 180.0
_PLAYS = 2  # of a scenario that cannot be played to its end
_MOST_UNPLAYED = 1  # scenarios that cannot be, each of which takes long
_PACKAGE = "pii_sandbox.mockserver."
_SERVER = "pii_sandbox.mutants.mutant_server"
# Modules that depend on nothing that is mutated: a process that imports its mutant has them already.
_SHARED = (
    *("connexion", "connexion.middleware.main", "faker", "jsonschema_rs", "tinydb", "uvicorn", "brotli"),
    *(
        f"pii_sandbox.mockserver.{name}"
        for name in ("clock", "cross_site", "faults", "ids", "lifetime", "problems", "schemas", "seeding", "store")
    ),
)
_APIS = {rule.id: rule.api for api in catalogue.apis_with_rules() for rule in catalogue.rules(api)}


def warm_up() -> None:
    """Import and load what all judging processes share: the mock server, documents, the harness's validators."""
    for name in (*_SHARED, _SERVER):
        importlib.import_module(name)
    # the documents are not mutated: they are validated here, once, and not by each process
    specification = importlib.import_module("connexion.spec").Specification
    for api, facts in apis().items():
        for document in facts.documents:
            for dialect in ("guide", "reference"):
                for operation in specs.operations(document, dialect).values():
                    operations.operation(api, operation.operation_id, dialect)
    specification._validate_spec = lambda *_: None


def record_coverage() -> dict[str, Any]:
    """Play every scenario on the unbroken mock; return the lines that each runs and the seconds that it takes.

    Raises RuntimeError if one does not hold: on such a mock nothing can be judged.
    """
    coverage = importlib.import_module("coverage")
    files = [f"{ROOT}/**/{file}" for file in mock_files()]
    recorder = coverage.Coverage(data_file=None, include=files, config_file=False)
    seconds: dict[str, float] = {}
    _forget_server()
    recorder.start()
    recorder.switch_context(AT_IMPORT)
    module = importlib.import_module(_SERVER)
    recorder.switch_context(OUTSIDE_ALL)
    with module.mutant_server() as server:
        for scenario in REGISTRY:
            recorder.switch_context(_name(scenario))
            started = time.monotonic()
            with standalone_context(server.target, "mutation", seed=0) as context:
                result = play_scenario(scenario, _APIS[scenario.rule], context)
            if not result.holds:
                raise RuntimeError(f"{_name(scenario)} does not hold without a mutant: {result.reason}")
            seconds[_name(scenario)] = time.monotonic() - started
        recorder.stop()
    return {"lines": recorded_lines(recorder.get_data()), "seconds": seconds}


def play_order(mutant: SourceMutant, coverage: CoverageMap, killers: Sequence[str]) -> list[str]:
    """Return the scenarios that may notice a mutant.

    First those that noticed its neighbours, then those that run its lines, before them those of rules that the file
    names, then those that run its file, since a value may be computed once and used by others, and last those of rules
    that the file names: other modules may read what stands at its top, and what ran before may be cached, as seeded
    data is. Empty if its lines never run: no scenario can notice it.
    """
    running = coverage.running(mutant.file, *mutant.statement)
    if not running and mutant.function and not coverage.runs_outside_all(mutant.file, *mutant.statement):
        return []
    known = [name for name in dict.fromkeys(reversed(killers)) if name in running]
    named = [name for name in running if name.partition(" ")[0] in mutant.original_text]
    of_rules = [_name(each) for each in REGISTRY if each.rule in mutant.original_text]
    return list(dict.fromkeys([*known, *named, *running, *coverage.running_file(mutant.file), *of_rules]))


def run_prepared(work: Callable[[], None]) -> None:
    """Do the work; all that can be prepared is done by `warm_up`."""
    work()


def judge(mutant: SourceMutant | None, names: Sequence[str], *, swap: bool = False) -> dict[str, Any]:
    """Play the scenarios on the mutant in this process, whose mock server is imported and has not been started.

    `swap`: the mutant is in a function that has not run yet; it gets its code. Otherwise the server is imported anew.
    None: on the unchanged mock, to see how long that takes. A scenario that cannot be played to its end, where all can
    be on the unchanged mock, is played again: the machine may have been too busy. What stops it twice is the mutant.
    """
    if mutant is not None and not (swap and code_swap.swap_code(mutant)):
        _forget_server()
        import_hook.install(mutant)
    known = {_name(scenario): scenario for scenario in REGISTRY}
    try:
        running = importlib.import_module(_SERVER).mutant_server()  # it stops when this is collected
        server = running.__enter__()
    except Exception as error:
        return {"fate": "cannot start", "why": f"{type(error).__name__}: {error}"}
    unplayed: list[tuple[str, str]] = []
    with standalone_context(server.target, "mutation", seed=0) as context:
        for name in names:
            for number in range(_PLAYS):
                result = play_scenario(known[name], _APIS[known[name].rule], context, number=number)
                if result.finding is not None:
                    why = f"expected {result.finding.expected}, saw {result.finding.seen}"
                    return {"fate": "noticed", "by": name, "why": why}
                if result.holds:
                    break
            else:
                unplayed.append((name, str(result.reason)))
            if len(unplayed) == _MOST_UNPLAYED:
                break
    if unplayed:
        by, why = unplayed[0]
        return {"fate": "not playable", "by": by, "why": why}
    return {"fate": "survived"}


def _forget_server() -> None:
    """Have the next import load the mock server's modules from their files, but for the shared ones."""
    for name in [name for name in sys.modules if name.startswith(_PACKAGE) or name == _SERVER]:
        if name not in _SHARED and not any(name.startswith(f"{shared}.") for shared in _SHARED):
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            vars(sys.modules.get(parent, ModuleType(parent))).pop(child, None)


def _name(scenario: Scenario) -> str:
    return f"{scenario.rule} {scenario.name}"
