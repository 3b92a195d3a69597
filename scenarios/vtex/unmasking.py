"""VTEX-UNMASK: unmasked reads, which require a reason and leave an audit event.

The unmasked list of all prospects is only read in a sandbox: at a vendor it would disclose real people.
"""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.test_customers import TestCustomer
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    ADDRESS,
    REASON,
    Params,
    address,
    among,
    customer,
    holds_values,
    household,
    names_in_error,
    profile_of,
    prospect,
    purchases,
    readable_email,
    readable_profile,
    single_envelope,
    unmasked_document,
)

# the audit action of each unmasked read, and its path parameters
ACTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "GetUnmaskedProfile": ("GetProfileUnmasked", ("profileId",)),
    "GetUnmaskedProfileByVersion": ("GetProfileVersionUnmasked", ("profileId", "profileVersionId")),
    "GetUnmaskedAddress": ("GetAddressUnmasked", ("profileId", "addressId")),
    "GetUnmaskedAddressByVersion": ("GetAddressVersionUnmasked", ("profileId", "addressId", "addressVersionId")),
    "GetUnmaskedProspect": ("GetProspectUnmasked", ("prospectId",)),
    "GetUnmaskedPurchaseInformation": ("GetPurchaseInformationUnmasked", ("profileId",)),
}
LISTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "GetUnmaskedClientAddresses": ("GetAddressesUnmasked", ("profileId",)),
    "GetUnmaskedProspects": ("GetProspectsUnmasked", ()),
}
BLANK = ("", " ", " \t", "\u00a0")


@scenario("VTEX-UNMASK-1")
def a_profile_that_may_be_read_is_whole_on_unmask(api: ApiClient) -> None:
    profile_id, email = readable_email(api)
    document = unmasked_document(api, profile_id)
    holds(document["email"].casefold() == email.casefold(), "the email that the target names", "another one")


@scenario("VTEX-UNMASK-1", needs={"write"})
def a_profile_comes_back_byte_for_byte(api: ApiClient) -> None:
    person = api.new_customer()
    sent: Params = {
        "firstName": " Jose\u0301 \u200b",
        "gender": "",
        "tags": [],
        "conformanceNote": {"deep": [1, 2.5, None, True, "ß", "\\u0041"], "": {}},
        "conformanceNothing": None,
    }
    created = customer(api, person, **sent)
    holds_values(created["document"], profile_of(person, **sent), "the answer to the create")
    holds_values(unmasked_document(api, created["id"]), profile_of(person, **sent), "the unmasked profile")
    version: Params = {"profileId": created["id"], "profileVersionId": created["meta"]["version"], "reason": REASON}
    at_version = single_envelope(api.call("GetUnmaskedProfileByVersion", expect=200, **version))
    holds(at_version == created, "the envelope of the create, by its version", "another one")


