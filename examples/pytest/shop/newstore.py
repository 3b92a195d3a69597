"""Customers at NewStore."""

from __future__ import annotations

from typing import Any

import httpx

PROFILES = "/v1/d/pii/profiles"
TRIES = 3


class NewStore:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def get_or_create(self, email: str) -> str:
        """The id of the one profile with that email. Tries again where a server behind NewStore fails, or hangs up."""
        for left in reversed(range(TRIES)):
            try:
                answer = self._http.post(PROFILES, json={"email": email})
            except httpx.TransportError:
                if not left:
                    raise
                continue
            if answer.status_code < 500 or not left:
                return str(answer.raise_for_status().json()["id"])
        raise AssertionError("unreachable")

    def rename(self, profile_id: str, full_name: str) -> None:
        """Under the optimistic lock: whoever was faster is read again, and written over."""
        for _ in range(TRIES):
            profile: dict[str, Any] = self._http.get(f"{PROFILES}/{profile_id}").raise_for_status().json()
            change = {"full_name": full_name, "last_updated_at": profile["updated_at"]}
            answer = self._http.patch(f"{PROFILES}/{profile_id}", json=change)
            if answer.status_code != 409:
                answer.raise_for_status()
                return
        raise RuntimeError(f"{profile_id} changes all the time")

    def request_deletion(self, profile_id: str) -> None:
        self._http.post(f"{PROFILES}/{profile_id}/delete").raise_for_status()

    def is_there(self, profile_id: str) -> bool:
        return self._http.get(f"{PROFILES}/{profile_id}").status_code == 200
