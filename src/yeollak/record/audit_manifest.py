"""The audit of a manifest: what it lists against what is there.

A blob that has been read for its act and is what the manifest says of it is done with; every other file is
read for its digest. Blobs are most of an export, so that nearly every file is read once.
"""

from __future__ import annotations

from yeollak.errors import RecordFault
from yeollak.record.audit_checkpoints import Parties
from yeollak.record.audit_register import Findings
from yeollak.record.folder import BLOBS, Files, Names, shown
from yeollak.record.manifest import MAX_MANIFEST, Listing
from yeollak.record.note import Note, VerifierKey, verify_text

_WHAT = "the manifest"


class ManifestAudit:
    """The manifest of an export, read at once: what is wrong with its form is found here."""

    def __init__(self, files: Files, names: Names, findings: Findings) -> None:
        self._files, self._names, self._findings = files, names, findings
        #: What is listed; of the blobs those that have not been found to be what is listed.
        self.listing: Listing | None = None
        self._note: Note | None = None
        self._unlisted = set[bytes]()
        findings.expected.add("manifest")
        try:
            self.listing, self._note = Listing.read(files.read("manifest", MAX_MANIFEST))
            listed = self.listing.blobs
            self._unlisted = {digest for digest in names.blobs if digest not in listed}
        except RecordFault as fault:
            findings.fault("files", fault, file="manifest")

    @property
    def side(self) -> str | None:
        """Who exports, as far as it says."""
        return None if self.listing is None else self.listing.side

    @property
    def kind(self) -> str | None:
        """What kind of export it is, as far as it says."""
        return None if self.listing is None else self.listing.kind

    def verify(self, parties: Parties) -> None:
        """Verify it by the exporter's first keys, if it is by those: it need not be held in memory any
        longer.
        """
        first = None if self.listing is None else parties.register.get(self.listing.side)
        if first is None or self._note is None:
            return
        try:
            verify_text(self._note, first[0], _WHAT)
        except RecordFault:
            return  # by a later generation, or not at all
        self._note = None

    def finish(self, office: str | None, parties: Parties | None) -> None:
        """Find what else is wrong, once it is known which keys there are and what has been read."""
        listing, findings = self.listing, self._findings
        if listing is None:
            return
        try:
            if office is not None and listing.office != office:
                raise RecordFault("origin-mismatch", what=_WHAT, found=listing.office, expected=office)
            if parties is not None:
                if listing.side not in parties.register:
                    raise RecordFault("malformed", what=_WHAT, why="its side is not a party")
                if self._note is not None:
                    _check_signed(self._note, [pair[0] for pair in parties.registers(listing.side)])
        except RecordFault as fault:
            # What it lists is compared all the same: an altered charter changes every key, and only this
            # names the charter.
            findings.fault("files", fault, file="manifest")
        rest = {f"{BLOBS}{digest.hex()}" for digest in (*listing.blobs, *self._unlisted)}
        for name in sorted({*self._names.others, *listing.others, *rest} - {"manifest"}):
            self._compare(listing, name)

    def _compare(self, listing: Listing, name: str) -> None:
        line, findings = listing.line(name), self._findings
        if line is None:
            findings.add("files", "unlisted", file=shown(name))
            return
        try:
            size, digest = self._files.digest(name, line[0])
        except RecordFault as fault:
            findings.fault("files", fault, file=name)
            return
        if size != line[0]:
            findings.add("files", "size", file=name, size=size, listed=line[0])
        elif digest != line[1]:
            findings.add("files", "digest-mismatch", file=name)


def _check_signed(note: Note, keys: list[VerifierKey]) -> None:
    """By the exporter's register key of any generation: the record itself does not rest on the manifest."""
    while len(keys) > 1:
        try:
            verify_text(note, keys.pop(), _WHAT)
        except RecordFault:
            continue
        return
    verify_text(note, keys[0], _WHAT)
