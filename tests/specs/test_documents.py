"""What every document and every rule catalogue keeps to. The rules of the vendors' pages are typed out here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import validate

from pii_sandbox import specs
from pii_sandbox.conformance.target.template import template
from pii_sandbox.mockserver.vendors import fashionai, newstore, oracle, vtex
from pii_sandbox.specs import Dialect, catalogue

Node = Mapping[str, Any]

# each rule that the page of each vendor tells, and HTTP for it, in its order: 129 in all
PAGES = {
    "vtex": """
        VTEX-AUTH-1 VTEX-AUTH-2 VTEX-MASK-1 VTEX-MASK-2 VTEX-MASK-3 VTEX-UNMASK-1 VTEX-UNMASK-2 VTEX-UNMASK-3
        VTEX-AUDIT-1 VTEX-AUDIT-2
        VTEX-TTL-1 VTEX-TTL-2 VTEX-TTL-3 VTEX-TTL-4 VTEX-TTL-5
        VTEX-ALT-1 VTEX-ALT-2 VTEX-ALT-3 VTEX-ALT-4 VTEX-ALT-5 VTEX-ALT-6 VTEX-UNIQ-1
        VTEX-VER-1 VTEX-VER-2 VTEX-VER-3 VTEX-META-1 VTEX-PROF-1 VTEX-PROF-2 VTEX-PROF-3 VTEX-PROF-4
        VTEX-ADDR-1 VTEX-ADDR-2 VTEX-ADDR-3 VTEX-ADDR-4 VTEX-PROSP-1 VTEX-PURCH-1 VTEX-PURCH-2
        VTEX-SCHEMA-1 VTEX-SCHEMA-2 VTEX-SCHEMA-3 VTEX-SCHEMA-4 VTEX-SCHEMA-5 VTEX-SCHEMA-6 VTEX-SCHEMA-7
        VTEX-ERASE-1 VTEX-ERASE-2 VTEX-ERASE-3 VTEX-ERASE-4 VTEX-ERASE-5 VTEX-ERASE-6 VTEX-ERASE-7 VTEX-ERASE-8
        VTEX-ERASE-9
        VTEX-JOB-1 VTEX-JOB-2 VTEX-JOB-3 VTEX-JOB-4
        VTEX-HTTP-1 VTEX-HTTP-2
    """,
    "newstore": """
        NS-AUTH-1 NS-AUTH-2 NS-AUTH-3 NS-AUTH-4 NS-LIST-1 NS-LIST-2 NS-LIST-3 NS-LIST-4 NS-LIST-5 NS-LIST-6
        NS-GOC-1 NS-GOC-2 NS-GOC-3 NS-LOCK-1 NS-LOCK-2 NS-LOCK-3 NS-LOCK-4 NS-UNIQ-1 NS-DEL-1 NS-DEL-2
        NS-ADDR-1 NS-ADDR-2 NS-ADDR-3 NS-ADDR-4 NS-ADDR-5
        NS-DATA-1 NS-DATA-2 NS-DATA-3 NS-TOK-1 NS-TOK-2 NS-TOK-3 NS-TOK-4
        NS-ERR-1 NS-UP-1 NS-HTTP-1 NS-HTTP-2
    """,
    "fashionai": """
        FAI-AUTH-1 FAI-AUTH-2 FAI-GET-1 FAI-GET-2 FAI-GET-3 FAI-GET-4 FAI-LIMIT-1 FAI-LIMIT-2 FAI-CORS-1 FAI-CORS-2
        FAI-ERR-1 FAI-SLOW-1 FAI-SEED-1 FAI-TEXT-1 FAI-HTTP-1 FAI-HTTP-2
    """,
    "oracle": """
        OCC-AUTH-1 OCC-AUTH-2 OCC-AUTH-3 OCC-ADMIN-1 OCC-GET-1 OCC-GET-2 OCC-GET-3 OCC-GET-4
        OCC-FIELDS-1 OCC-FIELDS-2 OCC-FIELDS-3 OCC-EXCL-1 OCC-EXCL-2 OCC-EXPAND-1 OCC-PREV-1 OCC-LANG-1
        OCC-HTTP-1 OCC-HTTP-2
    """,
}
RULES = {api: ids.split() for api, ids in PAGES.items()}
ID = re.compile(r"\b(?:VTEX|NS|FAI|OCC)-[A-Z]+-[0-9]+\b")
API_OF = {name: api for api, names in specs.APIS.items() for name in names}
DOCUMENTS = [pytest.param(name, dialect, id=f"{name}-{dialect}") for name in API_OF for dialect in specs.DIALECTS]
per_document = pytest.mark.parametrize(("name", "dialect"), DOCUMENTS)


def nodes(node: Any, place: str = "") -> Iterator[tuple[str, Node]]:
    """Every object of a document with its place."""
    if isinstance(node, dict):
        yield place, node
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from nodes(inner, f"{place}/{key}")


def operations(document: Node) -> dict[str, Node]:
    listed = (operation for item in document["paths"].values() for operation in item.values())
    return {operation["operationId"]: operation for operation in listed if "responses" in operation}


def parameters(document: Node, operation: Node) -> dict[str, Node]:
    return {found["name"]: found for found in map_resolved(document, operation.get("parameters", ()))}


def map_resolved(document: Node, listed: Any) -> list[Node]:
    return [specs.resolve_reference(document, node) for node in listed]


def examples(document: Node) -> Iterator[tuple[str, Node, Any]]:
    """Every example with its place and its schema."""
    for place, node in nodes(document):
        schema = node.get("schema")
        if isinstance(schema, dict):
            if "example" in node:
                yield place, schema, node["example"]
            for key, example in node.get("examples", {}).items():
                yield f"{place}/{key}", schema, specs.resolve_reference(document, example)["value"]
        elif "example" in node and ("type" in node or "properties" in node or "allOf" in node):
            yield place, node, node["example"]


@per_document
def test_a_document_is_valid_openapi(name: str, dialect: Dialect) -> None:
    validate(specs.load(name, dialect))


@per_document
def test_every_example_fits_its_schema(name: str, dialect: Dialect) -> None:
    document = specs.load(name, dialect)
    components, wrong = document["components"], []
    for place, schema, value in examples(document):
        validator = OAS30Validator({**schema, "components": components}, format_checker=oas30_format_checker)
        wrong += [f"{place}: {error.message}" for error in validator.iter_errors(value)]
    assert wrong == []


@pytest.mark.parametrize("name", API_OF)
def test_every_example_of_the_components_is_used(name: str) -> None:
    texts = [str(specs.load(name, dialect)) for dialect in specs.DIALECTS]
    declared = specs.load(name)["components"].get("examples", {})
    assert [key for key in declared if not any(f"'#/components/examples/{key}'" in text for text in texts)] == []


@per_document
def test_an_operation_has_a_declared_tag_a_summary_and_a_success(name: str, dialect: Dialect) -> None:
    document = specs.load(name, dialect)
    declared = {tag["name"] for tag in document.get("tags", ())}
    for operation_id, operation in operations(document).items():
        assert operation["tags"], operation_id
        assert set(operation["tags"]) <= declared, operation_id
        assert operation["summary"], operation_id
        assert any(str(status).startswith("2") for status in operation["responses"]), operation_id


@per_document
def test_a_link_leads_to_an_operation_and_fills_its_parameters(name: str, dialect: Dialect) -> None:
    document = specs.load(name, dialect)
    known = operations(document)
    for _, node in nodes(document["paths"]):
        for link in map_resolved(document, node.get("links", {}).values()):
            target = known[link["operationId"]]
            named = {key.rpartition(".")[2] for key in link.get("parameters", ())}
            assert named <= set(parameters(document, target)), link


@per_document
def test_a_substitute_is_a_parameter_of_the_same_operation(name: str, dialect: Dialect) -> None:
    document = specs.load(name, dialect)
    for operation_id, facts in specs.operations(name, dialect).items():
        known = parameters(document, operations(document)[operation_id])
        assert {stand_in.name for stand_in in facts.stand_ins.values()} <= set(known), operation_id


@per_document
def test_an_unmasking_operation_leaves_an_audit_event(name: str, dialect: Dialect) -> None:
    for operation_id, facts in specs.operations(name, dialect).items():
        assert facts.disclosure != "unmasked" or facts.audit_action, operation_id


def test_operations_of_one_api_have_names_of_their_own() -> None:
    for api, names in specs.APIS.items():
        listed = [operation_id for name in names for operation_id in operations(specs.load(name))]
        assert len(listed) == len(set(listed)), api


@per_document
def test_a_document_names_known_rules_alone(name: str, dialect: Dialect) -> None:
    known = set(RULES.get(API_OF[name], ()))
    document = specs.load(name, dialect)
    assert {node["x-rule"] for _, node in nodes(document) if isinstance(node.get("x-rule"), str)} <= known
    described = (node["description"] for _, node in nodes(document) if isinstance(node.get("description"), str))
    mentioned = {rule for text in described for rule in ID.findall(text)}
    assert mentioned <= {rule for rules in RULES.values() for rule in rules}


def test_the_vendors_pages_and_http_have_129_rules() -> None:
    assert sum(map(len, RULES.values())) == 129


@pytest.mark.parametrize("api", RULES)
def test_the_catalogue_holds_each_rule_of_the_page_once(api: str) -> None:
    assert [rule.id for rule in catalogue.rules(api)] == RULES[api]


@pytest.mark.parametrize("api", RULES)
def test_a_rule_has_a_statement_a_source_and_operations_that_exist(api: str) -> None:
    known = {operation_id for name in specs.APIS[api] for operation_id in operations(specs.load(name))}
    for rule in catalogue.rules(api):
        assert rule.statement.endswith("."), rule.id
        assert {"document", "seen"} <= set(rule.source) <= {"document", "section", "seen"}, rule.id
        assert rule.operations, rule.id
        assert set(rule.operations) <= known, rule.id
        assert len(rule.operations) == len(set(rule.operations)), rule.id


@pytest.mark.parametrize("api", RULES)
def test_an_assumed_rule_has_a_setting_for_the_other_reading_or_a_reason_for_having_none(api: str) -> None:
    known = specs.load("sandbox_control")["components"]["schemas"]["Settings"]["properties"]
    for rule in catalogue.rules(api):
        assert rule.setting is None or rule.setting in known, rule.id
        assert not (rule.setting and rule.without_setting), rule.id
        assert bool(rule.without_setting) == (rule.has_assumptions and rule.setting is None), rule.id
        assert rule.without_setting is None or rule.without_setting.endswith("."), rule.id


VENDORS = (fashionai.VENDOR, newstore.VENDOR, oracle.VENDOR, vtex.VENDOR)


def test_the_settings_of_rules_select_the_rules_reading_by_default() -> None:
    defaults = {name: setting.default for vendor in VENDORS for name, setting in vendor.settings.items()}
    chosen = catalogue.settings_of_rules()
    assert chosen == {name: defaults[name] for name in chosen}


def test_each_api_with_rules_has_a_catalogue() -> None:
    assert catalogue.apis_with_rules() == sorted(RULES)


def test_the_document_and_the_target_template_name_both_hosts_of_fashionai() -> None:
    hosts = ["https://catalog.api.fashionaiale.com", "https://catalog.api.fashionai.dev"]
    servers = specs.load("fashionai_profiling")["servers"]
    assert [server["url"] for server in servers] == [f"{host}/api/v1/crm" for host in hosts]
    (line,) = (line for line in template(["fashionai"]).splitlines() if line.startswith("url = "))
    assert re.findall(r"https://[\w.]+", line) == hosts
