"""A person whom nothing else can be taken for, and every way in which her data may be written."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

EMAIL = "zoraida.quixbury+vip@kanariengelb.museum"
FIRST_NAME = "Zoraida"
LAST_NAME = "Quixbury-Malvenström"
NICKNAME = "Zorinha Öxl"
DOCUMENT = "839.217.465-82"
PHONE = "+5511987651377"
BIRTH_DATE = "1903-07-29"
STREET = 'Travessa Xanadu "Zwölf" & Töchter'
POSTAL_CODE = "04578-913"
CARD = "5355220194746685"
TAX_CODE = "ZQX/88<12>"
PASSWORD = "hunter2-Quokka"
APP_TOKEN = "tok_live_7Yq!zWv+3/k="

PERSON = (
    EMAIL, FIRST_NAME, LAST_NAME, NICKNAME, DOCUMENT, PHONE, BIRTH_DATE, STREET, POSTAL_CODE, CARD, TAX_CODE,
    f"{FIRST_NAME} {LAST_NAME}", PASSWORD, APP_TOKEN,
)  # fmt: skip
PARTS = ("zoraida.quixbury+vip", "kanariengelb.museum", "Quixbury", "Malvenström", "Zorinha", "Xanadu", "87651377")


def spellings(value: str) -> Iterator[str]:
    """The value, and what it looks like in a URL, in JSON, in HTML, in base64, in hex, in another case."""
    for cased in dict.fromkeys((value, value.upper(), value.lower(), value.title())):
        yield cased
        yield from (quote(cased, safe=""), quote_plus(cased), quote(quote(cased, safe=""), safe=""))
        yield "".join(f"%{byte:02x}" for byte in cased.encode())
        yield json.dumps(cased)[1:-1]
        yield json.dumps(json.dumps(cased))[3:-3]
        yield "".join(f"\\u{ord(character):04x}" for character in cased)
        yield html.escape(cased)
        yield "".join(f"&#{ord(character)};" for character in cased)
        yield "".join(f"&#x{ord(character):x};" for character in cased)
        yield cased.encode().hex()
        yield from in_base64(cased)
    digits = "".join(filter(str.isdigit, value))
    if len(digits) >= 8 and not any(map(str.isalpha, value)):
        yield digits
        yield from (" ".join(digits), "-".join((digits[:3], digits[3:6], digits[6:])), f"({digits[:2]}) {digits[2:]}")
        yield from in_base64(digits)


def in_base64(text: str) -> Iterator[str]:
    """What is sure to show of the text in the base64 of something longer, wherever in it the text begins."""
    content = text.encode()
    for before in range(3):
        code = base64.b64encode(b"\0" * before + content).decode()
        inner = code[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        if len(inner) >= 7:
            yield inner
            yield inner.translate(str.maketrans("+/", "-_"))


def traces(text: str) -> list[str]:
    """The values of which anything is left in a text, also once its escapes are undone."""
    readings = [text, html.unescape(text)]
    try:
        readings.append("\n".join(_leaves(json.loads(text))))
    except ValueError:
        readings.append(text.replace("\\n", "\n"))
    return [
        value
        for value in (*PERSON, *PARTS)
        if any(spelling in reading for spelling in spellings(value) for reading in readings)
    ]


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield str(value)
