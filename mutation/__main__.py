"""`python -m mutation`: changes the code at random, and counts how many changes the scenarios or the tests notice."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from mutation import campaign, equivalents, targets
from mutation.results import UNNOTICED, MutantResult, Session, score, summary
from mutation.source_mutants import SourceMutant, sample
from mutation.targets import SUBJECTS, TESTS


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--subject", type=click.Choice(list(SUBJECTS)), default="mock", show_default=True, help="What to change.")
@click.option("--sample", "count", type=click.IntRange(min=1), help="Only so many mutants, chosen by --seed.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the sample.")
@click.option("--file", "files", multiple=True, help="Only mutants of this file; may be repeated.")
@click.option("--tests", multiple=True, help="Only tests of this folder or file judge; may be repeated. Not for mock.")
@click.option("--resume", is_flag=True, help="Go on with the last run of this subject, sample and seed.")
@click.option("--again", is_flag=True, help="With --resume: judge again what nobody noticed then.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Mutants judged at a time.")
@click.option("--most", type=click.IntRange(min=1), help="At most so many scenarios or tests judge a mutant.")
@click.option("--at-least", type=click.FloatRange(0, 100), help="Exit 1 if a smaller share, in percent, is noticed.")
@click.option("--list", "lists", is_flag=True, help="List the mutants and judge none.")
@click.option("--equivalents", "prints", is_flag=True, help="Print the list of equivalent mutants as Markdown.")
def main(
    subject: str,
    count: int | None,
    seed: int,
    files: tuple[str, ...],
    tests: tuple[str, ...],
    resume: bool,
    again: bool,
    workers: int,
    most: int | None,
    at_least: float | None,
    lists: bool,
    prints: bool,
) -> None:
    """Change the mock server at random and judge each change by the scenarios; or the harness, by its tests.

    Every change is one cosmic-ray mutant, judged in a forked process; results are kept in .mutation/.
    """
    if prints:
        click.echo(equivalents.page(), nl=False)
        return
    known = [mutant for mutant in targets.mutants(subject) if not files or mutant.file in files]
    mutants = sample(known, count or len(known), seed)
    if lists:
        for mutant in sorted(mutants, key=lambda mutant: (mutant.file, mutant.line)):
            click.echo(f"{mutant.name}\n  - {mutant.code}\n  + {mutant.becomes}")
        return
    name = f"{subject}-{f'{count}-{seed}' if count else 'all'}{'-files' if files else ''}{'-tests' if tests else ''}"
    session = Session(name, resume=resume)
    if again:
        session.results = [result for result in session.results if result.fate not in UNNOTICED]
    results = _judge_all(subject, mutants, session, workers, tests, most)
    click.echo(summary(results))
    noticed, counted = score(results)
    if not counted or (at_least is not None and 100 * noticed < at_least * counted):
        sys.exit(1)


def _judge_all(
    subject: str,
    mutants: list[SourceMutant],
    session: Session,
    workers: int,
    tests: tuple[str, ...],
    most: int | None,
) -> list[MutantResult]:
    judge = _judge(subject, tests)
    judge.warm_up()
    covered = campaign.coverage_map(subject, judge)
    done = 0

    def show(result: MutantResult) -> None:
        nonlocal done
        done += 1
        click.echo(f"{done} {result.fate:9} {result.mutant} {result.by} ({result.seconds} s)", err=True)

    campaign.run(judge, mutants, covered, session, workers=workers, most=most, on_result=show)
    latest = session.latest()
    return [latest[mutant.name] for mutant in mutants]


def _judge(subject: str, tests: tuple[str, ...]) -> Any:
    """Return what judges a subject. Imported late: a judge by tests must not have the harness imported."""
    if subject == "mock":
        return importlib.import_module("mutation.scenario_judge")
    return importlib.import_module("mutation.test_judge").TestJudge(SUBJECTS[subject](), tests or TESTS[subject])


if __name__ == "__main__":
    main()
