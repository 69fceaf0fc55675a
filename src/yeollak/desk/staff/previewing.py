"""Previewing: what will be signed, as people read it in every language and as the bytes that they are.

Made from the document that was prepared and from what goes along with it, never from what was typed: what the
page shows is what the signature is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yeollak import forms
from yeollak.desk.staff.comparing import Difference, Warned, difference, glossary_of, warned
from yeollak.desk.staff.fields import Frame, label_of, value_label
from yeollak.desk.staff.hands import Sheet
from yeollak.desk.staff.working import Work
from yeollak.errors import Fault
from yeollak.office.charter import Charter
from yeollak.office.texts import instrument
from yeollak.office.texts.compare import article_numbers
from yeollak.office.texts.instrument import Instrument
from yeollak.procedures.facts import Fact
from yeollak.record.document import Act, act_id
from yeollak.words import LANGUAGES, NATIVE_NAMES, clean, day, direction, money, number, say, term
from yeollak.words.acts import slot_word
from yeollak.words.deeds import deed_word

_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what the act says: its label, and its words with their language where that is their own."""

    label: str
    words: tuple[tuple[str, str], ...]
    code: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A filled form as a reader of one language will see it: rows of label, answer, and the answer's
    language.
    """

    lang: str
    name: str
    title: str
    rows: tuple[tuple[str, str, str], ...]

    @property
    def dir(self) -> str:
        """The direction of the language."""
        return direction(self.lang)


@dataclass(frozen=True, slots=True)
class Along:
    """One thing that goes along: what it is, in which language, how large, its text where it is one."""

    title: str
    lang: str
    size: int
    text: str = ""

    @property
    def dir(self) -> str:
        """The direction of its language."""
        return direction(self.lang) if self.lang else "auto"


@dataclass(frozen=True, slots=True)
class Cell:
    """A paragraph of a joint text in one language; `article` is its number where one begins."""

    lang: str
    article: str
    text: str

    @property
    def dir(self) -> str:
        """The direction of the language."""
        return direction(self.lang)


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint text, a row a paragraph and a column a language, and what is to be looked at in it."""

    heads: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]
    warned: tuple[Warned, ...]
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What will be signed. `id` is the digest in groups of eight digits; `text` the document's bytes."""

    title: str
    lines: tuple[Line, ...]
    readings: tuple[Reading, ...]
    along: tuple[Along, ...]
    joint: Joint | None
    text: str
    size: int
    act: str
    id: tuple[str, ...]


def preview(
    work: Work, document: bytes, sheets: Sequence[Sheet], charter: Charter, agreed: Mapping[str, forms.Form]
) -> Preview:
    """The preview of a prepared document with what goes along anew."""
    act, lang = Act.parse(document), work.frame.lang
    found = act_id(document)
    text = next((sheet for sheet in sheets if sheet.type == instrument.MEDIA_TYPE), None)
    joint = instrument.read(text.content) if text is not None else _signed(work, act)
    return Preview(
        deed_word(lang, act.kind),
        tuple(_lines(work, act)),
        tuple(one for sheet in sheets for one in _readings(sheet, agreed, work.frame)),
        tuple(
            _along(sheet, lang) for sheet in sheets if sheet.type != forms.MEDIA_TYPE and sheet is not text
        ),
        _joint(joint, work, charter) if joint is not None else None,
        document.decode(),
        len(document),
        found,
        tuple(found[at : at + 8] for at in range(0, 64, 8)),
    )


def _signed(work: Work, act: Act) -> Instrument | None:
    """The joint text that stands in the matter, where the act names it by its digest: whoever signs it reads
    it beside what he signs.
    """
    named = act.facts.get("text")
    return work.standing if named is not None and named == work.offer.known.get("text") else None


