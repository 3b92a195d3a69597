"""Oracle Commerce getProfile: its rules, played."""

from scenarios.oracle import profiles, projection, tokens, views

__all__ = ["profiles", "projection", "tokens", "views"]
