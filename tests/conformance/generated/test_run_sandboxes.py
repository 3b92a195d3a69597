"""The sandboxes of generated calls: announced before they are made, and deleted whatever happens."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import httpx
import pytest

from pii_sandbox.conformance.generated import engine
from pii_sandbox.conformance.generated.partition import GroupResult, OperationGroup
from pii_sandbox.conformance.generated.run import run_generated
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.causes import CauseKind
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.request import Request
from tests.conformance.generated.group_runs import NOTHING, limited, run
from tests.conformance.generated.stub_groups import answers, ours, vendors
from tests.conformance.stub_transport import json, stub_sender


def test_each_sandbox_is_announced_before_a_call_and_then_left_to_the_clean_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str | None] = []

    def play(group: OperationGroup) -> GroupResult:
        order.append(f"{group.sandbox} is played")
        return NOTHING

    respond = answers(204)
    run(monkeypatch, play, limited(), "fashionai", respond=respond, announce=order.append)
    assert order == ["run-generated-0", "run-generated-0 is played"]
    assert respond.arrived == []


def test_without_anybody_to_announce_to_each_sandbox_is_deleted_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    arrived: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        arrived.append(f"{request.method} {request.url.path}")
        if len(arrived) == 1:
            raise httpx.ConnectError("refused")
        return json(204)

    run(monkeypatch, lambda group: NOTHING, limited(), "fashionai", "oracle", respond=respond)
    assert arrived == [f"DELETE /_sandbox/v1/sandboxes/run-generated-{number}" for number in range(len(arrived))]
    assert len(arrived) > 1


@pytest.mark.parametrize(("target", "deleted"), [(limited(), 2), (vendors(), 0)])
def test_a_sandbox_that_cannot_be_deleted_keeps_no_other_from_it(
    target: Target, deleted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(request: Request) -> None:
        asked.append(f"{request.method} {request.url}")
        raise CannotCheck("the server is gone", "network")

    monkeypatch.setattr(engine, "play", lambda group, sender, deadline: NOTHING)
    with closing(stub_sender(target, answers(204))) as sender:
        monkeypatch.setattr(sender, "send", refuse)
        run_generated(target, ["fashionai", "oracle"], depth="standard", seed=1, run_id="run", sender=sender)
    urls = [
        f"DELETE https://shop.example.com/_sandbox/v1/sandboxes/run-generated-{number}" for number in range(deleted)
    ]
    assert asked[:2] == urls


def test_the_calls_that_delete_sandboxes_are_kept_back_from_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def play(group: OperationGroup, sender: Sender, deadline: float | None) -> GroupResult:
        for _ in range(20):
            sender.budget.spend(writes=False)
        return NOTHING

    respond = answers(204)
    monkeypatch.setattr(engine, "play", play)
    with closing(stub_sender(ours(limits=Limits(requests=10)), respond)) as sender:
        result = run_generated(sender.target, ["fashionai"], depth="standard", seed=1, run_id="run", sender=sender)
    assert "CannotCheck" in result.notes[0]
    assert respond.paths == ["DELETE /_sandbox/v1/sandboxes/run-generated-0"]


def test_a_limit_that_leaves_no_room_for_a_sandbox_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, lambda group: replace(NOTHING, calls=1), ours(limits=Limits(requests=2)), "vtex")
    assert result.calls == 0
    assert [note for note in result.notes if note.startswith("nothing was generated: ")]
    assert not result.is_resumable


@pytest.mark.parametrize(("kind", "resumable"), [("network", True), ("target", False)])
def test_a_sandbox_that_cannot_be_announced_ends_it(
    kind: CauseKind, resumable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def announce(name: str) -> None:
        raise CannotCheck("it stands in the way", kind)

    result = run(monkeypatch, lambda group: NOTHING, limited(), "fashionai", announce=announce)
    assert (result.notes, result.is_resumable) == (("nothing was generated: it stands in the way",), resumable)
