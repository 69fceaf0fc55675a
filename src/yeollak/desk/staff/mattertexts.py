"""The texts that acts of a matter enclose, sorted for its page: joint and plain ones in parallel languages,
filled forms in the reader's words, everything else as files to be fetched.

What is sealed until its release is shown where it is ours: the side that committed to a text may read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from yeollak.desk.staff import looks
from yeollak.desk.staff.clocks import reading_zone
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.texts import (
    Parallel,
    Redrafted,
    changes,
    glossary_of,
    joint_text,
    parallel,
    plain_texts,
)
from yeollak.desk.staff.titles import act_word
from yeollak.desk.staff.values import Part, Voice, words_text
from yeollak.desk.texts import Text
from yeollak.errors import Fault
from yeollak.forms import MEDIA_TYPE as FORM
from yeollak.forms import read as read_filled
from yeollak.forms import rows as form_rows
from yeollak.forms import spoken
from yeollak.office.ledger import Counted
from yeollak.office.texts import instrument
from yeollak.office.texts.instrument import Instrument
from yeollak.office.texts.reservations import Hanging, reservations
from yeollak.office.texts.stages import marks, translations
from yeollak.storage.opened import Opened, known_forms, opened_of
from yeollak.words import clean, direction, say
from yeollak.words.jointtexts import force_words
from yeollak.words.lookalike import unseen

#: How many acts with enclosures are looked at, the newest first to be kept.
_LOOKED: Final = 64
#: How many enclosures stand on one page.
_MOST: Final = 200
#: How much of a file's name is looked at.
_LONGEST_NAME: Final = 400


@dataclass(frozen=True, slots=True)
class FileShown:
    """An enclosure as a line: what it is, and where it can be fetched; no `url` where it is not held,
    `unseen` where its name came with characters that cannot be seen.
    """

    digest: str
    url: str
    name: str
    type: str
    lang: str
    size: int | None
    side: Part
    note: str
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Hung:
    """A reservation with its words and who made it when."""

    side: Part
    at: Part
    words: Text | None
    url: str


@dataclass(frozen=True, slots=True)
class TextShown:
    """A text in parallel languages with where it comes from. `sealed` where no act has released it yet;
    `drafts` are the drafts before it, as address and label, `change` what changed from the chosen one.
    """

    act: str
    side: Part
    at: Part | None
    joint: bool
    sealed: bool
    parallel: Parallel
    hung: dict[str, Hung]
    drafts: tuple[tuple[str, str], ...] = ()
    change: Redrafted | None = None
    change_from: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of a filled form; `lang` names the language of free text that is not the reader's."""

    label: str
    text: str
    lang: str
    dir: str
    private: bool


