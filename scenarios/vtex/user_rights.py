"""VTEX-ERASE: synchronous erasure. A scenario erases only customers that it created, or unknown emails.

Orders are covered in `orders`. No API here has carts and users of VTEX ID: only a sandbox shows them.
"""

from __future__ import annotations

import re
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.erasing import (
    APPLICATIONS,
    erase_customer,
    evidence,
    orders_by_status,
    parts,
    statuses,
    stored_order,
)
from pii_sandbox.scenarios.vtex.kinds import ADDRESSES, PROFILE, PURCHASES, StoredDocument
from pii_sandbox.scenarios.vtex.shop import (
    REASON,
    UUID,
    Params,
    address,
    customer,
    email_in_other_case,
    holds_values,
    household,
    problem_of,
    profile_of,
    purchases,
    unmasked_document,
)

_REQUEST_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}[+-]\d\d:\d\d")
_UPDATE_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def _all_deleted(api: ApiClient, response: dict[str, Any]) -> None:
    """Check that each application is Deleted, as in the guide; at a vendor also Completed (API reference)."""
    seen = statuses(response)
    if not api.target.isolates:
        seen = {name: "Deleted" if status == "Completed" else status for name, status in seen.items()}
    holds_values(seen, dict.fromkeys(APPLICATIONS, "Deleted"), "the statuses of the applications")


@scenario("VTEX-ERASE-1", needs={"write", "erase"})
def an_erasure_is_completed_and_all_four_applications_deleted(api: ApiClient) -> None:
    person = api.new_customer()
    household(api, person)
    response = erase_customer(api, person.email)
    text = {name: response.get(name) for name in ("requestType", "status", "email")}
    holds_values(text, {"requestType": "Removal", "status": "Completed", "email": person.email}, "the answer")
    holds(UUID.fullmatch(response["uuid"]), "a uuid", "another text")
    holds(
        _REQUEST_TIME.fullmatch(response["requestTime"]), "a requestTime with seven digits and offset", "another form"
    )
    _all_deleted(api, response)
    holds(len(response["applications"]) == 4, "four applications", f"{len(response['applications'])}")
    for application in response["applications"]:
        holds(application["errorDetail"] == "", "no errorDetail", "one")
        holds(_UPDATE_AT.fullmatch(application["updateAt"]), "an updateAt without offset", "another form")
    said = parts(response)
    holds(said["VTEX Checkout"] == [] and said["Profile System PII API"] == {}, "empty parts", "others")
    holds(said["orders"]["dataStatus"]["status"] == "anonymized", "orders that are anonymized", "another status")


@scenario("VTEX-ERASE-1", needs={"write", "erase", "control"})
def carts_and_the_user_of_the_email_go_too(api: ApiClient) -> None:
    person, other = api.new_customer(), api.new_customer()
    for name, who in (("mine", person), ("other", other)):
        api.sandbox.put_document("carts", f"conformance-{name}", {"email": who.email, "items": []})
        api.sandbox.put_document("users", f"conformance-{name}", {"email": who.email})
    response = erase_customer(api, person.email)
    holds("status" not in parts(response)["VTEX ID"], "no problem from VTEX ID where there was a user", "one")
    for collection in ("carts", "users"):
        ids = set(stored_order(api, collection))
        holds("conformance-mine" not in ids, f"{collection} without the erased customer's", "one with it")
        holds("conformance-other" in ids, f"{collection} with the other customer's", "one without it")


