"""Finds known values in a text, however they are written there."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from conformance.redaction import shapes, views
from conformance.redaction.views import View

DEPTH = 3  # base64 within base64 within …
LONG = 8  # a text of so many characters is found within words too
FEWEST_DIGITS = 7  # of a number that is found whatever stands between its digits

_CLUSTER = re.compile(r"\d(?:[\s().\-/]{0,3}\d){6,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}(?:\r?\n[ \t]*[A-Za-z0-9+/_-]+)*")
_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{10,}")
_BREAKS = dict.fromkeys(map(ord, "\r\n\t"))
_URLSAFE = str.maketrans("-_", "+/")

Name = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, order=True)
class Find:
    """A place in a text, and what shall stand there instead."""

    start: int
    end: int
    instead: str = field(compare=False)


class Hunter:
    """Finds what it knows in any case of letters, without accents, escaped or encoded; numbers in any punctuation.

    `named` gives the stand-in for something that merely looks personal, from its kind and itself.
    """

    def __init__(self, named: Name) -> None:
        self._named = named
        self._by_start: dict[str, dict[int, dict[str, str]]] = {}  # by first two characters, then by length
        self._numbers: dict[str, str] = {}
        self._harmless: set[tuple[int, str]] = set()

    def add(self, text: str, instead: str) -> None:
        """Hunts a text from now on; the first stand-in for it stays. Two characters at least."""
        needle = views.comparable(text)
        if len(needle) < 2:
            return
        lengths = self._by_start.setdefault(needle[:2], {})
        if len(needle) not in lengths:
            lengths[len(needle)] = {}
            self._by_start[needle[:2]] = dict(sorted(lengths.items(), reverse=True))
        if lengths[len(needle)].setdefault(needle, instead) is instead:
            self._harmless.clear()

    def add_number(self, digits: str, instead: str) -> None:
        self._numbers.setdefault(digits, instead)
        self._harmless.clear()

    def number(self, digits: str) -> str | None:
        """The stand-in of a number that is known, whole or as the end of another."""
        return self._numbers.get(digits)

    def finds(self, text: str, depth: int = DEPTH, lookalikes: bool = True) -> list[Find]:
        """All places, in order, none overlapping: what overlaps is one, named after its longest part."""
        found: list[Find] = []
        for view in views.layers(text):
            found += self._known(views.canonical(view))
            found += self._numbered(view)
            if lookalikes:
                for kind, start, end in shapes.lookalikes(view.text):
                    found.append(Find(*view.place(start, end), self._named(kind, view.text[start:end])))
            if depth:
                found += self._encoded(view, depth)
        if depth == DEPTH:
            within = shapes.ids(text)
            found = [find for find in found if not any(_is_part(find, *span) for span in within)]
        return _merged(found)

    def _known(self, view: View) -> Iterator[Find]:
        text, by_start = view.text, self._by_start
        for index in range(len(text) - 1):
            lengths = by_start.get(text[index : index + 2])
            for length, needles in lengths.items() if lengths else ():
                needle = text[index : index + length]
                if needle in needles and _stands_alone(text, index, needle):
                    yield Find(*view.place(index, index + length), needles[needle])
                    break

    def _numbered(self, view: View) -> Iterator[Find]:
        if not self._numbers:
            return
        for cluster in _CLUSTER.finditer(view.text):
            places = [cluster.start() + index for index, character in enumerate(cluster[0]) if character.isdigit()]
            digits = "".join(view.text[place] for place in places)
            for start in range(len(digits) - FEWEST_DIGITS + 1):
                for end in range(len(digits), start + FEWEST_DIGITS - 1, -1):
                    instead = self._numbers.get(digits[start:end])
                    if instead is not None:
                        yield Find(*view.place(places[start], places[end - 1] + 1), instead)
                        break

    def _encoded(self, view: View, depth: int) -> Iterator[Find]:
        for run in _BASE64.finditer(view.text):
            yield from self._within(view, run, 4, 3, _from_base64, depth)
        for run in _HEX.finditer(view.text):
            yield from self._within(view, run, 2, 1, _from_hex, depth)

    def _within(
        self, view: View, run: re.Match[str], group: int, size: int, decode: Callable[[str], bytes], depth: int
    ) -> Iterator[Find]:
        """What a run of encoded characters holds, wherever the encoding began: `group` characters make `size` bytes."""
        if (group, run[0]) in self._harmless:
            return
        places = [run.start() + index for index, character in enumerate(run[0]) if not character.isspace()]
        code = "".join(view.text[place] for place in places)
        harmless = True
        for offset in range(group):
            content = decode(code[offset:])
            readable = _is_readable(content)
            characters = list(views.utf_8(content)) if not content.isascii() else None
            text = content.decode("ascii") if characters is None else "".join(one for one, _, _ in characters)
            for find in self.finds(text, depth - 1, readable):
                harmless = False
                if readable:  # the rest of it may tell as much
                    yield Find(*view.place(run.start(), run.end()), find.instead)
                    return
                begin = characters[find.start][1] if characters else find.start
                end = characters[find.end - 1][2] if characters else find.end
                first = offset + begin // size * group
                last = min(offset + -(-end // size) * group, len(places)) - 1
                yield Find(*view.place(places[first], places[last] + 1), find.instead)
        if harmless:
            self._harmless.add((group, run[0]))


def _from_base64(code: str) -> bytes:
    code = code.translate(_URLSAFE)
    code = code[: len(code) - (len(code) % 4 == 1)]
    return base64.b64decode(code + "=" * (-len(code) % 4))


def _from_hex(code: str) -> bytes:
    return binascii.unhexlify(code[: len(code) // 2 * 2])


def _is_readable(content: bytes) -> bool:
    try:
        return content.decode().translate(_BREAKS).isprintable()
    except UnicodeDecodeError:
        return False


def _stands_alone(text: str, index: int, needle: str) -> bool:
    """Whether it is more than a part of another word or number; long ones may be a part."""
    if len(needle) >= LONG and not needle.isdigit():
        return True
    before, after = text[index - 1 : index], text[index + len(needle) : index + len(needle) + 1]
    return not (_continues(before, needle[0]) or _continues(needle[-1], after))


def _continues(one: str, other: str) -> bool:
    """Whether two neighbours belong to one word or one number; in scripts without case every letter is a word."""
    return (_is_cased(one) and _is_cased(other)) or (one.isdigit() and other.isdigit())


def _is_cased(letter: str) -> bool:
    return letter.upper() != letter.lower()


def _is_part(find: Find, start: int, end: int) -> bool:
    """Whether it is in there and not all that there is."""
    return start <= find.start and find.end <= end and (start, end) != (find.start, find.end)


def _merged(found: list[Find]) -> list[Find]:
    merged: list[Find] = []
    longest = 0
    for find in sorted(found):
        length = find.end - find.start
        if merged and find.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Find(last.start, max(last.end, find.end), find.instead if length > longest else last.instead)
            longest = max(longest, length)
        else:
            merged.append(find)
            longest = length
    return merged
