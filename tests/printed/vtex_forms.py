"""Forms in which VTEX's sources print answers: guides, API reference, webhook app, storefront client."""

from __future__ import annotations

import re

from tests.conformance.staged_runs import ReceivedRequest
from tests.printed.forms import Answer, Object, change_objects


def webhook_app_meta(request: ReceivedRequest, answer: Answer) -> None:
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

    answer.body = change_objects(answer.body, meta)


def webhook_app_version(request: ReceivedRequest, answer: Answer) -> None:
    """The README of VTEX's webhook app: the unmasked read of a version is an object, in every dialect."""
    if re.search(r"/versions/[^/]+/unmask$", request.path) and isinstance(answer.body, list):
        (answer.body,) = answer.body


def reference_version(request: ReceivedRequest, answer: Answer) -> None:
    """VTEX's API reference: reads of a version of a profile are arrays of one."""
    if re.search(r"/profiles/[^/]+/versions/", request.path) and answer.status == 200 and isinstance(answer.body, dict):
        answer.body = [answer.body]


def reference_meta(request: ReceivedRequest, answer: Answer) -> None:
    """VTEX's API reference: the meta of a profile has `lastUpdate` alone, that of an address no `expirationDate`."""

    def meta(value: Object) -> Object:
        if not {"version", "author", "creationDate"} <= value.keys():
            return value
        beside = {"lastUpdateDate", "expirationDate"} if "lastUpdate" in value else set()
        if "/addresses" in request.path:
            beside = {"expirationDate"}
        return {name: inner for name, inner in value.items() if name not in beside}

    answer.body = change_objects(answer.body, meta)


def guide_profile(request: ReceivedRequest, answer: Answer) -> None:
    """VTEX's guide: one profile is an object, its `document` before its `meta` where it is read unmasked."""
    if _is_one_profile(request, answer) and isinstance(answer.body, list):
        (only,) = answer.body
        answer.body = {name: only[name] for name in ("id", "document", "meta") if name in only}


def reference_profile(request: ReceivedRequest, answer: Answer) -> None:
    """VTEX's API reference and storefront client: the read of one profile is an array of one."""
    if _is_one_profile(request, answer) and isinstance(answer.body, dict):
        answer.body = [answer.body]


def _is_one_profile(request: ReceivedRequest, answer: Answer) -> bool:
    read = re.search(r"/profiles/[^/]+(/versions/[^/]+)?(/unmask)?$", request.path)
    return request.method == "GET" and answer.status == 200 and read is not None


def reference_optional(request: ReceivedRequest, answer: Answer) -> None:
    """VTEX's API reference lists no expirationDate where it is null, and no index or version of a schema."""
    schema = {"v-indexed", "v-unique", "version"} if "/schemas/" in request.path else set()

    def shorter(value: Object) -> Object:
        return {
            name: inner
            for name, inner in value.items()
            if not (name == "expirationDate" and inner is None) and not (name in schema and "title" in value)
        }

    answer.body = change_objects(answer.body, shorter)


def reference_statuses(request: ReceivedRequest, answer: Answer) -> None:
    """VTEX's API reference lists `Completed`, and not `Deleted`, among the statuses of an application."""

    def complete(value: Object) -> Object:
        return {**value, "status": "Completed"} if "application" in value and value["status"] == "Deleted" else value

    answer.body = change_objects(answer.body, complete)


def reference_pending(request: ReceivedRequest, answer: Answer) -> None:
    """VTEX's API reference lists `PendingDeletion` among the statuses of an application; the request's own is free."""
    if request.path.endswith("/createAndProcessDeleteUserData") and answer.status == 200:
        for application in answer.body["applications"]:
            application["status"] = "PendingDeletion"
        answer.body["status"] = "PendingDeletion"


def guide_key_name(request: ReceivedRequest, answer: Answer) -> None:
    """The page of VTEX's guide shows the key of Checkout with one space, its source with two."""
    if isinstance(answer.body, dict) and "dataResponse" in answer.body:
        answer.body["dataResponse"] = answer.body["dataResponse"].replace("VTEX  Checkout", "VTEX Checkout")


def own_errors(request: ReceivedRequest, answer: Answer) -> None:
    """The form of the one error that VTEX prints in this family, that of a job: no document has the other ones."""
    if answer.status >= 400:
        title = answer.body.get("title", "Job not found") if isinstance(answer.body, dict) else "Error"
        answer.body = {"message": title}
        answer.headers["content-type"] = "application/json; charset=utf-8"
