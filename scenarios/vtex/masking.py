"""VTEX-MASK: masking in reads. Expected masks are spelled out from VTEX's examples."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    REASON,
    Params,
    address,
    among,
    customer,
    holds_values,
    masked_document,
    profile_of,
    prospect,
    readable_profile,
    single_envelope,
    unmasked_document,
)

# only the first character of a run of letters or digits is visible
_SEEN = re.compile(r"[^\W_]{2}")


def mask_ascii(text: str) -> str:
    """Mask an ASCII text as in VTEX's examples: for values with the run's marker, which cannot be spelled out."""
    return re.sub(r"(?<=[^\W_])[^\W_]", "*", text, flags=re.ASCII)


@scenario("VTEX-MASK-1")
def a_plain_read_of_a_profile_shows_no_name_email_or_document(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    document = masked_document(api, profile_id)
    holds("*" in document["email"], "an email with asterisks", "one without")
    for name in ("firstName", "lastName", "email", "document"):
        holds(not _SEEN.search(document.get(name) or ""), f"{name} masked", "letters or digits side by side")


@scenario("VTEX-MASK-2")
def the_masks_of_a_profile_that_may_be_read_fit_what_they_hide(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    shown, stored = masked_document(api, profile_id), unmasked_document(api, profile_id)
    for name in ("firstName", "email", "document"):
        text = stored.get(name) or ""
        fits = not text.isascii() or (shown.get(name) or "") == mask_ascii(text)
        holds(fits, f"{name} with an asterisk for each further letter or digit of a run", "another mask")
    holds(shown["email"] != stored["email"], "a masked email", "the email itself")


@scenario("VTEX-MASK-1", needs={"write"})
def a_profile_is_masked_by_default_and_whole_on_unmask(api: ApiClient) -> None:
    person = api.new_customer()
    created = customer(api, person)
    holds_values(created["document"], profile_of(person), "the answer to the create")
    read = single_envelope(api.call("GetProfile", profileId=created["id"], expect=200))
    holds(read["meta"] == created["meta"], "the meta of the create", "another one")
    hidden = {
        "firstName": mask_ascii(person.first_name),
        "lastName": mask_ascii(person.last_name),
        "email": mask_ascii(person.email),
        "document": mask_ascii(person.document),
        "documentType": "CPF",
    }
    holds_values(read["document"], hidden, "the masked profile")
    holds_values(unmasked_document(api, created["id"]), profile_of(person), "the unmasked profile")


@scenario("VTEX-MASK-1", needs={"write"})
def the_answer_to_an_update_is_whole(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person)["id"]
    home = address(api, profile_id)["id"]
    updated = api.call("UpdateClientProfile", profileId=profile_id, body={"gender": "female"}, expect=200).json
    holds_values(updated["document"], profile_of(person, gender="female"), "the updated profile")
    body = {"locality": "Niterói"}
    moved = api.call("UpdateClientAddress", profileId=profile_id, addressId=home, body=body, expect=200).json
    holds(moved["document"]["locality"] == "Niterói", "the locality as it was sent", "another one")


@scenario("VTEX-MASK-1", needs={"write"})
def versions_and_addresses_are_masked_by_default(api: ApiClient) -> None:
    person = api.new_customer()
    profile = customer(api, person)
    home = address(api, profile["id"])
    one: Params = {"profileId": profile["id"]}
    version = api.call("GetProfileByVersion", **one, profileVersionId=profile["meta"]["version"], expect=200)
    holds(
        single_envelope(version)["document"]["email"] == mask_ascii(person.email),
        "a masked email in a version",
        "another one",
    )
    by_version = {"addressId": home["id"], "addressVersionId": home["meta"]["version"], "reason": REASON}
    responses = [
        single_envelope(api.call("GetAddress", **one, addressId=home["id"], expect=200)),
        single_envelope(api.call("GetClientAddresses", **one, expect=200)),
        single_envelope(api.call("GetAddressByVersion", **one, **by_version, expect=200)),
    ]
    for response in responses:
        holds(response["document"]["postalCode"] == "2****-0**", "the postal code 2****-0**", "another one")


@scenario("VTEX-MASK-1", needs={"write"})
def prospects_are_masked_by_default_alone_and_in_the_list(api: ApiClient) -> None:
    person = api.new_customer()
    made = prospect(api, person, documentType="CPF")
    hidden = {"email": mask_ascii(person.email), "lastName": mask_ascii(person.last_name), "documentType": "CPF"}
    holds_values(
        api.call("GetProspect", prospectId=made["id"], expect=200).json["document"], hidden, "the masked prospect"
    )
    listed = among(api.call("GetProspects", expect=200), made["id"])
    holds_values(listed["document"] if listed else {}, hidden, "the prospect in the list")


@scenario("VTEX-MASK-2", needs={"write"})
def a_mask_keeps_the_first_of_each_run_and_all_that_is_no_letter_or_digit(api: ApiClient) -> None:
    _masks(
        api,
        {
            "John": "J***",
            "12345678911": "1**********",
            "20200-000": "2****-0**",
            "Jane Doe": "J*** D**",
            "a1 b-c_dd (ee)": "a* b-c_d* (e*)",
            "+5511987654321": "+5************",
            "O'Neil": "O'N***",
        },
    )


@scenario("VTEX-MASK-2", needs={"write", "control"})
def the_email_of_the_examples_is_masked_as_they_print_it(api: ApiClient) -> None:
    # without the run's marker, so it is only sent to a sandbox
    _masks(api, {"john.doe@example.com": "j***.d**@e******.c**"})


@scenario("VTEX-MASK-2", needs={"write"})
def letters_are_those_of_unicode_and_a_combining_mark_belongs_to_its_run(api: ApiClient) -> None:
    _masks(
        api,
        {
            "José": "J***",
            "João da Silva-Souza": "J*** d* S****-S****",
            "李小龍": "李**",
            "Jose\u0301 A": "J**** A",
            "Jose\u0300 A": "J**** A",
            "-\u0301 Ab": "-\u0301 A*",  # without a letter before it, a mark is in no run
            "Ann–Lea": "A**–L**",
        },
    )


@scenario("VTEX-MASK-2", needs={"write"})
def empty_texts_and_nulls_stay(api: ApiClient) -> None:
    _masks(api, {"": "", "-": "-", " ": " "})
    contact = {"email": None, "firstName": "", "lastName": "Doe"}
    made = prospect(api, contacts=[contact])
    document = api.call("GetProspect", prospectId=made["id"], expect=200).json["document"]
    expected = [{**contact, "lastName": "D**"}]
    holds(document.get("contacts") == expected, "a contact with its null and its empty text", "another one")


def _masks(api: ApiClient, table: Mapping[str, str]) -> None:
    """Check that each text is masked as in the table, by storing all as contacts of one prospect."""
    made = prospect(api, contacts=[{"firstName": text} for text in table])
    document = api.call("GetProspect", prospectId=made["id"], expect=200).json["document"]
    shown = [contact.get("firstName") for contact in document.get("contacts") or ()]
    holds(len(shown) == len(table), f"{len(table)} contacts", f"{len(shown)}")
    for seen, (text, mask) in zip(shown, table.items(), strict=True):
        holds(seen == mask, f"{text!r} masked as {mask!r}", f"{seen!r}")
