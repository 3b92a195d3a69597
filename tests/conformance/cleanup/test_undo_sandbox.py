"""A sandbox that a run made is deleted by its name, and no other."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.cleanup.ledger_entry import Entry
from pii_sandbox.conformance.cleanup.undo import UndoResult, sandbox_deleted
from pii_sandbox.conformance.target.model import Limits
from tests.conformance.cleanup.stub_vendor import ABOUT, StubVendor
from tests.conformance.cleanup.test_undo_entry import DONE, undo

CONTROL = "https://shop.example.com/_sandbox/v1/"
ROOM = Entry(1, "made", sandbox="abc12345-x")
DELETE_ROOM = "DELETE /_sandbox/v1/sandboxes/abc12345-x"


@pytest.mark.parametrize(
    ("answer", "state", "why"),
    [
        (DONE, "gone", "the sandbox was deleted"),
        (httpx.Response(404, json={}), "gone", "the sandbox was deleted"),
        (httpx.Response(200, json={}), "left", "the control API answered 200"),
        (httpx.Response(203, json={}), "left", "the control API answered 203"),
        (httpx.Response(205), "left", "the control API answered 205"),
        (httpx.Response(403, json={}), "left", "the control API answered 403"),
        (httpx.Response(405, json={}), "left", "the control API answered 405"),
        (httpx.ConnectError("refused"), "left", "the control API answered "),
    ],
)
@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
def test_a_sandbox_of_the_run_is_deleted(answer: Any, state: str, why: str, stopped: bool) -> None:
    undone = undo({DELETE_ROOM: answer}, ROOM, control=CONTROL, stopped=stopped)
    assert undone.entry.state == state
    assert str(undone.entry.why).startswith(why)
    assert not str(undone.entry.why).endswith("None")
    assert undone.arrived == [DELETE_ROOM]


@pytest.mark.parametrize(
    ("run_id", "name"), [("abc12345", "default"), ("abc12345", "xabc12345"), ("abc12346", "abc12345-x")]
)
def test_a_sandbox_of_another_run_is_not_deleted(run_id: str, name: str) -> None:
    undone = undo({}, Entry(1, "made", sandbox=name), control=CONTROL, about={**ABOUT, "run": run_id})
    assert undone.told == ("not ours", "the name of the sandbox does not begin with the id of the run")
    assert undone.arrived == []


def test_a_sandbox_is_the_runs_in_lower_case() -> None:
    undone = undo({DELETE_ROOM: DONE}, ROOM, control=CONTROL, about={**ABOUT, "run": "ABC12345"})
    assert undone.entry.state == "gone"


def test_a_sandbox_is_left_where_the_target_names_no_control_api() -> None:
    undone = undo({}, ROOM)
    assert undone.entry.state == "left"
    assert "the target has no control_url; set it in the target file" in str(undone.entry.why)
    assert undone.arrived == []


def test_a_sandbox_that_the_limits_do_not_let_be_deleted_is_left_without_an_error() -> None:
    with StubVendor().context(control=CONTROL, limits=Limits(requests=0)) as run_context:
        deletion = sandbox_deleted("abc12345-x", run_context)
    assert deletion == UndoResult("left", "the target's limit of 0 requests is used up")
