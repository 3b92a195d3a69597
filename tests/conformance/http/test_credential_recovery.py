"""A refused call: which requests tell whether its credentials still work, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from pii_sandbox.conformance.http.credential_recovery import CredentialRecovery
from pii_sandbox.conformance.http.credential_watch import CredentialWatch, call_description
from pii_sandbox.conformance.http.login import AccessTokens
from pii_sandbox.conformance.target.login_tokens import NO_TOKEN_YET
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import AnswerClass, Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.http.login_vendor import request, vendor_target

LOGIN, READ = "POST /v0/token", "GET /v1/d/pii/profiles"
VTEX_READ = "GET /api/storage/profile-system/profiles/{profileId}"


def listing(**more: Any) -> Request:
    return replace(request("newstore", "listProfiles", {}), **more)


def deletion(**more: Any) -> Request:
    return replace(request("newstore", "deleteData", {"data_id": "NS-EU-1"}), **more)


def vtex_read(**more: Any) -> Request:
    return replace(request("vtex", "GetProfile", {"profileId": "x"}), **more)


def answer(of: Request, status: int, body: bytes = b"{}", answer_class: AnswerClass = "vendor") -> Exchange:
    return Exchange(of.api, of.operation_id, of.method, of.url, {}, b"", status, {}, body, answer_class=answer_class)


@dataclass
class Host:
    """What a target answers to a read and to a login, and what was sent to it."""

    read: AnswerClass = "credentials"
    login: AnswerClass = "vendor"
    token: str = "new-1"
    target: Target = field(default_factory=vendor_target)
    watch: CredentialWatch = field(default_factory=CredentialWatch)
    sent: list[Request] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = AccessTokens(self.target)
        self.recovery = CredentialRecovery(
            self.watch, self.tokens, self.send, lambda: 7, lambda api, token: self.told.append((api, token))
        )

    def send(self, sent: Request) -> Exchange:
        self.sent.append(sent)
        if sent.method == "GET":
            return answer(sent, 401 if self.read == "credentials" else 200, answer_class=self.read)
        status = {"vendor": 200, "credentials": 403}.get(self.login, 502)
        return answer(sent, status, b'{"access_token": "%s"}' % self.token.encode(), self.login)

    def recovers(self, refused: Request, logins: int = 0) -> bool:
        return self.recovery.recovers(refused, answer(refused, 401, answer_class="credentials"), logins)

    @property
    def calls(self) -> list[str]:
        return [call_description(sent) for sent in self.sent]


@pytest.mark.parametrize(
    ("about", "read", "refused", "logins", "calls", "recovered"),
    [
        # an API without a login
        ({}, None, vtex_read(), 0, [], False),
        ({"read": "vendor"}, vtex_read(), vtex_read(), 0, [VTEX_READ], False),
        ({"read": "unavailable"}, vtex_read(), vtex_read(), 0, [VTEX_READ], False),
        ({}, vtex_read(), vtex_read(undoes=True), 0, [], False),
        # an API with a login
        ({}, listing(), deletion(), 0, [READ, LOGIN], True),
        ({}, listing(), deletion(undoes=True), 0, [READ, LOGIN], True),
        ({}, listing(), deletion(), 3, [READ, LOGIN], True),  # the new token has run out as well
        ({"read": "vendor"}, listing(), deletion(), 0, [READ], False),
        ({}, None, deletion(), 0, [LOGIN], True),
        ({}, None, deletion(), 1, [], False),  # a new token does not open it either
        ({}, None, deletion(), 2, [], False),
        ({}, None, deletion(credentials="unprivileged"), 0, [], False),  # which no login gives
        ({"login": "credentials"}, listing(), deletion(undoes=True), 0, [READ, LOGIN], False),
        ({"token": ""}, None, deletion(undoes=True), 0, [LOGIN], False),
    ],
    ids=range(14),
)
def test_a_refused_call_is_sent_again_with_a_new_token_where_the_old_one_ended(
    about: dict[str, Any], read: Request | None, refused: Request, logins: int, calls: list[str], recovered: bool
) -> None:
    host = Host(**about)
    if read is not None:
        host.watch.note(read)
    assert host.recovers(refused, logins) is recovered
    assert host.calls == calls
    assert {sent.undoes for sent in host.sent} <= {refused.undoes}  # within the part of the budget that is the call's
    assert host.told == ([("newstore", "new-1")] if recovered else [])
    assert host.tokens.logins("newstore") == recovered


def test_a_token_that_another_thread_has_renewed_is_used_at_once() -> None:
    host = Host()
    host.watch.note(listing())
    host.tokens.take("newstore", answer(listing(), 200, b'{"access_token": "theirs"}'))
    assert host.recovers(deletion(), logins=0)
    assert host.sent == []
    assert host.recovers(deletion(), logins=1)
    assert host.calls == [READ, LOGIN]


@pytest.mark.parametrize(
    ("about", "read", "refused", "text"),
    [
        ({}, vtex_read(), vtex_read(), "the full credentials of vtex stopped working after 7 requests (status 401)"),
        (
            {},
            listing(credentials="unprivileged"),
            deletion(credentials="unprivileged"),
            "the unprivileged credentials of newstore stopped working after 7 requests (status 401)",
        ),
        (
            {"login": "credentials"},
            listing(),
            deletion(),
            "the full credentials of newstore stopped working after 7 requests (status 401); "
            "a new login gave no token (status 403 for POST /v0/token)",
        ),
        (
            {"token": "two words"},
            None,
            deletion(),
            "the full credentials of newstore stopped working after 7 requests (status 401); "
            "a new login gave no token (status 200 for POST /v0/token)",
        ),
    ],
    ids=["no login", "no full credentials", "refused login", "no token"],
)
def test_credentials_that_ended_for_good_are_not_used_again(
    about: dict[str, Any], read: Request | None, refused: Request, text: str
) -> None:
    host = Host(**about)
    if read is not None:
        host.watch.note(read)
    with pytest.raises(CannotCheck) as ended:
        host.recovers(refused)
    assert (ended.value.cause.kind, ended.value.cause.text) == ("credentials", text)
    assert ended.value.cause.first == call_description(refused)
    sent = len(host.sent)
    with pytest.raises(CannotCheck, match="stopped working after 7 requests"):
        host.recovers(refused)
    assert len(host.sent) == sent
    host.watch.refuse(replace(refused, undoes=True))  # which may still be tried
    host.watch.refuse(replace(refused, credentials="expired"))


@pytest.mark.parametrize("lost", ["network", "unavailable", "throttled", "intermediary", "oversize"])
def test_a_login_without_an_answer_of_the_vendor_ends_nothing(lost: AnswerClass) -> None:
    host = Host(login=lost)
    host.watch.note(listing())
    with pytest.raises(CannotCheck) as failed:
        host.recovers(deletion())
    assert (failed.value.cause.kind, failed.value.cause.first) == (lost, LOGIN)
    host.login = "vendor"
    assert host.recovers(deletion())


@pytest.mark.parametrize(
    ("api", "about", "logs_in", "calls"),
    [
        ("newstore", {}, True, [LOGIN]),
        ("newstore", {"token": ""}, False, [LOGIN]),
        ("newstore", {"login": "credentials"}, False, [LOGIN]),
        ("vtex", {}, False, []),
    ],
)
def test_a_login_is_tried_where_a_target_has_one(
    api: str, about: dict[str, Any], logs_in: bool, calls: list[str]
) -> None:
    host = Host(**about)
    assert host.recovery.logs_in(api) is logs_in
    assert host.calls == calls


def target_without_token(**more: Any) -> Target:
    target = vendor_target(**more)
    known = {**target.credentials, "newstore": {"full": {"Authorization": f"Bearer {NO_TOKEN_YET}"}}}
    return replace(target, credentials=known)


def call_without_token(**more: Any) -> Request:
    return deletion(headers={"Authorization": f"Bearer {NO_TOKEN_YET}"}, **more)


@pytest.mark.parametrize(
    ("call", "calls"),
    [
        (call_without_token(), [LOGIN]),
        (call_without_token(undoes=True), [LOGIN]),
        (call_without_token(credentials="unprivileged"), []),
        (deletion(), []),
        (vtex_read(headers={"X": NO_TOKEN_YET}), []),  # an API without a login
    ],
    ids=["first", "undoes", "other kind", "has a token", "no login"],
)
def test_the_first_call_without_a_token_logs_in(call: Request, calls: list[str]) -> None:
    host = Host(target=target_without_token())
    for _ in range(2):
        host.recovery.prepare(call)
    assert host.calls == calls
    assert [sent.undoes for sent in host.sent] == [call.undoes] * len(calls)


def test_a_call_that_waited_for_the_login_of_another_thread_logs_in_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(target=target_without_token())
    needs = iter([True, False])  # before the lock, and within it
    monkeypatch.setattr(host.tokens, "needs_login", lambda call: next(needs))
    host.recovery.prepare(call_without_token())
    assert host.sent == []


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({}, "the login of newstore gave no token (status 403 for POST /v0/token)"),
        (
            {"newstore": {"full": ("A_USER", "A_PASSWORD")}},
            "the login of newstore gave no token (status 403 for POST /v0/token); check A_USER and A_PASSWORD",
        ),
    ],
)
def test_a_first_login_that_gives_no_token_is_told_with_its_variables(variables: dict[str, Any], text: str) -> None:
    host = Host(login="credentials", target=target_without_token(variables=variables))
    for _ in range(2):
        with pytest.raises(CannotCheck) as failed:
            host.recovery.prepare(call_without_token())
        assert failed.value.cause == Cause("credentials", text)
        assert failed.value.cause.first == LOGIN
    assert host.calls == [LOGIN]
