"""An exhibit: one act with everything that shows it, in one file that is judged from its bytes alone.

It is a ZIP archive, stored and not compressed, with fixed times: the same record makes the same bytes.

    exhibit                       JSON: form, office, side, position
    charter                       the charter's bytes
    acts/<side>/<position>/…      `statement`, `document`, `proof` (tlog-proof): of the act and of every act
                                  that brings a key by which it is judged
    blobs/<digest>                enclosures of the act: salt and content
    read/<lang>.txt               the act in words, for people: proves nothing

It does not fold: whether the act is allowed or void, only the whole record shows. Source:
docs/spec/31-exhibit.md.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.record import canon, enclosure, keys, merkle, statement
from yeollak.record.audit import MAX_CHARTER, read_parties
from yeollak.record.audit_checkpoints import Parties
from yeollak.record.audit_register import Findings
from yeollak.record.checkpoint import Checkpoint, origin_of
from yeollak.record.document import Act, act_id
from yeollak.record.generations import first, open_by_one, replacements, succeed
from yeollak.record.manifest import check_path
from yeollak.record.note import VerifierKey
from yeollak.record.proof import Proof
from yeollak.record.report import Defect, Receipt

FORM: Final = "yeollak/exhibit/1"
#: What an exhibit may hold together, in bytes, and how many files.
MAX_EXHIBIT: Final = 64 * 1024 * 1024
MAX_FILES: Final = 2_000
_PARTS: Final = ("statement", "document", "proof")
_WHAT: Final = "the exhibit"
#: Roles whose later generations judge checkpoints and receipts.
_ROLES: Final = ("register", "receipt")
#: Acts that bring a key by which later acts are signed.
_POSTS: Final = ("posting.appoint", "key.rotate")


@dataclass(frozen=True, slots=True)
class Shown:
    """What an exhibit shows. What is here was verified only so far as no defect says otherwise.

    officer   whether the key of the officer who signed is in it, so that his signature was verified
    receipts  by side, over the checkpoint of the proof
    """

    office: str | None
    side: str = ""
    index: int = 0
    act: Act | None = None
    act_id: str = ""
    size: int = 0
    root: str = ""
    officer: bool = False
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    enclosures: int = 0
    absent: int = 0
    files: int = 0
    defects: tuple[Defect, ...] = ()


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of these files, by path. Raises RecordFault(`too-large`, `malformed`)."""
    if sum(map(len, files.values())) > MAX_EXHIBIT or len(files) > MAX_FILES:
        raise RecordFault("too-large", what=_WHAT, limit=MAX_EXHIBIT)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            item = zipfile.ZipInfo(check_path(path, _WHAT))
            item.external_attr = 0o644 << 16
            archive.writestr(item, files[path])
    return made.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of an archive, by path.

    Raises RecordFault(`unreadable`, `too-large`, `malformed`): for what is no archive, is compressed or
    encrypted, holds a path twice, or more than an exhibit may.
    """
    if len(data) > 2 * MAX_EXHIBIT:
        raise RecordFault("too-large", what=_WHAT, limit=MAX_EXHIBIT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            items = archive.infolist()
            if len(items) > MAX_FILES or sum(item.file_size for item in items) > MAX_EXHIBIT:
                raise RecordFault("too-large", what=_WHAT, limit=MAX_EXHIBIT)
            found: dict[str, bytes] = {}
            for item in items:
                path = check_path(item.filename, _WHAT)
                plain = item.compress_type == zipfile.ZIP_STORED and not item.flag_bits & 1
                if path in found or not plain:
                    raise RecordFault("malformed", what=_WHAT, why="a file is in it twice, or compressed")
                found[path] = archive.read(item)
            return found
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as problem:
        raise RecordFault("unreadable", what=_WHAT, why=f"it is no archive: {problem}"[:120]) from None


def head(office: str, side: str, index: int) -> bytes:
    """The file `exhibit` of the act at a position of a side's register."""
    return canon.encode({"form": FORM, "index": index, "office": office, "side": side})


def place(side: str, index: int, part: str) -> str:
    """The path of a part of an act: `statement`, `document` or `proof`."""
    return f"acts/{side}/{index}/{part}"


def audit_exhibit(files: Mapping[str, bytes], *, office: str | None = None) -> Shown:
    """Everything that can be said of an exhibit. `office` is the id (64 hex) that it must be of.

    Raises RecordFault(`unreadable`) alone, where there is no exhibit to judge.
    """
    if "exhibit" not in files or "charter" not in files:
        raise RecordFault("unreadable", what=_WHAT, why="it has no charter or does not say what it shows")
    return _Audit(files, office).run()


