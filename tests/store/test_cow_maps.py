"""Dicts in parts are what plain dicts are, and so is each copy of them."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pii_sandbox.mockserver.store.cow_maps import PART, CowHashMap, CowIntMap
from pii_sandbox.mockserver.store.index import Index

NUMBERS = st.integers(0, 3 * PART) | st.just(10**12)
WRITES = st.lists(st.tuples(st.integers(0, 2), NUMBERS, st.booleans()), max_size=60)


def assert_same(numbered: CowIntMap[str], hashed: CowHashMap[str, int], model: dict[int, str]) -> None:
    ordered = dict(sorted(model.items()))
    assert list(numbered.items()) == list(numbered.pairs()) == list(ordered.items())
    assert numbered.listed() == numbered.at(0, len(ordered)) == list(ordered.values())
    assert numbered.at(2, 5) == list(ordered.values())[2:5]
    assert numbered.after(PART, 3) == [entry for entry in ordered.items() if entry[0] > PART][:3]
    assert numbered.last() == max(ordered)
    assert dict(hashed) == {text: number for number, text in model.items()}
    assert len(numbered) == len(hashed) == len(model)


@settings(deadline=None)  # a busy machine is no fault
@given(WRITES)
def test_whatever_is_written_to_whichever_copy(writes: list[tuple[int, int, bool]]) -> None:
    many = {number: f"n{number}" for number in range(0, 2 * PART, 3)}
    numbered, hashed = CowIntMap(many), CowHashMap[str, int]()
    for number, text in many.items():
        hashed[text] = number
    copies: list[tuple[CowIntMap[str], CowHashMap[str, int], dict[int, str]]] = [(numbered, hashed, many)]
    for which, number, removing in writes:
        copy = copies[which % len(copies)]
        copies.append((copy[0].copy(), copy[1].copy(), copy[2].copy()))
        numbered, hashed, model = copy
        text = f"n{number}"
        if number not in model:
            assert number not in numbered
            assert text not in hashed
            numbered[number], hashed[text], model[number] = text, number, text
        elif removing:
            del numbered[number], hashed[text], model[number]
        else:
            assert (numbered[number], hashed[text]) == (text, number)
    for copy in copies[:3] + copies[-3:]:
        assert_same(*copy)


def test_many_entries_are_found_while_parts_are_split() -> None:
    hashed, half = CowHashMap[str, int](), None
    for number in range(20 * PART):
        hashed[f"n{number}"] = number
        if number == 10 * PART:
            half = hashed.copy()
    assert half is not None
    assert (len(hashed), len(half)) == (20 * PART, 10 * PART + 1)
    assert all(hashed.get(f"n{number}") == number for number in range(20 * PART))
    assert dict(half) == {f"n{number}": number for number in range(10 * PART + 1)}
    assert half.get("n9999999") is None
    assert half.get("n9999999", -1) == -1


def test_a_value_may_belong_to_many() -> None:
    index, copies = Index(), []
    for number in (*range(0, 100, 2), *range(1, 100, 2)):
        index.add("all", number)
        index.add(f"{number // 2}", number)
        copies.append(index.copy())
    assert index.numbers("all") == list(range(100))
    assert copies[60].numbers("all") == sorted([*range(0, 100, 2), *range(1, 23, 2)])
    assert index.numbers("7") == [14, 15]
    for number in range(99):
        index.remove("all", number)
        index.remove(f"{number // 2}", number)
    assert (index.numbers("all"), index.numbers("49"), index.numbers("7"), len(index)) == ([99], [99], [], 2)
    assert copies[-1].numbers("all") == list(range(100))


def test_removing_the_last_of_a_part_and_coming_back_keeps_the_order() -> None:
    numbered: Any = CowIntMap(dict.fromkeys(range(3 * PART)))
    for number in range(PART, 2 * PART):
        del numbered[number]
    numbered[PART + 5] = None
    assert list(numbered) == [*range(PART), PART + 5, *range(2 * PART, 3 * PART)]
