"""Vendors that answer a create with what somebody else has: a canary population behind a door that meddles."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.conformance.staged_runs import ReceivedRequest

DATES = frozenset({"creationDate", "created_at"})
LONG_AGO = "2020-01-02T03:04:05.0000000+00:00"
STRANGER = "jane.canary@example.org"
PROFILE, ADDRESS, PROSPECT = (f"{digit * 8}-2222-4333-8444-555555555555" for digit in "789")
NS_PROFILE = "NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX"
NS_ADDRESS = "NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZX-01FXX4S1V1R8M4PF9H1S1D82CY"
NS_DATA = "NS-EU-77777777-2222-4333-8444-555555555555"
STREET = {
    "postalCode": "20200-000", "countryName": "Brasil", "administrativeAreaLevel1": "RJ", "locality": "Rio",
    "localityAreaLevel1": "Centro", "route": "Rua Canaria", "streetNumber": "7",
}  # fmt: skip
JANE = {"email": STRANGER, "document": "12345678911", "documentType": "CPF", "firstName": "Jane", "lastName": "Canary"}
CANARIES: Mapping[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("vtex", "profiles"): (PROFILE, JANE),
    ("vtex", "addresses"): (ADDRESS, {**STREET, "profileId": PROFILE}),
    ("vtex", "purchase-info"): (PROFILE, {"isToSavePersonalData": True}),
    ("vtex", "prospects"): (PROSPECT, {"email": STRANGER, "firstName": "Jane"}),
    ("newstore", "profiles"): (NS_PROFILE, {"email": STRANGER, "full_name": "Jane Canary"}),
    ("newstore", "addresses"): (NS_ADDRESS, {
        "profile_id": NS_PROFILE, "full_name": "Jane", "address_line_1": "Weg 1", "zip_code": "1", "city": "B",
        "country_code": "DE",
    }),
    ("newstore", "data"): (NS_DATA, {"content_type": "text/plain", "content": "Jane Canary"}),
}  # fmt: skip
# what a create makes, by the end of its path
KINDS: Mapping[str, tuple[str, str]] = {
    r"/profile-system/profiles": ("vtex", "profiles"),
    r"/profile-system/profiles/[^/]+/addresses": ("vtex", "addresses"),
    r"/profile-system/profiles/[^/]+/purchase-info": ("vtex", "purchase-info"),
    r"/profile-system/prospects": ("vtex", "prospects"),
    r"/pii/profiles": ("newstore", "profiles"),
    r"/pii/profiles/[^/]+/addresses": ("newstore", "addresses"),
    r"/pii/data": ("newstore", "data"),
}
OTHER_KIND: Mapping[tuple[str, str], str] = {
    ("vtex", "profiles"): PROSPECT, ("vtex", "addresses"): PROFILE, ("vtex", "purchase-info"): PROSPECT,
    ("vtex", "prospects"): PROFILE, ("newstore", "profiles"): NS_ADDRESS, ("newstore", "addresses"): NS_PROFILE,
    ("newstore", "data"): NS_PROFILE,
}  # fmt: skip
Manner = Callable[[ReceivedRequest], httpx.Response]


def kind(request: ReceivedRequest) -> tuple[str, str] | None:
    """What the request would make, None for one that makes nothing."""
    if request.method != "POST":
        return None
    return next((found for path, found in KINDS.items() if re.search(f"{path}$", request.path)), None)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _answer(status: int, value: Any) -> httpx.Response:
    return httpx.Response(status, json=value)


def _success(kind_of_object: tuple[str, str]) -> int:
    return 200 if kind_of_object == ("vtex", "purchase-info") else 201


def _record(kind_of_object: tuple[str, str], number: str, document: Mapping[str, Any], at: str) -> Any:
    """A record in the form of its vendor."""
    if kind_of_object[0] == "vtex":
        meta = {"version": ADDRESS, "author": ADDRESS, "creationDate": at, "lastUpdate": at, "lastUpdateDate": at}
        return {"id": number, "meta": {**meta, "expirationDate": None}, "document": dict(document)}
    if kind_of_object == ("newstore", "data"):
        return {"id": number}
    return {"id": number, **document, "created_at": at, "updated_at": at}


def upsert(request: ReceivedRequest) -> httpx.Response:
    """Answers a create with the record that somebody else has, as it is."""
    kind_of_object = kind(request)
    if kind_of_object is None:
        return request.pass_on()
    canary, document = CANARIES[kind_of_object]
    return _answer(_success(kind_of_object), _record(kind_of_object, canary, document, LONG_AGO))


def merge(request: ReceivedRequest) -> httpx.Response:
    """Says that what was sent became part of somebody's record: the mark is there, and so is the id of old."""
    kind_of_object, sent = kind(request), _json(request.body)
    if kind_of_object is None or not isinstance(sent, dict):
        return request.pass_on()
    canary, document = CANARIES[kind_of_object]
    merged = {**document, **sent} | ({"profileId": PROFILE} if kind_of_object == ("vtex", "addresses") else {})
    return _answer(_success(kind_of_object), _record(kind_of_object, canary, merged, LONG_AGO))


