"""Chance in a run: seeds, run ids, invented customers; and the context that a run's parts share."""

from __future__ import annotations

import random
import secrets
from contextlib import closing, suppress

import httpx
import pytest

from pii_sandbox.conformance import run_ids
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.scenario_runner import play_scenario
from pii_sandbox.conformance.test_customers import new_customer
from pii_sandbox.conformance.values.scenario import Scenario
from tests.conformance.stub_transport import context, json, vendor


def test_a_seed_is_a_number_of_32_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda limit: limit - 1)
    assert run_ids.new_seed() == run_ids.LARGEST == 4_294_967_295
    monkeypatch.setattr(secrets, "randbelow", lambda limit: 0)
    assert run_ids.new_seed() == 0


def test_a_run_id_is_a_letter_and_seven_letters_or_digits() -> None:
    ids = [run_ids.run_id(seed) for seed in range(500)]
    assert {len(each) for each in [*ids, run_ids.fresh_run_id()]} == {8}
    assert {each[0] for each in ids} == set("abcdefghijklmnopqrstuvwxyz")
    assert set("".join(each[1:] for each in ids)) == set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert run_ids.run_id(7) == run_ids.run_id(7)
    assert len(set(ids)) == 500


def new_stub_client(_: object) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(lambda _: json(200, [])))


def check_digit(digits: list[int]) -> int:
    """The next check digit of a CPF: the digits weighted from 2 on, counted from the last, modulo 11."""
    rest = sum(weight * digit for weight, digit in enumerate(reversed(digits), 2)) % 11
    return 0 if rest < 2 else 11 - rest


def test_the_document_of_a_customer_is_one_that_was_never_issued() -> None:
    documents = [new_customer("abc12345", random.Random(seed)).document for seed in range(1_500)]
    offsets = set()
    for document in documents:
        digits = [int(character) for character in document]
        assert len(digits) == 11
        assert digits[9] == check_digit(digits[:9])
        offsets.add((digits[10] - check_digit(digits[:10])) % 10)
    assert offsets == set(range(1, 10))
    assert all({document[place] for document in documents} == set("0123456789") for place in range(9))


class ExtremeRandom(random.Random):
    """The least or the greatest of what may be drawn."""

    def __init__(self, *, greatest: bool) -> None:
        super().__init__(1)
        self._greatest = greatest

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        return start - 1 if self._greatest else 0


def test_the_phone_of_a_customer_is_kept_for_drama() -> None:
    assert new_customer("abc12345", ExtremeRandom(greatest=False)).phone == "+447700900000"
    assert new_customer("abc12345", ExtremeRandom(greatest=True)).phone == "+447700900999"


def test_the_email_and_the_name_of_a_customer_tell_the_run_and_are_nobody_elses() -> None:
    rng = random.Random(1)
    customers = [new_customer("abc12345", rng) for _ in range(200)]
    for customer in customers:
        mark, run, token_and_domain = customer.email.split(".", 2)
        token, _, domain = token_and_domain.partition("@")
        assert (mark, run, domain) == ("pii-sandbox-check", "abc12345", "example.com")
        assert customer.last_name == f"Check abc12345 {token}"
        assert customer.full_name == f"{customer.first_name} {customer.last_name}"
    assert len({customer.email for customer in customers}) == 200
    assert len({customer.first_name for customer in customers}) == 8


def test_a_context_of_its_own_invents_the_customers_of_a_first_attempt() -> None:
    seen: list[str] = []

    def play(api: ApiClient) -> None:
        seen.append(api.new_customer().email)

    trial = Scenario("VTEX-TTL-1", "a_trial", play, frozenset())
    with standalone_context(vendor(), "abc12345", 7, new_stub_client) as made:
        play_scenario(trial, "vtex", made)
    for attempt in (0, 1):
        run_context = context(vendor(), lambda _: json(200, []), attempt=attempt)
        with closing(run_context.sender):
            play_scenario(trial, "vtex", run_context)
    assert seen[0] == seen[1] != seen[2]


def test_a_context_of_its_own_closes_its_connections_and_keeps_the_ledger_that_it_is_given() -> None:
    client = new_stub_client(None)
    with standalone_context(vendor(), "abc12345", 7, lambda _: client) as made:
        assert (made.run_id, made.seed, made.sandbox_prefix, made.ledger.run_id) == (
            "abc12345",
            7,
            "abc12345",
            "abc12345",
        )
        assert not client.is_closed
    assert client.is_closed
    ledger = Ledger(None, {"run": "another1"})
    client = new_stub_client(None)
    with suppress(KeyError), standalone_context(vendor(), "abc12345", 7, lambda _: client, ledger=ledger) as given:
        assert given.ledger is ledger
        raise KeyError
    assert client.is_closed
