"""Drafting: from a draft of the desk to the wish that the node prepares, and from what was prepared back to
the very bytes that are signed.

What is prepared is kept as the document and the salts of what it encloses: texts and files stand in the draft
already, and every digest is checked before a key is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yeollak import forms
from yeollak.desk.staff import answers, fields, jointly
from yeollak.desk.staff.authority import key_of
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.hands import Ready, Sheet, Wish
from yeollak.desk.staff.inputs import Problem, Typed, read_moment
from yeollak.desk.staff.refusals import worded
from yeollak.desk.staff.working import Work
from yeollak.errors import Fault, OurFault
from yeollak.office.texts import instrument
from yeollak.office.texts.instrument import Instrument
from yeollak.procedures.kinds import Due
from yeollak.record import canon, enclosure
from yeollak.record.canon import parse_instant
from yeollak.record.document import PRECEDENCES, Act, act_id
from yeollak.record.enclosure import SALT
from yeollak.storage.desk_drafts import DeskDrafts, DraftRow
from yeollak.words import LANGUAGES, say


@dataclass(frozen=True, slots=True)
class Kept:
    """What was prepared, made whole again from a draft: a `Ready` of this process."""

    office: str
    document: bytes
    blobs: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        """The act's id, which the signature is over."""
        return act_id(self.document)


def drafts(desk: Desk) -> DeskDrafts:
    """The drafts of this node."""
    return DeskDrafts(desk.hands.alias)


# from a draft to a wish


def wish_of(
    work: Work, typed: Typed, matter: str | None, files: Sequence[Sheet], now: datetime
) -> tuple[Wish | None, dict[str, str]]:
    """The act as it was asked for, or what does not fit, by the name of the input."""
    facts, problems = fields.facts_of(work.offer, typed, work.frame)
    if typed.one("round") and any(fact.name == "round" for fact in work.kind.facts):
        facts.setdefault("round", typed.one("round"))
    sheets, unfit = sheets_of(work, typed, files)
    problems |= unfit
    form = work.form(typed)
    if form is not None and any(fact.name == "class" for fact in work.kind.facts):
        facts.setdefault("class", form.subject)
    due = None
    if work.kind.due is not Due.NO:
        try:
            due = _due(work, typed, now)
        except Problem as problem:
            problems["due"] = str(problem)
    if work.sealed and not sheets and not unfit:
        problems["text"] = say(
            work.frame.lang, "Nothing goes along yet: write a text, fill in a form, or attach a file."
        )
    if problems:
        return None, problems
    said = typed.one("precedence")
    return (
        Wish(
            work.kind.name,
            matter=matter,
            facts=facts,
            re=tuple(typed.every("re")),
            due=due,
            precedence=said if said in PRECEDENCES else "routine",
            sheets=sheets,
        ),
        {},
    )


def _due(work: Work, typed: Typed, now: datetime) -> str | None:
    lang = work.frame.lang
    due = read_moment(typed, "due", work.frame.zone, lang, needs_time=True)
    if due is None:
        return None
    if parse_instant(due) <= now:
        raise Problem(say(lang, "That time is over already."))
    if due > work.offer.latest:
        latest = work.frame.reader.when(work.offer.latest)
        raise Problem(say(lang, "The charter allows no later time than {latest}.", latest=latest))
    return due


def sheets_of(work: Work, typed: Typed, files: Sequence[Sheet]) -> tuple[tuple[Sheet, ...], dict[str, str]]:
    """What goes along, in one order that always is the same: joint text, form, texts by language, files."""
    if not work.encloses:
        return (), {}
    found: list[Sheet] = []
    problems: dict[str, str] = {}
    if work.joint and not any(sheet.type == instrument.MEDIA_TYPE for sheet in files):
        data, problems = jointly.built(typed, work.frame.lang, _ordered(work), work.sides)
        found += [Sheet(data, instrument.MEDIA_TYPE)] if data is not None else []
    if work.proposes_form:
        proposed = work.proposable.get(typed.one("proposed"))
        if proposed is None:
            problems["proposed"] = say(work.frame.lang, "Choose one of the answers.")
        else:
            found.append(Sheet(proposed.data, "application/json", name=f"{proposed.id}.json"))
    form = work.form(typed)
    if form is not None:
        data, unfit = filled_form(work, form, typed)
        problems |= unfit
        found += [Sheet(data, forms.MEDIA_TYPE, name=f"{form.id}.json")] if data is not None else []
    if not work.joint and not work.proposes_form:
        found += _texts(typed)
    return (*found, *files), problems


