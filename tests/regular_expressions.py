"""All regular expressions of the packages, by their source, and the texts that cost them most."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent
PACKAGES = ("specs", "redaction", "mockserver", "conformance", "scenarios", "pii_sandbox")
FUNCTIONS = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})

FIRST, LAST = 1_000, 256_000  # characters
_CHARACTERS = "aA0- é\n"
_WORD = re.compile(r"[A-Za-z_]{2,}|://")


@dataclass(frozen=True)
class Expression:
    """A call of `re` in a module. `pattern` is None where it is known at run time only, within `function`."""

    module: str
    line: int
    function: str
    pattern: re.Pattern[Any] | None

    def __str__(self) -> str:
        return f"{self.module}:{self.line}"


def expressions() -> Iterator[Expression]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            source = file.read_text("utf-8")
            if "re." in source and "import re\n" in source:
                parts = file.relative_to(ROOT).with_suffix("").parts
                prefix = () if parts[0] == "pii_sandbox" else ("pii_sandbox",)  # under which it is imported
                name = ".".join((*prefix, *parts)).removesuffix(".__init__")
                yield from expressions_of_source(source, name, importlib.import_module(name))


def expressions_of_source(source: str, name: str, module: ModuleType) -> Iterator[Expression]:
    def within(node: ast.AST, function: str) -> Iterator[Expression]:
        for inner in ast.iter_child_nodes(node):
            inside = inner.name if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if isinstance(inner, ast.Call) and _is_of_re(inner.func):
                yield Expression(name, inner.lineno, function, _pattern(inner, module))
            yield from within(inner, inside)

    return within(ast.parse(source), "")


def _is_of_re(function: ast.expr) -> bool:
    match function:
        case ast.Attribute(ast.Name("re"), name):
            return name in FUNCTIONS
    return False


def _pattern(call: ast.Call, module: ModuleType) -> re.Pattern[Any] | None:
    flags = [keyword.value for keyword in call.keywords if keyword.arg == "flags"]
    if ast.unparse(call.func) == "re.compile":
        flags += call.args[1:]
    try:
        return re.compile(*(_value(node, module) for node in [call.args[0], *flags]))
    except NameError:
        return None


def _value(node: ast.expr, module: ModuleType) -> Any:
    return eval(compile(ast.Expression(node), module.__name__, "eval"), vars(module))


def texts(pattern: str) -> Iterator[Callable[[int], str]]:
    """What such a pattern may lose its way in: each gives a text of about that length."""
    characters = dict.fromkeys([*_CHARACTERS, *(character for character in pattern if not character.isalnum())])
    for one in dict.fromkeys([*characters, *_WORD.findall(pattern)]):
        yield functools.partial(_repeat, one)
        for other in characters:
            yield functools.partial(_repeat, one + other)
            if len(one) > 1:
                yield functools.partial(_repeat, other, before=one)


def _repeat(unit: str, size: int, before: str = "") -> str:
    return before + unit * (size // len(unit)) + "!"


def seconds(pattern: re.Pattern[Any], text: str) -> float:
    """CPU seconds of this thread that all matches in a text take."""
    searched = text if isinstance(pattern.pattern, str) else text.encode()
    begin = time.thread_time()
    for _ in pattern.finditer(searched):
        pass
    return time.thread_time() - begin


def fault(pattern: re.Pattern[Any]) -> str | None:
    """What shows that the pattern takes more than linear time; None where nothing does."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    for text in texts(source):
        if seconds(pattern, text(24)) > 0.1:  # more would never end
            return f"more than 0.1 s for {text(24)!r}"
    # the best of three: one interruption of a few microseconds must not choose a harmless text
    text = max(texts(source), key=lambda text: min(seconds(pattern, text(FIRST)) for _ in range(3)))
    return growth(lambda size: seconds(pattern, text(size)), f"characters like {text(20)!r}")


def growth(seconds: Callable[[int], float], unit: str, last: int = LAST) -> str | None:
    """What shows that a time grows faster than the size that it is given; None where nothing does, up to the last size.

    Four times the size take 4 times the time if it is linear, 16 times if it is quadratic. Less than 20 ms are no
    measure; what is above the bound is measured three times more, and the best counts.
    """
    size, before = FIRST, seconds(FIRST // 4)
    while size <= last:
        now = seconds(size)
        before = max(before, 0.001)
        if now > 0.02 and now > 9 * before:
            best, before = min(now, seconds(size), seconds(size)), max(seconds(size // 4) for _ in range(3))
            if best > 9 * before:
                return f"{best:.2f} s for {size:,} {unit}, {before:.3f} s for a quarter"
        if now > 10:
            return f"{now:.1f} s for {size:,} {unit}"
        size, before = 4 * size, now
    return None
