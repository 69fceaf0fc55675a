"""Keeping enclosures: small ones as rows in the entries' own transaction, larger ones as files before it.

Part of `Journal`. It also keeps the list of large enclosures that registers name, from which follows what is
still to be fetched, what may be served and what must be acknowledged. Nothing here sends or decides who may
have an enclosure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import product
from typing import Literal

from django.db.models import Count, Sum

from yeollak.errors import OurFault, RecordFault
from yeollak.record import enclosure
from yeollak.record.document import Act
from yeollak.record.enclosure import SALT, Enclosed
from yeollak.storage import files, models, passages, plain
from yeollak.storage.owners import owners
from yeollak.storage.reading import OfficeView, beginning, blobs, daily, daily_statements, office_view
from yeollak.storage.writer import Writer

State = Literal["wanted", "held", "done", "refused", "given"]


class Enclosures(Writer):
    """What a writer does with enclosures."""

    def keep_enclosure(self, office: str, side: str, digest: str, blob: bytes) -> None:
        """Keep an enclosure that came by itself (salt, then bytes). Raises RecordFault(`digest-mismatch`)."""
        enclosure.open_blob(office, side, digest, blob)
        self._keep_files({digest: blob})
        view = office_view(self.alias, office)
        place = view.charter.places[side]
        with self.atomic():
            self._keep(office, {digest: blob})
            if len(blob) > files.SMALL and place != view.place:
                # Of a file nothing else would tell whose it is. Where its side has named it, it has come.
                row, _ = self._all(models.Large).get_or_create(
                    office_id=office,
                    place=place,
                    digest=digest,
                    defaults={"size": len(blob), "state": "given"},
                )
                self._all(models.Large).filter(id=row.id, state__in=("wanted", "refused")).update(
                    state="held"
                )
            self._read_anew(office, digest)

    def erase_enclosure(self, office: str, digest: str) -> None:
        """Erase salt and bytes of an enclosure under a retention rule; the commitment stays in the record."""
        view = office_view(self.alias, office)
        with self.atomic():
            self._all(models.Enclosure).filter(office_id=office, digest=digest).delete()
            rows = view.rows(models.Large).filter(digest=digest)
            # Nothing of it was verified for a side whose row is still wanted: it is asked for no more.
            rows.filter(state="wanted").update(state="refused")
            rows.filter(state="held").update(state="done")
            self._read_anew(office, digest)
        if files.known(self.alias):
            files.of(self.alias).drop(digest)
            files.of(self.alias).forget(_arriving(view, digest))

    def take_large(self, arriving: files.Arriving) -> None:
        """Take over a large enclosure whose last piece has arrived.

        Raises RecordFault(`digest-mismatch`) where the pieces are not what its side has committed to: they
        go, and nothing else.
        """
        office, side, digest = arriving.office, arriving.side, arriving.digest
        view = office_view(self.alias, office)
        store = files.of(self.alias)
        store.finish(arriving)
        state = "done" if side == view.side else "held"
        with self.atomic():
            self._keep_rows(office, [digest])
            rows, place = view.rows(models.Large).filter(digest=digest), view.charter.places[side]
            rows.filter(place=place).update(state=state)
            # A digest is one side's: whoever else has named it has not got it.
            rows.filter(state="wanted").exclude(place=place).update(state="refused")
            self._read_anew(office, digest)
        # What others have sent of it, by the line or by pouch, is not needed any more.
        store.forget(_arriving(view, digest))

    def begin_large(self, office: str, side: str, digest: str, now: datetime) -> bool:
        """Note that a large enclosure of a side that is wanted is begun to be fetched. False, and nothing is
        noted, where what was begun for that side on this UTC day leaves no room for it in as many bytes, or
        are as many, as the charter's quota names bytes and statements. The first of a day may be begun
        whatever its size, or it could never be; our own is charged to nobody.
        """
        view = office_view(self.alias, office)
        rows = view.rows(models.Large).filter(place=view.charter.places[side])
        with self.atomic():
            self._all(models.Office).select_for_update(no_key=True).get(id=view.id)
            asked = rows.filter(digest=digest)
            if side != view.side:
                today = rows.filter(begun__gte=beginning(now)).exclude(digest=digest)
                begun = today.aggregate(many=Count("id"), sum=Sum("size"))
                spent, many = begun["sum"] or 0, daily_statements(view)
                further = asked.values_list("size", flat=True).get()
                if begun["many"] >= many or (spent and spent + further > daily(view)):
                    return False
            asked.update(begun=now)
        return True

    def mark_large(self, office: str, side: str, digest: str, state: State) -> None:
        """Note how far a large enclosure of `side` has come. One that has come is not refused any more."""
        view = office_view(self.alias, office)
        with self.atomic():
            rows = view.rows(models.Large).filter(digest=digest, place=view.charter.places[side])
            if state == "refused":
                rows = rows.filter(state="wanted")
            rows.update(state=state)

    # steps inside a transaction, and before it

    def _still_kept(self, view: OfficeView, documents: Iterable[bytes]) -> list[str]:
        """Those of the enclosures that entries of our own name whose files are here: what a database that was
        put back does not know any more, and what nobody else may have.
        """
        found = list[str]()
        if not files.known(self.alias):
            return found
        store = files.of(self.alias)
        for digest in {digest for document in documents for digest in _files_of(document)}:
            if store.size(digest) is not None:
                with suppress(OurFault):  # lost, or altered: then it has to come from elsewhere
                    store.whole(view.id, [view.side], digest)
                    found.append(digest)
        return found

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
                for digest, size in _large(row.document).items():
                    named.setdefault(digest, size)  # what was said first
        if not named:
            return
        kept = blobs(view, named)
        whose = owners(view, kept)
        side = view.charter.sides[place]
        come: State = "done" if place == view.place else "held"

        def state(digest: str) -> State:
            if digest not in kept:
                return "wanted"
            # What is here and is another's is not that side's to give: it is neither asked for nor served.
            return come if whose.get(digest) == side else "refused"

        self._all(models.Large).bulk_create(
            [
                models.Large(
                    office_id=view.id, place=place, digest=digest, size=size + SALT, state=state(digest)
                )
                for digest, size in named.items()
            ],
            ignore_conflicts=True,
        )
        # What was given by itself before its side has released it.
        given = view.rows(models.Large).filter(place=place, state="given")
        given.filter(digest__in=list(kept)).update(state=come)


def _arriving(view: OfficeView, digest: str) -> Iterator[files.Arriving]:
    """Wherever something of a large enclosure may have arrived."""
    for side, peer, pouch in product(view.charter.sides, view.charter.sides, (False, True)):
        yield files.Arriving(view.id, side, digest, peer, pouch)


def _large(document: bytes) -> Mapping[str, int]:
    return {item.digest: item.size or 0 for item in _enclosed(document) if item.release == "large"}


def _files_of(document: bytes) -> Iterator[str]:
    """The enclosures that an act names and that may be files."""
    return (item.digest for item in _enclosed(document) if item.release != "right")


def _enclosed(document: bytes) -> Sequence[Enclosed]:
    try:
        return Act.parse(document).enclosures
    except RecordFault:
        return ()
