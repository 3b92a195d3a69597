"""Customers at VTEX."""

from __future__ import annotations

from typing import Any

import httpx

PROFILES = "/api/storage/profile-system/profiles"
ERASE = "/api/user-rights/createAndProcessDeleteUserData"


class AlreadyThere(Exception):
    """Another customer has that email or document."""


class Vtex:
    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def create(self, document: dict[str, Any], ttl_days: int | None = None) -> str:
        """The id of the new profile. Raises AlreadyThere."""
        params = {} if ttl_days is None else {"ttl": ttl_days}
        answer = self._http.post(PROFILES, json=document, params=params)
        if answer.status_code == 409:
            raise AlreadyThere
        answer.raise_for_status()
        return str(answer.json()["id"])

    def greeting_name(self, profile_id: str) -> str | None:
        """What is fit for a screen that others see: masked. None where there is no such customer (any more)."""
        answer = self._http.get(f"{PROFILES}/{profile_id}")
        if answer.status_code == 404:
            return None
        return str(answer.raise_for_status().json()["document"]["firstName"])

    def email(self, profile_id: str, reason: str) -> str:
        """In clear, for which VTEX wants a reason."""
        answer = self._http.get(f"{PROFILES}/{profile_id}/unmask", params={"reason": reason}).raise_for_status()
        return str(answer.json()["document"]["email"])

    def erase(self, email: str) -> bool:
        """Whether all went; orders in progress keep theirs."""
        answer = self._http.post(ERASE, json={"email": email}).raise_for_status()
        return bool(answer.json()["status"] == "Completed")
