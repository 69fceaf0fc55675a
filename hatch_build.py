"""Build hook and command: every message catalogue (.po) of the package compiled to .mo.

The hook serves wheels and editable installs alike; `python hatch_build.py` does the same in place, for `make
env`. It refuses to compile a catalogue that Babel finds faulty, so that a broken placeholder stops the build,
not a page.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("src/yeollak/locale")


def compile_catalogues(root: Path) -> list[Path]:
    """Write each stale `.mo` beside its `.po` under `root`/src/yeollak/locale and return the paths written.

    Fuzzy messages are left out, as gettext's own compiler does. Raises ValueError, naming file and line,
    for a message whose placeholders differ from the original's.
    """
    written = []
    for source in sorted((root / LOCALE).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        with source.open("rb") as handle:
            catalogue = read_po(handle, locale=source.parts[-3], domain=source.stem, abort_invalid=True)
        for message, errors in catalogue.check():
            raise ValueError(f"{source}:{message.lineno}: {errors[0]}")
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as handle:
            write_mo(handle, catalogue, use_fuzzy=False)
        fresh.replace(target)
        written.append(target)
    return written


class CustomBuildHook(BuildHookInterface[Any]):
    """Called by hatchling before it collects the files of a wheel or an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    try:
        for path in compile_catalogues(Path(__file__).parent):
            sys.stdout.write(f"compiled {path}\n")
    except ValueError as fault:
        raise SystemExit(str(fault)) from None
