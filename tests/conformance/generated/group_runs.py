"""Runs of generated calls whose groups a function plays, by a stub sender."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from pii_sandbox.conformance.generated import engine
from pii_sandbox.conformance.generated.partition import GroupResult, OperationGroup
from pii_sandbox.conformance.generated.run import GeneratedResult, run_generated
from pii_sandbox.conformance.target.model import Limits, Target
from tests.conformance.generated.stub_groups import answers, ours
from tests.conformance.stub_transport import stub_sender

NOTHING = GroupResult((), {}, 0, (), is_resumable=False)
Play = Callable[[OperationGroup], GroupResult]


def run(
    monkeypatch: pytest.MonkeyPatch, play: Play, target: Target, *apis: str, respond: Any = None, **more: Any
) -> GeneratedResult:
    """What comes of a run whose groups are played so, by a sender of the run."""
    monkeypatch.setattr(engine, "play", lambda group, sender, deadline: play(group))
    with closing(stub_sender(target, respond or answers(204))) as sender:
        return run_generated(
            target, apis or ("fashionai",), depth="standard", seed=1, run_id="Run", sender=sender, **more
        )


def limited(**more: Any) -> Target:
    """A sandbox of ours with a limit, so that one sender plays all groups."""
    return ours(limits=Limits(requests=100), **more)