@scenario("VTEX-ERASE-2", needs={"write", "erase"})
def an_erased_profile_is_gone_with_all_that_hung_on_it(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    erase_customer(api, person.email)
    one: Params = {"profileId": ids["profileId"]}
    home: Params = {**one, "addressId": ids["addressId"]}
    for kind, path in ((PROFILE, one), (ADDRESSES, home), (PURCHASES, one)):
        document = StoredDocument(api, kind, path, {})
        document.read(404)
        document.unmasked(404)
    for masking in ("", "Unmasked"):
        api.call(f"Get{masking}ClientAddresses", reason=REASON, expect=404, **one)
        version: Params = {"profileVersionId": ids["profileVersionId"]}
        api.call(f"Get{masking}ProfileByVersion", reason=REASON, expect=404, **one, **version)
        version = {"addressVersionId": ids["addressVersionId"]}
        api.call(f"Get{masking}AddressByVersion", reason=REASON, expect=404, **home, **version)
        for key, value in (("email", person.email), ("document", person.document)):
            api.call(f"Get{masking}Profile", profileId=value, alternativeKey=key, reason=REASON, expect=404)


@scenario("VTEX-ERASE-2", needs={"write", "erase"})
def an_erased_email_and_document_are_free_for_a_profile_that_begins_anew(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    erase_customer(api, person.email)
    again = customer(api, person)["id"]
    holds(again != ids["profileId"], "a new id", "that of before")
    homes = api.call("GetClientAddresses", profileId=again, expect=200).json
    holds(homes == [], "no address of before", f"{len(homes)}")
    StoredDocument(api, PURCHASES, {"profileId": again}, {}).read(404)
    StoredDocument(api, ADDRESSES, {"profileId": again, "addressId": ids["addressId"]}, {}).read(404)


@scenario("VTEX-ERASE-2", needs={"write", "erase", "control"})
def nothing_is_left_for_a_profile_that_comes_back_under_the_same_id(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    api.call("UpdateClientProfile", profileId=ids["profileId"], body={"priceTable": "gold"}, expect=200)
    home: Params = {"profileId": ids["profileId"], "addressId": ids["addressId"]}
    api.call("UpdateClientAddress", body={"route": "Rua Nova"}, expect=200, **home)
    erase_customer(api, person.email)
    api.sandbox.put_document("profiles", ids["profileId"], profile_of(person))
    one: Params = {"profileId": ids["profileId"]}
    api.call("GetProfileByVersion", profileVersionId=ids["profileVersionId"], expect=404, **one)
    StoredDocument(api, PURCHASES, one, {}).read(404)
    StoredDocument(api, ADDRESSES, {**one, "addressId": ids["addressId"]}, {}).read(404)


@scenario("VTEX-ERASE-2", needs={"write", "erase"}, assumed=True)
def an_erasure_finds_the_email_whatever_its_case(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    erase_customer(api, email_in_other_case(person.email))
    api.call("GetProfile", profileId=ids["profileId"], expect=404)
    api.call("GetProspect", prospectId=ids["prospectId"], expect=404)


@scenario("VTEX-ERASE-2", needs={"write", "erase"})
def other_customers_data_is_untouched(api: ApiClient) -> None:
    person, other = api.new_customer(), api.new_customer()
    household(api, person)
    theirs = customer(api, other)
    home, info = address(api, theirs["id"]), purchases(api, theirs["id"])
    erase_customer(api, person.email)
    holds_values(unmasked_document(api, theirs["id"]), profile_of(other), "the other profile")
    one: Params = {"profileId": theirs["id"]}
    holds(
        StoredDocument(api, ADDRESSES, {**one, "addressId": home["id"]}, home).meta() == home["meta"],
        "its address",
        "another",
    )
    holds(StoredDocument(api, PURCHASES, one, info).meta() == info["meta"], "its purchase information", "another")


@scenario("VTEX-ERASE-2", needs={"write", "erase", "control"})
def no_stored_document_of_anybody_else_changes(api: ApiClient) -> None:
    person, other = api.new_customer(), api.new_customer()
    orders_by_status(api, other, "invoiced")
    household(api, other)
    collections = ("profiles", "addresses", "prospects", "purchase-info", "orders", "carts", "users")
    before = {name: stored_order(api, name) for name in collections}
    holds(all(before[name] for name in collections[:5]), "documents of somebody else", "none in some collection")
    household(api, person)
    orders_by_status(api, person, "handling")
    erase_customer(api, person.email)
    for name in collections:
        after = stored_order(api, name)
        changed = [one for one, document in before[name].items() if after.get(one) != document]
        holds(not changed, f"{name} as they were", f"{len(changed)} changed")


@scenario("VTEX-ERASE-5", needs={"erase"})
def an_email_that_nobody_has_completes(api: ApiClient) -> None:
    response = erase_customer(api, api.new_customer().email)
    holds(response["status"] == "Completed", "the status Completed", f"{response['status']}")
    _all_deleted(api, response)
    holds(evidence(response) == "Anonymized [0] orders", "Anonymized [0] orders", evidence(response))
    problem = parts(response)["VTEX ID"]
    text = {name: problem.get(name) for name in ("type", "title", "status")}
    expected = {"type": "https://tools.ietf.org/html/rfc7231#section-6.5.4", "title": "Not Found", "status": 404}
    holds_values(text, expected, "the problem of VTEX ID")


_NO_EMAIL: tuple[dict[str, Any], ...] = (
    {},
    {"email": None},
    {"email": ""},
    {"email": "nobody"},
    {"email": 7},
)


@scenario("VTEX-ERASE-6", needs={"erase"})
def a_missing_or_malformed_email_is_refused(api: ApiClient) -> None:
    for body in _NO_EMAIL:
        response = api.call("createAndProcessDeleteUserData", body=body, expect=400)
        problem = problem_of(response)
        holds(problem is None or problem["status"] == 400, "a problem of status 400", "another one")


@scenario("VTEX-ERASE-6", needs={"write", "erase", "control"})
def a_missing_or_malformed_email_erases_nothing(api: ApiClient) -> None:
    household(api)
    orders_by_status(api, api.new_customer(), "invoiced")
    collections = ("profiles", "addresses", "prospects", "purchase-info", "orders")
    before = {name: stored_order(api, name) for name in collections}
    for body in (*_NO_EMAIL, {"email": "no body@example.com"}, {"email": "@example.com"}):
        api.call("createAndProcessDeleteUserData", body=body, expect=400)
    holds(
        {name: stored_order(api, name) for name in collections} == before, "all as it was stored", "changed documents"
    )


@scenario("VTEX-ERASE-7", needs={"write", "erase"})
def a_repeat_answers_the_same_under_a_new_uuid(api: ApiClient) -> None:
    person = api.new_customer()
    household(api, person)
    first, second = erase_customer(api, person.email), erase_customer(api, person.email)
    holds(first["uuid"] != second["uuid"], "a new uuid", "that of the first")
    for name in ("requestType", "email", "status"):
        holds(first[name] == second[name], f"the same {name}", "another one")
    holds_values(statuses(second), statuses(first), "the statuses of the applications")
    holds(evidence(first) == evidence(second), "the same evidence", "another one")
    api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=404)
