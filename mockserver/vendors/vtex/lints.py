"""Lints of VTEX: unmasked reads for an unnamed user, and custom schemas that put personal data at risk."""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pii_sandbox import specs
from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.lint import LintFinding
from pii_sandbox.mockserver.rules import expiry, times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import VendorLint
from pii_sandbox.mockserver.vendors.vtex.collections import DOCUMENT, PROFILES
from pii_sandbox.mockserver.vendors.vtex.schema_update import ALTERNATE_KEYS, DOCUMENT_TTL

_SCHEMA_UPDATE = "CreateOrUpdateProfileSchema"
_FACTS = ("type", "sensitive", "pii")  # required of a custom field by the API reference, not by the guide
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w{0,40}", re.ASCII)
# English, and the Portuguese and Spanish of VTEX's customers; without accents, in the singular
_PERSONAL_WORDS = frozenset(
    """
    address birth birthdate birthday cell cellphone cnpj cpf dni dob document email fax firstname fullname gender iban
    lastname mail maiden mobile nickname nif passport phone postal rg sex ssn street surname tel telephone whatsapp zip
    apelido apellido calle cedula celular cep correo curp direccion documento domicilio endereco genero mae nacimiento
    nascimento pasaporte passaporte rfc rua rut sexo sobrenome telefone telefono
    """.split()  # noqa: SIM905 - a list of words, not of literals
)
_OF_PEOPLE = frozenset(
    """
    contact father first full holder last legal middle mother nick partner social spouse
    cliente completo conjuge contato contacto madre padre pai titular
    """.split()  # noqa: SIM905 - a list of words, not of literals
)
_NAME_WORDS = frozenset({"name", "nome", "nombre"})
_TAX_WORDS = frozenset({"id", "number", "code", "payer"})


