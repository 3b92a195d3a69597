"""Broken rules of VTEX's Profile System: who may do what, and what a read discloses."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Call
from pii_sandbox.mockserver.gateway.parameters import Parameter
from pii_sandbox.mockserver.rules import masking
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import PresentedCredentials
from pii_sandbox.mockserver.vendors.vtex import credentials, custom_schema, disclosure, envelopes
from pii_sandbox.mockserver.vendors.vtex.collections import COMPONENTS, DOCUMENT, KEY_COMPARISON, PROFILES
from pii_sandbox.mutants.mutant import Mutant, ignore_setting, replace_with, skip_validation, with_dialect

LISTS = ("GetUnmaskedClientAddresses", "GetUnmaskedProspects")


def _admit_anonymous(known: Any) -> Any:
    return lambda presented: list(known(presented)) or [credentials.ANONYMOUS]


def _accept_any_token(known: Any) -> Any:
    def replacement(presented: PresentedCredentials) -> Any:
        return known(PresentedCredentials({**presented.values, "appToken": credentials.APP_TOKEN}))

    return replacement


def _mask_as_one_run(mask: Any) -> Any:
    return lambda text: "".join(
        "*" if place and (character.isalnum() or unicodedata.category(character)[0] == "M") else character
        for place, character in enumerate(text)
    )


def _mask_ascii_only(mask: Any) -> Any:
    """Takes every other letter for punctuation."""

    def replacement(text: str) -> str:
        in_run, shown = False, []
        for character in text:
            letter = character.isascii() and character.isalnum()
            shown.append("*" if letter and in_run else character)
            in_run = letter
        return "".join(shown)

    return replacement


def _omit_empty(masked: Any) -> Any:
    return lambda document, paths: {
        name: value for name, value in masked(document, paths).items() if value not in (None, [])
    }


def _normalize_text(shown: Any) -> Any:
    def normalize(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: normalize(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [normalize(inner) for inner in value]
        return " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else value

    def replacement(collection: str, id: str, value: Mapping[str, Any], call: Call, sandbox: Sandbox) -> dict[str, Any]:
        envelope: dict[str, Any] = shown(collection, id, value, call, sandbox)
        if call.operation.disclosure == "unmasked":
            envelope["document"] = normalize(envelope["document"])
        return envelope

    return replacement


def _mask_lists(shown: Any) -> Any:
    def replacement(collection: str, id: str, value: Mapping[str, Any], call: Call, sandbox: Sandbox) -> dict[str, Any]:
        if call.operation.operation_id in LISTS:
            call = replace(call, operation=replace(call.operation, disclosure="masked"))
        envelope: dict[str, Any] = shown(collection, id, value, call, sandbox)
        return envelope

    return replacement


def _mask_always(unbroken: Any) -> Any:
    def replacement(sandbox: Sandbox, collection: str, record: Record) -> dict[str, Any]:
        paths = (*specs.paths_with_keyword(DOCUMENT, COMPONENTS[PROFILES], "x-masked"), ("locality",))
        document = masking.mask_paths(record.value["document"], paths)
        return {**unbroken(sandbox, collection, record), "document": document}

    return replacement


def _ignore_stand_in(read: Any) -> Any:
    return lambda parameter, sent, others: read(parameter, sent, {})


def _ignore_reason_setting(setting: Any) -> Any:
    return lambda sandbox, name: name != disclosure.REASON_OPTIONAL and setting(sandbox, name)


def _accept_any_stand_in(read: Any) -> Any:
    """A `useCase` is as good as a reason in every dialect."""

    def replacement(parameter: Parameter, sent: Any, others: Mapping[str, Any]) -> Any:
        if parameter.rule == "VTEX-UNMASK-2" and not sent and others.get("useCase"):
            return None
        return read(parameter, sent, others)

    return replacement


def _omit(*names: str) -> Any:
    def build(record_event: Any) -> Any:
        return lambda sandbox, event: record_event(
            sandbox, {name: value for name, value in event.items() if name not in names}
        )

    return build


def _record_masked(many: Any) -> Any:
    def replacement(call: Call, sandbox: Sandbox, *rest: Any, **named: str) -> Any:
        if call.operation.disclosure == "masked":
            disclosure.record(call, sandbox, action="GetMasked", **named)
        return many(call, sandbox, *rest, **named)

    return replacement


def _skip_rectification(record: Any) -> Any:
    def replacement(*about: Any, action: str | None = None, **named: Any) -> None:
        if action != "EmailRectification":
            record(*about, action=action, **named)

    return replacement


MUTANTS = (
    ignore_setting("VTEX-ALT-5", KEY_COMPARISON, "tolerant"),
    with_dialect("VTEX-AUTH-2", "guide"),
    with_dialect("VTEX-TTL-2", "guide"),
    with_dialect("VTEX-TTL-2", "reference"),
    with_dialect("VTEX-META-1", "guide"),
    with_dialect("VTEX-META-1", "reference"),
    Mutant("VTEX-AUTH-1", "who shows no valid credential is let in", credentials, "_principal_of", _admit_anonymous),
    Mutant("VTEX-AUTH-1", "an application key needs no token", credentials, "_principal_of", _accept_any_token),
    Mutant("VTEX-AUTH-1", "no application key is known", credentials, "_APP_KEYS", replace_with({})),
    Mutant("VTEX-AUTH-1", "no user token is known", credentials, "_USER_TOKENS", replace_with({})),
    Mutant(
        "VTEX-AUTH-2",
        "every application key holds every resource",
        credentials,
        "_APP_KEYS",
        lambda known: dict.fromkeys(known, credentials.EVERY_RESOURCE),
    ),
    Mutant(
        "VTEX-MASK-1",
        "a plain read answers personal data whole",
        masking,
        "mask_paths",
        lambda masked: lambda document, paths: dict(document),
    ),
    Mutant(
        "VTEX-MASK-1",
        "the answers to writes are masked",
        envelopes,
        "unmasked_envelope",
        _mask_always,
    ),
    with_dialect("VTEX-MASK-1", "guide"),
    with_dialect("VTEX-MASK-1", "reference"),
    Mutant("VTEX-MASK-2", "a mask takes the whole text for one run", masking, "mask", _mask_as_one_run),
    Mutant("VTEX-MASK-2", "a mask knows the letters of ASCII alone", masking, "mask", _mask_ascii_only),
    Mutant(
        "VTEX-MASK-2",
        "the mask of an empty text is a star",
        masking,
        "mask",
        lambda mask: lambda text: mask(text) or "*",
    ),
    Mutant(
        "VTEX-MASK-3",
        "only what stands at the top of a document is masked",
        envelopes,
        "masked_paths",
        lambda paths: lambda *of: tuple(path for path in paths(*of) if len(path) == 1),
    ),
    Mutant(
        "VTEX-MASK-3",
        "birthDate, route and paymentData are masked too",
        envelopes,
        "masked_paths",
        lambda paths: lambda *of: (*paths(*of), ("birthDate",), ("route",), ("paymentData",)),
    ),
    Mutant(
        "VTEX-MASK-3",
        "the last of the personal properties is not masked",
        envelopes,
        "masked_paths",
        lambda paths: lambda *of: paths(*of)[:-1],
    ),
    Mutant(
        "VTEX-MASK-3",
        "the marks of a profile's fields count in addresses",
        envelopes,
        "masked_paths",
        lambda paths: lambda collection, sandbox: (*paths(collection, sandbox), *custom_schema.current(sandbox).masked),
    ),
    Mutant("VTEX-MASK-3", "a masked read leaves out what is null or empty", masking, "mask_paths", _omit_empty),
    Mutant(
        "VTEX-UNMASK-1",
        "an unmasked read answers texts in another Unicode form",
        envelopes,
        "masked_envelope",
        _normalize_text,
    ),
    Mutant("VTEX-UNMASK-1", "the unmasked lists are masked", envelopes, "masked_envelope", _mask_lists),
    Mutant(
        "VTEX-UNMASK-1",
        "a card number is stored whole",
        envelopes,
        "masked_card_number",
        lambda masked: lambda number: number,
    ),
    Mutant(
        "VTEX-UNMASK-1",
        "the security code of a card is stored",
        envelopes,
        "without_security_codes",
        lambda without: lambda value: value,
    ),
    with_dialect("VTEX-UNMASK-1", "guide"),
    with_dialect("VTEX-UNMASK-1", "reference"),
    skip_validation("VTEX-UNMASK-2", "an unmasked read needs no reason"),
    Mutant("VTEX-UNMASK-2", "useCase does not stand in for the reason", Parameter, "read", _ignore_stand_in),
    Mutant("VTEX-UNMASK-2", "useCase always stands in for the reason", Parameter, "read", _accept_any_stand_in),
    Mutant("VTEX-UNMASK-2", "the setting makes no reason optional", Sandbox, "setting", _ignore_reason_setting),
    with_dialect("VTEX-UNMASK-2", "guide"),
    with_dialect("VTEX-UNMASK-2", "reference"),
    Mutant("VTEX-UNMASK-3", "an audit event lacks the reason", Sandbox, "record_event", _omit("reason")),
    Mutant("VTEX-UNMASK-3", "an audit event lacks whom it was for", Sandbox, "record_event", _omit("onBehalfOf")),
    Mutant("VTEX-UNMASK-3", "a masked read leaves an audit event too", disclosure, "disclose_many", _record_masked),
    Mutant("VTEX-UNMASK-3", "a changed email leaves no audit event", disclosure, "record", _skip_rectification),
)
