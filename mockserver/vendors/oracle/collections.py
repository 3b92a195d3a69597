"""What the sandbox keeps for Oracle Commerce, and how a profile is found in it."""

from __future__ import annotations

from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record

DOCUMENT = "oracle_profiles"

PROFILES = "oracle/profiles"
PREVIEW_PROFILES = "oracle/preview-profiles"
ACCESS_TOKENS = "oracle/access-tokens"


def stored_profile(id: str, sandbox: Sandbox, *, preview: bool) -> tuple[Record, str | None]:
    """The profile with that id, and OCC-PREV-1 where it is the preview copy.

    With `preview` the preview copy comes first; without, it is as if it were not there. Raises NotFound: under
    OCC-GET-2, or under OCC-PREV-1 where there is a preview copy alone and it was not asked for.
    """
    copy = sandbox.store.find(PREVIEW_PROFILES, id) if preview else None
    if copy is not None:
        return copy, "OCC-PREV-1"
    live = sandbox.store.find(PROFILES, id)
    if live is None:
        hidden = not preview and sandbox.store.find(PREVIEW_PROFILES, id) is not None
        raise NotFound("No profile was found with the given id", rule="OCC-PREV-1" if hidden else "OCC-GET-2")
    return live, None
