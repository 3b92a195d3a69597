"""Seeding of Oracle Commerce: the profiles and preview copies of a new sandbox."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.seeding.people import Person
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.oracle import sample_documents
from pii_sandbox.mockserver.vendors.oracle.collections import PREVIEW_PROFILES, PROFILES

PREVIEW_EVERY = 10


def seed(people: Sequence[Person], sandbox: Sandbox, seed: int) -> None:
    """Store a profile for each person, and a preview copy for one in ten. (OCC-PREV-1)"""
    year = sandbox.now().year
    sandbox.store.put_all(PROFILES, (record_of(person, seed, year) for person in people))
    copied = (record_of(person, seed, year) for person in people if person.number % PREVIEW_EVERY == 1)
    sandbox.store.put_all(PREVIEW_PROFILES, (Record(live.id, sample_documents.preview(live.value)) for live in copied))


def record_of(person: Person, seed: int, year: int) -> Record:
    """Build the person's profile, the same for a seed. `year`: the current one, so that cards are still valid."""
    draw = random.Random(f"{seed}/{person.number}/oracle")
    profile = sample_documents.profile(person, draw, year)
    return Record(profile["id"], profile)
