"""The mutation operators, by their own examples, and the mutants that they make of a file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from cosmic_ray.mutating import mutate_code

from mutation import source_mutants, targets
from mutation.operators import OPERATORS
from mutation.source_mutants import mutants_of, sample

SOURCE = '''\
"""A module."""

from __future__ import annotations

MOST = 3


@decorated(MOST + 1)
def refuse(value: int | None, names: list[str]) -> int | None:
    """Refuse."""
    if value is None and "a" in names:
        raise LookupError("no value")
    return value


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A refusal."""

    def pairs(self):
        return zip(self.names, self.values, strict=True)
'''

EXAMPLES = [
    (name, example)
    for name, operator in OPERATORS.items()
    for example in operator.examples()
    if example.pre_mutation_code != example.post_mutation_code
]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_operator_does_what_its_example_says(name: str, example: object) -> None:
    before, occurrence = getattr(example, "pre_mutation_code"), getattr(example, "occurrence")  # noqa: B009
    after = mutate_code(before, OPERATORS[name](), occurrence)
    assert after == getattr(example, "post_mutation_code")  # noqa: B009


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A source file of its own, as if it were in the repository."""
    monkeypatch.setattr(source_mutants, "ROOT", tmp_path)
    (tmp_path / "refusal.py").write_text(SOURCE, "utf-8")
    return "refusal.py"


def test_every_kind_of_change_is_made_and_annotations_are_left_alone(file: str) -> None:
    changes = {(mutant.line, mutant.becomes) for mutant in mutants_of(file)}
    assert changes == {
        (5, "MOST = 4"),
        (5, "MOST = 2"),
        (8, "@decorated(MOST + 2)"),
        (8, "@decorated(MOST + 0)"),
        (8, "@decorated(MOST - 1)"),
        (11, 'if value is not None and "a" in names:'),
        (11, 'if value is None or "a" in names:'),
        (11, 'if value is None and "a" not in names:'),
        (11, "if True:"),
        (11, "if False:"),
        (12, "pass"),
        (16, "@dataclass(frozen=True, slots=True, order=False)"),
    }


def test_a_mutant_knows_its_statement_and_its_function(file: str) -> None:
    places = {(mutant.line, mutant.statement, mutant.function) for mutant in mutants_of(file)}
    assert places == {
        (5, (5, 5), ""),
        (8, (8, 9), ""),
        (11, (11, 11), "refuse"),
        (12, (12, 12), "refuse"),
        (16, (16, 17), ""),
    }


def test_a_seed_gives_the_same_sample_and_another_seed_another(file: str) -> None:
    mutants = list(mutants_of(file))
    assert sample(mutants, 5, seed=1) == sample(reversed(mutants), 5, seed=1)
    assert sample(mutants, 5, seed=1) != sample(mutants, 5, seed=2)
    assert len(sample(mutants, 50, seed=1)) == len(mutants)


def test_every_mutant_of_the_mechanisms_is_python_and_differs() -> None:
    for mutant in mutants_of("mockserver/rules/masking.py"):
        assert ast.dump(ast.parse(mutant.mutated_text)) != ast.dump(ast.parse(mutant.original_text)), mutant.name


def test_what_is_mutated_exists_and_no_mutant_has_two_judges() -> None:
    files = {file for known in targets.SUBJECTS.values() for file in known()}
    assert len(files) > 150
    assert all((source_mutants.ROOT / file).is_file() for file in files)
    shared = [mutant for file in targets.OUTSIDE for mutant in mutants_of(file)]
    for mutant in shared:
        assert targets.belongs(mutant, "mock") != targets.belongs(mutant, "control"), mutant.name


@pytest.mark.parametrize("file", targets.OUTSIDE)
def test_each_function_that_scenarios_do_not_judge_exists(file: str) -> None:
    assert set(targets.OUTSIDE[file]) <= {mutant.function for mutant in mutants_of(file)}
