"""Fault injection rules of a sandbox: which calls a fault matches, when and how often, and its effect."""

from pii_sandbox.mockserver.faults.effects import LONGEST_SECONDS, Effect, combination_error
from pii_sandbox.mockserver.faults.matchers import Fault, fault_as_json, fault_of
from pii_sandbox.mockserver.faults.registry import MOST, Faults

__all__ = ["LONGEST_SECONDS", "MOST", "Effect", "Fault", "Faults", "combination_error", "fault_as_json", "fault_of"]