def unmasked_without_on_behalf_of(sandbox: Sandbox, exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find unmasked reads by a user's token that do not say for whom the data is asked. (VTEX-UNMASK-3)"""
    user, key = _credential_header("userToken"), _credential_header("appKey")
    for exchange in exchanges:
        if exchange.document != DOCUMENT or exchange.operation_id is None or exchange.status >= 400:
            continue
        facts = specs.operations(DOCUMENT, exchange.dialect)[exchange.operation_id]
        by_user = user in exchange.headers and key not in exchange.headers
        named = parse_qs(urlsplit(exchange.url).query).get("onBehalfOf", [""])[0].strip()
        if facts.disclosure == "unmasked" and by_user and not named:
            yield LintFinding(
                "unmasked-without-on-behalf-of",
                exchange.operation_id,
                f"{exchange.operation_id} was called with a user's token and without onBehalfOf",
                "send onBehalfOf: the audit event names the token's owner alone, and not for whom the data was asked",
                (exchange.number,),
                exchange.operation_id,
                "VTEX-UNMASK-3",
            )


def shortened_lives(sandbox: Sandbox, exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find a `documentTTL` that is shorter than the life of profiles that were stored before. (VTEX-SCHEMA-5)"""
    for exchange, schema in _schema_updates(exchanges):
        days = schema.get(DOCUMENT_TTL)
        if not isinstance(days, int) or isinstance(days, bool):
            continue
        count = sum(_outlives(record, exchange.at, days) for record in sandbox.store.page(PROFILES).records)
        if count:
            profiles = _counted(count, "stored profile")
            yield LintFinding(
                "document-ttl-shortens-lives",
                days,
                f"documentTTL became {_counted(days, 'day')}, with {profiles} of a longer life",
                "find out first what becomes of stored profiles: dialect reference restarts their life at each update, "
                "and VTEX documents no more; ttl sets the life of one document",
                (exchange.number,),
                exchange.operation_id,
                "VTEX-SCHEMA-5",
            )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _outlives(record: Record, at: datetime, days: int) -> bool:
    """Whether a profile was created before that instant, with a longer life than these days."""
    created = times.parse(record.value["meta"]["creationDate"])
    shortened = expiry.expires_at(created, days)
    return created < at and (record.expires_at is None or (shortened is not None and shortened < record.expires_at))


def unmarked_personal_fields(sandbox: Sandbox, exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find custom fields named like personal data that are neither `pii` nor `sensitive`. (VTEX-SCHEMA-4)"""
    for exchange, schema in _schema_updates(exchanges):
        fields = [name for name, facts in _fields(schema).items() if _is_unmarked(name, facts)]
        if fields:
            yield LintFinding(
                "unmarked-personal-field",
                tuple(sorted(fields)),
                f"{_plain_names(fields)} looks personal by its name, and is marked neither pii nor sensitive",
                "mark it pii: masked reads return it in clear",
                (exchange.number,),
                exchange.operation_id,
                "VTEX-SCHEMA-4",
            )


def incomplete_fields(sandbox: Sandbox, exchanges: Sequence[JournalExchange]) -> Iterator[LintFinding]:
    """Find custom fields without `type`, `sensitive` or `pii`, which the API reference requires. (VTEX-SCHEMA-3)"""
    for exchange, schema in _schema_updates(exchanges):
        fields = [
            name
            for name, facts in _fields(schema).items()
            if not isinstance(facts, dict) or any(fact not in facts for fact in _FACTS)
        ]
        if fields:
            yield LintFinding(
                "incomplete-custom-field",
                tuple(sorted(fields)),
                f"{_plain_names(fields)} was defined without all of {', '.join(_FACTS)}",
                "define all three: VTEX's API reference requires them, and dialect reference answers 400",
                (exchange.number,),
                exchange.operation_id,
                "VTEX-SCHEMA-3",
            )


@functools.cache
def _credential_header(scheme: str) -> str:
    schemes: Mapping[str, Mapping[str, str]] = specs.load(DOCUMENT)["components"]["securitySchemes"]
    return schemes[scheme]["name"].lower()


def _schema_updates(exchanges: Sequence[JournalExchange]) -> Iterator[tuple[JournalExchange, dict[str, Any]]]:
    """Yield the accepted changes of the custom schema, with their bodies."""
    for exchange in exchanges:
        if exchange.operation_id == _SCHEMA_UPDATE and exchange.status < 400 and exchange.body:
            body = json.loads(exchange.body)
            if isinstance(body, dict):
                yield exchange, body


def _fields(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts for name, facts in schema.items() if name not in (DOCUMENT_TTL, ALTERNATE_KEYS)}


def _is_unmarked(name: str, facts: Any) -> bool:
    """Whether the field, or a property at any depth of it, has a personal name and no mark at or above it."""
    if not isinstance(facts, dict) or facts.get("pii") is True or facts.get("sensitive") is True:
        return False
    properties = facts.get("properties")
    inner = properties.items() if isinstance(properties, dict) else ()
    items = facts.get("items")
    if is_personal_name(name) and not inner:
        return not (isinstance(items, dict) and (items.get("pii") is True or items.get("sensitive") is True))
    return any(_is_unmarked(*pair) for pair in inner) or _is_unmarked(name, items)


def is_personal_name(name: str) -> bool:
    """Return whether a property of this name probably holds personal data: `cpfNum`, `contact_name`, `homePhone`."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    words = {word.lower() for word in _WORD.findall(plain)}
    words |= {word.removesuffix("s") for word in words}
    if not _PERSONAL_WORDS.isdisjoint(words) or ("tax" in words and not _TAX_WORDS.isdisjoint(words)):
        return True
    return not _NAME_WORDS.isdisjoint(words) and (words <= _NAME_WORDS or not _OF_PEOPLE.isdisjoint(words))


def _plain_names(fields: Sequence[str]) -> str:
    """The names of fields, those alone that are plain names: a client chooses them."""
    plain = sorted(name for name in fields if _PLAIN_NAME.fullmatch(name))
    return ", ".join(plain) or "a custom field"


LINTS: tuple[VendorLint, ...] = (
    unmasked_without_on_behalf_of,
    shortened_lives,
    unmarked_personal_fields,
    incomplete_fields,
)
