"""Steps as curl lines for a POSIX shell; ids are taken from answers with Python, which whoever runs this has."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import quote

from pii_sandbox.conformance.repro.assertions import Assertion
from pii_sandbox.conformance.repro.steps import REFERENCE, SANDBOX, Path, Step, url_quoted, variable_reference
from pii_sandbox.conformance.repro.variables import URL


def shell_commands(words: Sequence[str], steps: Sequence[Step], assertion: Assertion) -> str:
    """The commands; `words` stand before them as a comment. The last answer is shown with its status."""
    told = [f"# {word}" for word in words]
    if any(variable_reference(SANDBOX) in held for step in steps for held in step.headers.values()):
        told.append(f"{SANDBOX}=repro-$(date +%s)-$$")
    numbered = list(enumerate(steps, 1))
    for _, group in groupby(numbered, key=lambda pair: pair[1].group):
        told += _request_lines(list(group), len(steps))
    return "\n".join([*told, _assertion_lines(assertion, words), ""])


def _request_lines(group: list[tuple[int, Step]], last: int) -> list[str]:
    """The lines that send the steps of one group. The last call of all is the one whose answer is judged."""
    if len(group) == 1:
        [(number, step)] = group
        return _last_call(step) if number == last else _single_call(number, step)
    lines, taken = [], []
    for number, step in group:
        if number == last:
            lines += _last_call(step)
            continue
        kept = f' -o "$r{number}"' if step.takes else ""
        lines += [f"r{number}=$(mktemp)"] if kept else []
        lines.append(f"{_curl(step)}{kept} -w ' (status %{{http_code}})\\n' &")
        taken += [f'{variable}=$({_extraction(path)} < "$r{number}")' for variable, path in step.takes.items()]
        taken += [f'rm "$r{number}"'] if kept else []
    return [*lines, "wait", *taken]


def _single_call(number: int, step: Step) -> list[str]:
    if not step.takes:
        return [f"{_curl(step)} -o /dev/null"]
    taken = [f'{variable}=$(printf %s "$r{number}" | {_extraction(path)})' for variable, path in step.takes.items()]
    return [f"r{number}=$({_curl(step)})", *taken]


def _last_call(step: Step) -> list[str]:
    return [f"answer=$({_curl(step)} -w '\\n%{{http_code}}')", 'printf "%s\\n" "$answer"']


def _curl(step: Step) -> str:
    how = "--head" if step.method == "HEAD" else f"-X {shlex.quote(step.method)}"
    parts = [f'curl -sS {how} "${URL}"{_word(step.url)}']
    parts += [f"-H {_word(f'{name}: {held}')}" for name, held in step.headers.items()]
    body = _body(step)
    before = ""
    if isinstance(body, bytes):
        before = f"printf {shlex.quote(''.join(f'{chr(92)}{byte:03o}' for byte in body))} | "
        parts.append("--data-binary @-")
    elif body:
        parts.append(f"--data-binary {_word(body)}")
    return before + " \\\n  ".join(parts)


def _body(step: Step) -> str | bytes:
    match step.kind:
        case "json":
            return json.dumps(step.body, ensure_ascii=False)
        case "form":
            return "&".join(f"{quote(name)}={url_quoted(str(held))}" for name, held in step.body.items())
        case "text":
            readable = all(character.isprintable() or character in "\n\t" for character in step.body)
            return str(step.body) if readable else step.body.encode("utf-8", "surrogatepass")
        case "bytes":
            content: bytes = step.body
            return content
    return ""


def _word(content: str) -> str:
    """One word for the shell, with references as variables in double quotes."""
    pieces, done = [], 0
    for found in REFERENCE.finditer(content):
        before = content[done : found.start()]
        pieces += [shlex.quote(before) if before else "", f'"${{{found[1] or found[2]}}}"']
        done = found.end()
    rest = content[done:]
    return "".join(pieces) + (shlex.quote(rest) if rest or not pieces else "")


def _extraction(path: Path) -> str:
    places = "".join(f"[{json.dumps(part)}]" for part in path)
    return f"python3 -c {shlex.quote(f'import json, sys; print(json.load(sys.stdin){places})')}"


def _assertion_lines(assertion: Assertion, words: Sequence[str]) -> str:
    if not assertion.statuses:
        return f"# {words[-1]}"
    wanted = "|".join(map(str, assertion.statuses))
    told = shlex.quote(f"{words[-2]}; now it is")
    status = '"$(printf %s "$answer" | tail -n 1)"'
    return f"case {status} in {wanted}) ;; *) echo {told} {status} >&2; false ;; esac"
