"""Rules over Python sources, as syntax trees: verification raises, pure layers stay pure, faults are known.

Which package may import which is no rule of this file: import-linter holds the arrows (`pyproject.toml`),
and the rules here cover what an import alone does not show.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Final

from tools.house.finding import Finding, TextRule

#: Packages and modules in which time, randomness and configuration are arguments (docs/architecture.md).
PURE: Final = ("record", "procedures", "office", "forms", "words", "errors", "line/protocol.py")

#: Salts and key seeds are drawn in these alone, by way of `secrets`.
_CLOCK_OR_ENVIRONMENT: Final = {
    "datetime.now": "the time is an argument here",
    "datetime.utcnow": "the time is an argument here",
    "datetime.today": "the time is an argument here",
    "date.today": "the day is an argument here",
    "time.time": "the time is an argument here",
    "time.time_ns": "the time is an argument here",
    "time.monotonic": "the time is an argument here",
    "time.perf_counter": "the time is an argument here",
    "time.sleep": "nothing waits here",
    "os.environ": "configuration is an argument here",
    "os.getenv": "configuration is an argument here",
    "os.urandom": "random bytes are an argument here, or come from `secrets` where keys and salts are made",
}
_FAULTS: Final = {"Fault", "OurFault", "TheirFault", "LineFault", "RecordFault"}


def _parsed(path: PurePosixPath, text: str) -> ast.Module | None:
    return ast.parse(text, str(path)) if path.suffix in {".py", ".pyi"} else None


def is_pure(path: PurePosixPath) -> bool:
    """Whether `path` lies in a layer without clock and environment."""
    inside = path.as_posix().removeprefix("src/yeollak/")
    return inside != path.as_posix() and any(inside == name or inside.startswith(f"{name}/") for name in PURE)


def verification_raises(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """A function named `verify…` never returns a bool: who forgets to look at it has verified nothing."""
    tree = _parsed(path, text)
    if tree is None or path.parts[0] != "src":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.lstrip("_").startswith(
            "verify"
        ):
            if node.returns is None:
                yield Finding(
                    path, node.lineno, "verification-raises", f"{node.name} has no return annotation"
                )
            elif "bool" in {n.id for n in ast.walk(node.returns) if isinstance(n, ast.Name)}:
                yield Finding(
                    path, node.lineno, "verification-raises", f"{node.name} returns a bool; let it raise"
                )


def _origins(tree: ast.Module) -> dict[str, str]:
    """Local name -> what it was imported as, in dotted form with the module's last part in front."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {(alias.asname or alias.name): alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {(alias.asname or alias.name): f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def no_clock_or_environment(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """In the pure layers nobody reads the clock or the environment, under whatever name it was imported."""
    tree = _parsed(path, text)
    if tree is None or not is_pure(path):
        return
    origins = _origins(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        first, _, rest = _dotted(node).partition(".")
        if first not in origins:
            continue
        full = origins[first] + (f".{rest}" if rest else "")
        short = ".".join(full.split(".")[-2:])
        if why := _CLOCK_OR_ENVIRONMENT.get(short):
            yield Finding(path, node.lineno, "no-clock-or-environment", f"{short}: {why}")


def faults_are_known(
    path: PurePosixPath, text: str, *, codes: Mapping[str, tuple[str, str]]
) -> Iterator[Finding]:
    """A fault raised with a literal code has an entry in `errors.CODES` and fills every field of it."""
    tree = _parsed(path, text)
    if tree is None or path.parts[0] != "src":
        return
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _dotted(node.func).split(".")[-1] in _FAULTS and node.args):
            continue
        code = node.args[0]
        if not (isinstance(code, ast.Constant) and isinstance(code.value, str)):
            continue
        if code.value not in codes:
            yield Finding(path, node.lineno, "faults-are-known", f"{code.value!r} is not in errors.CODES")
            continue
        given = {keyword.arg for keyword in node.keywords}
        missing = {
            field.split(".")[0].split("[")[0]
            for template in codes[code.value]
            for _, field, _, _ in string.Formatter().parse(template)
            if field
        } - given
        if missing and None not in given:
            yield Finding(
                path, node.lineno, "faults-are-known", f"{code.value!r} lacks {', '.join(sorted(missing))}"
            )


def rules(codes: Mapping[str, tuple[str, str]]) -> tuple[TextRule, ...]:
    """The rules of this module, with the codes that `faults_are_known` measures against."""
    return (verification_raises, no_clock_or_environment, partial(faults_are_known, codes=codes))
