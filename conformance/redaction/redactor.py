"""Takes personal data and credentials out of all that leaves a run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pii_sandbox.conformance import test_customers
from pii_sandbox.conformance.http.excerpt import MORE, SHOWN_CHARACTERS, size_and_hash
from pii_sandbox.conformance.redaction import own_texts
from pii_sandbox.conformance.redaction.exchange_fields import ExchangeFields, media_type, split_url
from pii_sandbox.conformance.values.faults import FaultLog, fault_text
from pii_sandbox.conformance.values.findings import Exchange, Finding, RuleResult, RunResult
from pii_sandbox.redaction import ReportPseudonymizer
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.specs import Dialect

_COOKIE = re.compile(r"(?:^|, )[^=;, ]++=([^;, ]++)")  # the value of each cookie in a Set-Cookie header
_MESSAGES = ("left alone", "faults")  # facts of a run that are lists of this program's messages
_USERINFO = re.compile(r"(?<=://)[^/@\s?#]++(?=@)")


class Redactor(ReportPseudonymizer):
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
        super().__init__(public=(test_customers.MARK, test_customers.DOMAIN, *public), reveal=reveal)
        self.dialect = dialect
        self.faults = FaultLog()
        self._learned_exchanges: dict[int, Exchange] = {}
        named = known_values if isinstance(known_values, Mapping) else dict.fromkeys(known_values, "value")
        for value, name in named.items():
            self.learn_value(value, SchemaMark(name))

    # Learning

    def learn(self, *exchanges: Exchange) -> None:
        """Search from now on for what is personal or secret in these exchanges."""
        for exchange in exchanges:
            if id(exchange) in self._learned_exchanges:
                continue
            fields = ExchangeFields(exchange, self.dialect)
            fields.path(self._note, str)
            fields.query(self._note)
            fields.request_headers(self._note)
            fields.response_headers(self._note)
            fields.request(self._note)
            fields.response(self._note)
            for found in _USERINFO.finditer(exchange.url):
                self.learn_value(found[0], SchemaMark("credential", secret=True))
            for name, value in exchange.response_headers.items():
                if name.casefold() == "set-cookie":
                    for cookie in _COOKIE.finditer(value):
                        self.learn_value(cookie[1], SchemaMark("credential", secret=True))
            self.learn_text(exchange.error or "")
            self._learned_exchanges[id(exchange)] = exchange  # kept, so that its id is not given to another

    def _note(self, value: Any, _name: str, mark: SchemaMark | None) -> Any:
        if mark is not None:
            self.learn_value(value, mark)
        elif isinstance(value, str):
            self.learn_text(value)
        return value

    # Replacing

    def sentence(self, text: str) -> str:
        """A message of this program as it may be shown: values in it are replaced, its own words stay."""
        return self.text(text, spared_spans=own_texts.program_text_spans)

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be shown; bodies that are no text are told by their length. Learns it first."""
        self.learn(exchange)
        return self._exchange(exchange)

    def finding(self, finding: Finding) -> Finding:
        """The finding as it may be shown. Learns it first."""
        self.learn_finding(finding)
        return self._finding(finding)

    def learn_finding(self, finding: Finding) -> None:
        """Search from now on for what is personal or secret in a finding."""
        with self.faults.guard("redaction"):
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
            facts=self._facts(result.facts),
            observations=replace(
                result.observations,
                drift=tuple(replace(drift, what=self.sentence(drift.what)) for drift in result.observations.drift),
            ),
            revealed=None if result.revealed is None else self.text(result.revealed),
        )

    def _facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = self.json(facts)
        for name in _MESSAGES:
            if name in facts:
                told[name] = [self.sentence(str(message)) for message in facts[name]]
        return told

    def _exchange_or_fault(self, exchange: Exchange) -> Exchange:
        """The exchange as it may be shown; where redaction fails, nothing of it but method and status."""
        try:
            self.learn(exchange)
            return self._exchange(exchange)
        except Exception as error:  # whatever it is, the rest of the report is worth more
            self.faults.add("redaction", error)
            told = f"not shown: {fault_text('redaction', error)}"
            return Exchange(exchange.api, None, exchange.method, "", {}, b"", exchange.status, error=told)

    def _exchange(self, exchange: Exchange) -> Exchange:
        fields = ExchangeFields(exchange, self.dialect)
        split = split_url(exchange.url)
        query = "&".join(f"{name}={value}" for name, value in fields.query(self._replace_marked))
        body, cut = self._response_body(exchange, fields)
        host = f"{split.scheme}://{split.netloc.rpartition('@')[2]}" if split.netloc else ""  # hosts are nobody's
        return replace(
            exchange,
            url=host + self.text(fields.path(self._replace_marked, str) + (f"?{query}" if query else "")),
            request_headers=self.json(fields.request_headers(self._replace_marked)),
            request_body=self._encode_body(
                fields.request(self._replace_marked), exchange.request_headers, exchange.request_body
            ),
            response_headers=self.json(fields.response_headers(self._replace_marked)),
            response_body=body,
            cut=cut,
            error=None if exchange.error is None else self.text(exchange.error),
        )

    def _finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            expected=self.sentence(finding.expected),
            seen=self.sentence(finding.seen),
            exchanges=tuple(self._exchange_or_fault(exchange) for exchange in finding.exchanges),
        )

    def _rule(self, rule: RuleResult) -> RuleResult:
        return replace(
            rule,
            findings=tuple(self._finding(finding) for finding in rule.findings),
            causes=tuple(replace(cause, text=self.sentence(cause.text)) for cause in rule.causes),
            waived=None if rule.waived is None else self.text(rule.waived),
        )

    def _replace_marked(self, value: Any, _name: str, mark: SchemaMark | None) -> Any:
        if mark is None:
            return value
        replacement = self.learn_value(value, mark)
        return value if replacement is None else replacement

    def _response_body(self, exchange: Exchange, fields: ExchangeFields) -> tuple[bytes, str | None]:
        """The body as it may be shown, and the size and hash of one that is shown in part or not at all."""
        raw = exchange.response_body
        kind, value = fields.response(self._replace_marked)
        if kind not in ("bytes", "undocumented"):
            return self._encode_body((kind, value), exchange.response_headers, raw), exchange.cut
        told = exchange.cut or size_and_hash(raw)
        text = self.text(f"({media_type(exchange.response_headers) or 'no media type'}, {told})")
        return text.encode("utf-8", "backslashreplace"), told

    def _encode_body(self, body: tuple[str, Any], headers: Mapping[str, str], raw: bytes) -> bytes:
        kind, value = body
        match kind:
            case "empty":
                return b""
            case "bytes":
                return f"({media_type(headers) or 'no media type'}, {size_and_hash(raw)})".encode()
            case "json":
                text = json.dumps(_shorten(self.json(value)), ensure_ascii=False)
            case "form":
                text = "&".join(
                    f"{name}={inner}" for name, each in self.json(value).items() for inner in _as_list(each)
                )
            case _:
                text = _shorten(self.text(value))
        return text.encode("utf-8", "backslashreplace")


def _shorten(value: Any) -> Any:
    """A redacted value with its long texts cut: where an excerpt had cut them, half of a name may stand at the end."""
    if isinstance(value, str):
        return value if len(value) <= SHOWN_CHARACTERS else f"{value[:SHOWN_CHARACTERS]}{MORE}"
    if isinstance(value, dict):
        return {_shorten(name): _shorten(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shorten(inner) for inner in value]
    return value


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def findings_of(result: RunResult) -> Iterator[Finding]:
    """All findings of a run."""
    for rule in result.rules:
        yield from rule.findings
    yield from result.generated
