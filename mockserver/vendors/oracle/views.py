"""Response views of a stored profile: translation, role expansion, dialect shape, projection.

Each step returns the value and the id of the rule that changed it, or None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver.rules import projection
from pii_sandbox.specs import Dialect

GLOBAL_ROLE = "globalRole"
_EXPANDING = frozenset({"globalRoles", "roles"})  # `roles`: in Oracle's current page; assumed to mean the same
DETAIL = "profileDetail"

# what the schema of dialect `reference` has beside the profile's own properties, for a profile of which nothing is said
ALWAYS_SHOWN: Mapping[str, Any] = {"hasIncompleteOrder": False, "isAnonymous": False, "profileComments": []}

Document = dict[str, Any]
Step = tuple[Document, str | None]


def translate(profile: Document, language: str | None) -> Step:
    """Translate each property by the closest language: exact tag, base language, then default. (OCC-LANG-1)

    assumed: tags compare without case; the source names neither case nor order of translations.
    """
    if language is None:
        return profile, None
    tag = _tag(language)
    by_tag = {_tag(name): content for name, content in (profile.get("translations") or {}).items()}
    content = {**by_tag.get(tag.partition("-")[0], {}), **by_tag.get(tag, {})}
    return ({**profile, **content}, "OCC-LANG-1") if content else (profile, None)


def _tag(language: str) -> str:
    return language.strip().replace("_", "-").casefold()


def with_roles(profile: Document, expand: str | None) -> Step:
    """Keep only organizational roles, unless `expand` names globalRoles. (OCC-EXPAND-1)"""
    roles = profile.get("roles") or []
    organizational = [role for role in roles if role.get("type") != GLOBAL_ROLE]
    if len(organizational) == len(roles):
        return profile, None
    expanded = not _EXPANDING.isdisjoint(_names(expand))
    return (profile if expanded else {**profile, "roles": organizational}), "OCC-EXPAND-1"


def to_dialect(profile: Document, dialect: Dialect, url: str) -> Document:
    """Return the response body in the dialect's shape, `links` included. (OCC-GET-1)

    `guide` has the profile's properties at the top level, as the vendor's example; `reference` has them under
    `profileDetail`, as the vendor's schema. assumed: `links`, which that schema lacks, stands at the root in both.
    """
    detail = {name: value for name, value in profile.items() if name not in ALWAYS_SHOWN and name != "links"}
    links = [{"rel": "self", "href": url}]
    if isinstance(detail.get("active"), bool | str):
        detail["active"] = _active(detail["active"], dialect)
    if dialect == "guide":
        return {**detail, "links": links}
    standing = {name: profile.get(name, default) for name, default in ALWAYS_SHOWN.items()}
    return {**standing, DETAIL: detail, "links": links}


def _active(value: bool | str, dialect: Dialect) -> bool | str:
    """Return `active` in the dialect's type: a text in the vendor's example, a boolean in its schema."""
    is_active = value in (True, "true")
    return is_active if dialect == "reference" else str(is_active).lower()


def project(response: Document, dialect: Dialect, fields: str | None, exclude: str | None) -> Step:
    """Keep the properties in `fields` (OCC-FIELDS-1, OCC-FIELDS-2), drop those in `exclude` (OCC-EXCL-1, OCC-EXCL-2).

    In dialect `reference` a name refers to profileDetail if that has it, else to the root. assumed: an empty list, or
    one of commas only, counts as absent.
    """
    wanted, unwanted = _names(fields), _names(exclude)
    detail = response[DETAIL] if dialect == "reference" else {}
    result = response
    if wanted:
        result = projection.select(result, [_property_path(name, detail) for name in wanted])
    if unwanted:
        result = projection.drop(result, [_property_path(name, detail) for name in unwanted])
    return result, _projection_rule(wanted, unwanted)


def _projection_rule(wanted: list[str], unwanted: list[str]) -> str | None:
    if unwanted:
        return "OCC-EXCL-2" if wanted else "OCC-EXCL-1"
    if wanted:
        return "OCC-FIELDS-2" if any("." in name for name in wanted) else "OCC-FIELDS-1"
    return None


def _names(listed: str | None) -> list[str]:
    return [name.strip() for name in (listed or "").split(",") if name.strip()]


def _property_path(name: str, detail: Document) -> str:
    if not detail:  # dialect guide: the profile's properties stand at the root
        return name.removeprefix(f"{DETAIL}.")
    return f"{DETAIL}.{name}" if name.partition(".")[0] in detail else name