class _Audit:
    def __init__(self, files: Mapping[str, bytes], office: str | None) -> None:
        self.files, self.wanted = files, office
        self.findings = Findings()
        self.findings.expected |= {"exhibit", "charter"}

    def run(self) -> Shown:
        shown = Shown(None, files=len(self.files))
        try:
            parties = read_parties(self.files["charter"][: MAX_CHARTER + 1])
        except RecordFault as fault:
            self.findings.fault("files", fault, file="charter")
            return replace(shown, defects=tuple(self.findings.defects))
        shown = replace(shown, office=parties.office)
        if self.wanted is not None and self.wanted != parties.office:
            self.findings.add("files", "office", file="charter", office=self.wanted)
        try:
            side, index = self._head(parties)
        except RecordFault as fault:
            self.findings.fault("files", fault, file="exhibit")
            return replace(shown, defects=tuple(self.findings.defects))
        shown = replace(shown, side=side, index=index)
        acts = dict(self._acts(parties))
        parties = self._later(parties, acts)
        for other, position in sorted(acts):
            self._proven(parties, other, position, acts[other, position])
        shown = self._main(shown, parties, acts)
        for name in sorted(self.files):
            if name not in self.findings.expected and not _for_people(name):
                self.findings.add("files", "stray", file=name)
        return replace(shown, defects=tuple(self.findings.defects))

    def _head(self, parties: Parties) -> tuple[str, int]:
        value: dict[str, Any] = canon.fields(
            canon.decode(self.files["exhibit"], limit=1024, what="the head of the exhibit"),
            {"form", "index", "office", "side"},
            set(),
            "the head of the exhibit",
        )
        if (
            value["form"] != FORM
            or value["office"] != parties.office
            or value["side"] not in parties.register
        ):
            raise RecordFault(
                "malformed", what="the head of the exhibit", why="it is of another form or office"
            )
        return str(value["side"]), canon.natural(value["index"], "the position in the exhibit")

    def _acts(self, parties: Parties) -> Iterator[tuple[tuple[str, int], Act | None]]:
        """Every act that has a document here, by side and position; None where it cannot be read."""
        for name in sorted(self.files):
            parts = name.split("/")
            if (
                parts[0] != "acts"
                or len(parts) != 4
                or parts[3] != "document"
                or parts[1] not in parties.register
            ):
                continue
            if not parts[2].isdecimal() or len(parts[2]) > 12 or str(int(parts[2])) != parts[2]:
                continue
            key = parts[1], int(parts[2])
            self.findings.expected |= {place(*key, part) for part in _PARTS}
            try:
                yield key, Act.parse(self.files[name])
            except RecordFault:
                yield key, None

    def _later(self, parties: Parties, acts: Mapping[tuple[str, int], Act | None]) -> Parties:
        """The generations of keys that acts in the exhibit bring, by what their bytes say."""
        later = {}
        taken = [key for held in parties.keys.values() for key in held.values()]
        for side in parties.register:
            held = parties.keys[side]
            rows = [
                (index, self.files.get(place(side, index, "statement"), b""))
                for other, index in sorted(acts)
                if other == side
            ]
            brought = tuple(
                replacements(
                    parties.office,
                    side,
                    held["authority"],
                    held["authority_next"].hex(),
                    rows,
                    partial(self._document, side),
                )
            )
            later[side] = {role: succeed(first(role, held), role, taken, brought)[1:] for role in _ROLES}
        return replace(parties, later=later)

    def _document(self, side: str, index: int, _act: str) -> bytes | None:
        return self.files.get(place(side, index, "document"))

    def _proven(self, parties: Parties, side: str, index: int, act: Act | None) -> None:
        """That an entry stands where it says: its document, its statement, its path to a signed root."""
        entry = f"{side}:{index}"
        try:
            raw = self._part(side, index, "statement")
            stated = statement.parse(raw)
            document = self._part(side, index, "document")
            if act is None or stated.act_id != act_id(document):
                self.findings.add("documents", "document", file=place(side, index, "document"), entry=entry)
            self._head_of(parties, side, index, raw)
        except RecordFault as fault:
            self.findings.fault("registers", fault, file=place(side, index, "proof"), entry=entry)

    def _head_of(
        self, parties: Parties, side: str, index: int, raw: bytes
    ) -> tuple[Checkpoint, dict[VerifierKey, int]]:
        proof = Proof.parse(self._part(side, index, "proof"))
        receipts = [key for other in parties.receipt for pair in parties.receipts(other) for key in pair]
        checkpoint, _, signed = open_by_one(
            proof.checkpoint,
            parties.registers(side),
            receipts,
            origin=origin_of(side, parties.office),
        )
        if proof.index != index:
            raise RecordFault("proof-mismatch", what="the proof")
        merkle.verify_inclusion(merkle.leaf_hash(raw), index, checkpoint.size, proof.path, checkpoint.root)
        return checkpoint, signed

    def _main(self, shown: Shown, parties: Parties, acts: Mapping[tuple[str, int], Act | None]) -> Shown:
        side, index = shown.side, shown.index
        if (side, index) not in acts:
            self.findings.add("documents", "document-missing", entry=f"{side}:{index}")
            return shown
        act = acts[side, index]
        try:
            raw = self._part(side, index, "statement")
            checkpoint, signed = self._head_of(parties, side, index, raw)
            stated = statement.parse(raw)
        except RecordFault:
            return shown  # named already
        receipts = {}
        for other in parties.receipt:
            for pair in parties.receipts(other) if other != side else ():
                if signed.keys() >= set(pair):
                    receipts[other] = Receipt(checkpoint.size, min(signed[key] for key in pair))
                elif signed.keys() & set(pair):
                    self.findings.add("receipts", "receipt-half", peer=other, entry=f"{side}:{index}")
        shown = replace(
            shown,
            act=act,
            act_id=stated.act_id,
            size=checkpoint.size,
            root=checkpoint.root.hex(),
            receipts=receipts,
        )
        if act is None:
            return shown
        return self._enclosed(self._officer(shown, parties, acts, act, stated), act)

    def _officer(
        self,
        shown: Shown,
        parties: Parties,
        acts: Mapping[tuple[str, int], Act | None],
        act: Act,
        stated: statement.Statement,
    ) -> Shown:
        """The officer's signature, by the key that an earlier act of his side posts or its charter has."""
        entry, side = f"{shown.side}:{shown.index}", shown.side
        claims = (act.office, act.side, act.officer, stated.iss)
        if claims != (parties.office, side, stated.kid, origin_of(side, parties.office)):
            self.findings.add("documents", "document", entry=entry)
            return shown
        key = self._posted(parties, acts, side, shown.index).get(act.officer)
        if key is None:
            return shown
        try:
            statement.verify(stated, key)
        except RecordFault as fault:
            self.findings.fault("documents", fault, entry=entry)
        return replace(shown, officer=True)

    def _posted(
        self, parties: Parties, acts: Mapping[tuple[str, int], Act | None], side: str, end: int
    ) -> dict[str, bytes]:
        """The keys that a side's charter and its acts below a position bring, by key id: each by an act that
        a key known before it has signed, or, of the authority, by the one that was enrolled.
        """
        held = parties.keys[side]
        known = {keys.kid(held["authority"]): held["authority"]}
        following = {held["authority_next"].hex()}
        for index, act in sorted((at, one) for (other, at), one in acts.items() if other == side and one):
            key = _raw(act.facts.get("key")) if index < end and act.kind in _POSTS else None
            rotates = act.kind == "key.rotate"
            if key is None or (not rotates and act.officer not in known):
                continue
            if rotates and hashlib.sha256(key).hexdigest() not in following:
                continue
            try:
                stated = statement.parse(self._part(side, index, "statement"))
                statement.verify(stated, key if rotates else known[act.officer])
            except RecordFault:
                continue  # it brings nothing
            known[keys.kid(key)] = key
            if rotates:
                following.add(str(act.facts.get("next")))
        return known

    def _enclosed(self, shown: Shown, act: Act) -> Shown:
        held = absent = 0
        for item in act.enclosures:
            name = f"blobs/{item.digest}"
            self.findings.expected.add(name)
            data = self.files.get(name)
            if data is None:
                absent += 1
                continue
            held += 1
            try:
                enclosure.open_blob(act.office, act.side, item.digest, data)
            except RecordFault:
                self.findings.add("documents", "enclosure", file=name, entry=item.digest)
        return replace(shown, enclosures=held, absent=absent)

    def _part(self, side: str, index: int, part: str) -> bytes:
        path = place(side, index, part)
        data = self.files.get(path)
        if data is None:
            raise RecordFault("unreadable", what=path, why="it is not there", file=path)
        return data


def _for_people(name: str) -> bool:
    return name.startswith("read/") and name.endswith(".txt")


def _raw(value: object) -> bytes | None:
    try:
        return bytes.fromhex(value) if isinstance(value, str) and len(value) == 64 else None
    except ValueError:
        return None
