from __future__ import annotations

import httpx
from steps import Answer, pieces, play

client = httpx.Client()


def call(method: str, url: str, headers: dict[str, str], body: bytes | None, chunked: bool) -> Answer:
    response = client.request(method, url, headers=headers, content=pieces(body) if chunked and body else body)
    return response.status_code, response.headers, response.content


play(call)
client.close()
