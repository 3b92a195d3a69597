"""Decoded views of a text: percent, `\\u`, `\\x` and HTML escapes undone, each character tied to its place."""

from __future__ import annotations

import bisect
import html
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LAYERS = 4  # an encoding within an encoding within …

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
_ESCAPE_SIGN = re.compile(r"[%\\&]")
_ONE_SPACE = str.maketrans(dict.fromkeys("\t\n\r\x0b\x0c+", " "))


@dataclass(frozen=True, slots=True)
class View:
    """`text`, and for each of its characters the start and the end of what stands for it in the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original the characters from `start` to before `end` stand."""
        return self.starts[start], self.ends[end - 1]


def plain(text: str) -> View:
    """The text as it stands."""
    return View(text, range(len(text)), range(1, len(text) + 1))


def layers(text: str) -> Iterator[View]:
    """The text as it stands, then with one layer of escapes undone, then with two, as long as there are any.

    Escapes are percent signs, `\\u` and `\\x`, escaped quotes and breaks, HTML entities.
    """
    view: View | None = plain(text)
    for _ in range(LAYERS):
        if view is None:
            return
        yield view
        view = _unescaped(view) if _ESCAPE_SIGN.search(view.text) else None


def _unescaped(view: View) -> View | None:
    """One layer less; None where there is none."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for found in _ESCAPES.finditer(view.text):
        if found.start() > done:
            pieces.append(view.text[done : found.start()])
            starts += view.starts[done : found.start()]
            ends += view.ends[done : found.start()]
        for character, begin, end in _characters(found):
            pieces.append(character)
            starts += [view.starts[begin]] * len(character)
            ends += [view.ends[end - 1]] * len(character)
        done = found.end()
    if not done:
        return None
    pieces.append(view.text[done:])
    starts += view.starts[done:]
    ends += view.ends[done:]
    return View("".join(pieces), starts, ends)


def _characters(found: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """What a run of escapes stands for: each character and where its escape begins and ends."""
    match found.lastgroup:
        case "percent" | "hex":
            units = list(_BYTE.finditer(found[0]))
            for character, first, last in utf_8(bytes(int(unit[1], 16) for unit in units)):
                yield character, found.start() + units[first].start(), found.start() + units[last - 1].end()
        case "unicode":
            yield from _utf_16(found)
        case "single":
            yield _SINGLE.get(found[0][-1], found[0][-1]), found.start(), found.end()
        case _:
            yield html.unescape(found[0]), found.start(), found.end()


def _utf_16(found: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    units = list(_UNIT.finditer(found[0]))
    index = 0
    while index < len(units):
        code, last = int(units[index][1], 16), index
        if 0xD800 <= code < 0xDC00 and index + 1 < len(units) and 0xDC00 <= int(units[index + 1][1], 16) < 0xE000:
            last = index + 1
            code = 0x10000 + ((code - 0xD800) << 10) + int(units[last][1], 16) - 0xDC00
        yield chr(code), found.start() + units[index].start(), found.start() + units[last].end()
        index = last + 1


def utf_8(content: bytes) -> Iterator[tuple[str, int, int]]:
    """Each character with where its bytes begin and end; a byte that is no UTF-8 is read as Latin-1."""
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


def canonical(view: View) -> View:
    """As people would compare it: without case, accents and unseen characters, digits as 0 to 9, breaks as one space.

    A `+` counts as a space, as forms have it.
    """
    text, starts, ends = view.text, view.starts, view.ends
    if text.isascii():
        text = text.lower().translate(_ONE_SPACE)
    else:
        folded = [_FOLDED[character] for character in text]
        if any(len(parts) != 1 for parts in folded):
            starts = [start for start, parts in zip(starts, folded, strict=True) for _ in parts]
            ends = [end for end, parts in zip(ends, folded, strict=True) for _ in parts]
        text = "".join(folded)
    return _single_spaced(View(text, starts, ends)) if "  " in text else View(text, starts, ends)


def comparable(text: str) -> str:
    """The canonical form of a value, without blanks around it."""
    if text.isascii():
        text = text.lower().translate(_ONE_SPACE)
        return (_BLANKS.sub(" ", text) if "  " in text else text).strip()
    return canonical(plain(text)).text.strip()


def _folded(character: str) -> str:
    if character.isspace() or character == "+":
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    parts = unicodedata.normalize("NFKD", character.casefold())
    return "".join(part for part in parts if unicodedata.category(part) not in {"Mn", "Cf"}).casefold()


class _Folding(dict[str, str]):
    """Each character as it is compared; at most one entry for each character that there is."""

    def __missing__(self, character: str) -> str:
        folded = self[character] = _folded(character)
        return folded


_FOLDED = _Folding()


def _single_spaced(view: View) -> View:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for found in _BLANKS.finditer(view.text):
        pieces.append(view.text[done : found.start() + 1])
        starts += view.starts[done : found.start() + 1]
        ends += view.ends[done : found.start() + 1]
        ends[-1] = view.ends[found.end() - 1]
        done = found.end()
    return View("".join(pieces) + view.text[done:], [*starts, *view.starts[done:]], [*ends, *view.ends[done:]])


def is_within(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place is within one of the spans, which are in order and apart."""
    at = bisect.bisect_right(spans, (start, sys.maxsize)) - 1
    return at >= 0 and end <= spans[at][1]
