"""The people of an office as its page shows them: who is posted and since when, who has the watch and what
was handed over, and whom the sides have nominated.

All of it is what each side says of its own people: nothing here says that somebody is there who is not. An
officer is known by key and function; a name stands in an enclosure of the posting, or nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from yeollak.desk.staff import looks
from yeollak.desk.staff.clocks import clocks, reader_of
from yeollak.desk.staff.gate import Desk, staffing
from yeollak.desk.staff.matteracts import compose_url
from yeollak.desk.staff.presenceof import ORDER, function_word, presence_word, said_of
from yeollak.desk.staff.shell import link, watch_of
from yeollak.desk.staff.values import Part, Voice, named_text
from yeollak.desk.texts import Text, language_tag
from yeollak.office.ledger import Counted
from yeollak.office.matter import natural_id
from yeollak.office.officers import AUTHORITY, NODE
from yeollak.procedures.table import Move
from yeollak.record.keys import kid as kid_bytes
from yeollak.storage import models
from yeollak.storage.opened import opened
from yeollak.words import NATIVE_NAMES, clean, day, direction, say
from yeollak.words.labels import state_word

#: How many recalled officers, nominations and acts of a watch are looked at.
_FORMER: Final = 40
_NOMINATED: Final = 40
_WATCHES: Final = 60
_LONGEST_NOTE: Final = 4000


@dataclass(frozen=True, slots=True)
class Post:
    """One posted key. `since` is when the officer took up the post by his side's own word, `posted` when
    that was signed; `person` who has the key at this desk, for our own side; `until` when he was recalled.
    """

    side: str
    kid: str
    code: str
    function: str
    title: Text | None
    since: Part | None
    posted: str
    person: str
    watch: bool
    today: str
    today_word: str
    url: str
    until: Part | None = None


@dataclass(frozen=True, slots=True)
class SidePosts:
    """The posts of one side: officers, keys that are no person's, and who was recalled, newest first."""

    side: str
    part: Part
    ours: bool
    posts: tuple[Post, ...]
    keys: tuple[Post, ...]
    former: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class NoteText:
    """What a handover note says in one language; `lang` is empty where the note names none."""

    lang: str
    dir: str
    native: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """Who of a side has the watch, since and until when, and the note with which it was last handed over."""

    part: Part
    ours: bool
    kid: str
    function: str
    since: Part | None
    until: Part | None
    noted: Part | None
    texts: tuple[NoteText, ...]
    unread: str
    note_url: str
    take: str
    hand: str


@dataclass(frozen=True, slots=True)
class Nomination:
    """A person whom a side wants to post and for whom the others are asked."""

    side: Part
    function: str
    title: Text | None
    kid: str
    state: str
    due: Part | None
    answers: tuple[tuple[Part, str], ...]
    url: str


def sides_of(desk: Desk, voice: Voice) -> list[SidePosts]:
    """The posts of every side, in the reader's order."""
    persons = _persons(desk)
    return [_side(desk, side, voice, persons) for side in desk.sides]


def _side(desk: Desk, side: str, voice: Voice, persons: Mapping[str, str]) -> SidePosts:
    view, place = desk.view, desk.view.charter.places[side]
    today = clocks(view)[0].day(desk.now)
    watch = watch_of(desk, side)[0]
    held = sorted(
        view.office.officers(place).values(),
        key=lambda one: (ORDER.get(one.function, len(ORDER)), one.since),
    )
    presence = said_of(desk, side, [one.kid for one in held])
    ours = side == view.side
    posts = []
    for one in held:
        act = view.ledger.finding(place, one.since) if one.since >= 0 else None
        state = presence.get(one.kid, {}).get(today.isoformat(), "")
        person = persons.get(one.kid, "") if ours else ""
        posts.append(_post(desk, side, one.kid, one.function, act, voice, person, one.kid == watch, state))
    return SidePosts(
        side,
        voice.side(side),
        ours,
        tuple(one for one in posts if one.code not in (NODE, AUTHORITY)),
        tuple(one for one in posts if one.code in (NODE, AUTHORITY)),
        tuple(_former(desk, side, voice)),
    )


def _post(
    desk: Desk,
    side: str,
    kid: str,
    function: str,
    act: Counted | None,
    voice: Voice,
    person: str = "",
    watch: bool = False,
    today: str = "",
    until: Part | None = None,
) -> Post:
    move = act.move if act is not None else None
    facts: Mapping[str, Any] = move.facts if move is not None else {}
    title = named_text("title", facts.get("title"))
    looks.note(title, ours=side == voice.ours)
    since = None
    if move is not None:
        said = str(facts.get("from", move.at))
        since = voice.time(said) if "T" in said else Part("day", _day(said, voice.lang), iso=said)
    return Post(
        side,
        kid,
        function,
        function_word(voice.lang, function),
        title,
        since,
        move.at if move is not None else "",
        person,
        watch,
        today,
        presence_word(voice.lang, today),
        link(desk, "matter", act.matter) if act is not None and act.matter else "",
        until,
    )


def _former(desk: Desk, side: str, voice: Voice) -> Iterator[Post]:
    """Officers whom a side has recalled."""
    view, place = desk.view, desk.view.charter.places[side]
    recalled: dict[str, Move] = {}
    found = 0
    for act in reversed(view.ledger.postings(place)):
        if act.move is None or found >= _FORMER:
            continue
        if act.move.kind == "posting.recall":
            recalled[act.matter] = act.move
        elif act.move.kind == "posting.appoint" and act.matter in recalled:
            found += 1
            function, at = str(act.move.facts.get("function", "")), recalled[act.matter].at
            yield _post(desk, side, _kid(act), function, act, voice, until=voice.time(at))


