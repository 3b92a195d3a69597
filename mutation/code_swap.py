"""Puts a mutant's code into functions that exist already, in a process that has imported the unchanged module."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import CodeType, FunctionType

from mutation.source_mutants import ROOT, SourceMutant

_Place = tuple[str, int]  # qualified name and first line, which a mutant of a function's body leaves as they are


def swap_code(mutant: SourceMutant) -> int:
    """Give every function of the mutant's module its code from the mutated text; return how many were changed.

    Decorated and nested functions are among them, wherever they are held. What has run already is not run again: a
    mutant of what runs at import needs an import of its own.
    """
    path = str(ROOT / mutant.file)
    after = dict(_codes(compile(mutant.mutated_text, path, "exec", dont_inherit=True)))
    changed = 0
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and _is_in_file(function.__code__, mutant.file):
            code = after.get(_place(function.__code__))
            if code is None or code == function.__code__:
                continue
            if (
                not code.co_freevars
            ):  # a call of `super` is left out, for instance: the cell stays, and nothing reads it
                code = code.replace(co_freevars=function.__code__.co_freevars)
            if code.co_freevars == function.__code__.co_freevars:
                function.__code__ = code
                changed += 1
    return changed


def _is_in_file(code: CodeType, file: str) -> bool:
    return code.co_filename.endswith(f"/{file}")


def _codes(code: CodeType) -> Iterator[tuple[_Place, CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield _place(constant), constant
            yield from _codes(constant)


def _place(code: CodeType) -> _Place:
    return code.co_qualname, code.co_firstlineno
