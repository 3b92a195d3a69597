"""What the plays of something that failed come to: it breaks, it is unstable, or it is not checked."""

from __future__ import annotations

from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Standing

DECISIVE_PLAYS = 3  # of what seems broken, at most, the one in which it was found included; spoilt ones do not count
MOST_PLAYS = 6  # those that the network or the host spoilt included
SPOILT = frozenset({"network", "unavailable"})  # a play that ended so shows nothing, and is repeated
USED_UP = frozenset({"limit", "stopped"})  # bounds of the run itself: they say nothing about the target


def standing_of(broken: int, held: int, obstacle: Cause | None = None) -> Standing | None:
    """How sure a failure is that was seen in `broken` plays, and not in `held` others; None: it is not checked.

    Twice, it breaks; nothing else does. Once, it is unstable, but for what kept the last play from an end (`obstacle`):
    where only a bound of the run itself did, that one play stands alone, and is unstable too. A spoilt play or a failed
    set-up step leaves it unstable only if it was also seen to hold. Anything else means that conditions were not sound.
    """
    if broken >= 2:
        return "breaks"
    if obstacle is None or obstacle.kind in USED_UP:
        return "unstable"
    return "unstable" if held and (obstacle.kind in SPOILT or obstacle.kind == "setup") else None
