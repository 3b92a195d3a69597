"""Oracle Commerce getProfile: its rules, played."""

from pii_sandbox.scenarios.oracle import profiles, projection, tokens, views

__all__ = ["profiles", "projection", "tokens", "views"]
