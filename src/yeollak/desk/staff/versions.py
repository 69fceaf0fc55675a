"""An act in both versions: in our words, and in those of the record, over the same signed bytes.

Ours has our names, our order of sides, our clock and the reader's language. The record's has the names of the
charter, its order of sides, the clock of the side that signed, places and titles as they were written, and
any language of the office. Both are made of one document, whose digest is computed here anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.text import capfirst

from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.matteracts import document_of
from yeollak.desk.staff.matterpage import precedence_word, voice_of
from yeollak.desk.staff.titles import act_word
from yeollak.desk.staff.values import Part, Voice, stated
from yeollak.office.ledger import Counted
from yeollak.record.document import Act
from yeollak.words import direction, say
from yeollak.words.called import full_name, office_name
from yeollak.words.facts import value_word
from yeollak.words.own import NONE, own, reading_as


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that the document says, or that its reader adds: its label, and its values as parts."""

    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """An act as one reader has it, row by row; both versions of an act have the same rows."""

    lang: str
    dir: Literal["ltr", "rtl"]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Both versions, row beside row, and the bytes that they are versions of. `same` says whether the digest
    of the bytes held is the act's id; `alike` is the record's version in the reader's language, against which
    ours is held: another language alone is no difference.
    """

    ours: Version
    record: Version
    alike: Version
    digest: str
    size: int
    same: bool

    @property
    def rows(self) -> tuple[tuple[Row, Row, bool], ...]:
        """Row beside row, and whether the two differ."""
        rows = zip(self.ours.rows, self.record.rows, self.alike.rows, strict=True)
        return tuple((one, other, one.parts != alike.parts) for one, other, alike in rows)


def pair_of(desk: Desk, act: Counted, lang: str) -> Pair:
    """Both versions of an act; `lang` is the language of the record's."""
    document = desk.view.ledger.entry(act.place, act.index).document
    digest = hashlib.sha256(document).hexdigest()
    record = _record(desk, act, lang)
    alike = record if lang == desk.lang else _record(desk, act, desk.lang)
    return Pair(_ours(desk, act), record, alike, digest, len(document), digest == act.id)


def _ours(desk: Desk, act: Counted) -> Version:
    charter = desk.view.charter
    voice = replace(voice_of(desk), side_name=lambda side: full_name(charter, side, desk.lang))
    return _version(desk, act, voice, desk.sides)


def _record(desk: Desk, act: Counted, lang: str) -> Version:
    charter = desk.view.charter
    with reading_as(NONE):
        voice = replace(
            voice_of(replace(desk, lang=lang)),
            zone=_zone(charter.party(act.side).time_zone),
            side_name=lambda side: full_name(charter, side, lang),
            sides=charter.sides,
        )
        return _version(desk, act, voice, charter.sides)


def _version(desk: Desk, act: Counted, voice: Voice, order: list[str] | tuple[str, ...]) -> Version:
    view, lang = desk.view, voice.lang
    read = document_of(view, act)
    rows = [
        Row(say(lang, "Office"), (Part("word", office_name(view.charter, lang)),)),
        Row(say(lang, "Signed by"), (voice.side(act.side),)),
        Row(say(lang, "Order of sides"), tuple(voice.side(side) for side in order)),
        Row(say(lang, "Act"), (Part("word", act_word(lang, act)),)),
    ]
    if read is not None:
        rows += _read(desk, act, read, voice)
    return Version(lang, direction(lang), tuple(rows))


def _read(desk: Desk, act: Counted, read: Act, voice: Voice) -> list[Row]:
    """What a document says that could be read."""
    view, lang = desk.view, voice.lang
    posted = view.office.officers(act.place, act.index).get(read.officer)
    officer = [Part("code", read.officer)]
    if posted is not None:
        word = value_word(lang, "function", posted.function) or posted.function
        officer.insert(0, Part("word", capfirst(word)))
    rows = [Row(say(lang, "Signed"), (voice.time(read.at),)), Row(say(lang, "Officer"), tuple(officer))]
    if read.due is not None:
        rows.append(Row(say(lang, "Until"), (voice.time(read.due),)))
    rows.append(
        Row(say(lang, "Precedence"), (Part("word", capfirst(precedence_word(lang, read.precedence))),))
    )
    kind = view.office.procedure(act).kind(read.kind) if act.procedure else None
    return [*rows, *(Row(one.label, one.parts) for one in stated(kind, read.facts, voice))]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def speaks() -> bool:
    """Whether this side has words of its own at all."""
    return replace(own(), side="") != NONE
