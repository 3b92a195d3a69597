"""Value search: finds known values in a text, however they are written there, in time linear in the text."""

from __future__ import annotations

import base64
import binascii
import bisect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pii_sandbox.redaction import decodings, detectors
from pii_sandbox.redaction.decodings import View
from pii_sandbox.redaction.term_index import LONGEST, Term, TermIndex, pieces

DEPTH = 3  # base64 within base64 within …
LONG = 8  # a text of so many characters is found within words too
FEWEST_DIGITS = 7  # of a number that is found whatever stands between its digits
TAIL = 8  # of a phone number, the part that people write without country and area code
HARMLESS = 10_000  # encoded runs that are remembered

_CLUSTER = re.compile(r"\d(?:[\s().\-/_]{0,4}+\d){6,}+")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{6,}+(?:\r?\n[ \t]*+[A-Za-z0-9+/_-]++)*+")
_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{10,}+")
_PERHAPS_NUMBER = re.compile(r"\d[^\w]{0,4}\d[^\w]{0,4}\d")
_EMAIL_GOES_ON = re.compile(r"[\w.+-]{0,64}+@")
_BREAKS = dict.fromkeys(map(ord, "\r\n\t"))
_URLSAFE = str.maketrans("-_", "+/")

Name = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """A place in a text, and what replaces it."""

    start: int
    end: int
    replacement: str = field(compare=False)


