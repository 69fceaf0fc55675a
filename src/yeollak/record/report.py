"""What an audit says: verdicts kept apart, and every defect by file, entry and rule.

Values only. A report is not a proof to pass on; whoever wants to know runs the audit again over the same
bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from yeollak.errors import Datum, RecordFault

Verdict = Literal["files", "registers", "receipts", "documents"]
#: files: as the exporter signed them. registers: intact. receipts: good. documents: complete.
VERDICTS: Final[tuple[str, ...]] = get_args(Verdict)


#: The rules of an audit -> what is wrong where one is not kept. A fault that was raised is worded by
#: `errors.CODES` instead; both are message ids of the catalogues.
DEFECTS: Final[Mapping[str, str]] = {
    "digest-mismatch": "It is not the file that was signed.",
    "cut-short": "{peer} has counted {seen} entries by its own acts; the register here ends at {size}.",
    "document": "It is not what the statement signs.",
    "document-missing": "The act's document is not here.",
    "enclosure": "It is not what the act commits to.",
    "enclosure-missing": "An enclosure as of right is not here.",
    "key": "It is not the key that the charter names.",
    "key-range": "The keys that sign it are not those in force at its {size} entries.",
    "leaf": "It is not the entry that was signed.",
    "office": "It is not the charter of the office {office}.",
    "policy": "It is not the policy of the parties that the charter names.",
    "receipt": "No other party has receipted it.",
    "receipt-half": "Only one of the two signatures of a receipt by {peer} stands on it.",
    "receipt-missing": "{peer} has counted {seen} entries by its own acts; its receipts here end at {size}.",
    "receipt-range": "The keys by which {peer} has receipted {size} entries do not stand for so many.",
    "right-too-large": "Its enclosures as of right have {size} bytes together.",
    "root": "The entries do not make the root that the checkpoint states.",
    "size": "It has {size} bytes instead of {listed}.",
    "size-in-name": "Its checkpoint is of size {size}.",
    "stray": "An export has no such file.",
    "stray-blob": "No act names it.",
    "stray-log": "An export of kind log has no blobs.",
    "tile": "It is not the tile that the entries make.",
    "tile-size": "It does not hold {count} hashes.",
    "too-many": "It claims {count} entries.",
    "two-views": "The register does not extend this checkpoint.",
    "unlisted": "The manifest does not list it.",
}


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong.

    `rule` is a stable code; `file` a path in the export; `entry` `<side>:<index>` or a digest. `message` says
    what is wrong, with `data` for its fields; `fault` whether it is one of `errors.CODES`.
    """

    verdict: Verdict
    rule: str
    message: str
    file: str | None = None
    entry: str | None = None
    data: tuple[tuple[str, Datum], ...] = ()
    fault: bool = False

    @property
    def why(self) -> str:
        """What is wrong, in English."""
        return self.message.format_map(dict(self.data))


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far another side has receipted a register:

    `size` in entries, `time` in POSIX seconds as it claimed.
    """

    size: int
    time: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint of an export, and whose keys signed it: the raw Ed25519 keys of whole generations, of the
    register and of each side that has receipted it. For which sizes they are good, the fold says.
    """

    file: str
    size: int
    register: frozenset[bytes]
    receipts: Mapping[str, frozenset[bytes]]


@dataclass(frozen=True, slots=True)
class Register:
    """One register of the export.

    `root` in hex; `receipts` by the cosigning side; `statements` the entries' bytes,
    empty where one could not be read; `signed` every checkpoint of it that verifies.
    """

    side: str
    origin: str
    size: int
    root: str
    receipts: Mapping[str, Receipt]
    statements: tuple[bytes, ...] = field(repr=False)
    signed: tuple[Signed, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an audit. What is here was verified only so far as no defect says otherwise.

    `office` is the SHA-256 of the charter that was found: that it is the office meant is for the reader to
    compare. `documents` are act documents by id whose digest was right; `withheld`, `erased` and `absent`
    count what a selected export leaves out, enclosures of which an act of the exporter says that it has
    erased them, and enclosures on other rules that are not here.
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
