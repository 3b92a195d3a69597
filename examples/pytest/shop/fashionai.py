"""Style profiles at Fashion.AI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

PROFILE = "/api/v1/crm/protected/profile/document"


class FashionAi:
    """`wait` is called with the seconds that Fashion.AI asks for when its limit is used up."""

    def __init__(self, http: httpx.Client, wait: Callable[[float], object]) -> None:
        self._http = http
        self._wait = wait

    def profile(self, document: str) -> dict[str, Any] | None:
        """None for nobody."""
        while True:
            answer = self._http.get(f"{PROFILE}/{document}")
            if answer.status_code == 429:
                self._wait(float(answer.headers["Retry-After"]))
                continue
            if answer.status_code == 404:
                return None
            profile: dict[str, Any] = answer.raise_for_status().json()["profile"]
            return profile
