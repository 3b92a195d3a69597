"""Pseudonyms: stable replacements such as `email#7f3a`, derived from the value, equal within a run and across runs."""

from __future__ import annotations

import functools
import hashlib
import re
import threading

from pii_sandbox.redaction import decodings, detectors
from pii_sandbox.redaction.vocabulary import is_vocabulary

DIGITS = 4  # hex digits of a pseudonym; more if two values would share one
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
_FURTHER_KINDS = frozenset({"value", "number", "domain", CREDENTIAL, "content"})
TOKEN = re.compile(r"(?<![\w-])[\w-]++#[0-9a-f]{4,64}")


def pseudonym(kind: str, value: str) -> str:
    """Return the pseudonym: kind and four hex digits, such as `email#7f3a`; equal for every spelling of the value.

    Spellings differ in case and accents, those of numbers in punctuation.
    """
    return f"{kind}#{_digest(comparable_value(value))[:DIGITS]}"


def _digest(comparable: str) -> str:
    return hashlib.sha256(comparable.encode("utf-8", "surrogatepass")).hexdigest()


class PseudonymRegistry:
    """Assigns a unique pseudonym to each value, longer if two would share one. Safe to share between threads."""

    def __init__(self) -> None:
        self._pseudonyms: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._lock = threading.Lock()

    def of(self, name: str, value: str) -> str:
        """Return the pseudonym of a value of that property; all spellings of one value share it."""
        comparable = comparable_value(value)
        with self._lock:
            if comparable not in self._pseudonyms:
                digest = _digest(comparable)
                kind = documented_kind(name, value)
                length = DIGITS
                while self._values.get(f"{kind}#{digest[:length]}", comparable) != comparable:
                    length += 1
                self._pseudonyms[comparable] = f"{kind}#{digest[:length]}"
                self._values[self._pseudonyms[comparable]] = comparable
            return self._pseudonyms[comparable]

    def alias(self, value: str, pseudonym: str) -> None:
        """Assign an existing pseudonym to a further value."""
        with self._lock:
            self._pseudonyms.setdefault(comparable_value(value), pseudonym)


def is_pseudonym(text: str) -> bool:
    """Return whether the text has the form of a pseudonym, with a known kind before the `#`."""
    if TOKEN.fullmatch(text) is None:
        return False
    kind = text.partition("#")[0]
    return kind in _FURTHER_KINDS or any(kind == name for name, _ in _KINDS) or is_vocabulary(kind)


def comparable_value(value: str) -> str:
    """Return the form that all spellings of a value share; the digits of a number."""
    digits = detectors.digits(value)
    if len(digits) >= 5 and not any(map(str.isalpha, value)):
        return digits
    return decodings.comparable_text(value)


def documented_kind(name: str, value: str) -> str:
    """Return the kind of a value: by its form if that is clear, else its property if the documents name that."""
    if detectors.is_email(value):
        return "email"
    for kind, pattern in _KINDS:
        if (pattern.search(name) or name == kind) and (kind != "email" or "@" in value):
            return kind
    kind = _NAME.sub("-", name).strip("-")
    return kind if kind in _FURTHER_KINDS or is_vocabulary(kind) else "value"


def kind_by_name(name: str, value: str) -> str:
    """Return the kind of a value by its property, also an undocumented one; one kind for all APIs' spellings."""
    if "@" in value and detectors.is_email(value):
        return "email"
    kind, is_id = _kind_of_name(name)
    return "document" if is_id and value.isdecimal() else kind


@functools.lru_cache(maxsize=1024)
def _kind_of_name(name: str) -> tuple[str, bool]:
    """Return the kind of a property's values, and whether those of digits only are document numbers."""
    folded = name.casefold()
    if "phone" in folded or "fax" in folded:
        return "phone", False
    if folded in ("document", "cpf", "businessdocument"):
        return "document", False
    if folded.endswith("name"):
        return "name", False
    return name if PLAIN_NAME.fullmatch(name) else "value", folded.endswith("id")
