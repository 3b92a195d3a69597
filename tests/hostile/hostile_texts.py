"""Hostile texts and JSON: what breaks terminals, browsers, parsers, spreadsheets and regular expressions."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

TEXTS = (
    "\x1b[2J\x1b]0;owned\x07\x1b[31mred",  # terminal escapes
    "\x00\x01\x08\x7f\x85\x9b31m",
    "line\r\nforged: line\n\n# heading\n::error::workflow command\n##vso[task.complete]",
    "\u202egnp.exe\u2066\u2069\u200b\u200f\ufeff\u2028\u2029",  # bidirectional and unseen
    "\ud800 half \udfff of a character",
    "\ufffe\uffff\U0010ffff\ufdd0",  # no characters
    "\u3164\u115f\u2800",  # letters without a shape
    "Z" + "\u0351\u036e\u0304" * 40,  # marks without end
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "]]><!--<![CDATA[ &lt;&amp;&#0; <?xml version='1.0'?>",
    "`` ``` [a](javascript:alert(1)) ![b](http://x.example/y) | * _ ~ <b>",
    "{{7*7}} {% raw %} ${jndi:ldap://x} {0} {1}",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'; DROP TABLE x; -- \" \\ $(id) `id` %s %n %999999s",
    "../../../../etc/passwd",
    "W" * 6_000,
    "a" * 5_000 + "!",
    "1-" * 3_000,
    "A1+/" * 1_500,
    "%25" * 1_500 + "%zz",
    "&amp;" * 1_000 + "\\u005c" * 500,
    "@" * 3_000,
    "\u05d0\u05d1 \u0645\u0631\u062d\u0628\u0627",  # right to left, and harmless
    "",
)
NUMBERS = (-(10**400), 1e308, float("nan"), float("inf"), -0.0, 2**53 + 1)
ODD_BODIES = (
    b'{"email": ' + b"9" * 5000 + b"}",
    b"[" * 150 + b"]" * 150,
    b"\xff\xfe[\0",
    b'{"a": NaN, "email": "x"}',
)

# what the documents mark as personal or secret, or as what a server makes
NAMES = ("email", "phone", "document", "birthDate", "firstName", "customer_name", "password", "id", "userProfileId")

texts = st.one_of(
    st.sampled_from(TEXTS), st.text(st.characters(), max_size=80), st.text(max_size=40).map(lambda text: text * 9)
)
words = st.text(st.characters(codec="latin-1", exclude_characters="\0\r\n"), max_size=60)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(NUMBERS), texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.sampled_from(NAMES) | texts, inner, max_size=5)
    ),
    max_leaves=12,
)


def as_json(value: Any) -> bytes:
    """JSON as a careless server writes it: NaN and halves of characters stand in it."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


bodies = st.one_of(
    values.map(as_json),
    texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=200),
    st.sampled_from(ODD_BODIES),
)
