"""Stores of two processes over one log: what each sees, whatever becomes of the messages between them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from nats.aio.msg import Msg

from pii_sandbox.mockserver.cluster import connection as cluster_connection
from pii_sandbox.mockserver.cluster.backend import ReplicatedSnapshots
from pii_sandbox.mockserver.cluster.connection import SANDBOXES, ClusterConnection, ClusterOptions
from pii_sandbox.mockserver.cluster.jetstream_log import JetStreamLog
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.store.log import Outdated, Unreachable
from pii_sandbox.mockserver.store.replicated_storage import ReplicatedStorage
from pii_sandbox.server.nats_server import NatsServer, nats_server

THINGS = "test/things"
BLUEPRINT = {"people": 3}


def people(blueprint: Mapping[str, Any]) -> Store:
    store = Store()
    for number in range(blueprint["people"]):
        store.put(THINGS, Record(f"seeded-{number}", {"n": number}))
    return store


class Replica:
    """One process's view of a sandbox."""

    def __init__(
        self, url: str, name: str, stale_seconds: float | None = None, kind: type[ClusterConnection] = ClusterConnection
    ):
        self.connection = kind(ClusterOptions([url]))
        self.log = JetStreamLog(self.connection, name)
        tables = people(BLUEPRINT).storage.share()
        self.storage = ReplicatedStorage(
            self.log, tables, BLUEPRINT, lambda blueprint: people(blueprint).storage.share(), stale_seconds
        )
        self.store = Store(storage=self.storage)
        self.snapshots = ReplicatedSnapshots(self.storage)

    async def __aenter__(self) -> Replica:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()

    async def do(self, action: Any) -> Any:
        """As an endpoint does it: until the log accepts what the action saw and did."""
        while True:
            self.storage.begin()
            done = action(self.store)
            try:
                if self.store.unflushed:
                    await self.store.flushed()
            except Outdated:
                continue
            return done

    async def put(self, id: str, **value: Any) -> None:
        await self.do(lambda store: store.put(THINGS, Record(id, value)))

    async def find(self, id: str) -> Any:
        found = await self.do(lambda store: store.find(THINGS, id))
        return None if found is None else found.value

    async def messages(self) -> int:
        answer = await self.connection.ask(SANDBOXES, "STREAM.INFO", {"subjects_filter": self.log._subject})
        return int((answer["state"].get("subjects") or {}).get(self.log._subject, 0))


def test_no_parallel_change_of_one_value_is_lost(nats: NatsServer, name: str) -> None:
    async def exercise() -> None:
        async with Replica(nats.url, name) as one, Replica(nats.url, name) as other:

            def count(store: Store) -> None:
                found = store.find(THINGS, "counter")
                store.put(THINGS, Record("counter", {"n": found.value["n"] + 1 if found else 1}))

            await asyncio.gather(*[replica.do(count) for replica in (one, other) for _ in range(100)])
            assert await one.find("counter") == await other.find("counter") == {"n": 200}

    asyncio.run(exercise())


def test_a_new_replica_begins_with_the_people_and_what_was_done_to_them(nats: NatsServer, name: str) -> None:
    async def exercise() -> None:
        async with Replica(nats.url, name) as one, Replica(nats.url, name) as other:
            await one.put("seeded-1", n="changed")
            await one.do(lambda store: store.drop(THINGS, "seeded-2"))
            found = [await other.find(f"seeded-{number}") for number in range(3)]
            assert found == [{"n": 0}, {"n": "changed"}, None]
            assert await other.messages() <= 2

    asyncio.run(exercise())


def test_a_unit_larger_than_a_message_is_there_whole(nats: NatsServer, name: str) -> None:
    async def exercise() -> None:
        async with Replica(nats.url, name) as one, Replica(nats.url, name) as other:
            large = {"text": "ä" * 1_700_000}
            await one.put("large", **large)
            assert await one.messages() > 2
            assert await other.find("large") == large
            await other.put("small", n=1)
            assert await one.find("small") == {"n": 1}

    asyncio.run(exercise())


