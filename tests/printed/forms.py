"""Forms in which the vendors' sources print answers, put upon the answers of a sandbox.

Written from the facts of each source. A form changes what the sources print differently, and nothing else. Left out are
slips of the sources that the rules name as such: dates like `13/12/2021T00:00:00Z`, the version `abc`, masks of a fixed
length.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import httpx

from tests.conformance.staged_runs import Asked
from tests.vendors.oracle.printed_examples import PRINTED

Object = dict[str, Any]
NOT_PASSED_ON = ("content-encoding", "content-length", "x-sandbox-rule")
_NUMBERS = itertools.count(1)


@dataclass
class Answer:
    """An answer on its way to the harness: its status, headers and JSON body, which a form may change."""

    status: int
    headers: dict[str, str]
    body: Any


Form = Callable[[Asked, Answer], None]


def manner(*forms: Form) -> Callable[[Asked], httpx.Response]:
    """Pass a request on and give its answer these forms, in this order; answers without JSON stay as they are."""

    def answer(asked: Asked) -> httpx.Response:
        response = asked.passed_on()
        try:
            body = response.json() if response.content else None
        except ValueError:
            return response
        headers = {name: value for name, value in response.headers.items() if name not in NOT_PASSED_ON}
        changed = Answer(response.status_code, headers, body)
        for form in forms:
            form(asked, changed)
        content = response.content if changed.body == body else json.dumps(changed.body).encode()
        return httpx.Response(changed.status, headers=changed.headers, content=content)

    return answer


def everywhere(value: Any, change: Callable[[Object], Object]) -> Any:
    """A copy in which each object, the innermost first, is what `change` gives for it."""
    if isinstance(value, list):
        return [everywhere(item, change) for item in value]
    if isinstance(value, dict):
        return change({name: everywhere(inner, change) for name, inner in value.items()})
    return value


# ---- VTEX


def vtex_webhook_app_meta(asked: Asked, answer: Answer) -> None:
    """The README of VTEX's webhook app: `lastUpdateDate` and `expirationDate`, no `lastUpdate`."""

    def meta(value: Object) -> Object:
        if not {"version", "author", "creationDate"} <= value.keys():
            return value
        last = value.pop("lastUpdate", None)
        return {
            **value,
            "lastUpdateDate": value.get("lastUpdateDate", last),
            "expirationDate": value.get("expirationDate"),
        }

    answer.body = everywhere(answer.body, meta)


def vtex_webhook_app_version(asked: Asked, answer: Answer) -> None:
    """The README of VTEX's webhook app: the unmasked read of a version is an object, in every dialect."""
    if re.search(r"/versions/[^/]+/unmask$", asked.path) and isinstance(answer.body, list):
        (answer.body,) = answer.body


def vtex_reference_version(asked: Asked, answer: Answer) -> None:
    """VTEX's API reference: reads of a version of a profile are arrays of one."""
    if re.search(r"/profiles/[^/]+/versions/", asked.path) and answer.status == 200 and isinstance(answer.body, dict):
        answer.body = [answer.body]


def vtex_reference_optional(asked: Asked, answer: Answer) -> None:
    """VTEX's API reference lists no expirationDate where it is null, and no index or version of a schema."""
    schema = {"v-indexed", "v-unique", "version"} if "/schemas/" in asked.path else set()

    def shorter(value: Object) -> Object:
        return {
            name: inner
            for name, inner in value.items()
            if not (name == "expirationDate" and inner is None) and not (name in schema and "title" in value)
        }

    answer.body = everywhere(answer.body, shorter)


def vtex_reference_statuses(asked: Asked, answer: Answer) -> None:
    """VTEX's API reference lists `Completed`, and not `Deleted`, among the statuses of an application."""

    def completed(value: Object) -> Object:
        return {**value, "status": "Completed"} if "application" in value and value["status"] == "Deleted" else value

    answer.body = everywhere(answer.body, completed)


def vtex_guide_key_name(asked: Asked, answer: Answer) -> None:
    """The page of VTEX's guide shows the key of Checkout with one space, its source with two."""
    if isinstance(answer.body, dict) and "dataResponse" in answer.body:
        answer.body["dataResponse"] = answer.body["dataResponse"].replace("VTEX  Checkout", "VTEX Checkout")


def vtex_own_errors(asked: Asked, answer: Answer) -> None:
    """The form of the one error that VTEX prints in this family, that of a job: no document has the other ones."""
    if answer.status >= 400:
        title = answer.body.get("title", "Job not found") if isinstance(answer.body, dict) else "Error"
        answer.body = {"message": title}
        answer.headers["content-type"] = "application/json; charset=utf-8"


