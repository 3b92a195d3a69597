from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import aiohttp
from steps import Answer, pieces, play

runner = asyncio.Runner()


async def session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(trust_env="HTTPS_PROXY" in os.environ)


async def stream(body: bytes) -> AsyncIterator[bytes]:
    for piece in pieces(body):
        yield piece


async def send(method: str, url: str, headers: dict[str, str], body: bytes | None, chunked: bool) -> Answer:
    data = stream(body) if chunked and body else body
    async with client.request(method, url, headers=headers, data=data) as response:
        return response.status, response.headers, await response.read()


def call(method: str, url: str, headers: dict[str, str], body: bytes | None, chunked: bool) -> Answer:
    return runner.run(send(method, url, headers, body, chunked))


async def send_concurrently(url: str, headers: dict[str, str], count: int) -> list[int]:
    limit = asyncio.Semaphore(10)

    async def read() -> int:
        async with limit:
            return (await send("GET", url, headers, None, False))[0]

    return await asyncio.gather(*(read() for _ in range(count)))


client = runner.run(session())
play(call, lambda url, headers, count: runner.run(send_concurrently(url, headers, count)))
runner.run(client.close())
runner.close()
