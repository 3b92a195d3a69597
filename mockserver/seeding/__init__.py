"""Seeding: deterministic test people of a sandbox; a shopper is the same person at each vendor."""

from pii_sandbox.mockserver.seeding.countries import LOCALES
from pii_sandbox.mockserver.seeding.people import Address, Person, check_people, people

__all__ = ["LOCALES", "Address", "Person", "check_people", "people"]
