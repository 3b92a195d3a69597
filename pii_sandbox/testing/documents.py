"""Client for stored documents of a sandbox, independent of the vendors' APIs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote

from pii_sandbox.testing.connection import Refused

_PAGE = 1000


class Documents(MutableMapping[str, dict[str, Any]]):
    """One collection as a mapping of ids to documents, oldest first.

    Assigning stores a document, even if the vendor's API cannot.
    """

    def __init__(self, call: Callable[..., Any], api: str, collection: str) -> None:
        self._call = call
        self._path = f"/documents/{quote(api, safe='')}/{quote(collection, safe='')}"

    def __getitem__(self, id: str) -> dict[str, Any]:
        try:
            document: dict[str, Any] = self._call("GET", self._at(id))["document"]
        except Refused as refused:
            raise (KeyError(id) if refused.status == 404 else refused) from None
        return document

    def __setitem__(self, id: str, document: Mapping[str, Any]) -> None:
        self._call("PUT", self._at(id), dict(document))

    def __delitem__(self, id: str) -> None:
        try:
            self._call("DELETE", self._at(id))
        except Refused as refused:
            raise (KeyError(id) if refused.status == 404 else refused) from None

    def __iter__(self) -> Iterator[str]:
        return (stored["id"] for stored in self._stored())

    def __len__(self) -> int:
        return int(self._call("GET", self._path, count=1)["total"])

    def clear(self) -> None:
        """Delete all documents of the collection."""
        for document_id in list(self):
            del self[document_id]

    def values(self) -> list[dict[str, Any]]:  # type: ignore[override]  # one call for all, not one for each
        """Return all documents, in one call."""
        return [stored["document"] for stored in self._stored()]

    def items(self) -> list[tuple[str, dict[str, Any]]]:  # type: ignore[override]  # one call for all, not one for each
        """Return all ids with their documents, in one call."""
        return [(stored["id"], stored["document"]) for stored in self._stored()]

    def search(self, query: Callable[[Any], bool] | Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the entries {"id", "document", …} that match, oldest first.

        A TinyDB query (`Query().document.email == "ana@example.com"`) is evaluated by the client, page by page, so that
        it may use any Python function; a mapping is the control API's `where`, which the server evaluates.
        """
        if isinstance(query, Mapping):
            return list(self._stored(where=json.dumps(query)))
        return [stored for stored in self._stored() if query(stored)]

    def _stored(self, **query: str) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self._call("GET", self._path, offset=offset, count=_PAGE, **query)
            yield from page["documents"]
            offset += _PAGE
            if offset >= page["total"]:
                return

    def _at(self, id: str) -> str:
        return f"{self._path}/{quote(id, safe='')}"
