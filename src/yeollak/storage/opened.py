"""Enclosures as people read them: what an act says of one, what was wrapped until its release unwrapped, and
the forms that filled ones are read by.

What is held may be read by the side that holds it. What is sealed is read through no view that keeps it from
its reader (`OfficeView.sealed`): there it is as if it were not here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from yeollak.errors import RecordFault
from yeollak.forms import Form, read_form, shipped
from yeollak.office.matter import natural_id
from yeollak.procedures.catalogue import table
from yeollak.record import enclosure
from yeollak.record.enclosure import PRIVATE, SALT
from yeollak.storage import files, models, plain, reading
from yeollak.storage.owners import owners
from yeollak.storage.reading import OfficeView

#: The largest enclosure that is read whole to be shown or found; a larger one is a file to be fetched.
MOST_SHOWN = 1024 * 1024
_UNNAMED = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Opened:
    """An enclosure as it stands here.

    side     who committed to it; `acts` those of that side that name it, in the order of counting
    size     of the content, in bytes; None where it is not held and only a class is known
    held     whether its bytes are here; `sealed`, that no act has released it yet
    closed   whether it is sealed to named officers and says nothing to anybody else
    content  its bytes, where they were asked for, are held, and are not more than `MOST_SHOWN`
    """

    digest: str
    side: str
    acts: tuple[str, ...]
    matter: str
    type: str
    lang: str
    name: str
    size: int | None
    held: bool
    sealed: bool
    closed: bool
    content: bytes | None = None


class _Named(NamedTuple):
    """What one act says of an enclosure (`models.Named`)."""

    id: int
    digest: str
    act: str
    matter: str
    place: int
    release: str
    type: str
    lang: str
    name: str
    size: int | None


_NAMING = f"SELECT {', '.join(_Named._fields)} FROM {plain.NAMED} WHERE office_id = %s AND digest IN {{}}"  # noqa: S608 (no value is in it)


def opened(
    view: OfficeView, digests: Iterable[str], *, content: bool = True, of: str | None = None
) -> dict[str, Opened]:
    """What is known of these enclosures, by digest; those that no allowed act names are left out.

    `of` is the side whose acts they are read from, where they are: what is another side's is not here for
    them. Without it each is that of its own side, and one that is not here that of the first to name it.
    """
    wanted = dict.fromkeys(digests)
    return _all(view, dict.fromkeys(wanted, view.charter.sides if of is None else (of,)), content)


def opened_of(
    view: OfficeView, named: Iterable[tuple[str, str]], *, content: bool = True
) -> dict[str, Opened]:
    """The same of enclosures as acts of several sides name them: side and digest."""
    sides: dict[str, list[str]] = {}
    for side, digest in named:
        sides.setdefault(digest, []).append(side)
    return _all(view, sides, content)


def _all(view: OfficeView, sides: Mapping[str, Collection[str]], content: bool) -> dict[str, Opened]:
    """What is known of enclosures, each as one of these sides names it: that whose it is, if it is here."""
    named: dict[str, list[_Named]] = {}
    for row in sorted(plain.within(view.alias, _NAMING, sorted(sides), view.id)):
        named.setdefault(row[1], []).append(_Named(*row))
    held = reading.blobs(view, named)
    whose = owners(view, held)
    found: dict[str, Opened] = {}
    for digest, rows in named.items():
        naming = [side for row in rows if (side := view.charter.sides[row.place]) in sides[digest]]
        owner = whose.get(digest)
        for side in [owner] if owner in naming else naming[:1]:
            # No other side's act releases it, or says what it is.
            own = [row for row in rows if view.charter.sides[row.place] == side]
            found[digest] = _opened(view, own, held.get(digest) if owner == side else None, content)
    return found


def text_of(view: OfficeView, matter: str, digest: str) -> bytes | None:
    """The content of an enclosure as allowed acts of a matter have given it; None where no act of the side
    whose it is does, where it is not held, or may not be seen.
    """
    acts = (act for act in view.ledger.matter(matter) if not act.void and act.move is not None)
    sides = {act.side for act in acts if act.move is not None and digest in act.move.enclosures}
    one = opened_of(view, [(side, digest) for side in sorted(sides)]).get(digest)
    return None if one is None else one.content


def whole(view: OfficeView, one: Opened) -> bytes | None:
    """The content of an enclosure of any size as it was before it was committed to, or None."""
    blob = reading.blob(view, one.digest, one.side) if one.held else None
    if blob is None:
        return None
    rows = view.rows(models.Named).filter(digest=one.digest, place=view.charter.places[one.side])
    private = rows.filter(release__in=sorted(PRIVATE)).exists()
    inside = _unwrapped(blob[SALT:]) if private else None
    return inside.content if inside is not None else blob[SALT:]


def known_forms(view: OfficeView) -> Mapping[str, Form]:
    """The forms that come with this software and those that every side has adopted, by id, be they retired
    since: what was filled in on them is still to be read. One that is adopted under an id of ours is told
    apart by its digest, which whoever reads a filled form compares.
    """
    found = dict(shipped())
    rows = view.rows(models.Matter).filter(procedure="form", phase__in=("adopted", "retired"))
    held = {matter: json.loads(slots) for matter, slots in rows.values_list("matter", "slots")}
    texts = opened(view, [str(slots.get("text", "")) for slots in held.values()])
    for matter, slots in held.items():
        one = texts.get(str(slots.get("text", "")))
        try:
            form = read_form(one.content or b"" if one is not None else b"")
        except RecordFault:
            continue
        # A text that is another form than the act has named takes the place of none.
        named = natural_id(view.id, table("form").family, f"form/{form.id}")
        if (named, form.digest) == (matter, slots.get("digest")):
            found[form.id] = form
    return found


def _opened(view: OfficeView, rows: Sequence[_Named], kept: bytes | None, content: bool) -> Opened:
    """`kept` is what the store has of it: empty, where it is a file of its own; None where it is not here."""
    first = rows[0]
    private = any(row.release in PRIVATE for row in rows)
    told = next((row for row in rows if row.release not in PRIVATE), first)
    size = told.size
    data: bytes | None = None
    type_, lang, name = told.type, told.lang, told.name
    closed = any(row.release == "named" for row in rows)
    sealed = private and all(row.release in PRIVATE for row in rows)
    if sealed and not view.sealed:
        kept = None
    if kept is not None and (private or content) and not closed:
        blob = kept or (reading.blob(view, first.digest) if _shown(view, first, size) else None)
        data = None if blob is None else blob[SALT:]
        if data is not None and private and (inside := _unwrapped(data)) is not None:
            data, type_, lang, name = inside.content, inside.type, inside.lang or "", inside.name or ""
        size = len(data) if data is not None else size
    return Opened(
        digest=first.digest,
        side=view.charter.sides[first.place],
        acts=tuple(dict.fromkeys(row.act for row in rows)),
        matter=first.matter,
        type=type_ or _UNNAMED,
        lang=lang,
        name=name,
        size=size,
        held=kept is not None,
        sealed=sealed,
        closed=closed,
        content=data if content and data is not None and len(data) <= MOST_SHOWN else None,
    )


def _shown(view: OfficeView, named: _Named, size: int | None) -> bool:
    """Whether a file is read to be shown: another side may have said less of it than it is."""
    if (size or 0) > MOST_SHOWN:
        return False
    own = named.place == view.place
    return own or (files.of(view.alias).size(named.digest) or 0) <= MOST_SHOWN + SALT


def _unwrapped(data: bytes) -> enclosure.Private | None:
    """What a private enclosure holds; None where another side has committed to bytes that are none."""
    try:
        return enclosure.unwrap_private(data)
    except RecordFault:
        return None
