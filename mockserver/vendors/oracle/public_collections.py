"""Profiles as the control API reads and writes them: Oracle's own API cannot write."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from pii_sandbox import specs
from pii_sandbox.mockserver import schemas
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.oracle.collections import DOCUMENT
from pii_sandbox.mockserver.vendors.oracle.views import DETAIL


@dataclass(frozen=True, slots=True)
class PublicProfiles:
    """`profiles` or `preview-profiles`: the flat profile, with what dialect `reference` tells beside it."""

    collection: str

    def to_document(self, record: Record) -> Mapping[str, Any]:
        return {"document": record.value}

    def from_document(self, id: str, document: Mapping[str, Any], sandbox: Sandbox) -> Record:
        """Build the profile with that id, whatever `id` the document has; in either dialect, stored as `guide`.

        Raises Malformed for a profile that getProfile could not return, translations included.
        """
        profile = _flatten(document)
        schemas.refuse_invalid(_validator(), profile)
        for language, content in (profile.get("translations") or {}).items():
            schemas.refuse_invalid(_validator(), {**profile, **content}, f"translations.{language}.")
        return Record(id, profile)

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        return sandbox.store.drop(self.collection, id)


def _flatten(document: Mapping[str, Any]) -> dict[str, Any]:
    detail = document.get(DETAIL, {})
    if not isinstance(detail, dict):
        raise Malformed(f"{DETAIL} is not an object", errors={DETAIL: ["is not an object"]})
    return {**{name: value for name, value in document.items() if name != DETAIL}, **detail}


@functools.cache
def _validator() -> jsonschema_rs.Draft4Validator:
    """The document's `StoredProfile`; its messages do not repeat values, which are personal."""
    return schemas.component_validator(specs.load(DOCUMENT), "StoredProfile", validate_formats=False)
