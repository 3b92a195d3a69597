"""The APIs: paths, credentials, operations, rules, the vocabulary of their documents, and the target file."""

from __future__ import annotations

import posixpath
from collections import defaultdict

from pii_sandbox import (
    scenarios,  # noqa: F401 — registers them
    specs,
)
from pii_sandbox.conformance.target.template import template
from pii_sandbox.conformance.values.scenario import REGISTRY
from pii_sandbox.mockserver.vendors import VENDORS
from pii_sandbox.specs import api_facts, catalogue
from pii_sandbox.specs.catalogue import Rule
from tests.docs.pages import ROOT
from tests.docs.reference.markdown import code, sentence, table

_MARKS = {"documented": "Documented", "observed": "Observed", "assumed": "Assumed", "withdrawn": "Withdrawn"}


def overview() -> str:
    rows = [
        (
            code(api),
            title,
            ", ".join(code(path) for path in _base_paths(document)),
            str(len(specs.operations(document))),
            code(document),
        )
        for api, facts in _apis().items()
        for document, title in facts.documents.items()
    ]
    return table(("API", "document", "base path", "operations", "name"), rows)


def counts() -> str:
    """The table of the README: how many operations and rules each document has."""
    rows = []
    for api, facts in _apis().items():
        rules = catalogue.rules(api) if api in catalogue.apis_with_rules() else ()
        for document in facts.documents:
            known = specs.operations(document)
            number = sum(rule.operations[0] in known for rule in rules)
            paths = ", ".join(code(path) for path in _base_paths(document))
            rows.append((code(api), paths, str(len(known)), str(number or ""), code(document)))
    return table(("API", "base path", "operations", "rules", "document"), rows)


def credentials() -> str:
    rows = [
        (
            code(vendor.name),
            "<br>".join(code(f"{name}: {value}") for name, value in known.headers.items()),
            known.allows,
        )
        for vendor in VENDORS
        for known in vendor.credentials
    ]
    return table(("API", "headers", "permits"), rows)


def operations() -> str:
    sections = []
    for document in (document for documents in specs.APIS.values() for document in documents):
        if document == "sandbox_control":
            continue
        rows = [
            (code(operation.operation_id), code(f"{operation.method} {operation.path}"), operation.safety)
            for operation in specs.operations(document).values()
        ]
        sections.append(f"### `{document}`\n\n{table(('operation', 'request', 'x-safety'), rows)}")
    return "\n\n".join(sections)


def rules() -> str:
    """Every rule of the catalogue, an API at a time."""
    sections = []
    for api in catalogue.apis_with_rules():
        known = catalogue.rules(api)
        sections.append(f"## {api_facts.apis()[api].title}\n\n{len(known)} rules.")
        sections += [
            f"### {rule.id}\n\n{sentence(rule.statement)}\n\n"
            f"*{_MARKS[rule.status]}*: {sentence(rule.citation)} Seen {rule.source['seen']}."
            f"{_followed(rule)} Operations: {', '.join(map(code, rule.operations))}."
            for rule in known
        ]
    return "\n\n".join(sections)


def _followed(rule: Rule) -> str:
    return "".join(f" Dialect {code(name)} follows: {sentence(text)}" for name, text in rule.dialects.items())


def assumptions() -> str:
    """Every rule that is assumed, or of which a part is, with what would settle it."""
    sections = []
    for api in catalogue.apis_with_rules():
        rows = [
            (
                f"[{rule.id}](rules.md#{rule.id.lower()})",
                _MARKS[rule.status].lower(),
                sentence(rule.citation),
                code(rule.setting) if rule.setting else sentence(rule.without_setting or ""),
                _settled_by(rule),
            )
            for rule in catalogue.rules(api)
            if rule.has_assumptions
        ]
        head = (
            "rule",
            "status",
            "source, and how far it goes",
            "other reading by, or why there is no setting",
            "what would settle it",
        )
        sections.append(f"## {api_facts.apis()[api].title}\n\n{table(head, rows)}")
    return "\n\n".join(sections)


def _settled_by(rule: Rule) -> str:
    """What would settle an assumed rule: a run at the vendor with these powers, or else the vendor's word."""
    needs = [scenario.needs for scenario in REGISTRY if scenario.rule == rule.id]
    at_vendors = [powers for powers in needs if powers.isdisjoint({"control", "clock"})]
    operations = f"of {_some(rule.operations)}"
    if not at_vendors:
        return f"the vendor's word {operations}: no call that a run may make at an endpoint shows it"
    least = sorted({"read", *min(at_vendors, key=len)})
    return f"`check --observe` with the powers {', '.join(least)}: the answers {operations}"


def _some(operations: tuple[str, ...], most: int = 4) -> str:
    return ", ".join([*map(code, operations[:most]), *(["…"] if len(operations) > most else [])])


def vocabulary() -> str:
    """The vocabulary of the documents, as `specs/README.md` defines it."""
    text = (ROOT / "specs" / "README.md").read_text("utf-8")
    return text[text.index("\n## ") :]


def target_template() -> str:
    return f"```toml\n{template()}```"


def _apis() -> dict[str, api_facts.Api]:
    return {name: api for name, api in api_facts.apis().items() if name in specs.APIS}


def _base_paths(document: str) -> list[str]:
    """Return the base path of a document; without one, how the paths of its operations begin."""
    base = specs.base_path(specs.load(document))
    paths = [operation.path for operation in specs.operations(document).values()]
    if base:
        return [base]
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        groups["/".join(path.split("/")[:3])].append(path.split("/{")[0])
    return sorted((posixpath.commonpath(group) for group in groups.values()), reverse=True)
