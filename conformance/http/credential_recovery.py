"""What follows when credentials are refused in mid-run: the read that they opened is repeated, then a new login."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pii_sandbox.conformance.http.classification import cause_of
from pii_sandbox.conformance.http.credential_watch import CredentialWatch, call_description
from pii_sandbox.conformance.http.login import AccessTokens
from pii_sandbox.conformance.target.login_tokens import RENEWED
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request


class CredentialRecovery:
    """Decides whether a refused call is worth sending again. Safe to share between threads.

    `send` sends within the limits. `requests` counts all requests of the run so far. `on_login` is told the API and the
    new token.
    """

    def __init__(
        self,
        watch: CredentialWatch,
        tokens: AccessTokens,
        send: Callable[[Request], Exchange],
        requests: Callable[[], int],
        on_login: Callable[[str, str], None],
    ) -> None:
        self._watch, self._tokens = watch, tokens
        self._send, self._requests, self._on_login = send, requests, on_login

    def recovers(self, request: Request, exchange: Exchange, logins: int) -> bool:
        """Whether a call that was refused is to be sent again. `logins`: how many there were when it was sent.

        Raises CannotCheck where its credentials no longer open what they opened, and no new login helps.
        """
        login = self._tokens.login_request(request.api) if request.credentials == RENEWED else None
        read = self._watch.read_of(request.api, request.credentials)
        if login is None and (read is None or request.undoes):
            return False
        with self._watch.lock:  # the others wait here, and go on with what came of it
            self._watch.refuse(request)
            if self._tokens.logins(request.api) > logins:
                return True
            if read is None and logins > 0:
                return False  # refused with a new token: it does not open this
            if read is not None and not self._is_refused(replace(read, undoes=request.undoes)):
                return False  # the credentials work: they do not open this call
            failure = "" if login is None else self._log_in(replace(login, undoes=request.undoes))
            if failure is None:
                return True
            self._watch.end(request, exchange, self._requests(), f"; a new login {failure}" if failure else "")
        self._watch.refuse(request)
        return False

    def prepare(self, request: Request) -> None:
        """Logs in before the first call whose token a login is to give. Raises CannotCheck where it gives none."""
        if not self._tokens.needs_login(request):
            return
        with self._watch.lock:
            self._watch.refuse(request)
            login = self._tokens.login_request(request.api)
            if login is None or not self._tokens.needs_login(request):
                return
            failure = self._log_in(replace(login, undoes=request.undoes))
            if failure is not None:
                check = f"; check {names}" if (names := " and ".join(self._tokens.variables(request.api))) else ""
                text = f"the login of {request.api} {failure}{check}"
                raise CannotCheck.of(self._watch.end_for(request, Cause("credentials", text, call_description(login))))

    def logs_in(self, api: str) -> bool:
        """Whether a new login gives a token, where the target has one."""
        login = self._tokens.login_request(api)
        with self._watch.lock:
            return login is not None and self._log_in(login) is None

    def _is_refused(self, read: Request) -> bool:
        return self._send(read).answer_class == "credentials"

    def _log_in(self, login: Request) -> str | None:
        """Why no new token was given, None where one was. Raises CannotCheck where that cannot be told."""
        exchange = self._send(login)
        cause = cause_of(exchange, call_description(login))
        if cause is not None and cause.kind != "credentials":
            raise CannotCheck.of(cause)
        token = self._tokens.take(login.api, exchange)
        if token is None:
            return f"gave no token (status {exchange.status} for {call_description(login)})"
        self._on_login(login.api, token)
        return None
