"""VTEX-MASK-3: the properties that masked reads mask, by kind of document."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.masking import mask_ascii
from pii_sandbox.scenarios.vtex.shop import (
    Params,
    address,
    customer,
    holds_values,
    masked_document,
    profile_of,
    prospect,
    purchases,
    readable_profile,
    single_envelope,
    unmasked_document,
)


@scenario("VTEX-MASK-3")
def a_profile_that_may_be_read_has_its_other_fields_in_clear(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    shown, stored = masked_document(api, profile_id), unmasked_document(api, profile_id)
    for name in ("documentType", "birthDate", "priceTable", "corporateName", "tags"):
        holds(shown.get(name) == stored.get(name), f"{name} in clear", "a masked one")


@scenario("VTEX-MASK-3", needs={"write", "control"})
def a_part_of_a_prospect_that_is_null_or_empty_is_shown_so(api: ApiClient) -> None:
    """Only in a sandbox: no page says whether a vendor stores null."""
    parts: Params = {"invoiceSubject": None, "contacts": None, "availableAddresses": []}
    for name, value in parts.items():
        made = prospect(api, **{name: value})
        shown = api.call("GetProspect", prospectId=made["id"], expect=200).json["document"]
        holds(shown.get(name, ...) == value, f"{name} as it was sent", "otherwise")


@scenario("VTEX-MASK-3", needs={"write"})
def of_a_profile_just_the_personal_fields_are_masked(api: ApiClient) -> None:
    person = api.new_customer()
    sent: Params = {
        "homePhone": "+55 21 3333",
        "cellPhone": "+5521999999999",
        "businessPhone": "+5521888888888",
        "gender": "male",
        "customerCode": "C-1001",
        "birthdate": "1925-11-17",
        "birthDate": "1925-11-17",
        "corporateName": "Exemplo Ltda",
        "fancyName": "Exemplo",
        "businessDocument": "12345678000195",
        "priceTable": "gold",
        "tags": ["vip"],
        "conformanceField": "Exemplo",
    }
    shown = masked_document(api, customer(api, person, **sent)["id"])
    hidden = {
        "homePhone": "+5* 2* 3***",
        "cellPhone": "+5************",
        "gender": "m***",
        "customerCode": "C-1***",
        "birthdate": "1***-1*-1*",
        "firstName": mask_ascii(person.first_name),
        "lastName": mask_ascii(person.last_name),
        "email": mask_ascii(person.email),
        "document": mask_ascii(person.document),
    }
    holds_values(shown, {**profile_of(person, **sent), **hidden}, "the masked profile")


@scenario("VTEX-MASK-3", needs={"write"})
def of_an_address_just_the_personal_properties_are_masked(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    sent: Params = {
        "receiverName": "Jane Doe",
        "name": "Home",
        "complement": "apt 3",
        "nearly": "the park",
        "addressName": "home",
        "addressType": "residential",
        "locality": "Locality",
        "localityAreaLevel1": "locality area",
        "contactId": "c1001",
    }
    home = address(api, profile_id, **sent)
    shown = api.call("GetAddress", profileId=profile_id, addressId=home["id"], expect=200).json["document"]
    hidden = {
        "postalCode": "2****-0**",
        "countryName": "B*****",
        "locality": "L*******",
        "receiverName": "J*** D**",
        "name": "H***",
        "complement": "a** 3",
        "nearly": "t** p***",
    }
    holds_values(shown, {**home["document"], **hidden}, "the masked address")


@scenario("VTEX-MASK-3", needs={"write"})
def of_a_prospect_the_personal_properties_are_masked_at_each_level(api: ApiClient) -> None:
    email = api.new_customer().email
    names = {"firstName": "Ann", "lastName": "Lee", "email": email}
    hidden = {"firstName": "A**", "lastName": "L**", "email": mask_ascii(email)}
    plain = {"isPJ": False, "customerCode": "C-1001", "documentType": "CPF"}
    sent: Params = {
        **names,
        **plain,
        "document": "123",
        "cellPhone": "+5521999",
        "contacts": [{**names, "phone": "+5521999", "document": "123", "documentType": "CPF", "contactId": "c1"}],
        "invoiceSubject": {**names, "phone": "+5521999", "invoiceSubjectId": "i1"},
        "availableAddresses": [_PLACE],
    }
    made = api.call("CreateProspect", body=sent, expect=201).json
    shown = api.call("GetProspect", prospectId=made["id"], expect=200).json["document"]
    masks = {
        **hidden,
        **plain,
        "document": "1**",
        "cellPhone": "+5******",
        "contacts": [{**hidden, "phone": "+5******", "document": "1**", "documentType": "CPF", "contactId": "c1"}],
        "invoiceSubject": {**hidden, "phone": "+5******", "invoiceSubjectId": "i1"},
        "availableAddresses": [_MASKED_PLACE],
    }
    holds_values(shown, masks, "the masked prospect")


_PLACE = {
    "addressName": "home",
    "addressType": "residential",
    "postalCode": "20200-000",
    "city": "Rio",
    "country": "BRA",
    "street": "Rua A",
    "number": "99",
    "complement": "apt 3",
    "receiverName": "Ann Lee",
}
_MASKED_PLACE = {
    **_PLACE,
    "postalCode": "2****-0**",
    "city": "R**",
    "street": "R** A",
    "number": "9*",
    "complement": "a** 3",
    "receiverName": "A** L**",
}


@scenario("VTEX-MASK-3", needs={"write"})
def of_purchase_information_nothing_is_masked_on_reading(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    card = {"accountId": "a1001", "cardNumber": "************1111", "bin": "411111", "expirationDate": "01/2032"}
    sent: Params = {
        "paymentData": {"availableAccounts": [card], "availableTokens": ["token one"], "giftCards": ["gift one"]},
        "clientPreferences": {"userId": "user one", "localeDefault": "pt-BR", "isNewsletterOptIn": False},
        "lastPurchasesAddressId": "home one",
    }
    stored = purchases(api, profile_id, **sent)["document"]
    shown = single_envelope(api.call("GetPurchaseInformation", profileId=profile_id, expect=200))["document"]
    holds_values(shown, stored, "the purchase information")
    holds_values(shown, {**sent, "isToSavePersonalData": True}, "the purchase information")
