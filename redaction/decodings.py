"""Decoded forms of a text: percent, `\\u`, `\\x` and HTML escapes decoded, with each character's original position."""

from __future__ import annotations

import base64
import binascii
import bisect
import codecs
import html
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LAYERS = 4  # of nested encodings that are decoded

_ESCAPES = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})++)"
    r"|(?<!\\)(?:(?P<unicode>(?:\\++[uU][0-9A-Fa-f]{4})++)"
    r"|(?P<hex>(?:\\++[xX][0-9A-Fa-f]{2})++)"
    r"|(?P<single>\\++[\"'/nrt]))"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)
_UNIT = re.compile(r"(?<!\\)\\++[uU]([0-9A-Fa-f]{4})")
_BYTE = re.compile(r"(?:%|(?<!\\)\\++[xX])([0-9A-Fa-f]{2})")
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"}
_BLANKS = re.compile(r" {2,}")
_ONE_SPACE = str.maketrans(dict.fromkeys("\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f+", " "))

_BREAKS = dict.fromkeys(map(ord, "\r\n\t"))
_URLSAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A decoded text, with the start and end of each of its characters in the original text."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original of the characters from `start` to before `end`."""
        return self.starts[start], self.ends[end - 1]


def identity_decoding(text: str) -> DecodedText:
    """Return the text without decoding anything."""
    return DecodedText(text, range(len(text)), range(1, len(text) + 1))


def has_escape_sign(text: str) -> bool:
    """Whether the text holds a character with which escapes begin."""
    return "%" in text or "\\" in text or "&" in text


def layers(text: str) -> Iterator[DecodedText]:
    """Yield the text undecoded, then with one layer of escapes decoded, then two, until there are no more.

    Escapes are percent encoding, `\\u` and `\\x`, escaped quotes and line breaks, HTML entities.
    """
    decoded: DecodedText | None = identity_decoding(text)
    for _ in range(LAYERS):
        if decoded is None:
            return
        yield decoded
        decoded = _unescape(decoded) if has_escape_sign(decoded.text) else None


def _unescape(decoded: DecodedText) -> DecodedText | None:
    """Decode one layer of escapes; None if there is none."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    copied = 0
    for escape in _ESCAPES.finditer(decoded.text):
        pieces.append(decoded.text[copied : escape.start()])
        starts += decoded.starts[copied : escape.start()]
        ends += decoded.ends[copied : escape.start()]
        for character, begin, end in _characters(escape):
            pieces.append(character)
            starts += [decoded.starts[begin]] * len(character)
            ends += [decoded.ends[end - 1]] * len(character)
        copied = escape.end()
    if not copied:
        return None
    pieces.append(decoded.text[copied:])
    starts += decoded.starts[copied:]
    ends += decoded.ends[copied:]
    return DecodedText("".join(pieces), starts, ends)


def _characters(escape: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """Yield the characters that a run of escapes encodes, each with start and end of its escape."""
    match escape.lastgroup:
        case "percent" | "hex":
            units = list(_BYTE.finditer(escape[0]))
            for character, first, last in utf_8(bytes(int(unit[1], 16) for unit in units)):
                yield character, escape.start() + units[first].start(), escape.start() + units[last - 1].end()
        case "unicode":
            yield from _utf_16(escape)
        case "single":
            yield _SINGLE.get(escape[0][-1], escape[0][-1]), escape.start(), escape.end()
        case _:
            yield html.unescape(escape[0]), escape.start(), escape.end()


def _utf_16(escape: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    units = list(_UNIT.finditer(escape[0]))
    index = 0
    while index < len(units):
        code, last = int(units[index][1], 16), index
        if 0xD800 <= code < 0xDC00 and index + 1 < len(units) and 0xDC00 <= int(units[index + 1][1], 16) < 0xE000:
            last = index + 1
            code = 0x10000 + ((code - 0xD800) << 10) + int(units[last][1], 16) - 0xDC00
        yield chr(code), escape.start() + units[index].start(), escape.start() + units[last].end()
        index = last + 1


def utf_8(content: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield each character with start and end of its bytes; an invalid byte is decoded as Latin-1."""
    index = 0
    while index < len(content):
        lead = content[index]
        length = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        try:
            character = content[index : index + length].decode()
        except UnicodeDecodeError:
            character, length = chr(lead), 1
        yield character, index, index + length
        index += length


def utf_8_text(content: bytes) -> str:
    """Return the characters that `utf_8` yields, several times as fast."""
    return content.decode("utf-8", _AS_LATIN_1)


def _byte_as_latin_1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return chr(error.object[error.start]), error.start + 1


_AS_LATIN_1 = "pii_sandbox.latin-1"
codecs.register_error(_AS_LATIN_1, _byte_as_latin_1)


def normalize(decoded: DecodedText) -> DecodedText:
    """Normalize for comparison: no case, accents or invisible characters, digits as 0 to 9, white space as one space.

    A `+` counts as a space, as in forms.
    """
    text, starts, ends = decoded.text, decoded.starts, decoded.ends
    if text.isascii():
        text = text.lower().translate(_ONE_SPACE)
    else:
        folded = [_FOLDED[character] for character in text]
        if any(len(parts) != 1 for parts in folded):
            starts = [start for start, parts in zip(starts, folded, strict=True) for _ in parts]
            ends = [end for end, parts in zip(ends, folded, strict=True) for _ in parts]
        text = "".join(folded)
    return _collapse_spaces(DecodedText(text, starts, ends)) if "  " in text else DecodedText(text, starts, ends)


def comparable_text(text: str) -> str:
    """Return the canonical form of a value, stripped of spaces."""
    if text.isascii():
        text = text.lower().translate(_ONE_SPACE)
        return (_BLANKS.sub(" ", text) if "  " in text else text).strip()
    return normalize(identity_decoding(text)).text.strip()


def _fold_character(character: str) -> str:
    if character.isspace() or character == "+":
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    parts = unicodedata.normalize("NFKD", character.casefold())
    return "".join(part for part in parts if unicodedata.category(part) not in {"Mn", "Cf"}).casefold()


class _Folding(dict[str, str]):
    """Cache of each character's canonical form; bounded by the number of Unicode characters."""

    def __missing__(self, character: str) -> str:
        folded = self[character] = _fold_character(character)
        return folded


_FOLDED = _Folding()


def _collapse_spaces(decoded: DecodedText) -> DecodedText:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    copied = 0
    for blanks in _BLANKS.finditer(decoded.text):
        pieces.append(decoded.text[copied : blanks.start() + 1])
        starts += decoded.starts[copied : blanks.start() + 1]
        ends += decoded.ends[copied : blanks.start() + 1]
        ends[-1] = decoded.ends[blanks.end() - 1]
        copied = blanks.end()
    pieces.append(decoded.text[copied:])
    starts += decoded.starts[copied:]
    ends += decoded.ends[copied:]
    return DecodedText("".join(pieces), starts, ends)


def is_within(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether a span lies within one of `spans`, which are sorted and do not overlap."""
    at = bisect.bisect_right(spans, (start, sys.maxsize)) - 1
    return at >= 0 and end <= spans[at][1]


def from_base64(code: str) -> bytes:
    code = code.translate(_URLSAFE)
    code = code[: len(code) - (len(code) % 4 == 1)]
    return base64.b64decode(code + "==")  # more padding than is needed does no harm


def from_hex(code: str) -> bytes:
    return binascii.unhexlify(code[: len(code) // 2 * 2])


def is_readable(content: bytes) -> bool:
    try:
        return content.decode().translate(_BREAKS).isprintable()
    except UnicodeDecodeError:
        return False
