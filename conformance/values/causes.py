"""Whose answer an exchange holds, and why a rule was not checked: a cause has a kind and a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

AnswerClass = Literal["vendor", "intermediary", "credentials", "throttled", "unavailable", "network", "oversize"]
CauseKind = Literal[
    "intermediary", "credentials", "throttled", "unavailable", "network", "oversize",
    "setup", "power", "credential", "datum", "limit", "stopped", "dialect", "wrong dialect", "url", "left out",
    "no scenario", "target", "fault",
]  # fmt: skip
# what another time may allow: `--resume` plays it again
RESUMABLE: frozenset[CauseKind] = frozenset({"network", "unavailable", "throttled", "credentials"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a rule was not (or not wholly) checked. Equal causes are one cause.

    `text` is what follows "not checked: "; `first` names the call at which it showed first. `failed`: operation and
    status of a set-up step that the target refused. Kinds beside the answer classes: `setup` (a step before the rule's
    own failed), `power`, `credential`, `datum`, `url`, `dialect` (the target does not have it), `wrong dialect` (the
    rule holds as the other dialect has it), `limit` (of the target, used up), `stopped` (the run), `left out` (on
    request), `target` (what is there does not allow the check), `fault` (a fault of this program).
    """

    kind: CauseKind
    text: str
    first: str = field(default="", compare=False)
    failed: tuple[str, int] | None = field(default=None, compare=False)