# ---- NewStore


def newstore_sample_errors(asked: Asked, answer: Answer) -> None:
    """The sample of every error: only the request's id tells one from another."""
    if answer.status >= 400 and answer.headers.get("content-type", "").startswith("application/problem+json"):
        answer.body = {
            "request_id": f"some-request-id-{next(_NUMBERS)}",
            "message": "An error happened.",
            "type": "about:blank",
            "title": "string",
        }


def newstore_update_refused_with_400(asked: Asked, answer: Answer) -> None:
    """A body that breaks the schema is a bad request on every other call of the page; PATCH lists 422 alone."""
    cannot_be_processed = b"phone" in asked.body or b"country" in asked.body
    if asked.method == "PATCH" and answer.status == 422 and not cannot_be_processed:
        answer.status = 400


def newstore_offsets(asked: Asked, answer: Answer) -> None:
    """RFC 3339 in its other spelling of UTC, which a lock compares as an instant."""

    def spelled(value: Object) -> Object:
        return {
            name: inner.replace("Z", "+00:00") if name.endswith("_at") and isinstance(inner, str) else inner
            for name, inner in value.items()
        }

    answer.body = everywhere(answer.body, spelled)


# ---- Fashion.AI


def fashionai_preflight_ignored(asked: Asked, answer: Answer) -> None:
    """A preflight that is answered, and granted nothing: documented is that the browser blocks the call."""
    if asked.method == "OPTIONS":
        answer.status, answer.body = 200, {}
        answer.headers = {"content-type": "application/json"}


# ---- Oracle

_OPEN_SOURCE_CLIENT: Object = {
    "devices": [], "lastActivity": "2019-11-20T09:06:29.000Z", "lastPurchaseAmount": 9.9, "lifetimeAOV": 9.9,
    "lifetimeCurrencyCode": "USD", "lifetimeSpend": 19.8, "numberOfOrders": 2, "numberOfVisits": 4,
    "profileType": None, "parentOrganization": None, "shippingAddress": None, "daytimeTelephoneNumber": None,
    "derivedTaxExemptionCode": None, "taxExemptionCode": None, "catalog": None, "priceListGroup": None,
}  # fmt: skip


def oracle_printed_profile(asked: Asked, answer: Answer) -> None:
    """The example of Oracle's page, in place of each profile that is read whole or but for what is excluded."""
    if _is_profile(asked, answer) and (excluded := _excluded(asked)) is not None:
        links = [{"rel": "self", "href": answer.body["links"][0]["href"]}]
        whole = {**PRINTED, "id": asked.path.rpartition("/")[2], "links": links}
        answer.body = {name: value for name, value in whole.items() if name not in excluded}


def oracle_open_source_client(asked: Asked, answer: Answer) -> None:
    """The sample of a payment vendor's open-source client: further properties, nulls, and `active` as a boolean."""
    if _is_profile(asked, answer) and (excluded := _excluded(asked)) is not None:
        whole = {**answer.body, **_OPEN_SOURCE_CLIENT, "active": True}
        answer.body = {name: value for name, value in whole.items() if name not in excluded}


def oracle_statuses(asked: Asked, answer: Answer) -> None:
    """The codes of getProfile are documented and their statuses are not: another Oracle page has 400 for all."""
    if isinstance(answer.body, dict) and answer.body.get("errorCode") == "22002":
        answer.status = 400
        answer.body = {**answer.body, "status": "400"}


def oracle_long_errors(asked: Asked, answer: Answer) -> None:
    """Oracle's page on error messages: the optional properties of an error."""
    if answer.status >= 400 and isinstance(answer.body, dict) and "errorCode" in answer.body:
        more = {"devMessage": "See the log.", "moreInfo": "", "type": "", "o:errorPath": "id", "errors": []}
        answer.body = {**more, **answer.body}


def _is_profile(asked: Asked, answer: Answer) -> bool:
    is_read = asked.method == "GET" and "/profiles/" in asked.path
    return is_read and answer.status == 200 and isinstance(answer.body, dict) and "links" in answer.body


def _excluded(asked: Asked) -> set[str] | None:
    """What the request leaves out of the profile; None where it asks for a part of it in another way."""
    query = parse_qs(asked.query)
    return None if query.keys() - {"exclude"} else set(",".join(query.get("exclude", ())).split(","))
