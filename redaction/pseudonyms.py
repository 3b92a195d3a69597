"""Pseudonyms: stable stand-ins such as `email#7f3a`; the same value has the same one, within a run and across runs."""

from __future__ import annotations

import functools
import hashlib
import re
import threading

from pii_sandbox.redaction import decodings, detectors
from pii_sandbox.redaction.vocabulary import is_vocabulary

DIGITS = 4  # hex digits of a pseudonym, more only where two values would share one
CREDENTIAL = "credential"

_KINDS = (
    ("email", re.compile(r"e?mail|^login$", re.IGNORECASE)),
    ("phone", re.compile(r"phone|fax|mobile", re.IGNORECASE)),
    ("document", re.compile(r"^document$|businessDocument|cpf|cnpj", re.IGNORECASE)),
    ("card", re.compile(r"card_?number", re.IGNORECASE)),
    ("birthdate", re.compile(r"birth", re.IGNORECASE)),
    ("name", re.compile(r"name$", re.IGNORECASE)),
)
_NAME = re.compile(r"\W+")
PLAIN_NAME = re.compile(r"[A-Za-z_$][\w.$-]{0,63}")
_OTHERS = frozenset({"value", "number", "domain", CREDENTIAL, "content"})
TOKEN = re.compile(r"(?<![\w-])[\w-]++#[0-9a-f]{4,64}")


def pseudonym(kind: str, value: str) -> str:
    """`email#7f3a`: the kind, and four hex digits that are the same for every spelling of the value.

    Spellings are those in other case and without accents; of numbers those with other punctuation.
    """
    return f"{kind}#{_digest(comparable_value(value))[:DIGITS]}"


def _digest(comparable: str) -> str:
    return hashlib.sha256(comparable.encode("utf-8", "surrogatepass")).hexdigest()


class PseudonymRegistry:
    """Gives each value a pseudonym of its own, longer where two would share one. Safe to share between threads."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._lock = threading.Lock()

    def of(self, name: str, value: str) -> str:
        """The pseudonym of a value that stood under that property name; spellings of one value share it."""
        bare = comparable_value(value)
        with self._lock:
            if bare not in self._given:
                digest = _digest(bare)
                kind = documented_kind(name, value)
                length = DIGITS
                while self._taken.get(f"{kind}#{digest[:length]}", bare) != bare:
                    length += 1
                self._given[bare] = f"{kind}#{digest[:length]}"
                self._taken[self._given[bare]] = bare
            return self._given[bare]

    def alias(self, value: str, pseudonym: str) -> None:
        """Let a value go by the pseudonym of another."""
        with self._lock:
            self._given.setdefault(comparable_value(value), pseudonym)

    def issued(self, token: str) -> bool:
        return token in self._taken


def is_pseudonym(text: str) -> bool:
    """Whether it is one that some run gave, as far as can be told: what stands before the `#` is a kind."""
    if TOKEN.fullmatch(text) is None:
        return False
    kind = text.partition("#")[0]
    return kind in _OTHERS or any(kind == known for known, _ in _KINDS) or is_vocabulary(kind)


def comparable_value(value: str) -> str:
    """What all spellings of a value have in common; of a number its digits."""
    digits = detectors.digits(value)
    if len(digits) >= 5 and not any(map(str.isalpha, value)):
        return digits
    return decodings.comparable(value)


def documented_kind(name: str, value: str) -> str:
    """What a pseudonym is called: what the value clearly is, else after its property if the documents know that."""
    if detectors.is_email(value):
        return "email"
    for kind, pattern in _KINDS:
        if (pattern.search(name) or name == kind) and (kind != "email" or "@" in value):
            return kind
    kind = _NAME.sub("-", name).strip("-")
    return kind if kind in _OTHERS or is_vocabulary(kind) else "value"


def kind_by_name(name: str, value: str) -> str:
    """The same, where the name may be shown whoever chose it: spelt alike in every API for what people have."""
    if "@" in value and detectors.is_email(value):
        return "email"
    kind, is_id = _kind_of_name(name)
    return "document" if is_id and value.isdecimal() else kind


@functools.lru_cache(maxsize=1024)
def _kind_of_name(name: str) -> tuple[str, bool]:
    """The kind of a property's values, and whether those that are digits are a document's number."""
    folded = name.casefold()
    if "phone" in folded or "fax" in folded:
        return "phone", False
    if folded in ("document", "cpf", "businessdocument"):
        return "document", False
    if folded.endswith("name"):
        return "name", False
    return name if PLAIN_NAME.fullmatch(name) else "value", folded.endswith("id")