@dataclass(frozen=True, slots=True)
class FormShown:
    """A filled form, read in the reader's language."""

    title: str
    side: Part
    written: str
    sealed: bool
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that acts of a matter enclose."""

    texts: tuple[TextShown, ...]
    forms: tuple[FormShown, ...]
    files: tuple[FileShown, ...]


def texts_of(desk: Desk, matter: str, voice: Voice, since: str = "") -> Texts:
    """The texts of a matter. `since` names the draft from which changes of the standing text are shown."""
    view = desk.view
    acts = [
        act
        for act in view.ledger.matter(matter)[-4 * _LOOKED :]
        if not act.void and act.move is not None and act.move.enclosures
    ][-_LOOKED:]
    named = dict.fromkeys(
        (act.side, one) for act in acts for one in sorted(act.move.enclosures if act.move is not None else ())
    )
    held = opened_of(view, list(named)[:_MOST])
    by_act = {act.id: act for act in acts}
    forms = tuple(_forms(desk, held.values(), voice))
    return Texts(
        (*_joint(desk, matter, held, by_act, voice, since), *_plain(desk, matter, held, by_act, voice)),
        forms,
        tuple(file_of(desk, one, voice) for one in held.values()),
    )


def file_of(desk: Desk, one: Opened, voice: Voice) -> FileShown:
    """An enclosure as a line of a list."""
    lang = desk.lang
    note = ""
    if not one.held:
        note = say(lang, "Not held here: not released yet, on its way, or erased.")
    elif one.closed:
        note = say(lang, "Sealed to named officers.")
    elif one.sealed:
        note = say(lang, "Sealed until it is taken up. It is ours, so we may read it.")
    name = clean(one.name, longest=120)
    looks.note(name, ours=one.side == desk.view.side)
    return FileShown(
        one.digest,
        desk.url("enclosure", one.digest) if one.held else "",
        name,
        clean(one.type, longest=127),
        clean(one.lang, longest=35),
        one.size,
        voice.side(one.side),
        note,
        unseen(one.name[:_LONGEST_NAME]),
    )


def _joint(
    desk: Desk, matter: str, held: dict[str, Opened], acts: dict[str, Counted], voice: Voice, since: str
) -> Iterable[TextShown]:
    """The joint text that stands, with what changed since an earlier draft, and the drafts before it."""
    read: dict[str, Instrument] = {}
    for digest, one in held.items():
        text = joint_text(one.content) if one.type == instrument.MEDIA_TYPE else None
        if text is not None:
            read[digest] = text
    if not read:
        return
    moves = [act.move for act in desk.view.ledger.matter(matter) if not act.void and act.move is not None]
    hanging = reservations(moves, read)
    stated = translations(moves)
    standing = str(desk.view.office.state(matter).state.slots.get("text", ""))
    order = [digest for digest in held if digest in read]
    shown = standing if standing in read else order[-1]
    one, text = held[shown], read[shown]
    before = [digest for digest in order if digest != shown]
    first = acts.get(one.acts[0])
    chosen = since if since in before else ""
    told = [
        (
            mark,
            force_words(
                desk.lang,
                binds=mark.binds,
                prevails=mark.prevails,
                equal=mark.equal_force,
                stage=mark.stage,
            ),
            voice.side(mark.own).text if mark.own else "",
        )
        for mark in marks(text, stated)
    ]
    here = tuple(item for item in hanging if item.text in ("", shown))
    yield TextShown(
        one.acts[0],
        voice.side(one.side),
        voice.time(first.move.at) if first is not None and first.move is not None else None,
        joint=True,
        sealed=one.sealed,
        parallel=parallel(text, shown, told, glossary_of(desk.view.charter), desk.lang, here),
        hung={item.act: _hung(desk, item, voice) for item in here},
        drafts=tuple((f"?since={each}#changes", _draft(desk, held[each], acts, voice)) for each in before),
        change=changes(read[chosen], text, desk.lang) if chosen else None,
        change_from=_draft(desk, held[chosen], acts, voice) if chosen else "",
    )


def _plain(
    desk: Desk, matter: str, held: dict[str, Opened], acts: dict[str, Counted], voice: Voice
) -> Iterable[TextShown]:
    """Plain texts, those of one act in different languages side by side."""
    grouped: dict[tuple[str, ...], list[Opened]] = {}
    for one in held.values():
        if one.type == "text/plain" and one.content is not None:
            known = grouped.setdefault((one.acts[0],), [])
            same = any(other.lang == one.lang for other in known)
            if same:
                grouped[one.acts[0], one.digest] = [one]
            else:
                known.append(one)
    for (act, *_), several in grouped.items():
        text = plain_texts([(one.lang, one.content or b"") for one in several])
        if text is None:
            continue
        first = acts.get(act)
        yield TextShown(
            act,
            voice.side(several[0].side),
            voice.time(first.move.at) if first is not None and first.move is not None else None,
            joint=False,
            sealed=several[0].sealed,
            parallel=parallel(
                text,
                several[0].digest,
                [(None, "", "") for _ in several],
                glossary_of(desk.view.charter),
                desk.lang,
            ),
            hung={},
        )


def _forms(desk: Desk, held: Iterable[Opened], voice: Voice) -> Iterable[FormShown]:
    filled = [one for one in held if one.type == FORM and one.content is not None]
    known = known_forms(desk.view) if filled else {}
    zone: tzinfo = reading_zone(desk)
    for one in filled:
        try:
            read = read_filled(one.content or b"", known)
        except Fault:
            continue  # it stays a file, with its type
        yield FormShown(
            spoken(read.form.label, desk.lang),
            voice.side(one.side),
            read.language,
            one.sealed,
            tuple(
                Answer(
                    clean(row.label, longest=200),
                    row.text,
                    row.language or desk.lang,
                    direction(row.language or desk.lang),
                    row.private,
                )
                for row in form_rows(read, desk.lang, zone)
            ),
        )


def _hung(desk: Desk, item: Hanging, voice: Voice) -> Hung:
    words = words_text(item.subject)
    return Hung(voice.side(item.side), voice.time(item.at), words, desk.url("act", item.act))


def _draft(desk: Desk, one: Opened, acts: dict[str, Counted], voice: Voice) -> str:
    act = acts.get(one.acts[0])
    if act is None or act.move is None:
        return voice.side(one.side).text
    when = voice.time(act.move.at).text.replace("|", ", ")
    return f"{act_word(desk.lang, act)}, {voice.side(act.side).text}, {when}"
