"""Draw `src/yeollak/words/lookalikes.tsv` from Unicode's own files: scripts, what cannot be seen, and what
looks like what (UAX 24, UAX 44, UTS 39).

    python tools/lookalikes.py FOLDER

FOLDER holds `Scripts.txt`, `ScriptExtensions.txt`, `PropertyValueAliases.txt`, `DerivedCoreProperties.txt`
and `confusables.txt` of one version, as Unicode publishes them. Run it when Unicode has a new version.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).resolve().parents[1] / "src" / "yeollak" / "words" / "lookalikes.tsv"
_VERSION = re.compile(r"^# (?:Version: |Scripts-)(\d+\.\d+\.\d+)", re.MULTILINE)

#: What Unicode asks to be kept with its data.
NOTICE: Final = """\
UNICODE LICENSE V3

COPYRIGHT AND PERMISSION NOTICE

Copyright © 1991-2025 Unicode, Inc.

NOTICE TO USER: Carefully read the following legal agreement. BY DOWNLOADING, INSTALLING, COPYING OR
OTHERWISE USING DATA FILES, AND/OR SOFTWARE, YOU UNEQUIVOCALLY ACCEPT, AND AGREE TO BE BOUND BY, ALL OF THE
TERMS AND CONDITIONS OF THIS AGREEMENT. IF YOU DO NOT AGREE, DO NOT DOWNLOAD, INSTALL, COPY, DISTRIBUTE OR
USE THE DATA FILES OR SOFTWARE.

Permission is hereby granted, free of charge, to any person obtaining a copy of data files and any
associated documentation (the "Data Files") or software and any associated documentation (the "Software") to
deal in the Data Files or Software without restriction, including without limitation the rights to use,
copy, modify, merge, publish, distribute, and/or sell copies of the Data Files or Software, and to permit
persons to whom the Data Files or Software are furnished to do so, provided that either (a) this copyright
and permission notice appear with all copies of the Data Files or Software, or (b) this copyright and
permission notice appear in associated Documentation.

THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED,
INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT OF THIRD PARTY RIGHTS.

IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE BE LIABLE FOR ANY CLAIM, OR ANY
SPECIAL INDIRECT OR CONSEQUENTIAL DAMAGES, OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR
PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN
CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA FILES OR SOFTWARE.

Except as contained in this notice, the name of a copyright holder shall not be used in advertising or
otherwise to promote the sale, use or other dealings in these Data Files or Software without prior written
authorization of the copyright holder.
"""


def table(folder: Path) -> str:
    """The table of one version. Raises ValueError where the files are not of one version."""
    versions = {
        found[1]
        for name in ("Scripts.txt", "confusables.txt")
        if (found := _VERSION.search((folder / name).read_text(encoding="utf-8")[:1000]))
    }
    if len(versions) != 1:
        raise ValueError(f"files of several versions or of none: {sorted(versions)}")
    head = [
        f"Unicode {versions.pop()}. Made by tools/lookalikes.py: not to be edited.",
        "",
        *NOTICE.splitlines(),
    ]
    return "".join(
        [
            *(f"# {line}".rstrip() + "\n" for line in head),
            "@scripts\n",
            *(f"{first:04X}..{last:04X}\t{value}\n" for first, last, value in _merged(_scripts(folder))),
            "@unseen\n",
            *(f"{first:04X}..{last:04X}\n" for first, last, _ in _merged(_unseen(folder))),
            "@like\n",
            *(f"{source}\t{target}\n" for source, target in _like(folder)),
        ]
    )


def _rows(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if plain := line.partition("#")[0].strip():
            yield [field.strip() for field in plain.split(";")]


def _span(text: str) -> range:
    first, _, last = text.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def _scripts(folder: Path) -> dict[int, str]:
    """Code point -> its scripts by their four letters; those of its extensions, where it has any."""
    short = {row[2]: row[1] for row in _rows(folder / "PropertyValueAliases.txt") if row[0] == "sc"}
    found = {at: short[name] for span, name in _rows(folder / "Scripts.txt") for at in _span(span)}
    for span, names in _rows(folder / "ScriptExtensions.txt"):
        found |= dict.fromkeys(_span(span), " ".join(sorted(names.split())))
    return found


def _unseen(folder: Path) -> dict[int, str]:
    rows = _rows(folder / "DerivedCoreProperties.txt")
    return {at: "" for row in rows if row[1] == "Default_Ignorable_Code_Point" for at in _span(row[0])}


def _like(folder: Path) -> Iterable[tuple[str, str]]:
    return sorted(
        ((row[0], row[1]) for row in _rows(folder / "confusables.txt")), key=lambda pair: int(pair[0], 16)
    )


def _merged(values: dict[int, str]) -> Iterator[tuple[int, int, str]]:
    """Spans of neighbours with one value."""
    first = last = -1
    for at in sorted(values):
        if first >= 0 and at == last + 1 and values[at] == values[first]:
            last = at
            continue
        if first >= 0:
            yield first, last, values[first]
        first = last = at
    if first >= 0:
        yield first, last, values[first]


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    TABLE.write_text(table(parser.parse_args().folder), encoding="utf-8")


if __name__ == "__main__":
    main()
