"""What generated profiles are made of: lists of words, combined by `generated`."""

from pii_sandbox.mockserver.vendors.fashionai.words.occasions import OCCASIONS
from pii_sandbox.mockserver.vendors.fashionai.words.styles import STYLES
from pii_sandbox.mockserver.vendors.fashionai.words.vocabulary import (
    FIELDS,
    FORMS,
    INTERESTS,
    KNOWN_RELATION,
    KNOWN_SUMMARY,
    NEW_RELATION,
    NEW_SUMMARY,
    OFFERS,
    VISITS,
    Form,
    Occasion,
    Style,
    Wear,
)

__all__ = [
    "FIELDS",
    "FORMS",
    "INTERESTS",
    "KNOWN_RELATION",
    "KNOWN_SUMMARY",
    "NEW_RELATION",
    "NEW_SUMMARY",
    "OCCASIONS",
    "OFFERS",
    "STYLES",
    "VISITS",
    "Form",
    "Occasion",
    "Style",
    "Wear",
]