def watches_of(desk: Desk, voice: Voice, *, may: bool) -> list[Watch]:
    """Who has the watch on each side, with the newest handover note. `may` whether the reader may draft."""
    return [_watch(desk, side, voice, may=may) for side in desk.sides]


def _watch(desk: Desk, side: str, voice: Voice, *, may: bool) -> Watch:
    view = desk.view
    kid, function, since, until = watch_of(desk, side)
    matter = natural_id(view.id, "posting", f"watch/{side}")
    note = _newest_note(view.ledger.matter(matter)[-_WATCHES:])
    texts, unread = _note(desk, note) if note is not None else ((), "")
    ours = side == view.side
    deeds = ours and may and bool(desk.officer)
    opened_as = matter if view.ledger.matter(matter) else ""
    return Watch(
        voice.side(side),
        ours,
        kid,
        function_word(voice.lang, function) if kid else "",
        voice.time(since) if since else None,
        _moment(until, voice) if until else None,
        voice.time(note.move.at) if note is not None and note.move is not None else None,
        texts,
        unread,
        link(desk, "act", note.id) if note is not None else "",
        compose_url(desk, "posting.watch", opened_as, **{"f.officer": desk.officer}) if deeds else "",
        compose_url(desk, "posting.handover", opened_as) if deeds and kid else "",
    )


def _newest_note(acts: Sequence[Counted]) -> Counted | None:
    for act in reversed(acts):
        if not act.void and act.move is not None and act.move.kind == "posting.handover":
            return act
    return None


def _note(desk: Desk, act: Counted) -> tuple[tuple[NoteText, ...], str]:
    """The texts of a note in plain words, and what is to be said where there is none to be read here."""
    named = sorted(act.move.enclosures) if act.move is not None else []
    held = opened(desk.view, named, of=act.side)
    found = []
    for one in held.values():
        if one.type != "text/plain" or one.content is None:
            continue
        told = one.content.decode("utf-8", "replace")[:_LONGEST_NOTE]
        lines = tuple(tidy for line in told.splitlines() if (tidy := clean(line, longest=_LONGEST_NOTE)))
        tag = language_tag(one.lang) or "und"
        found.append(NoteText(tag, direction(tag), NATIVE_NAMES.get(tag.partition("-")[0], tag), lines))
    # The reader's own language stands first.
    found.sort(key=lambda one: (one.lang.partition("-")[0] != desk.lang, one.lang))
    if found:
        return tuple(found), ""
    if not named:
        return (), say(desk.lang, "It was handed over without a note.")
    return (), say(desk.lang, "The note cannot be read here: it is not held, or is no plain text.")


def nominations_of(desk: Desk, voice: Voice) -> list[Nomination]:
    """Whom the sides have nominated, newest first."""
    view = desk.view
    rows = view.rows(models.Matter).filter(procedure="agrement").order_by("-updated", "-id")[:_NOMINATED]
    return [_nomination(desk, row, voice) for row in rows]


def _nomination(desk: Desk, row: models.Matter, voice: Voice) -> Nomination:
    view, lang = desk.view, voice.lang
    state = view.office.state(row.matter).state
    first = next(
        act.move
        for act in view.ledger.matter(row.matter)
        if not act.void and act.move is not None and act.move.kind == "posting.nominate"
    )
    answers = []
    for side in state.counterparts:
        if state.of("consented", side):
            answers.append((voice.side(side), say(lang, "consents")))
        elif state.of("objected", side):
            answers.append((voice.side(side), say(lang, "does not consent")))
        else:
            answers.append((voice.side(side), say(lang, "has not answered")))
    due = first.due if row.phase == "nominated" else None
    title = named_text("title", first.facts.get("title"))
    looks.note(title, ours=first.side == view.side)
    return Nomination(
        voice.side(first.side),
        function_word(lang, str(first.facts.get("function", ""))),
        title,
        kid_of(str(first.facts.get("key", ""))),
        state_word(lang, "agrement", row.phase, state.slots),
        voice.time(due) if due else None,
        tuple(answers),
        desk.url("matter", row.matter),
    )


def verdict(desk: Desk, watches: Sequence[Watch]) -> str:
    """Who has the watch now, in one sentence."""
    reader = reader_of(desk)
    on = [one for one in watches if one.kid]
    if not on:
        return say(desk.lang, "Nobody is named for the watch, on any side.")
    if len(on) == len(watches):
        return say(desk.lang, "Every side has named who has the watch.")
    missing = [side for side in desk.sides if not watch_of(desk, side)[0]]
    return say(desk.lang, "{sides} has named nobody for the watch.", sides=reader.sides(missing))


def kid_of(key: str) -> str:
    """The key id of a public key in hexadecimal digits, or the empty string."""
    try:
        return kid_bytes(bytes.fromhex(key))
    except ValueError:
        return ""


def _kid(act: Counted) -> str:
    return kid_of(act.key.hex()) if act.key else ""


def _persons(desk: Desk) -> dict[str, str]:
    """Key id -> what its person at this desk is called."""
    people = staffing().people(desk.view.id)
    return {kid: clean(one.shown, longest=64) for one in people if (kid := one.officers.get(desk.view.id))}


def _moment(at: str, voice: Voice) -> Part:
    return voice.time(at) if "T" in at else Part("day", _day(at, voice.lang), iso=at)


def _day(text: str, lang: str) -> str:
    try:
        return day(date.fromisoformat(text), lang)
    except ValueError:
        return clean(text, longest=40)
