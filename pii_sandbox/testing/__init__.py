"""A sandbox in the hands of a test: what the fixtures of the pytest plugin give, and any other Python code may use."""

from pii_sandbox.testing.connection import Connection, Refused
from pii_sandbox.testing.documents import Documents
from pii_sandbox.testing.people import Shopper
from pii_sandbox.testing.sandbox import Sandbox
from pii_sandbox.testing.snapshots import Snapshot

__all__ = ["Connection", "Documents", "Refused", "Sandbox", "Shopper", "Snapshot"]
