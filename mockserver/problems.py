"""Everything that a rule can refuse with, named once.

A problem carries facts, not a status code: each vendor's `render` turns it into that vendor's status and body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Problem(Exception):
    """A rule said no. `rule` is the id of that rule, None where only HTTP itself is concerned."""

    def __init__(self, message: str, *, rule: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule


class Malformed(Problem):
    """The request cannot be read or breaks the document.

    `errors` maps the field concerned (a parameter, or a dotted path into the body) to messages.
    """

    def __init__(
        self,
        message: str,
        *,
        rule: str | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(message, rule=rule)
        self.errors = dict(errors or {})


class Unprocessable(Malformed):
    """The document allows the value, the service cannot process it."""


class BeyondReach(Malformed):
    """A page outside what can be reached by paging."""


class Unauthenticated(Problem):
    """No credentials, or none that are known."""


class Forbidden(Problem):
    """Known or once known credentials that do not permit the call."""


class CrossSite(Forbidden):
    """A browser sent the request on behalf of a page of another site."""


class NotFound(Problem):
    """Nothing (any more) at that id, key or path."""


class Conflict(Problem):
    """The call is at odds with what is stored."""


class Duplicate(Conflict):
    """Another record holds the same unique key; `key` is its name."""

    def __init__(self, message: str, *, key: str, rule: str | None = None) -> None:
        super().__init__(message, rule=rule)
        self.key = key


class Stale(Conflict):
    """The record was updated since the caller read it."""


class Pending(Conflict):
    """The record awaits deletion."""


class TooMany(Problem):
    """A limit of calls is used up; `retry_after_seconds` until it frees."""

    def __init__(self, message: str, *, retry_after_seconds: int, rule: str | None = None) -> None:
        super().__init__(message, rule=rule)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(Problem):
    """The sandbox is being deleted: the same call, sent again, meets a new one; `retry_after_seconds` until then."""

    def __init__(self, message: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class MethodNotAllowed(Problem):
    """The path exists, the method does not; `allow` lists those that do."""

    def __init__(self, message: str, *, allow: Sequence[str]) -> None:
        super().__init__(message)
        self.allow = tuple(allow)


class TooLarge(Problem):
    """The body is over the size that the server takes."""


class UnsupportedMediaType(Problem):
    """The document lists no such request media type."""


class UnsupportedCoding(UnsupportedMediaType):
    """The body is in a content coding that the server does not know; `accepted` names those that it does."""

    def __init__(self, message: str, *, accepted: str) -> None:
        super().__init__(message)
        self.accepted = accepted


class InjectedError(Problem):
    """A fault that somebody asked for; `status` is the HTTP status to show."""

    def __init__(self, message: str, *, status: int, rule: str | None = None) -> None:
        super().__init__(message, rule=rule)
        self.status = status
