"""VTEX-PROSP: shoppers without a profile."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import NOBODY, REASON, among, customer, holds_values, prospect


@scenario("VTEX-PROSP-1")
def a_prospect_that_never_was_is_404(api: ApiClient) -> None:
    api.call("GetProspect", prospectId=NOBODY, expect=404)
    api.call("GetUnmaskedProspect", prospectId=NOBODY, reason=REASON, expect=404)


@scenario("VTEX-PROSP-1", needs={"write"})
def a_prospect_needs_no_profile(api: ApiClient) -> None:
    person = api.new_customer()
    made = prospect(api, person, isPJ=False)
    sent = {"lastName": person.last_name, "email": person.email, "isPJ": False}
    holds_values(made["document"], sent, "the answer to the create")
    read = api.call("GetUnmaskedProspect", prospectId=made["id"], reason=REASON, expect=200).json
    holds(read == made, "the envelope of the create", "another one")
    listed = among(api.call("GetProspects", expect=200), made["id"])
    holds(listed is not None and listed["meta"] == made["meta"], "the prospect in the list", "a list without it")
    api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=404)


@scenario("VTEX-PROSP-1", needs={"write", "control"})
def a_prospect_needs_no_property(api: ApiClient) -> None:
    # no property can carry the run's marker, so it is only created in a sandbox
    made = api.call("CreateProspect", body={}, expect=201).json
    holds(made["document"] == {}, "an empty document", f"one with {', '.join(made['document'])}")
    api.call("GetProspect", prospectId=made["id"], expect=200)


@scenario("VTEX-PROSP-1", needs={"write"})
def an_update_of_a_prospect_merges_top_level_properties(api: ApiClient) -> None:
    person = api.new_customer()
    made = prospect(api, person, firstName="Ann", isPJ=False, contacts=[{"contactId": "c1"}], invoiceSubject={"a": 1})
    body = {"firstName": None, "isPJ": True, "contacts": [{"contactId": "c2"}], "invoiceSubject": {"b": 2}}
    updated = api.call("UpdateProspect", prospectId=made["id"], body=body, expect=200).json
    expected = {"lastName": person.last_name, "email": person.email, **body}
    del expected["firstName"]
    holds_values(updated["document"], expected, "the answer to the update")
    read = api.call("GetUnmaskedProspect", prospectId=made["id"], reason=REASON, expect=200).json
    holds(read == updated, "the prospect as the update answered", "another one")


@scenario("VTEX-PROSP-1", needs={"write"})
def prospects_may_share_an_email_with_each_other_and_with_a_profile(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person)["id"]
    first, second = (prospect(api, person, document=person.document)["id"] for _ in range(2))
    holds(len({first, second, profile_id}) == 3, "an id for each", "the same id twice")
    response = api.call("GetProspects", expect=200)
    holds(among(response, first) and among(response, second), "both in the list", "a list without one")


@scenario("VTEX-PROSP-1", needs={"write", "delete"})
def a_deleted_prospect_is_gone(api: ApiClient) -> None:
    first, second = (prospect(api)["id"] for _ in range(2))
    api.call("DeleteProspect", prospectId=first, expect=204)
    api.call("GetProspect", prospectId=first, expect=404)
    api.call("GetUnmaskedProspect", prospectId=first, reason=REASON, expect=404)
    api.call("UpdateProspect", prospectId=first, body={}, expect=404)
    api.call("DeleteProspect", prospectId=first, expect=404)
    response = api.call("GetProspects", expect=200)
    holds(among(response, first) is None, "a list without the deleted prospect", "a list with it")
    holds(among(response, second), "the other prospect in the list", "a list without it")
