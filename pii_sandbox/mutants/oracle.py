"""Broken rules of Oracle Commerce."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from pii_sandbox.mockserver.clock import LATEST
from pii_sandbox.mockserver.problems import Forbidden, Malformed, NotFound
from pii_sandbox.mockserver.rules import projection
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.oracle import credentials, errors, profiles, views
from pii_sandbox.mockserver.vendors.oracle.collections import MISSING_PROFILE_STATUS, PREVIEW_FALLBACK, PREVIEW_PROFILES
from pii_sandbox.mockserver.vendors.oracle.views import Document, Step
from pii_sandbox.mutants.mutant import (
    Mutant,
    always_return,
    ignore_setting,
    replace_with,
    skip_validation,
    with_dialect,
)
from pii_sandbox.specs import Dialect


def _expire_at_once(later: Any) -> Any:
    return lambda now, elapsed_seconds: now


def _keep_links(projected: Any) -> Any:
    def replacement(answer: Document, dialect: Dialect, fields: str | None, exclude: str | None) -> Step:
        result, rule = projected(answer, dialect, fields, exclude)
        return ({**result, "links": answer["links"]} if fields else result), rule

    return replacement


def _refuse_unknown_fields(select: Any) -> Any:
    def replacement(value: Any, fields: Iterable[str]) -> Any:
        wanted = list(fields)
        unknown = [name for name in wanted if name.partition(".")[0] not in value]
        if unknown:
            raise Malformed(f"there is no property {unknown[0]}", rule="OCC-FIELDS-3", errors={"fields": ["unknown"]})
        return select(value, wanted)

    return replacement


def _read_preview(stored_profile: Any) -> Any:
    def replacement(id: str, sandbox: Sandbox, *, preview: bool) -> tuple[Record, str | None]:
        record: tuple[Record, str | None] = stored_profile(id, sandbox, preview=True)
        return record

    return replacement


def _require_preview(stored_profile: Any) -> Any:
    def replacement(id: str, sandbox: Sandbox, *, preview: bool) -> tuple[Record, str | None]:
        if preview and sandbox.store.find(PREVIEW_PROFILES, id) is None:
            raise NotFound("No preview of that profile was found", rule="OCC-GET-2")
        record: tuple[Record, str | None] = stored_profile(id, sandbox, preview=preview)
        return record

    return replacement


def _match_whole_tag(translated: Any) -> Any:
    def replacement(profile: Document, language: str | None) -> Step:
        content = profile.get("translations", {}).get(language)
        return ({**profile, **content}, "OCC-LANG-1") if content else (profile, None)

    return replacement


MUTANTS = (
    Mutant("OCC-AUTH-1", "any token is a live one", credentials, "_refuse_dead", always_return(None)),
    Mutant(
        "OCC-AUTH-1", "a missing or wrong token answers 403", credentials, "Unauthenticated", replace_with(Forbidden)
    ),
    Mutant(
        "OCC-AUTH-1",
        "a lasting token is not known",
        credentials,
        "LASTING_TOKENS",
        replace_with(credentials.APPLICATION_KEYS),
    ),
    Mutant("OCC-AUTH-2", "login with a wrong key answers 403", credentials, "Unauthenticated", replace_with(Forbidden)),
    Mutant("OCC-AUTH-2", "login gives a token that has expired", credentials, "_later", _expire_at_once),
    Mutant("OCC-AUTH-3", "an access token never expires", credentials, "_later", always_return(LATEST)),
    Mutant("OCC-AUTH-3", "a renewed token has expired", credentials, "_later", _expire_at_once),
    Mutant(
        "OCC-GET-1",
        "the link to the profile itself has no host",
        views,
        "to_dialect",
        lambda shaped: lambda profile, dialect, url: shaped(profile, dialect, urlsplit(url).path),
    ),
    Mutant(
        "OCC-GET-1",
        "the link to the profile itself is one of the administration",
        views,
        "to_dialect",
        lambda shaped: lambda profile, dialect, url: shaped(profile, dialect, url.replace("/ccapp/", "/ccadmin/")),
    ),
    with_dialect("OCC-GET-1", "guide"),
    with_dialect("OCC-GET-1", "reference"),
    Mutant("OCC-ADMIN-1", "a token lives on after logout", credentials, "_forget", always_return(None)),
    ignore_setting("OCC-GET-2", MISSING_PROFILE_STATUS, "404"),
    ignore_setting("OCC-PREV-1", PREVIEW_FALLBACK, True),
    Mutant("OCC-GET-2", "an unknown id gets another errorCode", errors, "NO_SUCH_PROFILE", replace_with("22003")),
    skip_validation("OCC-GET-3", "a blank id is an unknown one", as_sent=True),
    Mutant("OCC-GET-4", "an internal failure gets another errorCode", errors, "INTERNAL_ERROR", replace_with("82500")),
    Mutant("OCC-FIELDS-1", "links are answered beside the fields", views, "project", _keep_links),
    with_dialect("OCC-FIELDS-1", "guide"),
    Mutant(
        "OCC-FIELDS-1",
        "a name is not looked up in profileDetail",
        views,
        "_property_path",
        lambda located: lambda name, detail: name,
    ),
    Mutant(
        "OCC-FIELDS-2",
        "a dotted name selects the whole top-level property",
        projection,
        "select",
        lambda select: lambda value, fields: select(value, [name.partition(".")[0] for name in fields]),
    ),
    Mutant(
        "OCC-FIELDS-3", "a name that the profile does not have is refused", projection, "select", _refuse_unknown_fields
    ),
    Mutant("OCC-EXCL-1", "exclude is not looked at", projection, "drop", lambda drop: lambda value, fields: value),
    Mutant(
        "OCC-EXCL-1",
        "a dotted name excludes nothing",
        projection,
        "drop",
        lambda drop: lambda value, fields: drop(value, [name for name in fields if "." not in name]),
    ),
    Mutant(
        "OCC-EXCL-2",
        "with fields, exclude is not looked at",
        views,
        "project",
        lambda projected: (
            lambda answer, dialect, fields, exclude: projected(answer, dialect, fields, None if fields else exclude)
        ),
    ),
    Mutant(
        "OCC-EXPAND-1",
        "global roles are always included",
        views,
        "with_roles",
        lambda with_roles: lambda profile, expand: (profile, None),
    ),
    Mutant(
        "OCC-EXPAND-1",
        "global roles are never included",
        views,
        "with_roles",
        lambda with_roles: lambda profile, expand: with_roles(profile, None),
    ),
    Mutant("OCC-PREV-1", "a preview copy is answered unasked", profiles, "stored_profile", _read_preview),
    Mutant(
        "OCC-PREV-1", "where there is no preview copy there is no profile", profiles, "stored_profile", _require_preview
    ),
    Mutant("OCC-LANG-1", "only the exact tag picks a translation", views, "translate", _match_whole_tag),
    Mutant("OCC-LANG-1", "- and _ are different", views, "_tag", lambda tag: lambda language: language.casefold()),
)
