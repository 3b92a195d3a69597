"""What a run shows while it goes: a live view in a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.report.content import NAMES, Report, report
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import RunResult
from pii_sandbox.conformance.values.text_safety import one_line

HOLDS = ("holds", "conforms")
COLOURS = {
    "conforms": "green", "breaks": "bold red", "waived": "yellow", "unstable": "yellow", "drift": "cyan",
    "not checked": "dim",
}  # fmt: skip
LINE_SECONDS = 10.0  # without a terminal: one line of progress each
BEAT_SECONDS = 1.0  # so often it is looked whether one is due


class Live:
    """Shows what is played, how far the run is, how long it will take, and findings as they come.

    All texts go through the redactor. Safe to share between threads; as a context it leaves the terminal as it was.
    """

    def __init__(
        self,
        console: Console | None = None,
        redactor: Redactor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self._given = redactor
        self._redactor = redactor or Redactor()
        self._lock = threading.Lock()
        self._playing: list[str] = []
        self._total = self._done = self._broken = 0
        self._clock = clock
        self._started_at = self._told_at = clock()
        # how many seconds the limits of the target still allow, None without a limit
        self.seconds_allowed: Callable[[], float | None] = lambda: None
        self._closed = threading.Event()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        if self.console.is_terminal:
            self._bar = Progress(
                SpinnerColumn(),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeRemainingColumn(compact=True),
                TextColumn("{task.fields[findings]}"),
                TextColumn("{task.description}", style="dim"),
                console=self.console,
                transient=True,
            )

    def __enter__(self) -> Live:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def on_start(self, total: int) -> None:
        """So many are to be played."""
        with self._lock:
            self._total = total
            self._started_at = self._told_at = self._clock()
            if self._bar is not None:
                self._task = self._bar.add_task("", total=total, findings="")
                self._bar.start()
            else:
                self._line(f"{total} to play")
                threading.Thread(target=self._tell_regularly, daemon=True).start()

    def _tell_regularly(self) -> None:
        """Lines also while one scenario, or the generated calls, take long."""
        while not self._closed.wait(BEAT_SECONDS):
            with self._lock:
                if self._closed.is_set() or self._done >= self._total:
                    return
                self._tell_progress()

    def on_scenario_start(self, name: str) -> None:
        with self._lock:
            self._playing.append(name)
            self._show()

    def on_scenario_end(self, name: str, verdict_text: str) -> None:
        """It came to that: `holds`, or what there is to say of it, which is shown at once."""
        with self._lock:
            if name in self._playing:
                self._playing.remove(name)
            self._done += 1
            held = verdict_text in HOLDS
            broken = verdict_text.startswith("breaks")
            self._broken += broken
            if self._bar is None:
                if broken:
                    self._line(self._scenario_line(name, verdict_text))
                self._tell_progress()
            elif not held:
                colour = COLOURS["breaks"] if broken else COLOURS["not checked"]
                self._bar.console.print(Text(one_line(self._scenario_line(name, verdict_text)), style=colour))
            self._show()

    def print_result(self, result: RunResult, target: Target | None = None) -> Report:
        """The run is over: the verdict by API, why rules were not checked, the findings, the headline.

        The report is made for `target`, as its other forms need it.
        """
        self.close()
        told = report(result, target, self._given)
        self.console.print(_counts(told))
        for group in told.causes:
            self.console.print(Text(f"not checked, {group.title}", COLOURS["not checked"]), soft_wrap=True)
        for shown in told.findings:
            colour = COLOURS["waived" if shown.waived is not None else "breaks"]
            words = f"{shown.number}. {shown.finding.rule}, {shown.finding.name.replace('_', ' ')}"
            self.console.print(Text(words + (f" (waived: {shown.waived})" if shown.waived is not None else ""), colour))
            words = f"   expected {shown.finding.expected}\n   saw {shown.finding.seen}"
            sure = shown.finding.standing == "breaks" and shown.finding.broken > 1
            self.console.print(Text(words if sure else f"{words}\n   {shown.certainty}"))
        for line in told.observation_lines:
            self.console.print(Text(line, COLOURS["drift"]), soft_wrap=True)
        for one in told.run.facts.get("left alone", ()):
            self.console.print(
                Text(f"not created by this run, left unchanged: {one_line(one)}", "yellow"), soft_wrap=True
            )
        if not told.run.complete:
            self.console.print(Text("the run was cut short", "yellow"))
        if told.run.revealed is not None:
            self.console.print(Text(f"personal data is shown: {told.run.revealed}", "yellow"))
        if not told.run.reaches_minimum:
            self.console.print(
                Text(f"fewer than {told.run.min_checked} % of the rules were checked (--min-checked)", "yellow")
            )
        style = ("bold green", "bold red", "bold yellow")[told.run.exit_code]
        self.console.print(Text(told.headline, style), soft_wrap=True)
        return told

    def close(self) -> None:
        """Takes the live view off the terminal, and tells no more progress."""
        self._closed.set()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()

    def _show(self) -> None:
        if self._bar is None or self._task is None:
            return
        self._bar.update(
            self._task,
            completed=self._done,
            description=escape(", ".join(map(self._redactor.sentence, self._playing[:2]))),
            findings=f"[bold red]{self._broken} broken[/]" if self._broken else "",
        )

    def _tell_progress(self) -> None:
        """A line from time to time, and one at the end."""
        at = self._clock()
        if at - self._told_at < LINE_SECONDS and self._done < self._total:
            return
        self._told_at = at
        broken = f", {self._broken} broken" if self._broken else ""
        now = f"; now {self._redactor.sentence(self._playing[0])}" if self._playing else ""
        self._line(f"{self._done} of {self._total} played{broken}{self._remaining_time(at)}{now}")

    def _remaining_time(self, at: float) -> str:
        """How long the rest will take, where that can be guessed, and whether a limit ends the run before."""
        if not self._done or self._done >= self._total:
            return ""
        rest = (at - self._started_at) / self._done * (self._total - self._done)
        try:
            allowed = self.seconds_allowed()
        except CannotCheck:
            allowed = 0.0
        if allowed is not None and allowed < rest:
            return f"; about {rest:.0f} s to go, and the limit of minutes allows {allowed:.0f} s"
        return f"; about {rest:.0f} s to go"

    def _scenario_line(self, name: str, verdict_text: str) -> str:
        return f"{self._redactor.sentence(name)}: {self._redactor.sentence(verdict_text)}"

    def _line(self, words: str) -> None:
        """Prints words that hold no values, or none any more."""
        self.console.print(Text(one_line(words)), soft_wrap=True)


def _counts(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("API")
    for one in report.outcomes:
        table.add_column(one, justify="right", style=COLOURS[one])
    for api in report.apis:
        table.add_row(NAMES.get(api, api), *(str(report.count(one, api)) for one in report.outcomes))
    return table
