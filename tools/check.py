"""`make check`: everything that can be judged without running the program, every finding shown.

It only reads. A step that fails does not hide the ones after it; the exit status is 1 when any failed.
"""

from __future__ import annotations

import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from tools import generate_docs
from tools.house import documents, fillings, source, text
from tools.house.finding import ROOT, Finding, project_files, read_text
from tools.program import program
from yeollak.errors import CODES
from yeollak.errors.clauses import CLAUSES
from yeollak.errors.reasons import FILLINGS

_BIN = Path(sys.executable).parent
_DEPENDENCIES = PurePosixPath("docs/dependencies.md")
_COMMANDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lint", ("ruff", "check", "--quiet", ".")),
    ("format", ("ruff", "format", "--quiet", "--check", ".")),
    ("types", ("mypy", "--no-error-summary")),
    ("imports", ("lint-imports",)),
    ("catalogues", ("python", "-m", "tools.messages", "check")),
)


def house_findings() -> Iterator[Finding]:
    """What the rules over single files find in the tree, and the one over all sources of the program."""
    rules = (*text.RULES, *source.rules(CODES))
    sources: dict[PurePosixPath, str] = {}
    for path in project_files():
        content = read_text(path)
        if content is not None:
            for rule in rules:
                yield from rule(path, content)
            if path.parts[:2] == ("src", "yeollak") and path.suffix == ".py":
                sources[path] = content
    yield from fillings.unknown(sources, {**FILLINGS, "why": CLAUSES})


def document_findings() -> Iterator[Finding]:
    """What the documents say that the project does not bear out."""
    main_group = program()
    pages = {path: read_text(path) or "" for path in project_files() if path.suffix == ".md"}
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    yield from documents.dependencies_explained(_DEPENDENCIES, pages.get(_DEPENDENCIES, ""), pyproject)
    sources = [
        read_text(path) or "" for path in project_files() if path.parts[0] == "src" and path.suffix == ".py"
    ]
    yield from documents.dependencies_used(PurePosixPath("pyproject.toml"), pyproject, sources)
    readme = PurePosixPath("README.md")
    yield from documents.commands_told(readme, pages[readme], main_group)
    for path, content in pages.items():
        yield from documents.links_lead_somewhere(path, content, ROOT)
        yield from documents.commands_exist(path, content, main_group)


def _report(findings: Iterable[Finding]) -> bool:
    found = list(findings)
    for finding in found:
        print(f"  {'(smell) ' if finding.smell else ''}{finding}")
    return all(finding.smell for finding in found)


def _run(command: tuple[str, ...]) -> bool:
    done = subprocess.run([str(_BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def _tried(step: Callable[[], bool]) -> bool:
    try:
        return step()
    except Exception as problem:  # noqa: BLE001 - whatever a step dies of is shown, and the others still run
        print("  " + "".join(traceback.format_exception(problem)[-2:]).replace("\n", "\n  ").rstrip())
        return False


def main() -> int:
    """Run every step and sum up; the exit status."""
    steps: list[tuple[str, Callable[[], bool]]] = [
        *((name, lambda command=command: _run(command)) for name, command in _COMMANDS),
        ("house rules", lambda: _report(house_findings())),
        ("documents", lambda: _report(document_findings())),
        ("generated pages", lambda: _report(generate_docs.stale())),
    ]
    failed = []
    for name, step in steps:
        started = time.monotonic()
        good = _tried(step)
        print(f"{'ok    ' if good else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if not good:
            failed.append(name)
    print(f"check: failed in {', '.join(failed)}" if failed else "check: all good")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
