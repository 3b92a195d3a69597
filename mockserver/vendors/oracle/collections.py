"""Collections of Oracle Commerce, and the lookup of a profile in them."""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox.mockserver.problems import Malformed, NotFound
from pii_sandbox.mockserver.sandbox import Sandbox, Setting, choice, flag
from pii_sandbox.mockserver.store import Record

DOCUMENT = "oracle_profiles"

PROFILES = "oracle/profiles"
PREVIEW_PROFILES = "oracle/preview-profiles"
ACCESS_TOKENS = "oracle/access-tokens"
MISSING_PROFILE_STATUS = "oracle.missing_profile_status"
# documented is the code 22002 alone; another page of Oracle answers 400 for a product that does not exist
PREVIEW_FALLBACK = "oracle.preview_fallback"
SETTINGS: Mapping[str, Setting] = {MISSING_PROFILE_STATUS: choice("404", "400"), PREVIEW_FALLBACK: flag(True)}


def stored_profile(id: str, sandbox: Sandbox, *, preview: bool) -> tuple[Record, str | None]:
    """Return the profile with that id, and OCC-PREV-1 if it is the preview copy, else None.

    With `preview` the preview copy comes first; without, it is as if it were not there. Raises NotFound, or Malformed
    if `oracle.missing_profile_status` is 400: under OCC-GET-2, or under OCC-PREV-1 if there is a preview copy alone and
    it was not asked for, or it alone was asked for and is missing (`oracle.preview_fallback`).
    """
    copy = sandbox.store.find(PREVIEW_PROFILES, id) if preview else None
    if copy is not None:
        return copy, "OCC-PREV-1"
    live = sandbox.store.find(PROFILES, id)
    if live is None or (preview and not sandbox.setting(PREVIEW_FALLBACK)):
        previewed = live is not None or sandbox.store.find(PREVIEW_PROFILES, id) is not None
        kind = Malformed if sandbox.setting(MISSING_PROFILE_STATUS) == "400" else NotFound
        raise kind("No profile was found with the given id", rule="OCC-PREV-1" if previewed else "OCC-GET-2")
    return live, None
