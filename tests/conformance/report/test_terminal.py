"""What a run shows while it goes."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable

import pytest
from rich.console import Console

from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report import Live, terminal
from pii_sandbox.conformance.values.errors import CannotCheck
from tests.conformance.report import samples


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

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
            clock.at = 1000 + seconds
            wait_for_lines(out, seconds // 10)
    assert out.getvalue().splitlines()[1:] == ["0 of 2 played; now NS-1 slow"] * 2


def wait_for_lines(out: io.StringIO, count: int) -> None:
    """Returns once so many lines were told beside the first."""
    ends = time.monotonic() + 30
    while len(out.getvalue().splitlines()) <= count:
        assert time.monotonic() < ends, out.getvalue()
        time.sleep(0.001)


def refuse() -> float:
    raise CannotCheck("the target's limit of 3 minutes is used up", "limit")


@pytest.mark.parametrize(
    ("allowed", "rest"),
    [
        (lambda: 12.0, ", and the limit of minutes allows 12 s"),
        (lambda: 30.0, ""),
        (lambda: None, ""),
        (refuse, ", and the limit of minutes allows 0 s"),
    ],
    ids=["less", "just enough", "no limit", "none left"],
)
def test_progress_tells_when_a_limit_ends_the_run_before(allowed: Callable[[], float | None], rest: str) -> None:
    clock = Clock()
    live, out = live_output(terminal=False, clock=clock)
    live.seconds_allowed = allowed
    live.on_start(4)
    clock.at += 10
    live.on_scenario_end("NS-1 first", "holds")
    assert out.getvalue().splitlines()[-1] == f"1 of 4 played; about 30 s to go{rest}"


def test_progress_names_the_scenario_that_has_played_longest() -> None:
    clock = Clock()
    live, out = live_output(terminal=False, clock=clock)
    live.on_start(5)
    for name in ("one", "two", "three"):
        live.on_scenario_start(name)
    clock.at += 10
    live.on_scenario_end("one", "holds")
    clock.at += 10
    live.on_scenario_end("of an earlier part", "holds")
    assert out.getvalue().splitlines()[1:] == [
        "1 of 5 played; about 40 s to go; now two", "2 of 5 played; about 30 s to go; now two",
    ]  # fmt: skip


def test_texts_of_a_run_go_through_its_redactor_and_stay_on_a_line() -> None:
    clock, out = Clock(), io.StringIO()
    live = Live(Console(file=out, width=40), Redactor(known_values={"Zx-Quill": "lastName"}), clock)
    live.on_start(3)
    live.on_scenario_start("the other of Zx-Quill")
    live.on_scenario_end("one", "breaks: saw Zx-Quill\nand much that is longer than a line of this terminal")
    clock.at += 10
    live.on_scenario_end("two", "holds")
    live.print_result(samples.run(samples.finding("NS-LOCK-1", seen="Zx-Quill")))
    lines = out.getvalue().splitlines()
    assert lines[1].startswith("one: breaks: saw name#")
    assert lines[1].endswith("\\nand much that is longer than a line of this terminal")
    assert "; now the other of name#" in lines[2]
    assert "Zx-Quill" not in out.getvalue()


def progress_thread(live: Live, total: int) -> threading.Thread:
    """The thread that tells progress; starts the run."""
    before = set(threading.enumerate())
    live.on_start(total)
    (thread,) = (each for each in set(threading.enumerate()) - before if "_tell_regularly" in each.name)
    return thread


def test_lines_end_once_all_are_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "BEAT_SECONDS", 0.001)
    live, out = live_output(terminal=False)
    thread = progress_thread(live, 1)
    assert thread.daemon  # it keeps no process from its end
    live.on_scenario_end("one", "holds")
    thread.join(30)
    assert not thread.is_alive()
    assert out.getvalue().splitlines() == ["1 to play", "1 of 1 played"]


def test_lines_end_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "BEAT_SECONDS", 0.001)
    live, _ = live_output(terminal=False)
    with live:
        thread = progress_thread(live, 2)
    thread.join(30)
    assert not thread.is_alive()


class PassedEvent(threading.Event):
    """An event for which nobody has to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.asked.append(timeout)
        return True


def test_it_is_looked_about_each_second_whether_a_line_is_due() -> None:
    live, _ = live_output(terminal=False)
    live._closed = event = PassedEvent()
    live._tell_regularly()
    (seconds,) = event.asked
    assert seconds is not None
    assert 0.5 <= seconds <= 1.5


def test_without_a_console_of_its_own_it_tells_the_standard_error_stream_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm-256color"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    Live().console.print("7 of 8 rules at 'staging'")
    assert capsys.readouterr() == ("", "7 of 8 rules at 'staging'\n")


def test_in_a_terminal_a_bar_shows_what_is_done_broken_and_played_and_is_gone_at_the_end() -> None:
    live, out = live_output(terminal=True)
    with live:
        live.on_scenario_start("early")
        live.on_start(4)
        assert "0/4 --:-- " in out.getvalue()
        assert "broken" not in out.getvalue()
        live.on_scenario_end("early", "holds")
        for name in ("NS-1 [a]", "NS-2 b", "NS-3 c"):
            live.on_scenario_start(name)
        live.on_scenario_end("NS-0", "breaks: x")
    *_, frame, end = out.getvalue().split("\n")
    assert f" {'━' * 12}{' ' * 13}2/4 " in frame
    assert frame.rstrip().endswith(" 1 broken NS-1 [a], NS-2 b")
    assert end.endswith("\x1b[1A\x1b[2K")  # the line above is erased


def test_in_a_terminal_a_scenario_is_named_as_it_begins_and_no_findings_while_there_are_none() -> None:
    live, out = live_output(terminal=True)
    with live:
        live.on_start(2)
        live.on_scenario_end("NS-0", "holds")
        live.on_scenario_start("NS-1 a")
    frame = out.getvalue().split("\n")[-2].rstrip()
    assert "1/2" in frame
    assert frame.endswith(" NS-1 a")
    assert "broken" not in out.getvalue()


def test_in_a_terminal_what_does_not_hold_is_shown_in_its_colour() -> None:
    out = io.StringIO()
    live = Live(Console(file=out, force_terminal=True, width=100, color_system="standard"))
    with live:
        live.on_start(4)
        for name, verdict in {"A": "breaks: x", "B": "not checked: y", "C": "holds", "D": "conforms"}.items():
            live.on_scenario_end(name, verdict)
    shown = [line.rpartition("\x1b[2K")[2] for line in out.getvalue().splitlines() if ": " in line]
    assert shown == ["\x1b[1;31mA: breaks: x\x1b[0m", "\x1b[2mB: not checked: y\x1b[0m"]


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