def test_a_unit_without_its_last_part_is_ignored(nats: NatsServer, name: str) -> None:
    async def exercise() -> None:
        async with Replica(nats.url, name) as one, Replica(nats.url, name) as other:
            await one.put("first", n=1)
            part = {"Pii-Sandbox-Part": "somebody 1/2"}
            one.storage.position = await one.log._publish(b"half of a unit", one.storage.position, "somebody-1", part)
            assert await other.find("first") == {"n": 1}
            await other.put("second", n=2)
            assert await one.find("second") == {"n": 2}
            async with Replica(nats.url, name) as third:
                assert [await third.find(each) for each in ("first", "second")] == [{"n": 1}, {"n": 2}]

    asyncio.run(exercise())


def test_a_log_that_has_become_long_is_replaced_by_its_state(nats: NatsServer, name: str) -> None:
    async def exercise() -> None:
        async with Replica(nats.url, name) as one, Replica(nats.url, name) as other:
            await one.put("kept", n="before")
            await one.do(lambda store: one.snapshots.keep("snapshot", store.fork()))
            for number in range(120):
                await one.put("kept", n=number, text="x" * 10_000)
            assert await one.messages() < 100
            assert (await other.find("kept"))["n"] == 119
            assert other.snapshots.names() == ["snapshot"]
            await other.do(lambda store: store.replace_contents(other.snapshots.read("snapshot")))
            assert await one.find("kept") == {"n": "before"}
            assert await one.find("seeded-1") == {"n": 1}

    asyncio.run(exercise())


def test_a_log_that_was_erased_begins_again(nats: NatsServer, name: str) -> None:
    async def exercise() -> None:
        async with Replica(nats.url, name) as one, Replica(nats.url, name) as other:
            await one.put("gone", n=1)
            assert await other.find("gone") == {"n": 1}
            await one.log.erase()
            assert await other.find("gone") is None
            await other.put("new", n=2)
            assert await one.find("new") == {"n": 2}

    asyncio.run(exercise())


def test_a_unit_whose_acknowledgement_is_lost_is_in_the_log_once(nats: NatsServer, name: str) -> None:
    class Losing(ClusterConnection):
        """Loses the answer to every second message."""

        sent = 0

        async def request(self, subject: str, payload: bytes = b"", headers: Mapping[str, str] | None = None) -> Msg:
            answer = await super().request(subject, payload, headers)
            self.sent += subject == SANDBOXES.subject(name)
            if subject == SANDBOXES.subject(name) and self.sent % 2:
                raise Unreachable("the answer is lost")
            return answer

    async def exercise() -> None:
        async with Replica(nats.url, name, kind=Losing) as one, Replica(nats.url, name) as other:
            for number in range(5):
                await one.put(f"{number}", n=number)
            assert [await other.find(f"{number}") for number in range(5)] == [{"n": number} for number in range(5)]
            assert await other.messages() == 5

    asyncio.run(exercise())


def test_local_reads_are_at_most_as_old_as_they_may_be(nats: NatsServer, name: str) -> None:
    async def exercise() -> None:
        async with Replica(nats.url, name) as one, Replica(nats.url, name, stale_seconds=0.2) as other:
            await one.put("value", n=1)
            assert await other.find("value") == {"n": 1}
            await one.put("value", n=2)
            await asyncio.sleep(0.25)
            assert await other.find("value") == {"n": 2}

    asyncio.run(exercise())


def test_without_the_server_what_was_done_is_taken_back_and_said_so(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pii_sandbox.mockserver.cluster.jetstream_log.GIVE_UP_SECONDS", 0.5)
    monkeypatch.setattr(cluster_connection, "TRY_SECONDS", 0.2)

    async def exercise(url: str, server: NatsServer) -> None:
        async with Replica(url, name) as one:
            await one.put("kept", n=1)
            server.process.kill()
            server.process.wait()
            with pytest.raises(Unreachable):
                await one.put("lost", n=2)
            assert one.store.find(THINGS, "lost") is None
            assert one.store.find(THINGS, "kept") is not None
            with pytest.raises(Unreachable):
                await one.find("kept")

    with nats_server(tmp_path / "nats") as server:
        asyncio.run(exercise(server.url, server))


def test_a_damaged_unit_is_an_error_and_no_state(nats: NatsServer, name: str) -> None:
    async def exercise() -> None:
        async with Replica(nats.url, name) as one, Replica(nats.url, name) as other:
            await one.put("value", n=1)
            line = b"00000000 " + json.dumps([[THINGS, 99, {"id": "x", "value": {}}]]).encode() + b"\n"
            await one.log.append(line, one.storage.position)
            with pytest.raises(Exception, match="does not match its checksum"):
                await other.find("x")

    asyncio.run(exercise())
