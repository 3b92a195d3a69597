from __future__ import annotations

import os

import urllib3
from steps import Answer, pieces, play

proxy = os.environ.get("HTTPS_PROXY")
pool = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()


def call(method: str, url: str, headers: dict[str, str], body: bytes | None, chunked: bool) -> Answer:
    data = pieces(body) if chunked and body else body
    response = pool.request(method, url, headers=headers, body=data)
    return response.status, response.headers, response.data


play(call)
