"""Typesetting: a paper as PDF/A, tagged, with Hangul and Arabic shaped, by Typst inside this process.

What a paper says goes in as data and is never read as markup; the one document that is compiled is ours,
reads no file and fetches nothing. Fonts are those of the machine: a script that none of them has is a fault
of this machine, and no paper with empty boxes is given out.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import typst

from yeollak.desk.staff.papers import Paper, letters
from yeollak.errors import OurFault

#: What the plain values of a paper may weigh, in bytes: a joint text has 1 MiB at most.
MOST: Final = 2 * 1024 * 1024
#: Archived for long, tagged for readers that see nothing, every letter as Unicode.
STANDARD: Final = ("a-2a",)
#: Script -> how its letters are found, and the faces that are taken for it: serif, sans.
_SCRIPTS: Final[Mapping[str, tuple[tuple[tuple[int, int], ...], tuple[str, ...], tuple[str, ...]]]] = {
    "Hangul": (
        ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)),
        ("Noto Serif CJK KR", "Noto Serif KR", "Source Han Serif K", "NanumMyeongjo", "Batang"),
        ("Noto Sans CJK KR", "Noto Sans KR", "Source Han Sans K", "NanumGothic", "Malgun Gothic"),
    ),
    "Arabic": (
        ((0x0600, 0x06FF), (0x0750, 0x077F)),
        ("Noto Naskh Arabic", "Amiri", "Scheherazade New", "Traditional Arabic"),
        ("Noto Sans Arabic", "Noto Kufi Arabic", "DejaVu Sans"),
    ),
}
_LATIN: Final = (("Noto Serif", "Libertinus Serif"), ("Noto Sans", "DejaVu Sans", "Libertinus Serif"))
_MONO: Final = ("Noto Sans Mono", "DejaVu Sans Mono")
#: One paper at a time: a sheet takes the better part of a core while it is set.
_alone = threading.Lock()


def pdf(paper: Paper, at: datetime, families: Iterable[str] | None = None) -> bytes:
    """A paper as a PDF made at the instant `at`: the same paper and instant give the same bytes on one
    machine.

    `families` are the faces that there are (those of this machine, where None). Raises OurFault
    (`paper-fonts-missing`, `paper-too-large`, `paper-not-set`).
    """
    value = paper.plain()
    held = machine_families() if families is None else frozenset(families)
    value["faces"] = faces(value, held)
    data = json.dumps(value, ensure_ascii=False)
    if len(data.encode()) > MOST:
        raise OurFault("paper-too-large", most=MOST // (1024 * 1024))
    source = files("yeollak.desk").joinpath("papers", "paper.typ").read_bytes()
    with _alone, tempfile.TemporaryDirectory(prefix="yeollak-paper.") as root:
        try:
            compiler = typst.Compiler(root=root, font_paths=_fonts())
            made = compiler.compile(
                input=source,
                format="pdf",
                sys_inputs={"paper": data},
                pdf_standards=list(STANDARD),
                timestamp=int(at.astimezone(UTC).timestamp()),
            )
        except typst.TypstError as problem:
            raise OurFault("paper-not-set", why=problem.message[:200]) from None
    if not isinstance(made, bytes):
        raise OurFault("paper-not-set", why="no PDF came of it")
    return made


def faces(value: Any, held: frozenset[str]) -> dict[str, list[str]]:
    """The faces for a paper, in their order, of those that there are. Raises OurFault(`paper-fonts-missing`)
    where it has letters of a script for which there is none.
    """
    found: dict[str, list[str]] = {"serif": [], "sans": [], "mono": []}
    for name, wanted in zip(found, (*_LATIN, _MONO), strict=True):
        found[name] += [one for one in wanted if one in held][:1]
    text = "".join(letters(value))
    missing = []
    for script, (ranges, first, second) in _SCRIPTS.items():
        serif_faces, sans_faces = ([one for one in some if one in held][:1] for some in (first, second))
        if not serif_faces and not sans_faces:
            if any(start <= ord(letter) <= end for letter in text for start, end in ranges):
                missing.append(script)
            continue
        found["serif"] += serif_faces or sans_faces
        found["sans"] += sans_faces or serif_faces
    if missing:
        raise OurFault("paper-fonts-missing", scripts=", ".join(missing))
    found["mono"] += found["sans"]
    return found


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def machine_families() -> frozenset[str]:
    """The families of this machine and those that come with the typesetter, looked up once."""
    return frozenset(_fonts().families())
