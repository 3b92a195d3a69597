"""The page of tried clients lists those of the matrix, each with a result for every transport."""

from __future__ import annotations

from tests.clients.matrix import CLIENTS, EXPECTED, NOT_TRIED, TRANSPORTS
from tests.clients.page import HEADINGS, PAGE

OUTCOMES = {"works", "cannot", "not tried"}


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_has_a_row_for_each_client_that_is_tried() -> None:
    headings, _, *clients = rows()
    assert headings == list(HEADINGS)
    assert [row[0] for row in clients] == [client.name for client in CLIENTS]


def test_each_row_says_what_the_matrix_expects() -> None:
    listed = {row[0]: dict(zip(TRANSPORTS, row[2:5], strict=True)) for row in rows()[2:]}
    for client in CLIENTS:
        assert set(listed[client.name].values()) <= OUTCOMES
        named = {how for how, outcome in listed[client.name].items() if outcome == "cannot"}
        assert named == set(client.lacks) & set(TRANSPORTS)


def test_the_page_names_every_step_and_every_client_that_was_not_to_be_had() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert [name for name in (*EXPECTED, *NOT_TRIED) if name not in text] == []