@scenario("VTEX-UNMASK-1", needs={"write"})
def an_address_comes_back_byte_for_byte(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    home = address(api, profile_id, receiverName=" Jane  Doe ", complement="", geoCoordinates=[-43.2, -22.9])
    sent = {**ADDRESS, "receiverName": " Jane  Doe ", "complement": "", "geoCoordinates": [-43.2, -22.9]}
    holds_values(home["document"], {**sent, "profileId": profile_id}, "the answer to the create")
    one: Params = {"profileId": profile_id, "reason": REASON}
    version: Params = {"addressId": home["id"], "addressVersionId": home["meta"]["version"]}
    for envelope in (
        single_envelope(api.call("GetUnmaskedAddress", addressId=home["id"], expect=200, **one)),
        single_envelope(api.call("GetUnmaskedClientAddresses", expect=200, **one)),
        single_envelope(api.call("GetUnmaskedAddressByVersion", expect=200, **version, **one)),
    ):
        holds(envelope == home, "the envelope of the create", "another one")


@scenario("VTEX-UNMASK-1", needs={"write"})
def a_prospect_comes_back_byte_for_byte(api: ApiClient) -> None:
    person = api.new_customer()
    sent: Params = {"contacts": [{"email": f" {person.email} ", "phone": "(11) 9-8765"}], "conformanceNote": {"a": 1.5}}
    made = prospect(api, person, **sent)
    holds_values(
        made["document"], {"lastName": person.last_name, "email": person.email, **sent}, "the answer to the create"
    )
    read = api.call("GetUnmaskedProspect", prospectId=made["id"], reason=REASON, expect=200).json
    holds(read == made, "the envelope of the create", "another one")


@scenario("VTEX-UNMASK-1", needs={"write", "control"})
def a_prospect_stands_whole_in_the_unmasked_list(api: ApiClient) -> None:
    made = prospect(api)
    listed = among(api.call("GetUnmaskedProspects", reason=REASON, expect=200), made["id"])
    holds(listed == made, "the envelope of the create in the list", "another one, or none")


@scenario("VTEX-UNMASK-1", needs={"write"})
def a_card_number_is_masked_before_it_is_stored(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    card = {"paymentSystemName": "Visa", "cardNumber": "4111111111111111"}
    created = purchases(api, profile_id, paymentData={"availableAccounts": [card]})
    read = single_envelope(api.call("GetUnmaskedPurchaseInformation", profileId=profile_id, reason=REASON, expect=200))
    holds(read == created, "the envelope of the create", "another one")
    body = {"paymentData": {"availableAccounts": [card, card]}}
    updated = api.call("UpdatePurchaseInformation", profileId=profile_id, body=body, expect=200).json
    for envelope in (created, read, updated):
        accounts = (envelope["document"].get("paymentData") or {}).get("availableAccounts") or [{}]
        numbers = {account.get("cardNumber") for account in accounts}
        holds(numbers == {"************1111"}, "************1111", "another card number")


@scenario("VTEX-UNMASK-1", needs={"write", "control"})
def digits_that_are_too_few_for_a_card_number_are_kept(api: ApiClient) -> None:
    """Only in a sandbox: the length of card numbers is assumed, as in ISO/IEC 7812 (8 to 19 digits)."""
    cases = {
        "1234567": "1234567",
        "12345678": "****5678",
        "1234 5678-9": "*****6789",
        "12345678901*": "12345678901*",  # the rest of a masked number
        "123456789012*": "********9012",
    }
    accounts = [{"cardNumber": number} for number in cases]
    made = purchases(api, customer(api)["id"], paymentData={"availableAccounts": accounts})
    seen = [account.get("cardNumber") for account in made["document"]["paymentData"]["availableAccounts"]]
    holds(seen == list(cases.values()), f"{', '.join(cases.values())}", f"{seen}")


@scenario("VTEX-UNMASK-2", assumed=True)
def a_profile_is_not_disclosed_without_a_reason(api: ApiClient) -> None:
    _holds_undisclosed(api.call("GetUnmaskedProfile", profileId=readable_profile(api), expect=400), None)


@scenario("VTEX-UNMASK-2")
def a_profile_is_not_disclosed_for_a_blank_reason(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    for blank in BLANK:
        _holds_undisclosed(api.call("GetUnmaskedProfile", profileId=profile_id, reason=blank, expect=400), None)


@scenario("VTEX-UNMASK-2", needs={"write"}, assumed=True)
def nothing_is_disclosed_without_a_reason(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    for operation_id, (_, names) in ACTIONS.items():
        path: Params = {name: ids[name] for name in names}
        _holds_undisclosed(api.call(operation_id, expect=400, **path), person)


@scenario("VTEX-UNMASK-2", needs={"write"})
def nothing_is_disclosed_for_a_blank_reason(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    for operation_id, (_, names) in (*ACTIONS.items(), ("GetUnmaskedClientAddresses", ("", ("profileId",)))):
        path: Params = {name: ids[name] for name in names}
        for blank in BLANK:
            _holds_undisclosed(api.call(operation_id, reason=blank, expect=400, **path), person)


@scenario("VTEX-UNMASK-2", needs={"write", "control"})
def prospects_are_not_disclosed_for_a_blank_reason(api: ApiClient) -> None:
    person = api.new_customer()
    prospect(api, person)
    for blank in BLANK:
        _holds_undisclosed(api.call("GetUnmaskedProspects", reason=blank, expect=400), person)


@scenario("VTEX-UNMASK-2", needs={"write", "control"})
def a_reason_can_be_left_out_where_the_setting_allows_it(api: ApiClient) -> None:
    api.sandbox.setting("vtex.reason_optional", True)
    person = api.new_customer()
    ids = household(api, person)
    for operation_id, (action, names) in (*ACTIONS.items(), *LISTS.items()):
        path: Params = {name: ids[name] for name in names}
        api.call(operation_id, expect=200, **path)
        event = api.sandbox.events()[-1]
        holds_values(
            {name: event.get(name) for name in ("action", "reason")}, {"action": action, "reason": None}, "the event"
        )
        _holds_undisclosed(api.call(operation_id, reason=" ", expect=400, **path), person)


def _holds_undisclosed(response: ApiResponse, person: TestCustomer | None) -> None:
    """Check that the error names `reason` and contains no personal data."""
    holds(names_in_error(response, ["reason"]), "an error that names reason", "another one")
    if person is not None:
        text = response.exchange.response_body.decode()
        holds(person.email not in text and person.last_name not in text, "nothing personal in it", "personal data")
