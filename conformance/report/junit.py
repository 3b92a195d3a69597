"""The report as JUnit XML: a suite an API, a case a rule."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from pii_sandbox.conformance.report.content import NAMES, Report, ShownFinding, ShownRule, as_facts


def text(report: Report) -> str:
    run = report.run
    suites = Element("testsuites", name="pii-sandbox check", time=f"{run.elapsed_seconds:.3f}")
    for api in report.apis:
        rules = [shown for shown in report.rules if shown.rule.api == api]
        suite = SubElement(suites, "testsuite", name=NAMES.get(api, api), timestamp=run.started_at.isoformat())
        _properties(suite, report)
        for rule in rules:
            _case(suite, rule, [each for each in report.findings if each.number in rule.findings], run.strict)
        _count(suite)
    generated = report.findings[len(report.findings) - len(run.generated) :]
    if generated:
        suite = SubElement(suites, "testsuite", name="generated", timestamp=run.started_at.isoformat())
        for finding in generated:
            case = SubElement(suite, "testcase", name=_title(finding), classname=f"generated.{finding.finding.api}")
            if finding.finding.standing == "breaks" or run.strict:
                _failure(case, finding)
            else:
                SubElement(case, "system-out").text = _unstable("unstable", finding)
        _count(suite)
    for name in ("tests", "failures"):  # Jenkins' schema has no `skipped` here
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    suites.set("errors", "0")
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _properties(suite: Element, report: Report) -> None:
    run = report.run
    about = {
        "headline": report.headline,
        "complete": str(run.complete).lower(),
        **dict(as_facts({name: value for name, value in report.run_facts.items() if name != "left alone"})),
        **{f"observed {number}": told for number, told in enumerate(report.observation_lines, 1)},
        **{f"left alone {number}": told for number, told in enumerate(run.facts.get("left alone", ()), 1)},
        **({"personal data revealed": run.revealed} if run.revealed is not None else {}),
    }
    properties = SubElement(suite, "properties")
    for name, value in about.items():
        SubElement(properties, "property", name=name, value=value)


def _case(suite: Element, rule: ShownRule, findings: list[ShownFinding], strict: bool) -> None:
    case = SubElement(
        suite,
        "testcase",
        name=f"{rule.rule.id}: {rule.rule.statement}",
        classname=f"rules.{rule.rule.api}",
        time=f"{rule.result.elapsed_seconds:.3f}",
    )
    told: list[str] = []
    match rule.outcome:
        case "waived":
            SubElement(case, "skipped", message=f"waived: {rule.result.waived}")
        case "not checked":
            SubElement(case, "skipped", message=f"not checked: {'; '.join(rule.result.reasons)}")
        case "breaks":
            for finding in findings:
                _failure(case, finding)
        case "unstable" | "drift" if strict:
            for finding in findings:
                _failure(case, finding)
        case "unstable" | "drift":
            told += [_unstable(rule.outcome, each) for each in findings]
    if rule.outcome != "not checked" and rule.result.reasons:
        told.append(f"not completely checked: {'; '.join(rule.result.reasons)}")
    if told:
        SubElement(case, "system-out").text = "\n".join(told)


def _unstable(outcome: str, finding: ShownFinding) -> str:
    return f"{outcome}: expected {finding.finding.expected}; saw {finding.finding.seen}"


def _failure(case: Element, shown_finding: ShownFinding) -> None:
    finding = shown_finding.finding
    message = f"expected {finding.expected}; saw {finding.seen}"
    told = SubElement(case, "failure", type=finding.rule, message=message)
    calls = [
        f"{one.method} {one.url}\n  {one.status or one.error} {one.response_body}" for one in shown_finding.exchanges
    ]
    told.text = "\n".join([f"{finding.source} {finding.name}: {message}", *calls, "", shown_finding.repeat.curl])


def _title(finding: ShownFinding) -> str:
    return f"{finding.finding.rule}: {finding.finding.operation_id or finding.finding.api} ({finding.number})"


def _count(suite: Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    suite.set("errors", "0")
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