def filled_form(work: Work, form: forms.Form, typed: Typed) -> tuple[bytes | None, dict[str, str]]:
    """The bytes of the form as it was filled in, or what does not fit."""
    lang, writer = work.frame.lang, work.writer(typed)
    values, problems = answers.values_of(form, typed, lang, writer, work.frame.zone)
    problems = {**answers.problems_of(form, values, lang), **problems}
    if problems:
        return None, problems
    try:
        return forms.fill(form, values, writer), {}
    except Fault as fault:
        return None, {"form": worded(fault, lang).sentence}


def joint_of(work: Work, typed: Typed) -> Instrument | None:
    """The joint text that was typed, where it is whole."""
    data, _ = jointly.built(typed, work.frame.lang, _ordered(work), work.sides)
    return None if data is None else instrument.read(data)


def _ordered(work: Work) -> tuple[str, ...]:
    """Languages of a joint text in one order, whoever writes: bytes must not depend on the page."""
    return tuple(lang for lang in LANGUAGES if lang in work.frame.langs)


def _texts(typed: Typed) -> Iterator[Sheet]:
    for lang in LANGUAGES:
        text = typed.one(f"text.{lang}")
        if text:
            yield Sheet(text.encode(), "text/plain", lang)


def files_of(desk: Desk, held: DraftRow) -> tuple[Sheet, ...]:
    """The files of a draft, in their order."""
    if not held.files:
        return ()
    content = drafts(desk).content(held.id)
    return tuple(
        Sheet(content[one.number], one.type, one.lang or None, one.name or None) for one in held.files
    )


# what was prepared


def prepare(
    desk: Desk, held: DraftRow, wish: Wish, *, authority: bool = False
) -> tuple[Ready, dict[str, Any]]:
    """What the node makes of a wish, and how a draft keeps it: for the key of whoever asks, or for the
    authority key. Raises OurFault(`no-officer`) and what `Hands.prepare` raises.
    """
    if not authority and (not desk.officer or not desk.function):
        raise OurFault("no-officer")
    officer = key_of(desk, wish.kind, wish.facts) if authority else desk.officer
    ready = desk.hands.prepare(desk.view.id, officer, wish)
    kept = {
        "document": ready.document.decode(),
        "officer": officer,
        "salts": [blob[:SALT].hex() for blob in ready.blobs.values()],
    }
    return ready, kept


def restored(desk: Desk, work: Work, held: DraftRow) -> Kept:
    """What was prepared, byte for byte. Raises OurFault(`draft-moved`) where draft and document are not of
    one another any more.
    """
    kept = held.data.get("prepared")
    if not isinstance(kept, Mapping):
        raise OurFault("draft-moved")
    document = str(kept["document"]).encode()
    sheets, _ = sheets_of(work, Typed(held.data.get("typed")), files_of(desk, held))
    salts = [bytes.fromhex(salt) for salt in kept["salts"]]
    named = {item.digest for item in Act.parse(document).enclosures}
    if len(salts) != len(sheets):
        raise OurFault("draft-moved")
    blobs: dict[str, bytes] = {}
    for salt, sheet in zip(salts, sheets, strict=True):
        wrapped = enclosure.wrap_private(sheet.lang, sheet.name, sheet.type, sheet.content)
        for content in (sheet.content, wrapped):
            digest = enclosure.digest(desk.view.id, desk.view.side, salt, content).hex()
            if digest in named:
                blobs[digest] = enclosure.blob(salt, content)
    if len(blobs) != len(sheets):
        raise OurFault("draft-moved")
    return Kept(desk.view.id, document, blobs)


def media_type(content: bytes, guessed: str) -> str:
    """The media type of a file: a joint text or a filled form by its bytes, else as guessed from its name."""
    if not content.startswith(b"{"):
        return guessed
    try:
        value = canon.decode(content, limit=instrument.MAX_INSTRUMENT)
    except Fault:
        return guessed
    if set(value) == {"digest", "form", "language", "values"} and len(content) <= forms.MAX_FILLED:
        return forms.MEDIA_TYPE
    try:
        instrument.read(content)
    except Fault:
        return guessed
    return instrument.MEDIA_TYPE
