"""A server that is killed at any moment has all that it has answered, and nothing half."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
import pytest

from pii_sandbox.mockserver.store import Record, Store
from tests.crash.customers import GONE, Person, is_found, write
from tests.server_process import environment

KILLS = int(os.environ.get("CRASH_KILLS", "4"))
SEED = int(os.environ.get("CRASH_SEED", "1"))
WRITERS = 6
ROOT = Path(__file__).parents[2]
VENDORS: list[Literal["vtex", "newstore"]] = ["vtex", "newstore"]


@dataclass
class Population:
    """All people of all rounds. A person belongs to one writer, so that it knows what became of it."""

    people: list[Person] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def new_person(self, chance: random.Random) -> Person:
        with self.guard:
            self.people.append(Person(chance.choice(VENDORS), len(self.people)))
            return self.people[-1]


class Round:
    """Writers at one server, until it is killed after so many answers and a moment more."""

    def __init__(self, process: subprocess.Popen[str], url: str, town: Population, seed: str) -> None:
        chance = random.Random(seed)
        self.process, self.url, self.town, self.seed = process, url, town, seed
        self._answers_left = chance.randrange(1, 150)
        self._moment = threading.Timer(chance.uniform(0, 0.02), process.kill)
        self._broken: list[BaseException] = []

    def play(self) -> None:
        threads = [threading.Thread(target=self._write_until_killed, args=(number,)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not self._broken, self._broken
        assert self.process.wait(30) == -9

    def _write_until_killed(self, number: int) -> None:
        try:
            self._write(number)
        except httpx.TransportError:
            pass  # killed
        except BaseException as error:
            self._broken.append(error)
            self.process.kill()

    def _write(self, number: int) -> None:
        chance = random.Random(f"{self.seed} {number}")
        mine = [person for person in self.town.people if person.number % WRITERS == number and not person.over]
        mine = [person for person in mine if person.name is not GONE]
        with httpx.Client(base_url=self.url, timeout=30) as http:
            while True:
                if not mine or chance.random() < 0.4:
                    mine.append(self.town.new_person(chance))
                person = mine[-1] if mine[-1].id is None else chance.choice(mine)
                ends = person.id is not None and chance.random() < 0.3
                write(http, person, GONE if ends else f"N{chance.randrange(10**6)} {'x' * chance.randrange(200)}.")
                if ends:
                    mine.remove(person)
                self._count_answer()

    def _count_answer(self) -> None:
        with self.town.guard:
            self._answers_left -= 1
            if self._answers_left == 0:
                self._moment.start()


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server whose store compacts all the time, and its URL."""
    command = [sys.executable, "-m", "tests.crash.server", "serve", "--port", "0", "--shoppers", "5"]
    with subprocess.Popen(
        [*command, "--data", str(folder), *options],
        cwd=folder.parent,
        env={**environment(), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("Ctrl-C"):
                    break
            url = re.search(r"http://\S+:\d+", "".join(lines))
            assert url, f"the server did not start: {lines}"
            yield process, url[0]
        finally:
            process.kill()


def settle_what_is_stored(folder: Path, town: Population) -> None:
    """Holds what is in the file against what everybody knows, who then know what became of unanswered writes."""
    store = Store(folder / "default.sandbox")
    try:
        for collection in store.counts():
            for record in store.page(collection).records:
                assert store.find(collection, record.id) == record
                for key, value in record.keys.items():
                    assert record in store.find_by(collection, key, value)
        for person in town.people:
            settle_one(store, person)
    finally:
        store.close()


def settle_one(store: Store, person: Person) -> None:
    held = store.find(person.collection, person.id) if person.id is not None else None
    for key, value in person.keys().items():
        by_key = store.find_by(person.collection, key, value)
        assert len(by_key) <= 1
        if person.id is None and by_key:
            held = by_key[0]
        assert by_key == ([] if held is None else [held]), f"{key} does not lead where the id leads"
    name = GONE if held is None or held.expires_at is not None else person.name_in(held.value)
    assert name in {person.name, *person.possible}, f"{person} is {name}"
    assert held is None or is_whole(held, person)
    person.over = person.over or (person.id is not None and name is GONE)
    if held is not None:
        person.id, person.updated_at = held.id, held.value.get("updated_at", "")
    person.name = name
    person.possible.clear()


def is_whole(record: Record, person: Person) -> bool:
    value = record.value["document"] if person.vendor == "vtex" else record.value
    return (
        value["email"] == person.email
        and dict(record.keys) == person.keys()
        and person.name_in(record.value)[-1] == "."
    )


def test_acknowledged_writes_survive_a_kill_at_any_moment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, town = tmp_path / "data", Population()
    (tmp_path / "pii-sandbox.toml").write_text("[settings]\nnewstore.deletion_seconds = 0\n")
    chance = random.Random(SEED)
    while_compacting = durable = 0
    for number in range(KILLS):
        options = chance.choice([(), ("--durable",)])
        with serving(folder, *options) as (process, url):
            checked = chance.sample(town.people, min(20, len(town.people)))
            with httpx.Client(base_url=url, timeout=30) as http:
                for person in checked:
                    assert set(is_found(http, person)) == {person.name is not GONE}, person
            Round(process, url, town, f"{SEED} {number}").play()
        while_compacting += (folder / "default.sandbox.new").exists()
        durable += bool(options)
        settle_what_is_stored(folder, town)
    answered = sum(person.name is not GONE for person in town.people), sum(person.over for person in town.people)
    assert min(answered) > 0
    with capsys.disabled():
        print(
            f" {KILLS} kills, {while_compacting} of them during a compaction, {durable} with --durable; "
            f"{len(town.people)} people: {answered[0]} there, {answered[1]} gone "
        )