def return_foreign_id(request: ReceivedRequest) -> httpx.Response:
    """Makes what is asked for, and tells the id of somebody else's."""
    return _with_id(request, {kind_of_object: canary for kind_of_object, (canary, _) in CANARIES.items()})


def return_foreign_kind(request: ReceivedRequest) -> httpx.Response:
    """Makes what is asked for, and tells the id of somebody else's of another kind."""
    return _with_id(request, OTHER_KIND)


def _with_id(request: ReceivedRequest, ids: Mapping[tuple[str, str], str]) -> httpx.Response:
    kind_of_object, response = kind(request), request.pass_on()
    value = _json(response.content)
    if kind_of_object is None or response.status_code not in (200, 201) or not isinstance(value, dict):
        return response
    return _answer(response.status_code, {**value, "id": ids[kind_of_object]})


def strip_marks(request: ReceivedRequest) -> httpx.Response:
    """Shows nobody's email or name in any answer."""
    response = request.pass_on()
    value = _json(response.content)
    if response.status_code not in (200, 201) or not isinstance(value, dict | list):
        return response
    return _answer(response.status_code, _remove_marks(value))


def _remove_marks(value: Any) -> Any:
    match value:
        case dict():
            return {name: _remove_marks(inner) for name, inner in value.items()}
        case list():
            return [_remove_marks(inner) for inner in value]
        case str() if "check" in value.casefold():
            return "hidden"
    return value


def _identity(value: Any) -> Any:
    return value


def _remove_dates(value: Any) -> Any:
    return _with_dates(value, None)


def _in_milliseconds(value: Any) -> Any:
    return _with_dates(value, 1577934245000)


def _in_local_time(value: Any) -> Any:
    """Far east of Greenwich, where it is tomorrow already, and without saying so."""
    return _with_dates(value, (datetime.now(UTC) + timedelta(hours=13)).replace(tzinfo=None).isoformat())


def _with_dates(value: Any, date: Any) -> Any:
    """The value with another date of making, or without one."""
    match value:
        case dict():
            inner = {name: _with_dates(each, date) for name, each in value.items() if name not in DATES}
            return inner | {name: date for name in DATES & value.keys() if date is not None}
        case list():
            return [_with_dates(each, date) for each in value]
    return value


@dataclass
class AddMark:
    """Puts what was sent last into everybody's record, as far as answers tell, and makes nothing.

    `dated` is what every answer says of when a record was made.
    """

    sent: dict[str, Any] = field(default_factory=dict)
    dated: Callable[[Any], Any] = _identity

    def __call__(self, request: ReceivedRequest) -> httpx.Response:
        response = self._add_mark(request)
        value = _json(response.content)
        return _answer(response.status_code, self.dated(value)) if isinstance(value, dict | list) else response

    def _add_mark(self, request: ReceivedRequest) -> httpx.Response:
        kind_of_object, sent = kind(request), _json(request.body)
        if kind_of_object is not None and isinstance(sent, dict):
            self.sent = sent
            return merge(request)
        response = request.pass_on()
        value = _json(response.content)
        if request.method != "GET" or response.status_code != 200 or not isinstance(value, dict):
            return response
        return _answer(200, {**value, "document": {**value["document"], **self.sent}} if "document" in value
                       else {**value, **self.sent})  # fmt: skip


def resolve_email_wrongly(request: ReceivedRequest) -> httpx.Response:
    """Takes whoever is named by an email for somebody else: in reads by a key, in changes and in erasures."""
    if "alternativeKey=email" in request.query:
        path = re.sub(r"/profiles/[^/]+", f"/profiles/{PROFILE}", request.path)
        query = re.sub(r"&?alternativeKey=email", "", request.query)
        return ReceivedRequest(
            request.method, path, query, request.body, request.headers, request.client, request.behind
        ).pass_on()
    if "/user-rights/" in request.path and request.method == "POST" and b"@" in request.body:
        return request.pass_on(json.dumps({"email": STRANGER}).encode())
    return request.pass_on()


MANNERS: Mapping[str, Callable[[], Manner]] = {
    "upsert": lambda: upsert,
    "merge": lambda: merge,
    "wrong id": lambda: return_foreign_id,
    "other kind": lambda: return_foreign_kind,
    "mark stripped": lambda: strip_marks,
    "mark added": AddMark,
    "mark added, no date": lambda: AddMark(dated=_remove_dates),
    "mark added, date unreadable": lambda: AddMark(dated=_in_milliseconds),
    "mark added, date without zone": lambda: AddMark(dated=_in_local_time),
    "astray": lambda: resolve_email_wrongly,
}
