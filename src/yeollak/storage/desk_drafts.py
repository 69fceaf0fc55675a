"""Drafts: the only writer of what officers are writing at the desk, and of the texts and files that go along.

A draft moves by compare-and-swap on its version, so that two windows cannot overwrite each other unseen, and
what was prepared for signing goes with every other change. Nothing here is part of the record; once a draft
has become an act it is closed, and the record has the words.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F
from django.db.models.functions import Length

from yeollak.errors import OurFault
from yeollak.record.document import MAX_ENCLOSURES
from yeollak.storage.local import Account, Audit, DeskDraft, DraftFile
from yeollak.storage.persons import Person, person_of
from yeollak.storage.writer import Writer

#: What one draft may hold: characters of its JSON, bytes of its files together.
MAX_DATA: Final = 4 * 1024 * 1024
MAX_FILES: Final = 64 * 1024 * 1024
#: How many drafts a list shows.
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a draft will enclose; `number` stays the same while it is there, `size` is in bytes."""

    number: int
    name: str
    type: str
    lang: str
    size: int


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as pages have it.

    `owner` and `author` are ids of accounts, `owner_shown` and `author_shown` what those people are called:
    the author began it, the owner has it in hand. `data` is what the desk keeps of it; `act` the id of the
    act that it became, or empty.
    """

    id: int
    office: str
    kind: str
    matter: str | None
    owner: int
    owner_shown: str
    author: int
    author_shown: str
    data: Mapping[str, Any]
    version: int
    created: datetime
    updated: datetime
    act: str
    files: tuple[Attached, ...] = ()


class DeskDrafts(Writer):
    """The drafts in the database `alias`."""

    # reading

    def draft(self, office: str, number: int) -> DraftRow:
        """One draft with its files. Raises OurFault(`no-such-draft`)."""
        row = self._open(office).filter(id=number).first()
        if row is None:
            raise OurFault("no-such-draft", draft=number)
        return _row(row, self._attached(number))

    def listed(self, office: str) -> list[DraftRow]:
        """The drafts of an office that have not become acts, newest first, without their files."""
        rows = self._open(office).filter(act="").order_by("-updated", "-id")[:_MOST]
        return [_row(row) for row in rows]

    def begun(self, office: str, person: Person, request: str) -> DraftRow | None:
        """The draft that a person has begun under a page's own word, so that a second click begins none."""
        rows = self._open(office).filter(author_id=person.id).order_by("-id")[:50]
        found = next((row for row in rows if json.loads(row.data).get("request") == request), None)
        return None if found is None else _row(found, self._attached(found.id))

    def content(self, number: int) -> dict[int, bytes]:
        """The bytes of a draft's files by their numbers, in order."""
        rows = self._all(DraftFile).filter(draft_id=number).order_by("number")
        return {held: bytes(content) for held, content in rows.values_list("number", "content")}

    # writing

    def begin(
        self,
        office: str,
        person: Person,
        kind: str,
        matter: str | None,
        data: Mapping[str, Any],
        now: datetime,
    ) -> DraftRow:
        """A new draft in the hands of whoever begins it. Raises OurFault(`draft-too-large`)."""
        text = _text(data)
        with self.atomic():
            row = self._all(DeskDraft).create(
                office=office,
                kind=kind[:64],
                matter=matter or "",
                owner_id=person.id,
                author_id=person.id,
                data=text,
                created=now,
                updated=now,
            )
        return self.draft(office, row.id)

    def save(self, held: DraftRow, data: Mapping[str, Any], now: datetime) -> DraftRow:
        """Keep `data` in place of what `held` says, if nobody has changed the draft since.

        Raises OurFault(`draft-moved`, `draft-sent`, `draft-too-large`).
        """
        text = _text(data)
        with self.atomic():
            self._move(held, now, data=text)
        return self.draft(held.office, held.id)

    def attach(
        self, held: DraftRow, by: Person, files: Iterable[tuple[str, str, str, bytes]], now: datetime
    ) -> DraftRow:
        """Add files (name, media type, language, bytes), which `by` has written from then on. Raises what
        `save` raises.
        """
        added = list(files)
        size = sum(one.size for one in held.files) + sum(len(content) for *_, content in added)
        if size > MAX_FILES or len(held.files) + len(added) > MAX_ENCLOSURES:
            raise OurFault("draft-too-large", most=MAX_FILES // 1024**2, files=MAX_ENCLOSURES)
        with self.atomic():
            self._move(held, now, data=_text(written(held.data, by, before=held)))
            after = max((one.number for one in held.files), default=0)
            for number, (name, type_, lang, content) in enumerate(added, after + 1):
                self._all(DraftFile).create(
                    draft_id=held.id,
                    number=number,
                    name=name[:200],
                    type=type_[:127],
                    lang=lang[:35],
                    content=content,
                )
        return self.draft(held.office, held.id)

    def detach(self, held: DraftRow, by: Person, number: int, now: datetime) -> DraftRow:
        """Take a file off a draft, which `by` has written from then on: what is left out is written too.
        Where no such file is there, the writer stays the same. Raises what `save` raises.
        """
        there = any(one.number == number for one in held.files)
        data = written(held.data, by, before=held) if there else _unprepared(held.data)
        with self.atomic():
            self._move(held, now, data=_text(data))
            self._all(DraftFile).filter(draft_id=held.id, number=number).delete()
        return self.draft(held.office, held.id)

    def hand(self, held: DraftRow, by: Person, to: str, roles: Collection[str], now: datetime) -> DraftRow:
        """Put a draft into another person's hands, or take it into one's own (`to` is a name for signing in);
        `roles` are those that may draft.

        What was prepared named the key of whoever had it and goes. Raises OurFault(`account-unknown`,
        `draft-not-theirs`) and what `save` raises.
        """
        with self.atomic():
            row = self._all(Account).filter(name=to, disabled=None).first()
            if row is None or held.office not in person_of(row).opens:
                raise OurFault("account-unknown", name=to[:64])
            if row.role not in roles:
                raise OurFault("draft-not-theirs", name=row.shown)
            self._move(held, now, data=_text(_unprepared(held.data)), owner_id=row.id)
            action = "draft-taken" if row.id == by.id else "draft-handed"
            self._log(now, action, by, held.office, draft=held.id, to=row.name)
        return self.draft(held.office, held.id)

    def discard(self, held: DraftRow, by: Person, now: datetime) -> None:
        """Throw a draft away with its files. Raises what `save` raises."""
        with self.atomic():
            self._move(held, now)
            self._all(DeskDraft).filter(id=held.id).delete()
            self._log(now, "draft-discarded", by, held.office, draft=held.id, kind=held.kind)

    def sent(self, held: DraftRow, by: Person, act: str, now: datetime) -> None:
        """Close a draft that has become an act: its words and files are the record's now. The same act again
        changes nothing.
        """
        with self.atomic():
            rows = self._all(DeskDraft).filter(id=held.id, act="")
            kept = {"request": held.data.get("request", "")}
            if rows.update(
                act=act,
                released_by_id=by.id,
                data=_text(kept),
                version=F("version") + 1,
                updated=now,
            ):
                self._all(DraftFile).filter(draft_id=held.id).delete()
                self._log(now, "act-signed", by, held.office, draft=held.id, kind=held.kind, act=act)

    def requested(self, held: DraftRow, by: Person, act: str, now: datetime) -> None:
        """Note in the audit log that a draft has left to be signed elsewhere."""
        with self.atomic():
            self._log(now, "signing-requested", by, held.office, draft=held.id, kind=held.kind, act=act)

    def refused(self, held: DraftRow, by: Person, code: str, now: datetime) -> None:
        """Note in the audit log that a signature was refused."""
        with self.atomic():
            self._log(now, "signature-refused", by, held.office, draft=held.id, kind=held.kind, code=code)

    # steps

    def _open(self, office: str) -> Any:
        return self._all(DeskDraft).filter(office=office).select_related("owner", "author")

    def _attached(self, number: int) -> tuple[Attached, ...]:
        rows = self._all(DraftFile).filter(draft_id=number).annotate(size=Length("content"))
        told = rows.order_by("number").values_list("number", "name", "type", "lang", "size")
        return tuple(Attached(*one) for one in told)

    def _move(self, held: DraftRow, now: datetime, **fields: Any) -> None:
        """Move the version from the one that `held` has; the one place where a draft changes."""
        rows = self._all(DeskDraft).filter(id=held.id, office=held.office)
        if rows.filter(version=held.version, act="").update(version=held.version + 1, updated=now, **fields):
            return
        there = rows.values_list("act", flat=True).first()
        if there is None:
            raise OurFault("no-such-draft", draft=held.id)
        raise OurFault("draft-sent" if there else "draft-moved")

    def _log(self, now: datetime, action: str, by: Person, office: str, **detail: Any) -> None:
        text = json.dumps(detail, ensure_ascii=False, sort_keys=True)[:4000]
        self._all(Audit).create(
            at=now,
            account_id=by.id,
            name=by.name[:64],
            action=action,
            office=office,
            address=by.who.line,
            detail=text,
        )


def _unprepared(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "prepared"}


def written(data: Mapping[str, Any], by: Person, *, before: DraftRow | None = None) -> dict[str, Any]:
    """What is kept of a draft once `by` has written in it: who wrote last, and everybody who ever did.
    `before` is the draft as it was, where `data` is not made of what it had.
    """
    writers = {*(writers_of(before) if before is not None else data.get("writers", ())), by.id}
    return {**_unprepared(data), "written_by": by.id, "writers": sorted(writers)}


def writers_of(held: DraftRow) -> set[int]:
    """The accounts that have written any part of a draft: whoever began it is one of them."""
    return {held.author, int(held.data.get("written_by", held.author)), *held.data.get("writers", ())}


def _text(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    if len(text) > MAX_DATA:
        raise OurFault("draft-too-large", most=MAX_FILES // 1024**2, files=MAX_ENCLOSURES)
    return text


def _row(row: DeskDraft, files: Sequence[Attached] = ()) -> DraftRow:
    return DraftRow(
        row.id,
        row.office,
        row.kind,
        row.matter or None,
        row.owner.id,
        row.owner.shown,
        row.author.id,
        row.author.shown,
        json.loads(row.data),
        row.version,
        row.created,
        row.updated,
        row.act,
        tuple(files),
    )
