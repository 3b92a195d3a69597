"""Logs in again where a target has a login: the call that gives a new access token, and the tokens that were given.

What an API's login is stands in `specs/apis/<api>.yaml`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.target.login_tokens import RENEWED, has_no_token
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.specs.api_facts import apis


class AccessTokens:
    """New access tokens of a target's APIs, in place of those of the target file. Safe to share between threads."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._headers: dict[str, dict[str, str]] = {}
        self._logins: dict[str, int] = {}

    def logins(self, api: str) -> int:
        """How often a token was given for that API: what was sent before may have been sent with an older one."""
        with self._lock:
            return self._logins.get(api, 0)

    def needs_login(self, request: Request) -> bool:
        """Whether the request is sent with credentials that a login is still to give."""
        if request.credentials != RENEWED or not has_no_token(request.headers):
            return False
        return self.logins(request.api) == 0

    def variables(self, api: str) -> Sequence[str]:
        """The environment variables that the token, or the login that gives it, comes from."""
        return self._target.variables.get(api, {}).get(RENEWED, ())

    def login_request(self, api: str) -> Request | None:
        """The call that gives a new access token, None where the target has no login for that API."""
        facts, known = apis().get(api), self._target.credentials.get(api, {})
        login = None if facts is None else facts.login
        if login is None or len(known.get(RENEWED, {})) != 1 or api not in self._target.urls:
            return None
        data = self._target.data.get(api, {})
        if login.credentials is not None and login.credentials not in known:
            return None
        if any(name not in data for name in login.fields):
            return None
        operation = operations.operation(api, login.operation, self._target.dialect)
        path, headers = operations.build_request(operation, {}, self._target.dialect)
        form = {**login.form, **{name: data[name] for name in login.fields}}
        return Request(
            api, operation.operation_id, operation.method, self._target.urls[api].rstrip("/") + path,
            {**headers, **known.get(login.credentials or "", {}), "Content-Type": "application/x-www-form-urlencoded"},
            urlencode(form).encode(), "read", operation,  # it changes nothing that lasts, so it may be repeated
        )  # fmt: skip

    def take(self, api: str, exchange: Exchange) -> str | None:
        """The token that the response to a login gives, which is sent from now on; None where it gives none."""
        facts = apis()[api]
        if facts.login is None or exchange.status is None or not 200 <= exchange.status < 300:
            return None
        try:
            token = json.loads(exchange.response_body).get(facts.login.token)
        except (ValueError, AttributeError, RecursionError):
            return None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token or not token:
            return None
        (name,) = self._target.credentials[api][RENEWED]
        credential = next(
            (one for known, one in facts.credentials[RENEWED].headers.items() if known.lower() == name.lower()), None
        )
        with self._lock:
            self._headers[api] = {name: token if credential is None else credential.header(token)}
            self._logins[api] = self._logins.get(api, 0) + 1
        return token

    def renewed_headers(self, request: Request) -> Mapping[str, str]:
        """The headers that a newer token changes; none where the request has another than the target file's."""
        with self._lock:
            newest = self._headers.get(request.api, {})
        if request.credentials != RENEWED or not newest:
            return {}
        old = self._target.credentials[request.api][RENEWED]
        return {name: value for name, value in newest.items() if request.headers.get(name) == old[name]}