def _lines(work: Work, act: Act) -> Iterator[Line]:
    frame, lang = work.frame, work.frame.lang
    known = {fact.name: fact for fact in work.kind.takes}
    for name, value in act.facts.items():
        fact = known.get(name)
        if fact is not None:
            values = value if fact.many else [value]
            words = tuple(said for one in values for said in _said(fact, one, frame))
            yield Line(label_of(act.kind, fact, frame), words, code=fact.type in ("digest", "key", "hex"))
    yield Line(say(lang, "Precedence"), (("", term(act.precedence, lang)),))
    if act.due is not None:
        yield Line(say(lang, "Answer wanted by"), (("", frame.reader.when(act.due)),))
    yield Line(say(lang, "Dated"), (("", frame.reader.when(act.at)),))
    for side, (size, _) in act.seen.items():
        label = say(lang, "Seen of {side}", side=frame.reader.name(side))
        yield Line(label, (("", say(lang, "entries up to {size}", size=number(size))),))


def _said(fact: Fact, value: Any, frame: Frame) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and fact.type == "words":
        yield from ((tag, clean(str(text), longest=_LONGEST)) for tag, text in value.items())
    elif fact.type == "amount":
        yield "", money(int(value["value"]), str(value["currency"]))
    elif fact.type in ("instant", "moment") and "T" in str(value):
        yield "", frame.reader.when(str(value))
    elif fact.type in ("date", "moment"):
        yield "", day(date.fromisoformat(str(value)), frame.lang)
    elif fact.name == "slot":
        yield "", slot_word(frame.lang, str(value))
    elif isinstance(value, str):
        yield "", value_label(fact, value, frame)
    else:
        yield "", number(value) if isinstance(value, int) else clean(str(value), longest=_LONGEST)


def _readings(sheet: Sheet, agreed: Mapping[str, forms.Form], frame: Frame) -> Iterator[Reading]:
    if sheet.type != forms.MEDIA_TYPE:
        return
    try:
        filled = forms.read(sheet.content, agreed)
    except Fault:
        return
    for lang in (frame.lang, *(one for one in LANGUAGES if one != frame.lang)):
        rows = tuple(
            (row.label, row.text, row.language or lang) for row in forms.rows(filled, lang, frame.zone)
        )
        yield Reading(lang, NATIVE_NAMES[lang], forms.spoken(filled.form.label, lang), rows)


def _along(sheet: Sheet, lang: str) -> Along:
    text = ""
    if sheet.type == "text/plain" and sheet.lang:
        text = clean(sheet.content.decode(errors="replace"), longest=_LONGEST, lines=True)
        title = say(lang, "Text, {language}", language=NATIVE_NAMES.get(sheet.lang, sheet.lang))
    else:
        title = sheet.name or sheet.type
    return Along(title, sheet.lang or "", len(sheet.content), text)


def _joint(text: Instrument, work: Work, charter: Charter) -> Joint:
    lang = work.frame.lang
    standing = work.standing if work.standing is not text else None
    changed = difference(standing, text, lang) if standing is not None else None
    heads = tuple(
        (version.lang, version.title, NATIVE_NAMES.get(version.lang, version.lang))
        for version in text.versions
    )
    return Joint(heads, tuple(rows_of(text)), warned(text, glossary_of(charter), lang), changed)


def rows_of(text: Instrument) -> Iterator[tuple[Cell, ...]]:
    """The paragraphs of a joint text side by side; a language that has none there has an empty cell."""
    most = max(len(version.preamble) for version in text.versions)
    for at in range(most):
        yield tuple(Cell(v.lang, "", v.preamble[at] if at < len(v.preamble) else "") for v in text.versions)
    for name in article_numbers(text.versions):
        held = {v.lang: next((one for one in v.articles if one.number == name), None) for v in text.versions}
        many = max(len(one.paragraphs) for one in held.values() if one is not None)
        for at in range(many):
            yield tuple(
                Cell(
                    tag,
                    " ".join(part for part in (name, one.heading if one else "") if part) if at == 0 else "",
                    one.paragraphs[at] if one is not None and at < len(one.paragraphs) else "",
                )
                for tag, one in held.items()
            )
