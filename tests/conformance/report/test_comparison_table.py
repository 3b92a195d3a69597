"""A comparison in the terminal and as Markdown."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from pii_sandbox.conformance.history.comparison import Comparison, Difference, Row
from pii_sandbox.conformance.report import comparison_table
from pii_sandbox.conformance.report.exchanges import shown_exchange
from tests.conformance.report.samples import exchange

ROWS = (
    Row("NS-GOC-1", "conforms", "breaks"),
    Row("NS-GOC-2", "conforms", "conforms"),
    Row("NS-LOCK-1", "not checked", "conforms"),
)
CREATED = shown_exchange(
    exchange("newstore", "createProfile", "POST", "/p", request_body={"a": 1}, status=201, response_body={"id": "<x>"})
)
LOST = shown_exchange(exchange("newstore", "getProfile", "GET", "/p", status=None, error="ConnectError: refused"))
COMPARISON = Comparison(
    "staging",
    ROWS,
    (
        Difference("NS-GOC-1", "it_is_so", "status 201", None, "status 200", CREATED, None),
        Difference("NS-GOC-1", "it_is_not", "status 404", "no answer", None, LOST, replace(LOST, error=None)),
    ),
)

TERMINAL = """\
rule       sandbox      staging   same
NS-GOC-1   conforms     breaks    differs
NS-GOC-2   conforms     conforms  same
NS-LOCK-1  not checked  conforms  unknown

NS-GOC-1: it is so
expected status 201
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ sandbox                          ┃ staging                         ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ saw what was expected            │ saw status 200                  │
│ POST                             │ conforms; its responses were    │
│ https://staging.example.net/p    │ not kept                        │
│ {                                │                                 │
│   "a": 1                         │                                 │
│ }                                │                                 │
│                                  │                                 │
│ status 201                       │                                 │
│ {                                │                                 │
│   "id": "<x>"                    │                                 │
│ }                                │                                 │
└──────────────────────────────────┴─────────────────────────────────┘

NS-GOC-1: it is not
expected status 404
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ sandbox                          ┃ staging                         ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ saw no answer                    │ saw what was expected           │
│ GET                              │ GET                             │
│ https://staging.example.net/p    │ https://staging.example.net/p   │
│                                  │                                 │
│ ConnectError: refused            │ no answer                       │
└──────────────────────────────────┴─────────────────────────────────┘
1 of 2 rules that were checked at both differ; 1 were not.
"""

MARKDOWN = """\
# The sandbox and `staging`

1 of 2 rules that were checked at both differ; 1 were not.

| rule | sandbox | `staging` | same |
|---|---|---|---|
| NS-GOC-1 | conforms | breaks | **differs** |
| NS-GOC-2 | conforms | conforms | same |
| NS-LOCK-1 | not checked | conforms | unknown |

## NS-GOC-1: it is so

Expected `status 201`.

<table><tr><th>sandbox</th><th>staging</th></tr>
<tr>
<td><pre>saw what was expected&#10;&#10;POST https://staging.example.net/p&#10;{&#10;  &quot;a&quot;: 1&#10;}&#10;&#10;\
status 201&#10;{&#10;  &quot;id&quot;: &quot;&lt;x&gt;&quot;&#10;}</pre></td>
<td><pre>saw status 200&#10;&#10;conforms; its responses were not kept</pre></td>
</tr></table>

## NS-GOC-1: it is not

Expected `status 404`.

<table><tr><th>sandbox</th><th>staging</th></tr>
<tr>
<td><pre>saw no answer&#10;&#10;GET https://staging.example.net/p&#10;&#10;ConnectError: refused</pre></td>
<td><pre>saw what was expected&#10;&#10;GET https://staging.example.net/p&#10;&#10;no answer</pre></td>
</tr></table>
"""


def printed(comparison: Comparison, width: int = 70) -> str:
    out = io.StringIO()
    comparison_table.print_comparison(comparison, Console(file=out, width=width))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def test_the_terminal_shows_each_rule_and_each_difference_with_both_answers() -> None:
    assert printed(COMPARISON) == TERMINAL


def test_markdown_shows_each_rule_and_each_difference_with_both_answers() -> None:
    assert comparison_table.markdown(COMPARISON) == MARKDOWN


def test_both_answers_have_the_same_room_however_short_one_is() -> None:
    one = replace(COMPARISON.differences[0], sandbox=None)
    (border,) = {
        line for line in printed(replace(COMPARISON, differences=(one,)), width=71).splitlines() if line.startswith("└")
    }
    assert [len(side) for side in border.strip("└┘").split("┴")] == [34, 34]


def test_in_a_terminal_with_colours_what_differs_stands_out() -> None:
    out = io.StringIO()
    console = Console(file=out, width=70, force_terminal=True, color_system="standard")
    comparison_table.print_comparison(replace(COMPARISON, differences=()), console)
    for words in ("\x1b[1;31mdiffers", "\x1b[32msame", "\x1b[2munknown"):
        assert words in out.getvalue()


@pytest.mark.parametrize("name", ["[eu]", "[/eu]"])
def test_the_name_of_a_target_is_no_markup(name: str) -> None:
    assert printed(replace(COMPARISON, target=name)).count(name) == 3
