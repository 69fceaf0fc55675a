"""The record as its page shows it: registers with what others have receipted, checkpoints, evidence, entries.

It reads the store and gives plain values; nothing is judged here. The sentence at the head says how far
receipts reach and whether there is evidence, and no more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.matterpage import voice_of
from yeollak.desk.staff.titles import Title, act_word, title_of
from yeollak.desk.staff.values import Part, Voice
from yeollak.office.ledger import Counted
from yeollak.office.zones import of_second
from yeollak.record.canon import format_instant
from yeollak.storage import models, reading
from yeollak.storage.reading import OfficeView
from yeollak.words import clean, say, term
from yeollak.words.labels import void_word

#: How many checkpoints of a register and pieces of evidence stand on the page, and entries on a page of it.
CHECKPOINTS: Final = 6
EVIDENCE: Final = 8
PAGE: Final = 40


@dataclass(frozen=True, slots=True)
class Reach:
    """How far another side has receipted a register, and when by its clock (None: not at all)."""

    side: Part
    size: int
    at: Part | None


@dataclass(frozen=True, slots=True)
class CheckpointShown:
    """A checkpoint of a register with who receipted it."""

    size: int
    root: str
    receipts: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class RegisterShown:
    """A register: entries held and counted, its root, and how far each other side has receipted it."""

    side: Part
    size: int
    counted: int
    root: str
    reaches: tuple[Reach, ...]
    checkpoints: tuple[CheckpointShown, ...]


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """Two views of one register: whose, at which size, what was stated and what is held."""

    number: int
    about: Part
    by: Part | None
    size: str
    stated: str
    held: str
    at: Part


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry: `mark` is void, overtaken or empty, `standing` how it stands in words."""

    act: str
    side: Part
    index: int
    at: Part | None
    word: str
    title: Title
    mark: str
    standing: str


def registers_of(desk: Desk) -> list[RegisterShown]:
    """Every register, ours first."""
    voice, view = voice_of(desk), desk.view
    heads = {row.side: row for row in reading.heads(view)}
    order = desk.sides
    return [_register(view, voice, heads[side]) for side in order]


def evidence_of(desk: Desk) -> list[EvidenceShown]:
    """The evidence held, the newest first."""
    voice, view = voice_of(desk), desk.view
    rows = view.rows(models.Evidence).order_by("-id")[:EVIDENCE]
    return [_evidence(view, voice, row) for row in rows]


def evidence_bytes(view: OfficeView, number: int) -> bytes | None:
    """A piece of evidence as it is kept, or None."""
    found = view.rows(models.Evidence).filter(id=number).values_list("data", flat=True).first()
    return None if found is None else bytes(found)


def entries_of(desk: Desk, acts: Sequence[Counted]) -> list[EntryShown]:
    """Entries with how each stands, the newest first."""
    voice = voice_of(desk)
    return [_entry(desk, voice, act) for act in reversed(acts)]


def verdict(registers: Sequence[RegisterShown], evidence: int, lang: str) -> str:
    """How the record stands as this page knows it: how far receipts reach, whether evidence is held."""
    behind = sum(
        max(0, one.size - min((reach.size for reach in one.reaches), default=0)) for one in registers
    )
    waiting = sum(one.size - one.counted for one in registers)
    said = []
    if behind:
        said.append(say(lang, "Entries that not every side has receipted yet: {n}.", n=behind))
    else:
        said.append(say(lang, "Every entry held is receipted by every other side."))
    if waiting:
        said.append(say(lang, "Entries that wait for what they have seen: {n}.", n=waiting))
    if evidence:
        said.append(say(lang, "Pieces of evidence held: {n}.", n=evidence))
    else:
        said.append(say(lang, "No evidence is held."))
    return " ".join(said)


def _register(view: OfficeView, voice: Voice, head: Any) -> RegisterShown:
    place = view.charter.places[head.side]
    others = [side for side in view.charter.sides if side != head.side]
    rows = view.rows(models.Receipt).filter(place=place)
    reaches = []
    for side in others:
        newest = rows.filter(cosigner=view.charter.places[side]).order_by("-size").first()
        reaches.append(
            Reach(
                voice.side(side),
                newest.size if newest is not None else 0,
                voice.time(_instant(newest.time)) if newest is not None else None,
            )
        )
    checkpoints = []
    for row in view.rows(models.Checkpoint).filter(place=place).order_by("-size")[:CHECKPOINTS]:
        given = rows.filter(size=row.size).order_by("cosigner")
        checkpoints.append(
            CheckpointShown(
                row.size,
                bytes(row.root).hex(),
                tuple(
                    Reach(
                        voice.side(view.charter.sides[one.cosigner]), one.size, voice.time(_instant(one.time))
                    )
                    for one in given
                ),
            )
        )
    return RegisterShown(
        voice.side(head.side), head.size, head.counted, head.root, tuple(reaches), tuple(checkpoints)
    )


def _evidence(view: OfficeView, voice: Voice, row: models.Evidence) -> EvidenceShown:
    try:
        value = json.loads(bytes(row.data))
    except (ValueError, RecursionError):
        value = {}
    if not isinstance(value, dict):
        value = {}
    seen = value.get("seen")
    size, stated = seen if isinstance(seen, list) and len(seen) == 2 else ("", "")
    by = value.get("side")
    return EvidenceShown(
        row.id,
        voice.side(view.charter.sides[row.place]),
        voice.side(by) if by in view.charter.sides else None,
        clean(str(size), longest=20),
        clean(str(stated), longest=64),
        clean(str(value.get("root", "")), longest=64),
        voice.time(format_instant(row.at.astimezone(UTC))),
    )


def _entry(desk: Desk, voice: Voice, act: Counted) -> EntryShown:
    view, lang = desk.view, desk.lang
    mark, standing = "", ""
    if act.void:
        mark, standing = "void", say(lang, "Void: {why}.", why=void_word(lang, act.void))
    elif act.id in view.office.state(act.matter).marks:
        mark, standing = "overtaken", term("overtaken", lang)
    else:
        settled = view.office.settled(act.matter)
        standing = term("settled", lang) if settled else term("unsettled", lang)
    return EntryShown(
        act.id,
        voice.side(act.side),
        act.index,
        voice.time(act.move.at) if act.move is not None else None,
        act_word(lang, act),
        title_of(view.office, act.matter, lang, voice.side_name),
        mark,
        standing,
    )


def _instant(seconds: int) -> str:
    return format_instant(of_second(seconds))
