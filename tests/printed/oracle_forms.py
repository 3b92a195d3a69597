"""Forms in which Oracle's pages and a payment vendor's open-source client print answers."""

from __future__ import annotations

from urllib.parse import parse_qs

from tests.conformance.staged_runs import ReceivedRequest
from tests.printed.forms import Answer, Object
from tests.vendors.oracle.printed_examples import PRINTED

_OPEN_SOURCE_CLIENT: Object = {
    "devices": [], "lastActivity": "2019-11-20T09:06:29.000Z", "lastPurchaseAmount": 9.9, "lifetimeAOV": 9.9,
    "lifetimeCurrencyCode": "USD", "lifetimeSpend": 19.8, "numberOfOrders": 2, "numberOfVisits": 4,
    "profileType": None, "parentOrganization": None, "shippingAddress": None, "daytimeTelephoneNumber": None,
    "derivedTaxExemptionCode": None, "taxExemptionCode": None, "catalog": None, "priceListGroup": None,
}  # fmt: skip


def printed_profile(request: ReceivedRequest, answer: Answer) -> None:
    """The example of Oracle's page, in place of each profile that is read whole or but for what is excluded."""
    if _is_profile(request, answer) and (excluded := _excluded_names(request)) is not None:
        links = [{"rel": "self", "href": answer.body["links"][0]["href"]}]
        full_body = {**PRINTED, "id": request.path.rpartition("/")[2], "links": links}
        answer.body = {name: value for name, value in full_body.items() if name not in excluded}


def open_source_client(request: ReceivedRequest, answer: Answer) -> None:
    """The sample of a payment vendor's open-source client: further properties, nulls, and `active` as a boolean."""
    if _is_profile(request, answer) and (excluded := _excluded_names(request)) is not None:
        beside = answer.body if "profileDetail" in answer.body else {}
        full_body = {**(beside or {}).get("profileDetail", answer.body), **_OPEN_SOURCE_CLIENT, "active": True}
        shown = {name: value for name, value in full_body.items() if name not in excluded}
        answer.body = {**beside, "profileDetail": shown} if beside else shown


def printed_link(request: ReceivedRequest, answer: Answer) -> None:
    """The link to itself of the page's example: of the administration, by another path, with a query."""
    if _is_profile(request, answer):
        href = f"http://localhost:9080/ccadmin/v1/shopperProfiles/{request.path.rpartition('/')[2]}?offset=0&limit=2"
        answer.body["links"] = [{"rel": "self", "href": href}]


def answer_unauthorized(request: ReceivedRequest, answer: Answer) -> None:
    """A 401 may have any errorCode; the client reads the status alone."""
    if answer.status == 401:
        answer.body = {"errorCode": "13003", "message": "The token is not valid.", "status": "401"}


def statuses(request: ReceivedRequest, answer: Answer) -> None:
    """The codes of getProfile are documented and their statuses are not: another Oracle page has 400 for all."""
    if isinstance(answer.body, dict) and answer.body.get("errorCode") == "22002":
        answer.status = 400
        answer.body = {**answer.body, "status": "400"}


def long_errors(request: ReceivedRequest, answer: Answer) -> None:
    """Oracle's page on error messages: the optional properties of an error."""
    if answer.status >= 400 and isinstance(answer.body, dict) and "errorCode" in answer.body:
        more = {"devMessage": "See the log.", "moreInfo": "", "type": "", "o:errorPath": "id", "errors": []}
        answer.body = {**more, **answer.body}


def _is_profile(request: ReceivedRequest, answer: Answer) -> bool:
    is_read = request.method == "GET" and "/profiles/" in request.path
    return is_read and answer.status == 200 and isinstance(answer.body, dict) and "links" in answer.body


def _excluded_names(request: ReceivedRequest) -> set[str] | None:
    """What the request leaves out of the profile; None where it asks for a part of it in another way."""
    query = parse_qs(request.query)
    return None if query.keys() - {"exclude"} else set(",".join(query.get("exclude", ())).split(","))
