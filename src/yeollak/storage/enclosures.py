"""Keeping enclosures: small ones as rows in the entries' own transaction, larger ones as files before it.

Part of `Journal`. It also keeps the list of large enclosures that registers name, from which follows what is
still to be fetched, what may be served and what must be acknowledged. Nothing here sends or decides who may
have an enclosure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from yeollak.errors import RecordFault
from yeollak.record import enclosure
from yeollak.record.document import Act
from yeollak.record.enclosure import SALT
from yeollak.storage import files, models, passages, plain
from yeollak.storage.reading import OfficeView, office_view
from yeollak.storage.writer import Writer

State = Literal["wanted", "held", "done", "refused"]


class Enclosures(Writer):
    """What a writer does with enclosures."""

    def keep_enclosure(self, office: str, side: str, digest: str, blob: bytes) -> None:
        """Keep an enclosure that came by itself (salt, then bytes). Raises RecordFault(`digest-mismatch`)."""
        enclosure.open_blob(office, side, digest, blob)
        self._keep_files({digest: blob})
        with self.atomic():
            self._keep(office, {digest: blob})
            self._read_anew(office, digest)

    def erase_enclosure(self, office: str, digest: str) -> None:
        """Erase salt and bytes of an enclosure under a retention rule; the commitment stays in the record."""
        with self.atomic():
            self._all(models.Enclosure).filter(office_id=office, digest=digest).delete()
            self._all(models.Large).filter(office_id=office, digest=digest).update(state="done")
            self._read_anew(office, digest)
        if files.known(self.alias):
            files.of(self.alias).drop(digest)

    def take_large(self, office: str, side: str, digest: str, arrived: files.Files | None = None) -> None:
        """Take over a large enclosure of `side` whose last piece has arrived; `arrived` is where, if not by
        the line.

        Raises RecordFault(`digest-mismatch`) where the pieces are not what was committed to: they go.
        """
        view = office_view(self.alias, office)
        (arrived or files.of(self.alias)).finish(office, side, digest)
        state = "done" if side == view.side else "held"
        with self.atomic():
            self._keep_rows(office, [digest])
            rows = view.rows(models.Large).filter(digest=digest, place=view.charter.places[side])
            rows.update(state=state)
            self._read_anew(office, digest)

    def mark_large(self, office: str, side: str, digest: str, state: State) -> None:
        """Note how far a large enclosure of `side` has come."""
        view = office_view(self.alias, office)
        with self.atomic():
            rows = view.rows(models.Large).filter(digest=digest, place=view.charter.places[side])
            rows.update(state=state)

    # steps inside a transaction, and before it

    def _read_anew(self, office: str, digest: str) -> None:
        """Let the acts that name an enclosure be found by what is here of it now."""
        view = office_view(self.alias, office)
        # A fold that goes on elsewhere has either seen the enclosure or is seen here when it has ended.
        self._all(models.Office).select_for_update(no_key=True).get(id=view.id)
        view.refresh()
        passages.move(view, [digest])

    def _keep_files(self, blobs: Mapping[str, bytes]) -> None:
        """Sync what is large before any row speaks of it."""
        for digest, blob in blobs.items():
            if len(blob) > files.SMALL:
                files.of(self.alias).keep(digest, blob)

    def _keep(self, office: str, blobs: Mapping[str, bytes]) -> None:
        rows = ((office, digest, blob if len(blob) <= files.SMALL else b"") for digest, blob in blobs.items())
        plain.insert(self.alias, models.Enclosure, plain.ENCLOSURE_ROW, rows, once=True)

    def _keep_rows(self, office: str, digests: Iterable[str]) -> None:
        rows = ((office, digest, b"") for digest in digests)
        plain.insert(self.alias, models.Enclosure, plain.ENCLOSURE_ROW, rows, once=True)

    def _name_large(self, view: OfficeView, place: int, rows: Sequence[plain.NewEntry]) -> None:
        """List the large enclosures that new entries of a register name."""
        named: dict[str, int] = {}
        for row in rows:
            # Most documents name none: they need not be parsed again.
            if b'"large"' in row.document:
                named.update(_large(row.document))
        if not named:
            return
        # Of another side's nothing is taken for held, not even under a digest that is: it might be ours.
        own = view.rows(models.Enclosure).filter(digest__in=list(named)) if place == view.place else ()
        held = {row.digest for row in own}
        self._all(models.Large).bulk_create(
            [
                models.Large(
                    office_id=view.id,
                    place=place,
                    digest=digest,
                    size=size + SALT,
                    state="done" if digest in held else "wanted",
                )
                for digest, size in named.items()
            ],
            ignore_conflicts=True,
        )


def _large(document: bytes) -> Mapping[str, int]:
    try:
        act = Act.parse(document)
    except RecordFault:
        return {}
    return {item.digest: item.size or 0 for item in act.enclosures if item.release == "large"}
