"""One act in both versions: as it is read here, in our words, and as it was signed, byte for byte."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from yeollak.desk.staff import addresses  # noqa: F401 (it registers a part of addresses)
from yeollak.desk.staff.clocks import reader_of
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matteracts import document_of
from yeollak.desk.staff.matterpage import act_of, precedence_word, receipt_of, voice_of
from yeollak.desk.staff.mattertexts import file_of
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.titles import act_word, title_of
from yeollak.desk.staff.values import Part, stated
from yeollak.errors import RecordFault
from yeollak.office.crossing import told
from yeollak.record import statement
from yeollak.record.merkle import leaf_hash
from yeollak.storage import models
from yeollak.storage.opened import opened
from yeollak.words import clean, say
from yeollak.words.facts import value_word
from yeollak.words.labels import void_word
from yeollak.words.tellings import telling

_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an act stands: its position, its leaf, and the first checkpoint that covers it."""

    index: int
    leaf: str
    root: str
    size: int
    note: str


@require_safe
@page()
def act(desk: Desk, act_id: str) -> HttpResponse:
    """The page of an act."""
    view, lang = desk.view, desk.lang
    found = act_of(view, act_id)
    if found is None:
        raise Http404
    entry, voice, reader = view.ledger.entry(found.place, found.index), voice_of(desk), reader_of(desk)
    read = document_of(view, found)
    kind = None
    if read is not None and found.procedure:
        kind = view.office.procedure(found).kind(read.kind)
    posted = view.office.officers(found.place, found.index).get(read.officer) if read is not None else None
    crossed = [
        one.to_json()
        for one in (told(view.office, view.side, found.matter) if not found.void else ())
        if one.act.act == act_id
    ]
    receipt = receipt_of(view, found)
    digests = [item.digest for item in read.enclosures] if read is not None else []
    held = opened(view, digests, of=found.side)
    context = {
        **frame(desk, "matters"),
        "act": found,
        "word": act_word(lang, found),
        "side": voice.side(found.side),
        "matter": desk.url("matter", found.matter) if view.office.folds(found.matter).first else "",
        "title": title_of(view.office, found.matter, lang, voice.side_name),
        "at": voice.time(read.at) if read is not None else None,
        "due": voice.time(read.due) if read is not None and read.due is not None else None,
        "prec": precedence_word(lang, read.precedence) if read is not None else "",
        "function": (value_word(lang, "function", posted.function) or posted.function) if posted else "",
        "officer": read.officer if read is not None else "",
        "re": [_about(desk, one) for one in (read.re if read is not None else ())],
        "facts": stated(kind, read.facts, voice) if read is not None else (),
        "files": [file_of(desk, held[one], voice) for one in digests if one in held],
        "unheld": [one for one in digests if one not in held],
        "void": say(lang, "Void: {why}.", why=void_word(lang, found.void)) if found.void else "",
        "told": [sentence for one in crossed for sentence in telling(reader, one)],
        "receipt": (voice.side(receipt[0]), voice.time(receipt[1])) if receipt else None,
        "document": _shown(entry.document),
        "pretty": pretty(entry.document),
        "statement": entry.statement.hex(),
        "headers": _headers(entry.statement),
        "proof": _proof(desk, found.place, found.index, entry.statement),
    }
    return render(desk.request, "staff/act.html", context)


def _about(desk: Desk, act_id: str) -> tuple[str, str, Part | None]:
    found = act_of(desk.view, act_id)
    if found is None:
        return "", act_id, None
    return desk.url("act", act_id), act_word(desk.lang, found), voice_of(desk).side(found.side)


def _shown(document: bytes) -> str:
    """The document's bytes as text: what no line can show stands as its escape, so that nothing is hidden."""
    text = document[:_LONGEST].decode("utf-8", errors="backslashreplace")
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def pretty(document: bytes) -> str:
    """A document set out in lines, with escapes for what no line can show; nothing for what is no JSON."""
    try:
        value = json.loads(document)
    except (ValueError, RecursionError):
        return ""
    return "\n".join(
        "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
        for line in json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True).split("\n")
    )


def _headers(data: bytes) -> list[tuple[str, str]]:
    """What stands in the statement, as name and value; nothing for one that is outside the profile."""
    try:
        read = statement.parse(data)
    except RecordFault:
        return []
    return [
        ("kid", read.kid),
        ("iss", clean(read.iss, longest=260)),
        ("sub", clean(read.sub, longest=260)),
        ("payload", read.payload.hex()),
        ("signature", read.signature.hex()),
    ]


def _proof(desk: Desk, place: int, index: int, data: bytes) -> Proof:
    rows = desk.view.rows(models.Checkpoint).filter(place=place, size__gt=index)
    row = rows.order_by("size").first()
    return Proof(
        index,
        leaf_hash(data).hex(),
        bytes(row.root).hex() if row is not None else "",
        row.size if row is not None else 0,
        bytes(row.note).decode("utf-8", errors="replace") if row is not None else "",
    )


URLS = [path("<int:number>/acts/<digest:act_id>/", act, name="act")]
