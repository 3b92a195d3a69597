"""Value search: finds known values in a text, in any spelling or encoding, in time linear in the text."""

from __future__ import annotations

import bisect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pii_sandbox.redaction import decodings, detectors
from pii_sandbox.redaction.decodings import DecodedText
from pii_sandbox.redaction.plain_texts import CLUSTER, NUMBER_CANDIDATE, PlainTexts
from pii_sandbox.redaction.term_index import Term, TermIndex, number_terms, text_terms
from pii_sandbox.redaction.word_boundaries import continues, is_whole

DEPTH = 3  # of nested base64 that is decoded
FEWEST_DIGITS = 7  # of a number that is found in any punctuation
MOST_HARMLESS = 10_000  # encoded runs without a match that are cached

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{6,}+(?:\r?\n[ \t]*+[A-Za-z0-9+/_-]++)*+")
_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{10,}+")

ReplacementOf = Callable[[str, str], str]  # of kind and value


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """A span of a text, and its replacement."""

    start: int
    end: int
    replacement: str = field(compare=False)


class ValueSearch:
    """Finds known values in any case, without accents, escaped or encoded; numbers in any punctuation.

    `replacement_of`: gives the replacement of a detected value. `loose_numbers`: as in `detect`. `whole_words`: no
    value is found within a longer word, number or email address. `depth`: how many layers of base64 and hex digits are
    decoded. `texts`: plain texts that searches with equal `loose_numbers` may share.
    """

    def __init__(
        self,
        replacement_of: ReplacementOf,
        *,
        loose_numbers: bool = False,
        whole_words: bool = False,
        depth: int = DEPTH,
        texts: PlainTexts | None = None,
    ) -> None:
        self._replacement_of = replacement_of
        self._loose_numbers = loose_numbers
        self._whole_words = whole_words
        self._depth = depth
        self._terms = TermIndex()
        self._numbers = TermIndex()
        self._harmless: set[tuple[int, str]] = set()
        self._texts = PlainTexts(loose_numbers=loose_numbers) if texts is None else texts

    def add(self, text: str, replacement: str) -> None:
        """Add a text of at least two characters; its first replacement stays."""
        self.add_terms(text_terms(text, replacement, whole_words=self._whole_words), [])

    def add_number(self, digits: str, replacement: str) -> None:
        """Add a number, and its end, since people write phone numbers without country code."""
        self.add_terms([], number_terms(digits, replacement, whole=self._whole_words))

    def add_terms(self, texts: Iterable[Term], numbers: Iterable[Term]) -> None:
        """Add search terms; the first of each text stays."""
        for term in texts:
            self._terms.add(term)
        for term in numbers:
            self._numbers.add(term)
        self._harmless.clear()

    def number(self, digits: str) -> str | None:
        """Return the replacement of a known number, or of the end of one; else None."""
        term = self._numbers.get(digits)
        return None if term is None else term.replacement

    def replace(self, text: str, *, detect: bool = True) -> str:
        """Return the text with every match replaced."""
        if self._depth == 0 and self._has_none(text, detect):
            return text
        return replace_matches(text, self.matches(text, detect))

    def matches(self, text: str, detect: bool = True) -> list[Match]:
        """Return all matches in order; overlapping ones are merged, with the replacement of the longest.

        `detect`: also match what merely looks personal.
        """
        matches = self._matches(text, self._depth, detect)
        if matches:
            spans = detectors.issued_id_spans(text)
            matches = [match for match in matches if not _is_inside(match, spans)]
        return _merge_overlapping(matches)

    def _has_none(self, text: str, detect: bool) -> bool:
        """Whether a text without escapes has no match for certain: several times as fast as looking for the matches."""
        plain = self._texts.read(text)
        if plain is None:
            return False
        canonical, numbers, looks_personal = plain
        if (detect and looks_personal) or (self._terms and self._terms.occurs_in(canonical)):
            return False
        return not (numbers and self._numbers and self._numbers.occurs_in(numbers))

    def _matches(self, text: str, depth: int, detect: bool) -> list[Match]:
        matches: list[Match] = []
        for decoded in decodings.layers(text):
            if self._terms:
                matches += self._text_matches(decodings.normalize(decoded))
            if self._numbers:
                matches += self._number_matches(decoded)
            if detect:
                matches += self._detected_matches(decoded)
            if depth:
                matches += self._encoded_matches(decoded, depth)
        return matches

    def _detected_matches(self, decoded: DecodedText) -> Iterator[Match]:
        for kind, start, end in detectors.detect(decoded.text, loose_numbers=self._loose_numbers):
            replacement = self._replacement_of(kind, decoded.text[start:end])
            yield Match(*decoded.original_span(start, end), replacement)

    def _text_matches(self, decoded: DecodedText) -> Iterator[Match]:
        text, last_end = decoded.text, -1
        first, replacement = 0, ""
        for start, end, term in self._terms.search(text):
            if end == last_end or (term.whole and not self._stands_alone(text, start, end)):
                continue  # other terms that end here are parts of the one before
            if start >= last_end or term.replacement != replacement:  # else it is a piece of the same long term
                if replacement:
                    yield Match(*decoded.original_span(first, last_end), replacement)
                first, replacement = start, term.replacement
            first, last_end = min(first, start), end
        if replacement:
            yield Match(*decoded.original_span(first, last_end), replacement)

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        if self._whole_words:
            return is_whole(text, start, end)
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (continues(before, text[start]) or continues(text[end - 1], after))

    def _number_matches(self, decoded: DecodedText) -> Iterator[Match]:
        if NUMBER_CANDIDATE.search(decoded.text) is None:
            return
        for cluster in CLUSTER.finditer(decoded.text):
            positions = [cluster.start() + index for index, character in enumerate(cluster[0]) if character.isdecimal()]
            number = decodings.comparable_text("".join(decoded.text[position] for position in positions))
            last_end = -1
            for start, end, term in self._numbers.search(number):
                first, last = positions[start], positions[end - 1] + 1
                if end == last_end or (term.whole and not is_whole(decoded.text, first, last)):
                    continue
                last_end = end
                yield Match(*decoded.original_span(first, last), term.replacement)

    def _encoded_matches(self, decoded: DecodedText, depth: int) -> Iterator[Match]:
        for run in _BASE64.finditer(decoded.text):
            yield from self._matches_in_run(decoded, run, 4, 3, decodings.from_base64, depth)
        for run in _HEX.finditer(decoded.text):
            yield from self._matches_in_run(decoded, run, 2, 1, decodings.from_hex, depth)

    def _matches_in_run(
        self,
        decoded: DecodedText,
        run: re.Match[str],
        group: int,
        size: int,
        decode: Callable[[str], bytes],
        depth: int,
    ) -> Iterator[Match]:
        """Yield the matches in a run of encoded characters, at every offset: `group` characters encode `size` bytes."""
        if (group, run[0]) in self._harmless:
            return
        positions: range | list[int] = range(*run.span())
        code = run[0]
        if any(map(str.isspace, code)):
            positions = [run.start() + index for index, character in enumerate(code) if not character.isspace()]
            code = "".join(decoded.text[position] for position in positions)
        harmless = True
        for offset in range(group):
            content = decode(code[offset:])
            readable = decodings.is_readable(content)
            matches = self._matches(decodings.utf_8_text(content), depth - 1, readable)
            characters = list(decodings.utf_8(content)) if matches and not content.isascii() else None
            for match in matches:
                harmless = False
                if readable:  # the rest of the content may identify the person too
                    yield Match(*decoded.original_span(run.start(), run.end()), match.replacement)
                    return
                begin = characters[match.start][1] if characters else match.start
                end = characters[match.end - 1][2] if characters else match.end
                first = offset + begin // size * group
                last = min(offset + -(-end // size) * group, len(positions)) - 1
                yield Match(*decoded.original_span(positions[first], positions[last] + 1), match.replacement)
        if harmless and len(self._harmless) < MOST_HARMLESS:
            self._harmless.add((group, run[0]))


def replace_matches(text: str, matches: list[Match]) -> str:
    """Return the text with these matches, which are in order, replaced."""
    parts, done = [], 0
    for match in matches:
        parts += [text[done : match.start], match.replacement]
        done = match.end
    return "".join(parts) + text[done:]


def _is_inside(match: Match, spans: list[tuple[int, int]]) -> bool:
    """Return whether a match is a proper part of one of the spans, which are sorted."""
    at = bisect.bisect_right(spans, (match.start, sys.maxsize)) - 1
    return at >= 0 and match.end <= spans[at][1] and spans[at] != (match.start, match.end)


def _merge_overlapping(matches: list[Match]) -> list[Match]:
    merged: list[Match] = []
    longest = 0
    for match in sorted(matches):
        length = match.end - match.start
        if merged and match.start < merged[-1].end:
            last = merged[-1]
            replacement = match.replacement if length > longest else last.replacement
            merged[-1], longest = Match(last.start, max(last.end, match.end), replacement), max(longest, length)
        else:
            merged.append(match)
            longest = length
    return merged
