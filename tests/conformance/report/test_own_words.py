"""Single words of this program's messages stay, too, where a person is called so; in exchanges they are replaced."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from pii_sandbox import scenarios  # noqa: F401 — registers them
from pii_sandbox.checking import run  # noqa: F401 — and what tells of them
from pii_sandbox.cli.group import main
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.redaction.message_templates import Template, templates
from pii_sandbox.conformance.redaction.own_texts import program_text_spans, words
from tests.conformance.report.samples import exchange
from tests.conformance.staged_runs import ENVIRONMENT, ReceivedRequest, staging, target_file
from tests.server_process import ServerProcess, running_server

NAMES = (
    "First", "Will", "May", "Test", "Email", "Profile", "others", "the", "only", "hold", "part", "played", "names",
    "status", "no", "saw", "response", "made", "another", "none",
)  # fmt: skip
STRANGERS = tuple(f"Qvx{number}zj" for number in range(len(NAMES)))
VALUE = "Zyxwv"
FORMS = (".json", ".jsonl", ".html", ".md", ".sarif", ".xml")


def redactor_of(*names: str) -> Redactor:
    """A redactor of a run in which these people were met."""
    redactor = Redactor()
    profiles = [{"email": f"n{number}@shop.test", "full_name": name} for number, name in enumerate(names)]
    redactor.learn(
        exchange("newstore", "listProfiles", "GET", "/v1/d/pii/profiles", response_body={"profiles": profiles})
    )
    return redactor


def fill_template(template: Template, value: str) -> str:
    """A message of that form, the same value in each field."""
    return (value if template.leads else "") + value.join(template.constants) + (value if template.trails else "")


@pytest.mark.parametrize(
    ("template", "text", "constants"),
    [
        (Template((" others",), leads=True, trails=False), "34 others", [" others"]),
        (Template((" others",), leads=True, trails=False), "34 others of 50", None),
        (Template(("status ",), leads=False, trails=True), "status 404", ["status "]),
        (Template(("status ",), leads=False, trails=True), "a status 404", None),
        (Template(("expected ", ", saw "), leads=False, trails=True), "expected a, saw b", ["expected ", ", saw "]),
        (Template(("expected ", ", saw "), leads=False, trails=True), "expected a and b", None),
        (Template(("no ", " of one"), leads=False, trails=False), "no one of one", ["no ", " of one"]),
        (Template(("one", "one"), leads=False, trails=False), "one", None),
    ],
)
def test_a_message_fits_a_template_as_a_whole_or_not_at_all(
    template: Template, text: str, constants: list[str] | None
) -> None:
    fit = template.fit(text)
    assert (None if fit is None else [text[start:end] for start, end in fit[0]]) == constants


def test_a_message_in_the_field_of_another_is_found() -> None:
    text = "breaks: expected a page, saw 34 others"
    own = [text[start:end] for start, end in program_text_spans(text)]
    assert "34" not in "".join(own)
    assert (own[0].startswith("breaks: expected "), own[-1]) == (True, " others")


def test_every_template_of_this_program_keeps_its_words_and_hides_its_values() -> None:
    known = {word for template in templates() for word in re.findall(r"[^\W\d_]{2,}", " ".join(template.constants))}
    redactor, nobody = redactor_of(*known, *map(str.capitalize, known), VALUE), Redactor()
    seen = replaced = 0
    for template in templates():
        message = fill_template(template, VALUE)
        if nobody.sentence(message) != message:
            continue  # looks personal whoever is known, as an address or a token
        seen += 1
        sentence = redactor.sentence(message)
        at = 0
        for constant in template.constants:
            assert constant in sentence[at:], (message, sentence)
            at = sentence.index(constant, at) + len(constant)
        words_alone = re.split(r"[^\W\d_]+#[0-9a-f]+", sentence)
        replaced += VALUE not in "".join(words_alone) and len(words_alone) > 1
    assert seen > 300
    assert replaced > 0.9 * seen  # beside letters of the constant a field is part of a word


def test_a_word_of_this_program_that_is_the_whole_message_stays() -> None:
    redactor = redactor_of(*words())
    assert len(words()) > 100
    assert [word for word in words() if redactor.sentence(word) != word] == []
    assert redactor.sentence("Another") != "Another"  # as a name is written


def respond_with_people(names: tuple[str, ...]) -> Any:
    """A manner of a vendor that has these people in each list, and answers a create with something without an id."""
    stamp = "2019-08-24T14:15:22Z"
    people = [
        {
            "id": f"NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82{number:02}",
            "email": f"n{number}@shop.test",
            "full_name": name,
            "created_at": stamp,
            "updated_at": stamp,
        }
        for number, name in enumerate(names)
    ]

    def answer(request: ReceivedRequest) -> httpx.Response:
        response = request.pass_on()
        if request.path.endswith("/data") and response.status_code == 201:
            return httpx.Response(201, json={"profiles": people})
        if request.method != "GET" or response.status_code != 200 or "profiles" not in response.json():
            return response
        body = response.json()
        return httpx.Response(200, json={**body, "profiles": [*body["profiles"], *people]})

    return answer


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "0") as server:
        yield server


def run_check(server: ServerProcess, names: tuple[str, ...], folder: Path) -> tuple[str, dict[str, str]]:
    """What `check` printed, and the forms of its report by suffix."""
    with staging(server.url, respond_with_people(names)) as host:
        file = target_file(folder, host.url, "read", "write", "delete", limits="requests_per_second = 500")
        arguments = ["--only", "scenarios", "--seed", "7", "--rule", "NS-LIST-3", "--rule", "NS-DATA-1"]
        command = ["check", "--target", str(file), "--report", str(folder / "report"), *arguments]
        result = CliRunner().invoke(main, command, env=ENVIRONMENT)
    assert result.exit_code == 1, result.output
    forms = {form.suffix: form.read_text("utf-8") for form in (folder / "report").glob("[jprs]*.*")}
    return result.output, forms


def report_texts(report: str) -> dict[str, Any]:
    """What a report says in words: of findings, of causes, of what was left alone."""
    content = json.loads(report)
    return {
        "findings": [(each["rule"], each["name"], each["expected"], each["seen"]) for each in content["findings"]],
        "causes": [[cause["cause"] for cause in rule["causes"]] for rule in content["rules"]],
        "left alone": content["run"]["facts"]["left alone"],
    }


def test_a_run_tells_the_same_whatever_people_are_called(server: ServerProcess, tmp_path: Path) -> None:
    for folder in ("strangers", "namesakes"):
        (tmp_path / folder).mkdir()
    _, plain = run_check(server, STRANGERS, tmp_path / "strangers")
    output, forms = run_check(server, NAMES, tmp_path / "namesakes")
    assert report_texts(forms[".json"]) == report_texts(plain[".json"])
    seen = f"{len(NAMES)} others"
    assert {suffix: seen in text for suffix, text in forms.items()} == dict.fromkeys(FORMS, True)
    assert seen in output
    assert "the response contains no id" in output
    shown = json.loads(forms[".json"])
    bodies = [call["response"]["body"] for finding in shown["findings"] for call in finding["exchanges"]]
    assert any('"full_name": "name#' in body for body in bodies)
    assert not any(f'"full_name": "{name}"' in body for body in bodies for name in NAMES)
