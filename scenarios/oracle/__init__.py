"""Scenarios for the rules of Oracle Commerce getProfile."""

from pii_sandbox.scenarios.oracle import http_errors, profiles, projection, tokens, views

__all__ = ["http_errors", "profiles", "projection", "tokens", "views"]
