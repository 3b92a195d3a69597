from __future__ import annotations

import requests
from steps import Answer, pieces, play

session = requests.Session()


def call(method: str, url: str, headers: dict[str, str], body: bytes | None, chunked: bool) -> Answer:
    data = pieces(body) if chunked and body else body
    response = session.request(method, url, headers=headers, data=data)
    return response.status_code, response.headers, response.content


play(call)
