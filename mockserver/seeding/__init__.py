"""Invented people to fill a sandbox with: the same shopper is the same person at each vendor."""

from pii_sandbox.mockserver.seeding.countries import LOCALES
from pii_sandbox.mockserver.seeding.people import Address, Person, people

__all__ = ["LOCALES", "Address", "Person", "people"]
