"""Invented people to fill a sandbox with: the same shopper is the same person at each vendor."""

from mockserver.seeding.people import Address, Person, people
from mockserver.seeding.places import LOCALES

__all__ = ["LOCALES", "Address", "Person", "people"]
