"""VTEX-ERASE-2: erasure of prospects that contain the email."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.erasing import erase_customer
from pii_sandbox.scenarios.vtex.shop import REASON, Params, among, holds_values, prospect, single_envelope


@scenario("VTEX-ERASE-2", needs={"write", "erase"}, assumed=True)
def a_prospect_whose_own_email_it_is_is_gone(api: ApiClient) -> None:
    person, other = api.new_customer(), api.new_customer()
    own, stays = prospect(api, other, email=person.email), prospect(api, other, contacts=[{"email": other.email}])
    erase_customer(api, person.email)
    api.call("GetProspect", prospectId=own["id"], expect=404)
    api.call("GetUnmaskedProspect", prospectId=own["id"], reason=REASON, expect=404)
    holds(not among(api.call("GetProspects", expect=200), own["id"]), "a list without it", "a list with it")
    api.call("GetProspect", prospectId=stays["id"], expect=200)


@scenario("VTEX-ERASE-2", needs={"write", "erase", "control"})
def of_a_prospect_of_somebody_else_only_what_names_the_email_is_emptied(api: ApiClient) -> None:
    """Only in a sandbox: no document says what happens to such a prospect."""
    person, other = api.new_customer(), api.new_customer()
    email = person.email
    theirs = {"email": other.email, "firstName": other.first_name}
    cases: tuple[tuple[Params, Params], ...] = (
        ({"contacts": [theirs, {"email": email, "firstName": "Ada"}]}, {"contacts": [theirs, {}]}),
        ({"invoiceSubject": {"email": email, "firstName": "Ada"}}, {"invoiceSubject": {}}),
        ({"note": {"customers": [{"mails": [email]}], "year": 1}}, {"note": {"customers": [{}], "year": 1}}),
        ({"alias": email}, {"alias": ""}),
    )
    made = [prospect(api, other, **sent) for sent, _ in cases]
    erase_customer(api, email)
    for envelope, (_, left) in zip(made, cases, strict=True):
        stored = single_envelope(api.call("GetUnmaskedProspect", prospectId=envelope["id"], reason=REASON, expect=200))
        holds_values(stored["document"], {**envelope["document"], **left}, "the prospect without the erased customer")
