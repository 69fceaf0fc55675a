"""What an audit says: verdicts kept apart, and every defect by file, entry and rule.

Values only. A report is not a proof to pass on; whoever wants to know runs the audit again over the same
bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from yeollak.errors import RecordFault

Verdict = Literal["files", "registers", "receipts", "documents"]
#: files: as the exporter signed them. registers: intact. receipts: good. documents: complete.
VERDICTS: Final[tuple[str, ...]] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong.

    `rule` is a stable code; `file` a path in the export; `entry` `<side>:<index>` or a digest.
    """

    verdict: Verdict
    rule: str
    why: str
    file: str | None = None
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far another side has receipted a register:

    `size` in entries, `time` in POSIX seconds as it claimed.
    """

    size: int
    time: int


@dataclass(frozen=True, slots=True)
class Register:
    """One register of the export.

    `root` in hex; `receipts` by the cosigning side; `statements` the entries' bytes,
    empty where one could not be read.
    """

    side: str
    origin: str
    size: int
    root: str
    receipts: Mapping[str, Receipt]
    statements: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an audit. What is here was verified only so far as no defect says otherwise.

    `office` is the SHA-256 of the charter that was found: that it is the office meant is for the reader to
    compare. `documents` are act documents by id whose digest was right; `withheld`, `erased` and `absent`
    count what a selected export leaves out, enclosures that a signed act says were erased, and enclosures on
    other rules that are not here.
    """

    office: str | None
    side: str | None
    kind: str | None
    registers: tuple[Register, ...]
    defects: tuple[Defect, ...]
    charter: bytes | None = field(default=None, repr=False)
    documents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    files: int = 0
    enclosures: int = 0
    withheld: int = 0
    erased: int = 0
    absent: int = 0

    def of(self, verdict: Verdict) -> tuple[Defect, ...]:
        """The defects that bear on one verdict; none means that it is good."""
        return tuple(defect for defect in self.defects if defect.verdict == verdict)

    def require(self) -> None:
        """Raises RecordFault(`audit-failed`) naming the first defect, when there is any."""
        if self.defects:
            first = self.defects[0]
            raise RecordFault(
                "audit-failed",
                count=len(self.defects),
                file=first.file or "-",
                entry=first.entry or "-",
                rule=first.rule,
            )
