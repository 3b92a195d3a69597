"""Problem classes: the exceptions with which rules and the gateway refuse a call.

A problem carries facts, not a status code: each vendor's `render` turns it into that vendor's status and body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Problem(Exception):
    """Base class: a call is refused. `rule`: id of the rule that decided it, None if only HTTP is concerned."""

    def __init__(self, message: str, *, rule: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule


class Malformed(Problem):
    """The request cannot be parsed, or is invalid by the document.

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
    """The document allows the value, but the service cannot process it."""


class BeyondReach(Malformed):
    """The page is beyond the cap of paging."""


class Unauthenticated(Problem):
    """The credentials are missing or unknown."""


class Forbidden(Problem):
    """The credentials are (or were) valid, but do not permit the call."""


class CrossSite(Forbidden):
    """A browser sent the request on behalf of a page of another site."""


class NotFound(Problem):
    """Nothing exists (any more) at that id, key or path."""


class Conflict(Problem):
    """The call conflicts with the stored state."""


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
    """A rate limit is exceeded. `retry_after_seconds`: time until a call is permitted again."""

    def __init__(self, message: str, *, retry_after_seconds: int, rule: str | None = None) -> None:
        super().__init__(message, rule=rule)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(Problem):
    """The sandbox is being deleted; a retry after `retry_after_seconds` reaches a new one."""

    def __init__(self, message: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class MethodNotAllowed(Problem):
    """The path exists, but not with this method; `allow` lists its methods."""

    def __init__(self, message: str, *, allow: Sequence[str]) -> None:
        super().__init__(message)
        self.allow = tuple(allow)


class TooLarge(Problem):
    """The body exceeds the size limit of the server."""


class UnsupportedMediaType(Problem):
    """The document does not list the request's media type."""


class UnsupportedCoding(UnsupportedMediaType):
    """The server does not support the body's content coding; `accepted` lists the supported ones."""

    def __init__(self, message: str, *, accepted: str) -> None:
        super().__init__(message)
        self.accepted = accepted


class InjectedError(Problem):
    """An injected fault; `status`: the HTTP status to respond with."""

    def __init__(self, message: str, *, status: int, rule: str | None = None) -> None:
        super().__init__(message, rule=rule)
        self.status = status
