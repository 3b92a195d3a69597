"""A run of generated calls: what it plans, who plays the groups, and how their results become one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pii_sandbox.conformance.generated import engine, process_pool
from pii_sandbox.conformance.generated import run as running
from pii_sandbox.conformance.generated.partition import GroupResult, OperationGroup, weight
from pii_sandbox.conformance.generated.run import run_generated
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.causes import Cause, CauseKind
from pii_sandbox.conformance.values.findings import Exchange, Finding
from tests.conformance.generated.group_runs import NOTHING, limited, run
from tests.conformance.generated.stub_groups import answers, ours, vendors
from tests.conformance.stub_transport import stub_sender


def found(*statuses: int, name: str = "form", standing: Any = "breaks", operation_id: str = "getProfile") -> Finding:
    calls = tuple(Exchange("newstore", operation_id, "GET", "u", {}, b"", status) for status in statuses)
    return Finding("generated:form", "newstore", operation_id, "generated", name, "a", "b", calls, standing)


def test_a_result_says_nothing_before_anything_was_generated() -> None:
    nothing = run_generated(vendors(), ["oracle"], depth="quick", seed=1, run_id="run")
    assert (nothing.calls, nothing.is_resumable, nothing.findings) == (0, False, ())
    assert nothing.notes == ("no calls are generated at depth quick",)


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ({"urls": {}}, "the target has no URL for it; set fashionai.url"),
        ({"obstacles": {"fashionai": Cause("credentials", "the key is refused")}}, "the key is refused"),
        ({"credentials": {}}, "the target has no full credentials for it; set fashionai.credentials.full"),
        ({"credentials": {"fashionai": {"user": {"X-Key": "a"}}}},
         "the target has no full credentials for it; set fashionai.credentials.full"),
    ],
)  # fmt: skip
def test_an_api_that_cannot_be_called_is_noted_and_the_others_are_generated(
    more: Any, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[str] = []
    target = vendors()
    for name, value in more.items():
        kept = {api: known for api, known in getattr(target, name).items() if api != "fashionai"}
        changed: dict[str, Any] = {name: {**kept, **value}}
        target = replace(target, **changed)

    def play(group: OperationGroup) -> GroupResult:
        played.append(group.api)
        return NOTHING

    result = run(monkeypatch, play, target, "fashionai", "oracle")
    assert f"fashionai: not generated: {note}" in result.notes
    assert set(played) == {"oracle"}
    assert not [each for each in result.notes if each.startswith("oracle: not generated: ")]


@pytest.mark.parametrize(
    ("kind", "at", "resumable"),
    [("credentials", "fashionai", True), ("network", "fashionai", True), ("url", "fashionai", False),
     ("credentials", "vtex", False)],
)  # fmt: skip
def test_a_run_is_to_be_resumed_where_another_time_may_allow_what_stood_in_the_way(
    kind: CauseKind, at: str, resumable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = replace(vendors(), obstacles={at: Cause(kind, "it stands in the way")})
    assert run(monkeypatch, lambda group: NOTHING, target, "fashionai", "oracle").is_resumable is resumable
    assert run(monkeypatch, lambda group: replace(NOTHING, is_resumable=True), target, "oracle").is_resumable


def test_a_group_that_fails_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def play(group: OperationGroup) -> GroupResult:
        if group.number == 0:
            raise ValueError("jane.doe@example.org")
        return replace(NOTHING, calls=2)

    result = run(monkeypatch, play, limited(), "vtex")
    (note,) = result.notes
    assert note.startswith("vtex: CreateClientProfile")
    assert " not generated: an internal error of pii-sandbox in the generated calls: ValueError" in note
    assert result.calls >= 4


def test_ctrl_c_ends_it_with_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[int] = []

    def play(group: OperationGroup) -> GroupResult:
        played.append(group.number)
        if group.number == 1:
            raise KeyboardInterrupt
        return replace(NOTHING, calls=2)

    result = run(monkeypatch, play, limited(), "vtex")
    assert (played, result.calls, result.notes) == (
        [0, 1], 2, ("the generated calls ended early: the run was stopped",)
    )  # fmt: skip


def test_a_run_that_is_stopped_begins_no_further_group(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[int] = []

    def play(group: OperationGroup, sender: Sender, deadline: float | None) -> GroupResult:
        played.append(group.number)
        sender.stop.set()
        return NOTHING

    monkeypatch.setattr(engine, "play", play)
    with closing(stub_sender(limited(), answers(204))) as sender:
        run_generated(sender.target, ["vtex"], depth="standard", seed=1, run_id="run", sender=sender)
    assert played == [0]


def test_a_sender_that_was_made_for_the_run_is_closed_and_one_that_was_given_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed: list[bool] = []
    used: list[Any] = []

    def play(group: OperationGroup, sender: Any, deadline: float | None) -> GroupResult:
        used.append((sender, deadline))
        return NOTHING

    class ClosingSender(Sender):
        def close(self) -> None:
            closed.append(True)
            super().close()

    monkeypatch.setattr(engine, "play", play)
    monkeypatch.setattr(running, "Sender", ClosingSender)
    run_generated(vendors(), ["fashionai"], depth="standard", seed=1, run_id="run", deadline=5.0)
    assert (closed, type(used[0][0]), used[0][1]) == ([True], ClosingSender, 5.0)
    with closing(stub_sender(vendors(), answers(204))) as sender:
        with monkeypatch.context() as patched:
            patched.setattr(sender, "close", lambda: closed.append(False))
            run_generated(sender.target, ["fashionai"], depth="standard", seed=1, run_id="run", sender=sender)
        assert (closed, used[1]) == ([True], (sender, None))


@pytest.mark.parametrize(
    ("target", "spread", "seconds"),
    [
        (ours(), True, None),
        (ours(), True, 60.0),
        (limited(), False, None),
        (vendors(), False, 60.0),
        (vendors(limits=Limits(requests=9)), False, None),
    ],
)
def test_a_sandbox_without_limits_is_called_from_processes_the_longest_group_first(
    target: Target, spread: bool, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[OperationGroup] = []
    deadlines: list[float | None] = []
    closed: list[Any] = []

    def play(group: OperationGroup, sender: Any, deadline: float | None) -> GroupResult:
        deadlines.append(deadline)
        return NOTHING

    def in_this_process(work: Any, items: Sequence[OperationGroup], stopped: Any) -> Iterator[Any]:
        groups.extend(items)
        assert not stopped()
        return (process_pool.attempt(work, item) for item in items)

    def own_sender(target: Target) -> Any:
        return SimpleNamespace(close=lambda: closed.append(target))

    monkeypatch.setattr(engine, "play", play)
    monkeypatch.setattr(running, "Sender", own_sender)
    monkeypatch.setattr(process_pool, "map_in_processes", in_this_process)
    # the clock of day and the monotonic one of this process differ, and those of another process do otherwise
    monkeypatch.setattr(running, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    monkeypatch.setattr(running, "now", lambda: datetime(2026, 1, 31, tzinfo=UTC))
    with closing(stub_sender(target, answers(204))) as sender:
        deadline = None if seconds is None else 1000.0 + seconds
        run_generated(target, ["vtex"], depth="standard", seed=1, run_id="run", sender=sender,
                      deadline=deadline)  # fmt: skip
    assert set(deadlines) == {deadline}
    if not spread:
        assert (groups, closed) == ([], [])
        return
    assert len(closed) == len(groups) == len(deadlines)
    weights = [weight(group, target.dialect) for group in groups]
    assert weights == sorted(weights, reverse=True) != sorted(weights)


def test_the_results_of_groups_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Finding] = []
    unstable, longer, shorter = found(500, standing="unstable"), found(200, 201, 500), found(200, 500)
    other, elsewhere = found(501), found(500, operation_id="listProfiles")
    results = [
        GroupResult((unstable, other), {("getProfile", 404): 1, ("getProfile", 200): 2}, 3, ("a", "b"), False),
        GroupResult((longer, elsewhere), {("getProfile", 200): 4}, 4, ("b", "c"), False),
        GroupResult((shorter,), {("listProfiles", 200): 1}, 1, (), False),
    ]
    left = list(results)
    result = run(
        monkeypatch, lambda group: left.pop(0) if left else NOTHING, limited(), "newstore", on_finding=heard.append
    )
    assert result.findings == (shorter, other, elsewhere)
    assert heard == [unstable, other, elsewhere]
    assert result.calls == 8
    assert result.notes == ("a", "b", "c")
    assert result.coverage == {
        ("newstore", "getProfile"): {200: 6, 404: 1},
        ("newstore", "listProfiles"): {200: 1},
    }
    assert list(result.coverage["newstore", "getProfile"]) == [200, 404]
