"""What a run shows while it goes."""

from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from pii_sandbox.conformance.report import Live
from tests.conformance.report import samples


def shown(terminal: bool) -> tuple[Live, io.StringIO]:
    out = io.StringIO()
    return Live(Console(file=out, force_terminal=terminal, width=200, color_system=None)), out


def test_without_a_terminal_there_is_a_plain_line_for_each() -> None:
    live, out = shown(terminal=False)
    live.started(2)
    for name, came in (("NS-1 first", "holds"), ("NS-2 second", "breaks: expected status 404; saw status 200")):
        live.playing(name)
        live.played(name, came)
    assert out.getvalue().splitlines() == [
        "2 to play",
        "1/2 NS-1 first: holds",
        "2/2 NS-2 second: breaks: expected status 404; saw status 200",
    ]


def test_in_a_terminal_findings_come_as_they_are_found_and_the_rest_moves() -> None:
    live, out = shown(terminal=True)
    with live:
        live.started(2)
        live.playing("NS-1 first")
        live.played("NS-1 first", "holds")
        live.playing("NS-2 [second]")
        live.played("NS-2 [second]", "breaks: saw [this]")
    assert "NS-2 [second]: breaks: saw [this]" in out.getvalue()
    assert "NS-1 first: holds" not in out.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_at_the_end_stand_counts_findings_and_the_verdict(terminal: bool) -> None:
    live, out = shown(terminal)
    live.started(0)
    live.ended(samples.run(samples.finding("NS-LOCK-1", expected="status 409", seen="status 200"), complete=False))
    lines = out.getvalue().splitlines()
    assert lines[-1].strip() == "staging does not conform"
    assert any("1. NS-LOCK-1" in line for line in lines)
    assert any("the run was cut short" in line for line in lines)


def test_many_threads_may_tell_it_at_once() -> None:
    live, out = shown(terminal=False)
    live.started(40)

    def tell(number: int) -> None:
        live.playing(f"n{number}")
        live.played(f"n{number}", "holds")

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(out.getvalue().splitlines()) == 41
    assert "40/40" in out.getvalue()
