"""What a run shows while it goes."""

from __future__ import annotations

import io
import threading
import time

import pytest
from rich.console import Console

from pii_sandbox.conformance.report import Live, terminal
from tests.conformance.report import samples


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def live_output(terminal: bool, clock: Clock | None = None) -> tuple[Live, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=200, color_system=None)
    return Live(console, clock=clock or Clock()), out


def test_without_a_terminal_there_is_a_line_each_ten_seconds_and_one_for_what_breaks() -> None:
    clock = Clock()
    live, out = live_output(terminal=False, clock=clock)
    live.on_start(40)
    for number in range(1, 41):
        clock.at += 1
        name = f"NS-{number} scenario"
        live.on_scenario_start(name)
        live.on_scenario_end(name, "breaks: expected status 404; saw status 200" if number == 15 else "holds")
    assert out.getvalue().splitlines() == [
        "40 to play",
        "10 of 40 played; about 30 s to go",
        "NS-15 scenario: breaks: expected status 404; saw status 200",
        "20 of 40 played, 1 broken; about 20 s to go",
        "30 of 40 played, 1 broken; about 10 s to go",
        "40 of 40 played, 1 broken",
    ]


def test_without_a_terminal_there_are_lines_also_while_one_scenario_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "BEAT_SECONDS", 0.001)
    clock = Clock()
    live, out = live_output(terminal=False, clock=clock)
    with live:
        live.on_start(2)
        live.on_scenario_start("NS-1 slow")
        for seconds in (10, 20):
            clock.at = seconds
            wait_for_lines(out, seconds // 10)
    assert out.getvalue().splitlines()[1:] == ["0 of 2 played; now NS-1 slow"] * 2


def wait_for_lines(out: io.StringIO, count: int) -> None:
    """Returns once so many lines were told beside the first."""
    ends = time.monotonic() + 30
    while len(out.getvalue().splitlines()) <= count:
        assert time.monotonic() < ends, out.getvalue()
        time.sleep(0.001)


def test_progress_tells_when_a_limit_ends_the_run_before() -> None:
    clock = Clock()
    live, out = live_output(terminal=False, clock=clock)
    live.seconds_allowed = lambda: 12.0
    live.on_start(4)
    clock.at = 10
    live.on_scenario_end("NS-1 first", "holds")
    assert out.getvalue().splitlines()[-1] == ("1 of 4 played; about 30 s to go, and the limit of minutes allows 12 s")


def test_in_a_terminal_findings_come_as_they_are_found_and_the_rest_moves() -> None:
    live, out = live_output(terminal=True)
    with live:
        live.on_start(2)
        live.on_scenario_start("NS-1 first")
        live.on_scenario_end("NS-1 first", "holds")
        live.on_scenario_start("NS-2 [second]")
        live.on_scenario_end("NS-2 [second]", "breaks: saw [this]")
    assert "NS-2 [second]: breaks: saw [this]" in out.getvalue()
    assert "NS-1 first: holds" not in out.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_at_the_end_stand_counts_findings_and_the_verdict(terminal: bool) -> None:
    live, out = live_output(terminal)
    live.on_start(0)
    live.print_result(
        samples.run(samples.finding("NS-LOCK-1", expected="status 409", seen="status 200"), complete=False)
    )
    lines = out.getvalue().splitlines()
    assert "; 1 breaks; 1 not checked, because the target does not grant the power control" in lines[-1]
    assert "not checked, 1 rule: the target does not grant the power control" in lines
    assert any("1. NS-LOCK-1" in line for line in lines)
    assert any("the run was cut short" in line for line in lines)


def test_many_threads_may_tell_it_at_once() -> None:
    live, out = live_output(terminal=False)
    live.on_start(40)

    def tell(number: int) -> None:
        live.on_scenario_start(f"n{number}")
        live.on_scenario_end(f"n{number}", "holds")

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert out.getvalue().splitlines() == ["40 to play", "40 of 40 played"]
