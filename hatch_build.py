"""Build hook and command: every message catalogue (.po) of the package compiled to .mo.

The hook serves wheels and editable installs alike; `python hatch_build.py` does the same in place, for `make
env`. It refuses to compile a catalogue that Babel finds faulty, so that a broken placeholder stops the build,
not a page.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path("src/yeollak/locale")

#: A catalogue that holds only what differs from another -> that other, which says the rest.
REST = {"ko_KP": "ko"}


def compile_catalogues(root: Path) -> list[Path]:
    """Write each stale `.mo` beside its `.po` under `root`/src/yeollak/locale and return the paths written.

    Fuzzy messages are left out, as gettext's own compiler does; what a catalogue of differences (`REST`) does
    not say is taken from the other, so that every reader of a `.mo` finds it whole.
    Raises ValueError, naming file and line, for a message whose placeholders differ from the original's.
    """
    written = []
    for source in sorted((root / LOCALE).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        rest = root / LOCALE / REST.get(source.parts[-3], source.parts[-3]) / "LC_MESSAGES" / source.name
        changed = max(source.stat().st_mtime_ns, rest.stat().st_mtime_ns)
        if target.exists() and target.stat().st_mtime_ns > changed:
            continue
        catalogue = _read(source)
        if rest != source:
            for message in _read(rest):
                said = catalogue.get(_id(message), message.context)
                if message.id and (said is None or said.fuzzy):
                    catalogue.delete(_id(message), message.context)
                    catalogue[message.id] = message
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as handle:
            write_mo(handle, catalogue, use_fuzzy=False)
        fresh.replace(target)
        written.append(target)
    return written


def _read(source: Path) -> Catalog:
    with source.open("rb") as handle:
        catalogue = read_po(handle, locale=source.parts[-3], domain=source.stem, abort_invalid=True)
    for message, errors in catalogue.check():
        raise ValueError(f"{source}:{message.lineno}: {errors[0]}")
    return catalogue


def _id(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])


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
