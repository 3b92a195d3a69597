"""Customers at Oracle Commerce."""

from __future__ import annotations

from typing import Any

import httpx


class Oracle:
    """Logs in with an application key, and again whenever its token has run out."""

    def __init__(self, http: httpx.Client, application_key: str) -> None:
        self._http = http
        self._key = application_key
        self._token: str | None = None

    def profile(self, profile_id: str) -> dict[str, Any]:
        answer = self._get(profile_id)
        if answer.status_code == 401:
            self._token = None
            answer = self._get(profile_id)
        profile: dict[str, Any] = answer.raise_for_status().json()
        return profile

    def _get(self, profile_id: str) -> httpx.Response:
        if self._token is None:
            self._token = self._logged_in()
        headers = {"Authorization": f"Bearer {self._token}"}
        params = {"fields": "firstName,lastName,email"}
        return self._http.get(f"/ccapp/v1/profiles/{profile_id}", headers=headers, params=params)

    def _logged_in(self) -> str:
        headers = {"Authorization": f"Bearer {self._key}"}
        form = {"grant_type": "client_credentials"}
        answer = self._http.post("/ccapp/v1/login", headers=headers, data=form).raise_for_status()
        return str(answer.json()["access_token"])
