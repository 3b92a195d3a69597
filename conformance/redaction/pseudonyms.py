"""Stable stand-ins: the same value has the same one, within a run and across runs."""

from __future__ import annotations

import hashlib
import re
import threading

from conformance.redaction import shapes, views
from conformance.redaction.marks import is_vocabulary

DIGITS = 4  # hex digits of a pseudonym, more only where two values would share one
TAIL = 8  # of a phone number, the part that people write without country and area code

_KINDS = (
    ("email", re.compile(r"e?mail|^login$", re.IGNORECASE)),
    ("phone", re.compile(r"phone|fax|mobile", re.IGNORECASE)),
    ("document", re.compile(r"^document$|businessDocument|cpf|cnpj", re.IGNORECASE)),
    ("card", re.compile(r"card_?number", re.IGNORECASE)),
    ("birthdate", re.compile(r"birth", re.IGNORECASE)),
    ("name", re.compile(r"name$", re.IGNORECASE)),
)
_NAME = re.compile(r"\W+")
_OTHERS = frozenset({"value", "number", "domain", "credential", "content"})
TOKEN = re.compile(r"[\w-]+#[0-9a-f]{4,64}")


class Pseudonyms:
    """Gives each value its pseudonym, `email#7f3a`. Safe to share between threads."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._lock = threading.Lock()

    def of(self, name: str, value: str) -> str:
        """The pseudonym of a value that stood under that property name; spellings of one value share it."""
        bare = bared(value)
        with self._lock:
            if bare not in self._given:
                digest = hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()
                kind = kind_of(name, value)
                length = DIGITS
                while self._taken.get(f"{kind}#{digest[:length]}", bare) != bare:
                    length += 1
                self._given[bare] = f"{kind}#{digest[:length]}"
                self._taken[self._given[bare]] = bare
            return self._given[bare]

    def same(self, value: str, pseudonym: str) -> None:
        """Lets a value go by the pseudonym of another."""
        with self._lock:
            self._given.setdefault(bared(value), pseudonym)

    def issued(self, token: str) -> bool:
        return token in self._taken


def is_pseudonym(text: str) -> bool:
    """Whether it is one that some run gave, as far as can be told: what stands before the `#` is a kind."""
    if TOKEN.fullmatch(text) is None:
        return False
    kind = text.partition("#")[0]
    return kind in _OTHERS or any(kind == known for known, _ in _KINDS) or is_vocabulary(kind)


def bared(value: str) -> str:
    """What all spellings of a value have in common; of a number its digits."""
    digits = shapes.digits(value)
    if len(digits) >= 5 and not any(character.isalpha() for character in value):
        return digits
    return views.comparable(value)


def kind_of(name: str, value: str) -> str:
    """What a pseudonym is called: what the value clearly is, else after its property if the documents know that."""
    if shapes.EMAIL.fullmatch(value):
        return "email"
    for kind, pattern in _KINDS:
        if (pattern.search(name) or name == kind) and (kind != "email" or "@" in value):
            return kind
    kind = _NAME.sub("-", name).strip("-")
    return kind if kind in _OTHERS or is_vocabulary(kind) else "value"
