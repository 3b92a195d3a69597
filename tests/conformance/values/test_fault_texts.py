"""Faults of this program: where an exception was raised, whose it is, and the one line that tells of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pii_sandbox.conformance.values.faults import FAULT, FaultLog, fails_in_scenario, fault_text, is_ours

RUNNER = "pii_sandbox.conformance.scenario_runner"
CLIENT = "pii_sandbox.conformance.api_client"
SCENARIO = "pii_sandbox.scenarios.vtex.ttl"


def raised_through(catcher: str, *modules: str) -> Exception:
    """An exception that one module catches and that came through the others: the first calls the second, and so on.

    Each module stands in a file of its last name, and its call in a line of the number of modules above it, and 11.
    """
    call: Any = None
    for place in range(len(modules) - 1, -1, -1):
        names = {"__name__": modules[place], "call": call}
        source = "\n" * (place + 9) + "def step():\n" + ("    call()" if call else "    raise ValueError('a secret')")
        exec(compile(source, f"/somewhere/{modules[place].rpartition('.')[2]}.py", "exec"), names)
        call = names["step"]
    source = "def catch():\n    try:\n        call()\n    except Exception as error:\n        return error"
    names = {"__name__": catcher, "call": call}
    exec(compile(source, "catcher.py", "exec"), names)
    caught: Exception = names["catch"]()
    return caught


@pytest.mark.parametrize(
    ("modules", "place"),
    [
        ((RUNNER, SCENARIO), "ttl.py:11"),
        ((RUNNER, SCENARIO, CLIENT, "pii_sandbox.redaction.bodies"), "bodies.py:13"),
        ((RUNNER, SCENARIO, CLIENT, "httpx.transport", "json"), "api_client.py:12"),
        (("tests", "pii_sandbox.checking.run", "json"), "run.py:11"),
        (("tests", "pii_sandbox.specs", "pii_sandbox.mockserver.app"), "specs.py:11"),
        (("tests", "httpx", "conformance.session", "another.conformance.session", "json"), "json.py:14"),
    ],
)
def test_a_fault_is_told_with_the_last_line_of_ours_and_without_its_message(
    modules: tuple[str, ...], place: str
) -> None:
    error = raised_through(*modules)
    assert fault_text("a place", error) == (
        f"{FAULT} in a place: ValueError at {place}; please report this line and the seed"
    )


def test_a_fault_that_was_never_raised_has_no_line() -> None:
    assert fault_text("a place", KeyError("a secret")) == (
        f"{FAULT} in a place: KeyError; please report this line and the seed"
    )


@pytest.mark.parametrize(
    ("modules", "is_scenarios"),
    [
        ((RUNNER, SCENARIO), True),
        ((RUNNER, SCENARIO, "json"), True),
        ((RUNNER, "json"), True),
        ((RUNNER, SCENARIO, CLIENT), False),
        ((RUNNER, SCENARIO, CLIENT, "httpx"), False),
        ((RUNNER, CLIENT, SCENARIO), True),
        ((RUNNER, CLIENT), False),
        ((SCENARIO, "pii_sandbox.specs.catalogue"), False),
    ],
)
def test_a_scenario_fails_by_itself_unless_code_of_ours_that_it_calls_does(
    modules: tuple[str, ...], is_scenarios: bool
) -> None:
    assert fails_in_scenario(raised_through(*modules)) is is_scenarios


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        (("hypothesis.core", RUNNER), True),
        (("hypothesis.core", "pii_sandbox.redaction.bodies", "json"), True),
        (("pii_sandbox.checking.run", SCENARIO), True),
        (("hypothesis.core", "json"), False),
        (("hypothesis.core", "pii_sandbox.mockserver.app"), False),
        (("hypothesis.core", "pii_sandbox"), False),
        (("hypothesis.core", "other.conformance.session"), False),
        (("hypothesis.core", "conformance.session"), False),
    ],
)
def test_an_exception_is_ours_if_code_of_ours_raised_it_or_called_what_did(
    modules: tuple[str, ...], expected: bool
) -> None:
    assert is_ours(raised_through(*modules)) is expected


def test_a_log_of_faults_has_each_once_in_order_and_lets_the_run_go_on() -> None:
    faults = FaultLog()
    assert faults.texts == []
    for where in ("the report", "the clean-up", "the report"):
        with faults.guard(where):
            json.loads("no JSON")
    faults.add("the report", KeyError("x"))
    faults.note("said already")
    with faults.guard("what works"):
        pass
    places = [text.removeprefix(f"{FAULT} in ").partition(" at ")[0].partition(";")[0] for text in faults.texts]
    assert places == [
        "the report: JSONDecodeError",
        "the clean-up: JSONDecodeError",
        "the report: KeyError",
        "said already",
    ]


def test_an_interrupt_is_no_fault() -> None:
    faults = FaultLog()
    with pytest.raises(KeyboardInterrupt), faults.guard("the report"):
        raise KeyboardInterrupt
    assert faults.texts == []