class ValueSearch:
    """Finds what it knows in any case of letters, without accents, escaped or encoded; numbers in any punctuation.

    `name` gives the replacement of something that merely looks personal, from its kind and itself; `loose_numbers` as
    in `detect`. `whole_words`: no value is found within a longer word, number or email. `depth`: how many layers of
    base64 and hex digits are undone.
    """

    def __init__(
        self, name: Name, *, loose_numbers: bool = False, whole_words: bool = False, depth: int = DEPTH
    ) -> None:
        self._name = name
        self._loose_numbers = loose_numbers
        self._whole_words = whole_words
        self._depth = depth
        self._terms = TermIndex()
        self._numbers = TermIndex()
        self._harmless: set[tuple[int, str]] = set()

    def add(self, text: str, replacement: str) -> None:
        """Search for a text from now on; the first replacement for it stays. Two characters at least."""
        self.add_terms(text_terms(text, replacement, whole_words=self._whole_words), [])

    def add_number(self, digits: str, replacement: str) -> None:
        """Search for a number, and for its end as people write phone numbers without their country."""
        self.add_terms([], number_terms(digits, replacement, whole=self._whole_words))

    def add_terms(self, texts: Iterable[Term], numbers: Iterable[Term]) -> None:
        """Search for these terms from now on; the first of each text stays."""
        added = sum(map(self._terms.add, texts)) + sum(map(self._numbers.add, numbers))
        if added:
            self._harmless.clear()

    def number(self, digits: str) -> str | None:
        """The replacement of a number that is known, whole or as the end of another."""
        term = self._numbers.get(digits)
        return None if term is None else term.replacement

    def replaced(self, text: str, *, detect: bool = True) -> str:
        """The text with every match replaced."""
        return replaced(text, self.matches(text, detect))

    def matches(self, text: str, detect: bool = True) -> list[Match]:
        """All places, in order, none overlapping: what overlaps is one, named after its longest part.

        `detect`: also what merely looks personal.
        """
        found = self._matches(text, self._depth, detect)
        if found:
            spans = detectors.ids(text)
            found = [match for match in found if not _is_part(match, spans)]
        return _merged(found)

    def _matches(self, text: str, depth: int, detect: bool) -> list[Match]:
        found: list[Match] = []
        for view in decodings.layers(text):
            if self._terms:
                found += self._known(decodings.canonical(view))
            if self._numbers:
                found += self._numbered(view)
            if detect:
                for kind, start, end in detectors.detect(view.text, loose_numbers=self._loose_numbers):
                    found.append(Match(*view.place(start, end), self._name(kind, view.text[start:end])))
            if depth:
                found += self._encoded(view, depth)
        return found

    def _known(self, view: View) -> Iterator[Match]:
        text, covered = view.text, -1
        for start, end, term in self._terms.search(text):
            if end == covered or (term.whole and not self._stands_alone(text, start, end)):
                continue
            covered = end  # whatever else ends here is a part of it
            yield Match(*view.place(start, end), term.replacement)

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        if self._whole_words:
            return _is_whole(text, start, end)
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (_continues(before, text[start]) or _continues(text[end - 1], after))

    def _numbered(self, view: View) -> Iterator[Match]:
        if _PERHAPS_NUMBER.search(view.text) is None:
            return
        for cluster in _CLUSTER.finditer(view.text):
            places = [cluster.start() + index for index, character in enumerate(cluster[0]) if character.isdecimal()]
            number = decodings.comparable("".join(view.text[place] for place in places))
            covered = -1
            for start, end, term in self._numbers.search(number):
                first, last = places[start], places[end - 1] + 1
                if end == covered or (term.whole and not _is_whole(view.text, first, last)):
                    continue
                covered = end
                yield Match(*view.place(first, last), term.replacement)

    def _encoded(self, view: View, depth: int) -> Iterator[Match]:
        for run in _BASE64.finditer(view.text):
            yield from self._within(view, run, 4, 3, _from_base64, depth)
        for run in _HEX.finditer(view.text):
            yield from self._within(view, run, 2, 1, _from_hex, depth)

    def _within(
        self, view: View, run: re.Match[str], group: int, size: int, decode: Callable[[str], bytes], depth: int
    ) -> Iterator[Match]:
        """What a run of encoded characters holds, wherever the encoding began: `group` characters make `size` bytes."""
        if (group, run[0]) in self._harmless:
            return
        places: range | list[int] = range(*run.span())
        code = run[0]
        if any(map(str.isspace, code)):
            places = [run.start() + index for index, character in enumerate(code) if not character.isspace()]
            code = "".join(view.text[place] for place in places)
        harmless = True
        for offset in range(group):
            content = decode(code[offset:])
            readable = _is_readable(content)
            characters = list(decodings.utf_8(content)) if not content.isascii() else None
            text = content.decode("ascii") if characters is None else "".join(one for one, _, _ in characters)
            for match in self._matches(text, depth - 1, readable):
                harmless = False
                if readable:  # the rest of it may tell as much
                    yield Match(*view.place(run.start(), run.end()), match.replacement)
                    return
                begin = characters[match.start][1] if characters else match.start
                end = characters[match.end - 1][2] if characters else match.end
                first = offset + begin // size * group
                last = min(offset + -(-end // size) * group, len(places)) - 1
                yield Match(*view.place(places[first], places[last] + 1), match.replacement)
        if harmless and len(self._harmless) < HARMLESS:
            self._harmless.add((group, run[0]))


def text_terms(text: str, replacement: str, *, whole_words: bool) -> list[Term]:
    """The terms that find a text; none of less than two characters."""
    term = decodings.comparable(text)
    if len(term) < 2:
        return []
    if whole_words or len(term) < LONG or (term.isdigit() and len(term) <= LONGEST):
        return [Term(term, replacement, whole=True)]
    return [Term(piece, replacement, whole=False) for piece in pieces(term)]


def number_terms(digits: str, replacement: str, *, whole: bool) -> list[Term]:
    """The terms that find a number in a row of digits: itself and, of a phone's length, its ends."""
    tails = range(len(digits) - TAIL) if 10 <= len(digits) <= 15 else ()
    found = (digits[start:] for start in (0, *tails))
    return [Term(piece, replacement, whole) for end in found if detectors.is_distinctive(end) for piece in pieces(end)]


def replaced(text: str, matches: list[Match]) -> str:
    """The text with each of these places, in order, replaced."""
    parts, done = [], 0
    for match in matches:
        parts += [text[done : match.start], match.replacement]
        done = match.end
    return "".join(parts) + text[done:] if parts else text


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


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether it is no part of a longer word, number or email; words of scripts without case stand side by side."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if "@" in text[start:end]:
        return not (_is_word(before[-1:]) or (before[-1:] in tuple(".+-") and _is_word(before[:-1]))) and not (
            _is_word(after[:1]) or (after[:1] in tuple(".-") and _is_word(after[1:]))
        )
    if _is_bounded(text[start]) and (_is_word(before[-1:]) or before[-1:] == "@"):
        return False
    return not (_is_bounded(text[end - 1]) and (_is_word(after[:1]) or _EMAIL_GOES_ON.match(text, end)))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_bounded(character: str) -> bool:
    return character.isdigit() or _is_cased(character)


def _continues(one: str, other: str) -> bool:
    """Whether two neighbours belong to one word or one number; in scripts without case every letter is a word."""
    return (_is_cased(one) and _is_cased(other)) or (one.isdigit() and other.isdigit())


def _is_cased(letter: str) -> bool:
    return letter.upper() != letter.lower()


def _is_part(match: Match, spans: list[tuple[int, int]]) -> bool:
    """Whether it is within one of the spans, which are in order, and not all that there is."""
    at = bisect.bisect_right(spans, (match.start, sys.maxsize)) - 1
    return at >= 0 and match.end <= spans[at][1] and spans[at] != (match.start, match.end)


def _merged(found: list[Match]) -> list[Match]:
    merged: list[Match] = []
    longest = 0
    for match in sorted(found):
        length = match.end - match.start
        if merged and match.start < merged[-1].end:
            last = merged[-1]
            replacement = match.replacement if length > longest else last.replacement
            merged[-1] = Match(last.start, max(last.end, match.end), replacement)
            longest = max(longest, length)
        else:
            merged.append(match)
            longest = length
    return merged
