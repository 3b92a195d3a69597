"""The modules of this program whose texts are messages."""

from __future__ import annotations

import sys
from types import ModuleType

_PACKAGES = ("pii_sandbox.scenarios.", "pii_sandbox.conformance.", "pii_sandbox.checking.")


def loaded_modules() -> list[ModuleType]:
    """Return those that are imported by now."""
    return [module for name, module in list(sys.modules.items()) if name.startswith(_PACKAGES)]
