"""Write the generated pages below docs/, or say which are stale; `tools.pages` makes them."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import PurePosixPath

import tools.pages
from tools.house.finding import ROOT, Finding


def generated() -> dict[PurePosixPath, str]:
    """Every generated page as it should be: path -> text. Raises ValueError for one made twice."""
    made: dict[PurePosixPath, str] = {}
    for info in sorted(pkgutil.iter_modules(tools.pages.__path__), key=lambda info: info.name):
        for name, text in importlib.import_module(f"tools.pages.{info.name}").pages().items():
            path = PurePosixPath("docs") / name
            if path in made:
                raise ValueError(f"{path} is made by two modules")
            made[path] = text
    return made


def stale() -> Iterator[Finding]:
    """Each page that differs from what would be written now, and each that nothing writes any more."""
    made = generated()
    for path, text in made.items():
        if not (ROOT / path).is_file() or (ROOT / path).read_text(encoding="utf-8") != text:
            yield Finding(path, 0, "generated-pages", "is stale; run `make docs`")
    for file in sorted((ROOT / "docs").rglob("*.md")):
        path = PurePosixPath(file.relative_to(ROOT))
        if path not in made and file.read_text(encoding="utf-8").startswith(tools.pages.NOTICE):
            yield Finding(path, 0, "generated-pages", "nothing generates it any more; remove it")


def main() -> None:
    """Write each page that has changed, and name it."""
    for path, text in generated().items():
        target = ROOT / path
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path}\n")


if __name__ == "__main__":
    main()
