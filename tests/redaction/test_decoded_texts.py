"""Decoded forms of a text: escapes by layers, with the place of each character; canonical spelling; base64 and hex."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.redaction import decodings
from pii_sandbox.redaction.decodings import DecodedText


def places(text: str, decoded: DecodedText) -> list[tuple[str, str]]:
    """Each character with what stands for it in the original."""
    assert len(decoded.starts) == len(decoded.ends) == len(decoded.text)
    spans = [decoded.original_span(index, index + 1) for index in range(len(decoded.text))]
    return [(character, text[start:end]) for character, (start, end) in zip(decoded.text, spans, strict=True)]


def second(text: str) -> DecodedText:
    """The text with one layer of escapes decoded."""
    return list(decodings.layers(text))[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a%41b", [("a", "a"), ("A", "%41"), ("b", "b")]),
        ("%c3%A9%41", [("é", "%c3%A9"), ("A", "%41")]),
        ("x%F0%9F%98%80%FFy", [("x", "x"), ("😀", "%F0%9F%98%80"), ("ÿ", "%FF"), ("y", "y")]),
        (r"a\u0041\u00e9", [("a", "a"), ("A", r"\u0041"), ("é", r"\u00e9")]),
        (r"\\u0041\U0042b", [("A", r"\\u0041"), ("B", r"\U0042"), ("b", "b")]),
        (r"\xc3\xa9\\X41", [("é", r"\xc3\xa9"), ("A", r"\\X41")]),
        (r"a\nb", [("a", "a"), ("\n", r"\n"), ("b", "b")]),
        (r"\\n", [("\n", r"\\n")]),
        (r"\r", [("\r", r"\r")]),
        (r"\t", [("\t", r"\t")]),
        (r"\"", [('"', r"\"")]),
        (r"\\\"", [('"', r"\\\"")]),
        (r"\'", [("'", r"\'")]),
        (r"\/", [("/", r"\/")]),
        ("a&amp;b", [("a", "a"), ("&", "&amp;"), ("b", "b")]),
        ("&#65;&#x42;", [("A", "&#65;"), ("B", "&#x42;")]),
        ("&fjlig;!", [("f", "&fjlig;"), ("j", "&fjlig;"), ("!", "!")]),
        (r"%41\u0042&#67;", [("A", "%41"), ("B", r"\u0042"), ("C", "&#67;")]),
    ],
)
def test_each_decoded_character_knows_its_escape(text: str, expected: list[tuple[str, str]]) -> None:
    assert places(text, second(text)) == expected


@pytest.mark.parametrize(
    ("units", "characters"),
    [
        (("d83d", "de00"), "😀"),
        (("d800", "dc00"), "\U00010000"),
        (("dbff", "dfff"), "\U0010ffff"),
        (("D83D", "DE00", "0041"), "😀A"),
        (("d83d", "0041"), "\ud83dA"),
        (("d83d", "e000"), "\ud83d\ue000"),
        (("d83d", "dbff"), "\ud83d\udbff"),
        (("d7ff", "dc00"), "\ud7ff\udc00"),
        (("dc00", "dc00"), "\udc00\udc00"),
        (("0041", "d83d"), "A\ud83d"),
        (("d83d", "d83d", "de00", "0041", "0042"), "\ud83d😀AB"),
    ],
)
def test_two_surrogates_are_one_character_if_they_are_a_pair(units: tuple[str, ...], characters: str) -> None:
    text = "".join(f"\\u{unit}" for unit in units)
    decoded = second(text)
    assert decoded.text == characters
    assert [original.count("u") for _, original in places(text, decoded)] == [
        2 if character > "\uffff" else 1 for character in characters
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\x7fa", [("\x7f", 0, 1), ("a", 1, 2)]),
        (b"\x80a", [("\x80", 0, 1), ("a", 1, 2)]),
        (b"\xc2\x80a", [("\x80", 0, 2), ("a", 2, 3)]),
        (b"\xdf\xbfa", [("\u07ff", 0, 2), ("a", 2, 3)]),
        (b"\xe0\xa0\x80a", [("\u0800", 0, 3), ("a", 3, 4)]),
        (b"\xef\xbf\xbda", [("\ufffd", 0, 3), ("a", 3, 4)]),
        (b"\xf0\x90\x80\x80a", [("\U00010000", 0, 4), ("a", 4, 5)]),
        (b"\xc3", [("Ã", 0, 1)]),
        (b"\xffab", [("ÿ", 0, 1), ("a", 1, 2), ("b", 2, 3)]),
        (b"\xe2\x82a", [("â", 0, 1), ("\x82", 1, 2), ("a", 2, 3)]),
    ],
)
def test_each_character_of_bytes_has_its_place(content: bytes, expected: list[tuple[str, int, int]]) -> None:
    assert list(decodings.utf_8(content)) == expected


def test_bytes_that_are_not_utf_8_are_read_as_latin_1_but_no_text_is_written_so() -> None:
    assert b"a\xff\xe9".decode("utf-8", "pii_sandbox.latin-1") == "aÿé"
    with pytest.raises(UnicodeEncodeError):
        "é".encode("ascii", "pii_sandbox.latin-1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("plain", ["plain"]),
        ("100 % \\ &", ["100 % \\ &"]),
        ("%41", ["%41", "A"]),
        ("%2541", ["%2541", "%41", "A"]),
        ("%252541", ["%252541", "%2541", "%41", "A"]),
        ("%25252541", ["%25252541", "%252541", "%2541", "%41"]),
        ("%26#65;", ["%26#65;", "&#65;", "A"]),
        (r"\u0026amp;", [r"\u0026amp;", "&amp;", "&"]),
    ],
)
def test_a_text_has_four_layers_at_most_and_no_more_than_it_has_escapes(text: str, expected: list[str]) -> None:
    assert [decoded.text for decoded in decodings.layers(text)] == expected


def test_places_hold_through_several_layers() -> None:
    text = "x%2541%25C3%25A9y"
    last = list(decodings.layers(text))[-1]
    assert places(text, last) == [("x", "x"), ("A", "%2541"), ("é", "%25C3%25A9"), ("y", "y")]


@pytest.mark.parametrize(
    ("text", "expected"), [("%", True), ("\\", True), ("&", True), ("a%b", True), ("plain +", False), ("", False)]
)
def test_escapes_begin_with_one_of_three_signs(text: str, expected: bool) -> None:
    assert decodings.has_escape_sign(text) is expected


def spelled(text: str) -> list[tuple[str, str]]:
    return places(text, decodings.normalize(decodings.identity_decoding(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ab", [("a", "A"), ("b", "b")]),
        ("a+b\tc", [("a", "a"), (" ", "+"), ("b", "b"), (" ", "\t"), ("c", "c")]),
        ("É1", [("e", "É"), ("1", "1")]),
        ("é\t+x", [("e", "é"), (" ", "\t+"), ("x", "x")]),
        ("é\u2028x\x85y", [("e", "é"), (" ", "\u2028"), ("x", "x"), (" ", "\x85"), ("y", "y")]),
        ("é+x", [("e", "é"), (" ", "+"), ("x", "x")]),
        ("ß", [("s", "ß"), ("s", "ß")]),
        ("aßb", [("a", "a"), ("s", "ß"), ("s", "ß"), ("b", "b")]),
        ("e\u0301x", [("e", "e"), ("x", "x")]),
        ("a\u200bb", [("a", "a"), ("b", "b")]),
        ("٣\u00a0™", [("3", "٣"), (" ", "\u00a0"), ("t", "™"), ("m", "™")]),
        ("\ud800é\udfff", [("\ufffd", "\ud800"), ("e", "é"), ("\ufffd", "\udfff")]),
        ("\ud7ff\ue000", [("\ud7ff", "\ud7ff"), ("\ue000", "\ue000")]),
        ("a  b", [("a", "a"), (" ", "  "), ("b", "b")]),
        ("a \n\t b  c", [("a", "a"), (" ", " \n\t "), ("b", "b"), (" ", "  "), ("c", "c")]),
        ("  é  ", [(" ", "  "), ("e", "é"), (" ", "  ")]),
    ],
)
def test_a_canonical_character_knows_where_it_comes_from(text: str, expected: list[tuple[str, str]]) -> None:
    assert spelled(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Ana  Maria\t", "ana maria"),
        ("José\u00a0 Ñu", "jose nu"),
        ("a+b", "a b"),
        ("", ""),
        ("   ", ""),
        ("ＡＢ１", "ab1"),
        ("a\x1cb", "a b"),
    ],
)
def test_spellings_that_differ_in_case_accents_and_white_space_compare_equal(text: str, expected: str) -> None:
    assert decodings.comparable_text(text) == expected


ASCII = st.text(st.characters(max_codepoint=127))


@given(ASCII)
def test_ascii_is_spelled_alone_as_beside_other_characters(text: str) -> None:
    alone, beside = (
        decodings.normalize(decodings.identity_decoding(text)),
        decodings.normalize(decodings.identity_decoding(f"{text}é")),
    )
    assert f"{alone.text}e" == beside.text
    assert list(alone.starts) == list(beside.starts)[:-1]
    assert list(alone.ends) == list(beside.ends)[:-1]
    assert decodings.comparable_text(text) == alone.text.strip()


@given(st.text())
def test_a_canonical_text_has_no_case_accent_or_repeated_space(text: str) -> None:
    shown = decodings.comparable_text(text)
    assert "  " not in shown
    assert shown == shown.strip()
    assert not any(unicodedata.category(character) in {"Mn", "Cf"} for character in shown)


SPANS = [(2, 5), (7, 9)]


@pytest.mark.parametrize(
    ("start", "end", "spans", "expected"),
    [
        (2, 5, SPANS, True),
        (3, 4, SPANS, True),
        (7, 9, SPANS, True),
        (0, 1, SPANS, False),
        (1, 3, SPANS, False),
        (4, 6, SPANS, False),
        (5, 7, SPANS, False),
        (7, 10, SPANS, False),
        (2, 9, SPANS, False),
        (10, 11, SPANS, False),
        (0, 1, [], False),
    ],
)
def test_a_span_is_within_others_only_as_a_whole(
    start: int, end: int, spans: list[tuple[int, int]], expected: bool
) -> None:
    assert decodings.is_within(start, end, spans) is expected


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("", b""),
        ("Q", b""),
        ("QQ", b"A"),
        ("QUI", b"AB"),
        ("QUJD", b"ABC"),
        ("QUJDR", b"ABC"),
        ("QUJDRA", b"ABCD"),
        ("QUJDREU", b"ABCDE"),
        ("QUJDREVG", b"ABCDEF"),
        ("QUJDREVGRw", b"ABCDEFG"),
        ("-_-_", b"\xfb\xff\xbf"),
        ("+/+/", b"\xfb\xff\xbf"),
    ],
)
def test_base64_is_read_without_padding_and_cut_anywhere(code: str, content: bytes) -> None:
    assert decodings.from_base64(code) == content


@pytest.mark.parametrize(
    ("code", "content"), [("", b""), ("4", b""), ("41", b"A"), ("414", b"A"), ("4a4B4", b"JK"), ("414243", b"ABC")]
)
def test_hex_digits_are_read_in_pairs(code: str, content: bytes) -> None:
    assert decodings.from_hex(code) == content


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"plain text", True),
        ("José\r\n\ttab".encode(), True),
        (b"", True),
        (b"a\x00b", False),
        (b"a\x1bb", False),
        (b"\xff\xfe", False),
    ],
)
def test_content_is_readable_if_it_is_printable_utf_8(content: bytes, expected: bool) -> None:
    assert decodings.is_readable(content) is expected
