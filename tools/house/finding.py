"""What a rule reports, and the files that rules are applied to; no rule lives here."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]

#: A rule over one text file: its path in the project and its text.
TextRule = Callable[[PurePosixPath, str], Iterator["Finding"]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule is not kept; `line` is counted from 1, and 0 means the file as a whole.

    A `smell` is shown and fails nothing.
    """

    path: PurePosixPath
    line: int
    rule: str
    why: str
    smell: bool = False

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {self.why} [{self.rule}]"


def project_files(root: Path = ROOT) -> list[PurePosixPath]:
    """The files of the project as git sees them: tracked, or new and not ignored; sorted; present on disk.

    Raises OSError or CalledProcessError outside a git work tree: a check of the wrong files is no check.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted({PurePosixPath(name) for name in listed.split("\0") if name and (root / name).is_file()})


def read_text(path: PurePosixPath, root: Path = ROOT) -> str | None:
    """The text of a file, or None for one that is not UTF-8 text (pictures, fonts, sealed bytes)."""
    content = (root / path).read_bytes()
    if b"\0" in content[:8192]:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
