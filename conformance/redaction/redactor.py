"""Takes personal data and credentials out of all that leaves a run."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from conformance import people
from conformance.findings import Exchange, Finding, RuleResult, RunResult
from conformance.redaction import shapes, views
from conformance.redaction.hunt import FEWEST_DIGITS, Hunter
from conformance.redaction.loose import pairs
from conformance.redaction.marks import Mark, is_vocabulary
from conformance.redaction.needles import contents, needles, worth_hunting
from conformance.redaction.pseudonyms import TAIL, TOKEN, Pseudonyms, bared, is_pseudonym
from conformance.redaction.reading import Reading, media_type, split_url
from specs import Dialect

# Nobody's: words that a run says of itself, and domains that are reserved or shared by millions.
# fmt: off
PUBLIC = frozenset({
    "sandbox", "default", "wrong", "none", "null", "true", "false", "anonymous", "check", "customer", "user", "string",
    "unknown", "test", "localhost", "example.com", "example.org", "example.net", "gmail.com", "googlemail.com",
    "hotmail.com", "outlook.com", "live.com", "yahoo.com", "icloud.com", "uol.com.br", "bol.com.br", "terra.com.br",
    people.MARK, people.DOMAIN,
})
# fmt: on

SHORT = 100
_USERINFO = re.compile(r"(?<=://)[^/@\s?#]+(?=@)")


class Redactor:
    """Learns values from exchanges, then replaces them wherever they stand. Safe to share between threads.

    `known_values` are hunted from the start, mapped to their property names where these are known; `public` never (a
    run's id). `reveal`, a reason, lets personal data through; credentials never.
    """

    def __init__(
        self,
        dialect: Dialect = "guide",
        known_values: Mapping[str, str] | Iterable[str] = (),
        *,
        public: Iterable[str] = (),
        reveal: str | None = None,
    ) -> None:
        self.dialect = dialect
        self.reveal = reveal
        self._public = PUBLIC | {word.casefold() for word in public}
        self._pseudonyms = Pseudonyms()
        self._hunter = Hunter(self._pseudonyms.of)
        self._lock = threading.RLock()
        self._known: dict[tuple[type, str, Mark], str | None] = {}
        self._clean: set[str] = set()  # short texts in which there is nothing to replace
        named = known_values if isinstance(known_values, Mapping) else dict.fromkeys(known_values, "value")
        for value, name in named.items():
            self._learned(value, Mark(name))

    # Learning

    def learn(self, *exchanges: Exchange) -> None:
        """Hunts from now on what is personal or secret in these exchanges."""
        with self._lock:
            for exchange in exchanges:
                reading = Reading(exchange, self.dialect)
                reading.path(self._noted, str)
                reading.query(self._noted)
                reading.request_headers(self._noted)
                reading.response_headers(self._noted)
                reading.request(self._noted)
                reading.response(self._noted)
                for found in _USERINFO.finditer(exchange.url):
                    self._learned(found[0], Mark("credential", secret=True))
                self.learn_text(exchange.error or "")

    def learn_text(self, text: str) -> None:
        """Hunts what looks personal in a text, and what stands in it behind the name of a personal property."""
        with self._lock:
            for view in views.layers(text):
                for kind, start, end in shapes.lookalikes(view.text):
                    self._learned(view.text[start:end], Mark(kind))
                for value, mark in pairs(view.text):
                    self._learned(value, mark)

    def _noted(self, value: Any, _name: str, mark: Mark | None) -> Any:
        if mark is not None:
            self._learned(value, mark)
        elif isinstance(value, str):
            self.learn_text(value)
        return value

    def _learned(self, value: Any, mark: Mark) -> str | None:
        """The pseudonym that the value has from now on; None where it need not be hidden."""
        text = value if isinstance(value, str) else json.dumps(value)
        key = (type(value), text, mark)
        if key not in self._known:
            self._clean.clear()
            self._known[key] = self._newly_learned(value, text, mark)
        return self._known[key]

    def _newly_learned(self, value: Any, text: str, mark: Mark) -> str | None:
        if not self._hides(text, mark, isinstance(value, str)):
            return None
        digits = shapes.digits(text)
        is_number = not any(character.isalpha() for character in text)
        known = self._hunter.number(digits) if is_number else None
        if known is not None:
            self._pseudonyms.same(text, known)
        instead = self._pseudonyms.of(mark.name, text)
        if isinstance(value, bool) or value is None:
            return instead
        if is_number and len(digits) >= FEWEST_DIGITS:
            tails = range(len(digits) - TAIL) if 10 <= len(digits) <= 15 else ()
            for start in (0, *tails):
                if shapes.tells(digits[start:]):
                    self._hunter.add_number(digits[start:], instead)
        kind = instead.partition("#")[0]
        for needle in needles(text, kind):
            self._hunt(needle, instead if needle == text else self._pseudonyms.of(kind, needle))
        for content in contents(text):
            self._within(content, mark, text)
        return instead

    def _within(self, content: str, mark: Mark, holder: str) -> None:
        if bared(content) != bared(holder):
            self._learned(content, replace(mark, inherited=True))
            self.learn_text(content)

    def _hunt(self, text: str, instead: str) -> None:
        bare = views.comparable(text)
        if worth_hunting(text) and bare not in self._public and not is_vocabulary(text):
            self._hunter.add(text, instead)

    def _hides(self, text: str, mark: Mark, is_text: bool) -> bool:
        if not text.strip() or text == "null" or is_pseudonym(text):
            return False
        if self.reveal is not None and not mark.secret:
            return False
        if mark.secret:
            return True
        harmless = shapes.is_opaque(text) or (is_text and is_vocabulary(text))
        return not (shapes.is_masked(text) or (mark.inherited and harmless))

    # Replacing

    def text(self, text: str, lookalikes: bool = True, spared: Collection[str] = ()) -> str:
        """The text with every known value, and all that looks personal, replaced by its pseudonym.

        `lookalikes` False: known values alone. `spared` are let through, in any spelling.
        """
        let_through = {bared(value) for value in spared}
        with self._lock:
            if text in self._clean:
                return text
            own = [found.span() for found in TOKEN.finditer(text) if self._is_own(found[0])]
            pieces, done = [], 0
            for find in self._hunter.finds(text, lookalikes=lookalikes and self.reveal is None):
                within = any(start <= find.start and find.end <= end for start, end in own)
                if not within and bared(unquote(text[find.start : find.end])) not in let_through:
                    pieces += [text[done : find.start], find.instead]
                    done = find.end
            if not pieces and len(text) <= SHORT and lookalikes:
                self._clean.add(text)
        return "".join(pieces) + text[done:]

    def _is_own(self, token: str) -> bool:
        return self._pseudonyms.issued(token) or is_pseudonym(token)

    def json(self, value: Any) -> Any:
        """A JSON value with every text in it redacted, names too."""
        if isinstance(value, Mapping):
            return {self.text(str(name)): self.json(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.json(item) for item in value]
        if isinstance(value, bool | None):
            return value
        text = value if isinstance(value, str) else str(value)
        shown = self.text(text)
        return value if isinstance(value, int | float) and shown == text else shown

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be shown; bodies that are no text are told by their length. Learns it first."""
        self.learn(exchange)
        return self._exchange(exchange)

    def finding(self, finding: Finding) -> Finding:
        """The finding as it may be shown. Learns it first."""
        self.learn_finding(finding)
        return self._finding(finding)

    def learn_finding(self, finding: Finding) -> None:
        """Hunts from now on what is personal or secret in a finding."""
        self.learn(*finding.exchanges)
        self.learn_text(finding.expected)
        self.learn_text(finding.seen)

    def result(self, result: RunResult) -> RunResult:
        """The whole run as it may be shown. Learns all of it first."""
        for finding in findings_of(result):
            self.learn_finding(finding)
        return replace(
            result,
            target=self.text(result.target),
            rules=tuple(self._rule(rule) for rule in result.rules),
            generated=tuple(self._finding(finding) for finding in result.generated),
            facts=self.json(result.facts),
            revealed=None if result.revealed is None else self.text(result.revealed),
        )

    def _exchange(self, exchange: Exchange) -> Exchange:
        reading = Reading(exchange, self.dialect)
        split = split_url(exchange.url)
        query = "&".join(f"{name}={value}" for name, value in reading.query(self._replaced))
        host = f"{split.scheme}://{split.netloc.rpartition('@')[2]}" if split.netloc else ""  # hosts are nobody's
        return replace(
            exchange,
            url=host + self.text(reading.path(self._replaced, str) + (f"?{query}" if query else "")),
            request_headers=self.json(reading.request_headers(self._replaced)),
            request_body=self._shown(reading.request(self._replaced), exchange.request_headers),
            response_headers=self.json(reading.response_headers(self._replaced)),
            response_body=self._shown(reading.response(self._replaced), exchange.response_headers),
            error=None if exchange.error is None else self.text(exchange.error),
        )

    def _finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            expected=self.text(finding.expected),
            seen=self.text(finding.seen),
            exchanges=tuple(self._exchange(exchange) for exchange in finding.exchanges),
        )

    def _rule(self, rule: RuleResult) -> RuleResult:
        return replace(
            rule,
            findings=tuple(self._finding(finding) for finding in rule.findings),
            reasons=tuple(self.text(reason) for reason in rule.reasons),
            waived=None if rule.waived is None else self.text(rule.waived),
        )

    def _replaced(self, value: Any, _name: str, mark: Mark | None) -> Any:
        if mark is None:
            return value
        with self._lock:
            instead = self._learned(value, mark)
        return value if instead is None else instead

    def _shown(self, body: tuple[str, Any], headers: Mapping[str, str]) -> bytes:
        kind, value = body
        match kind:
            case "empty":
                return b""
            case "bytes":
                return f"({len(value)} bytes of {media_type(headers) or 'no media type'})".encode()
            case "json":
                text = json.dumps(self.json(value), ensure_ascii=False)
            case "form":
                text = "&".join(f"{name}={inner}" for name, inner in self.json(value).items())
            case _:
                text = self.text(value)
        return text.encode("utf-8", "backslashreplace")


def findings_of(result: RunResult) -> Iterator[Finding]:
    """All findings of a run."""
    for rule in result.rules:
        yield from rule.findings
    yield from result.generated
