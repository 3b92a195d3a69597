"""Broken rules of NewStore: access and the list of profiles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver.problems import (
    Forbidden,
    Unauthenticated,
)
from pii_sandbox.mockserver.rules import expiry, paging
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Page, Store
from pii_sandbox.mockserver.vendors.newstore import credentials, errors, profiles
from pii_sandbox.mockserver.vendors.newstore.collections import PROFILES
from pii_sandbox.mutants.mutant import (
    ContainsAll,
    Mutant,
    always_return,
    ignore_setting,
    misread,
    mutant_refusal,
    replace_with,
    skip_validation,
)


def _overlap_pages(page: Any) -> Any:
    """Each page of profiles but the first begins with the last profile of the one before."""

    def replacement(store: Store, collection: str, *, offset: int = 0, **rest: Any) -> Page:
        from_here = max(0, offset - 1) if collection == PROFILES else offset
        found: Page = page(store, collection, offset=from_here, **rest)
        return found

    return replacement


def _refuse_count_above_100(name: str, value: Any, sent: bool) -> Any:
    if name == "count" and value > 100:
        raise mutant_refusal(name, value, "NS-LIST-1")
    return value


def _refuse_store_filter(name: str, value: Any, sent: bool) -> Any:
    if value is not None and value.startswith("store_id"):
        raise mutant_refusal(name, value, "NS-LIST-5")
    return value


def _accept_passwords_only(login: Any) -> Any:
    def replacement(body: Mapping[str, Any], sandbox: Sandbox) -> Any:
        if body["grant_type"] != "password":
            raise Forbidden("only a password is a grant", rule="NS-AUTH-4")
        return login(body, sandbox)

    return replacement


def _accept_any_login(setting: Any) -> Any:
    return lambda sandbox, name: ContainsAll() if name == credentials.LOGINS else setting(sandbox, name)


def _omit_headers(reply: Any) -> Any:
    return lambda status, body=None, **rest: reply(status, body)


def _ignore_token_kind(token: Any) -> Any:
    return lambda token_id, username, **rest: token(token_id, username)


MUTANTS = (
    Mutant("NS-AUTH-1", "a call without a token answers 403", credentials, "Unauthenticated", replace_with(Forbidden)),
    Mutant("NS-AUTH-1", "a 401 does not name the scheme", errors, "_headers", always_return({})),
    Mutant("NS-AUTH-2", "a bad token or login answers 401", credentials, "Forbidden", replace_with(Unauthenticated)),
    Mutant(
        "NS-AUTH-3", "an access token never expires", credentials, "seconds_after", always_return(expiry.END_OF_TIME)
    ),
    Mutant(
        "NS-AUTH-3",
        "an access token has expired when it is handed out",
        credentials,
        "seconds_after",
        lambda after: lambda at, seconds: at,
    ),
    ignore_setting("NS-AUTH-3", credentials.TOKEN_SECONDS, 3600),
    Mutant("NS-AUTH-4", "a client's id and secret are no login", credentials, "_login", _accept_passwords_only),
    Mutant("NS-AUTH-4", "any client's id and secret are taken", Sandbox, "setting", _accept_any_login),
    Mutant("NS-AUTH-4", "the old path does not say that it ends", credentials, "Reply", _omit_headers),
    Mutant("NS-AUTH-4", "a refresh token is an access token", credentials, "_token", _ignore_token_kind),
    skip_validation("NS-LIST-1", "an offset or count outside its bounds is taken for the default"),
    misread("NS-LIST-1", "a count above 100 is refused", _refuse_count_above_100),
    misread(
        "NS-LIST-1",
        "a page has 20 profiles unless asked otherwise",
        lambda name, value, sent: 20 if name == "count" and not sent else value,
    ),
    Mutant("NS-LIST-2", "any page can be reached", paging, "refuse_beyond_reach", always_return(None)),
    Mutant("NS-LIST-3", "q looks at the email alone", profiles, "SEARCHED", replace_with(("email",))),
    Mutant(
        "NS-LIST-3",
        "a plus sign that is not encoded is a space",
        profiles,
        "_PHONE_WITHOUT_PLUS",
        replace_with(re.compile("(?!)")),
    ),
    Mutant("NS-LIST-3", "q is not looked at", profiles, "holding", always_return(None)),
    Mutant(
        "NS-LIST-4",
        "the total of a list is that of the page",
        profiles,
        "pagination_info",
        lambda info: lambda returned, total, offset: info(returned, returned, offset),
    ),
    Mutant(
        "NS-LIST-4",
        "an offset beyond the end is told as the end",
        profiles,
        "pagination_info",
        lambda info: lambda returned, total, offset: info(returned, total, min(offset, total)),
    ),
    Mutant(
        "NS-LIST-5",
        "profiles come newest first",
        profiles,
        "ordered_by",
        lambda ordered_by: lambda sort: (None, True) if sort is None else ordered_by(sort),
    ),
    Mutant(
        "NS-LIST-5",
        "a direction is not looked at",
        profiles,
        "ordered_by",
        lambda ordered_by: lambda sort: (ordered_by(sort)[0], False),
    ),
    misread(
        "NS-LIST-5",
        "an empty sort sorts by full_name",
        lambda name, value, sent: "full_name" if name == "sort" and not value else value,
    ),
    skip_validation("NS-LIST-5", "an unknown field or direction is not looked at"),
    misread("NS-LIST-5", "profiles cannot be sorted by store_id", _refuse_store_filter),
    Mutant("NS-LIST-6", "each page repeats the last profile of the one before", Store, "page", _overlap_pages),
)
