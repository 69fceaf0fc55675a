"""The papers of an office, gathered from what its record says: a matter with its texts, signatures and acts,
and the roster. What a page of the desk shows of them is taken from where the page takes it, so that both say
the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.text import capfirst

from yeollak.desk.staff import looks, peopleof
from yeollak.desk.staff.clocks import clocks
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.matteracts import document_of
from yeollak.desk.staff.matterpage import head_of, voice_of
from yeollak.desk.staff.mattertexts import TextShown, texts_of
from yeollak.desk.staff.papers import Line, Paper, Sheet, Signed, Table
from yeollak.desk.staff.titles import Title, act_word
from yeollak.desk.staff.values import Part, Voice
from yeollak.desk.texts import Text
from yeollak.office.ledger import Counted
from yeollak.office.statistics.tally import UNSTATED
from yeollak.record.canon import format_instant
from yeollak.words import day, direction, number, say
from yeollak.words.called import office_name
from yeollak.words.facts import value_word

#: How many acts stand on a paper: the first and the newest.
_ACTS = 60


def matter_paper(desk: Desk, matter: str) -> Paper:
    """A matter as paper: where it stands, its texts in parallel columns with their digests, who has signed
    them, and its acts. Raises OurFault(`no-such-matter`).
    """
    head, voice, lang = head_of(desk, matter), voice_of(desk), desk.lang
    texts = texts_of(desk, matter, voice)
    joint = next((one for one in texts.texts if one.joint), None)
    acts = [act for act in desk.view.ledger.matter(matter) if not act.void and act.move is not None]
    marks = desk.view.office.state(matter).marks
    standing = [act for act in acts if act.id not in marks]
    signers = [act for act in standing if joint is not None and _signs(act, joint.parallel.digest)]
    title, *others = _titles(head.title, lang)
    others = [*_marks(head.title.said, lang, words=True), *others]
    office = words_line(desk)
    state = " ".join((f"{head.state}.", *head.sentences))
    foot = _foot(desk, joint, matter, signers, voice)
    return Paper(
        lang=lang,
        office=office,
        title=title,
        titles=tuple(others),
        stamp=_stamp(desk),
        page=say(lang, "page {page} of {pages}", page="{page}", pages="{pages}"),
        running=(office, Line(head.procedure_word, lang)),
        foot=foot,
        facts=(
            (
                Line(say(lang, "State"), lang),
                Line(state, lang, ours=True),
            ),
            *(
                (Line(fact.label, lang), *(line for part in fact.parts for line in _lines(part, lang)))
                for fact in head.facts
                if fact.name != "text"  # the digest stands below the text itself
            ),
        ),
        texts=tuple(_sheet(desk, one, voice, titled=_titled(one, head.title)) for one in texts.texts),
        signed=Line(say(lang, "Signatures"), lang) if joint is not None else None,
        signatures=tuple(_signatures(desk, signers, voice)) if joint is not None else (),
        tables=(_acts(desk, standing, voice),),
        notes=(
            *_cut(standing, lang),
            Line(
                say(
                    lang,
                    "Made from what the node of {side} held at {at}. "
                    "The record is the proof, not this paper: the digests show whether both say the same.",
                    side=_name(desk.view.side, voice),
                    at=_at(voice, desk.now),
                ),
                lang,
                ours=True,
            ),
        ),
        wide=joint is not None and len(joint.parallel.columns) > 3,
    )


def roster_paper(desk: Desk) -> Paper:
    """Who is posted today, by side in the reader's order."""
    voice, lang = voice_of(desk), desk.lang
    order = {side: at for at, side in enumerate(desk.sides)}
    today = day(clocks(desk.view)[0].day(desk.now), lang)
    office = words_line(desk)
    sizes = " · ".join(
        f"{_name(side, voice)} {number(desk.view.ledger.held(desk.view.charter.places[side]))}"
        for side in desk.sides
    )
    return Paper(
        lang=lang,
        office=office,
        title=Line(say(lang, "Roster of both sides, %(today)s") % {"today": today}, lang),
        stamp=_stamp(desk),
        page=say(lang, "page {page} of {pages}", page="{page}", pages="{pages}"),
        running=(office, Line(say(lang, "Roster"), lang)),
        foot=((Line(say(lang, "Entries held: {sizes}", sizes=sizes), lang, ours=True),),),
        tables=tuple(
            _posts(one, lang)
            for one in sorted(peopleof.sides_of(desk, voice), key=lambda one: order[one.side])
        ),
        notes=(
            Line(
                say(
                    lang,
                    "Each side speaks for its own people. An officer is known by key and function; "
                    "nobody here vouches for the other side's.",
                ),
                lang,
            ),
        ),
    )


def words_line(desk: Desk) -> Line:
    """What the office is called."""
    return Line(office_name(desk.view.charter, desk.lang), desk.lang)


def _stamp(desk: Desk) -> Line | None:
    if desk.view.charter.demonstration:
        return Line(say(desk.lang, "Reconstruction"), desk.lang)
    if desk.view.charter.about.get("exercise") is True:
        return Line(say(desk.lang, "Exercise"), desk.lang)
    return None


def _titles(title: Title, lang: str) -> list[Line]:
    """What a matter is called, in the reader's language first, then in all others that it has."""
    if title.said is None:
        return [Line(title.word, lang)]
    first = title.said.pick(lang)
    others = [Line(text, tag) for tag, text in title.said.versions if tag != first.lang]
    return [Line(first.text, first.lang), *others[:7]]


def _titled(one: TextShown, title: Title) -> bool:
    """Whether the titles of a text are those of the paper already."""
    if not one.joint or title.said is None or not one.parallel.rows or not one.parallel.rows[0].heading:
        return False
    said = dict(title.said.versions)
    return all(
        "".join(run.text for run in cell.runs) == said.get(cell.lang) for cell in one.parallel.rows[0].cells
    )


def _sheet(desk: Desk, one: TextShown, voice: Voice, *, titled: bool) -> Sheet:
    lang = desk.lang
    named = say(lang, "Joint text") if one.joint else say(lang, "Text")
    come = [_apart(one.side.text, lang), *([_flat(one.at, lang)] if one.at is not None else [])]
    lines = [Line(" · ".join(come), lang, ours=True), *_side_marks(one.side, lang)]
    if one.sealed:
        lines.append(Line(say(lang, "Sealed until it is taken up. It is ours, so we may read it."), lang))
    notes = []
    if one.parallel.cut:
        notes.append(
            Line(say(lang, "The text is longer than a paper holds: the enclosure has all of it."), lang)
        )
    for hung in one.hung.values():
        side, at = _apart(hung.side.text, lang), _flat(hung.at, lang)
        notes.append(Line(say(lang, "Reservation of {side}, {at}:", side=side, at=at), lang, ours=True))
        notes += _side_marks(hung.side, lang)
        notes += [Line(text, tag) for tag, text in hung.words.versions] if hung.words else []
    label = say(lang, "One instrument, one digest (SHA-256)") if one.joint else say(lang, "The act (SHA-256)")
    digest = one.parallel.digest if one.joint else one.act
    return Sheet(
        Line(named, lang),
        one.parallel,
        tuple(lines),
        tuple(notes),
        ((Line(label, lang), digest),),
        titled,
    )


def _signs(act: Counted, text: str) -> bool:
    return act.move is not None and act.move.kind.endswith(".sign") and act.move.facts.get("text") == text


def _signatures(desk: Desk, signers: Sequence[Counted], voice: Voice) -> Iterable[Signed]:
    """A block for every side in the reader's order: what it has signed, or that it has not. In its own copy
    each side stands first.
    """
    lang = desk.lang
    for side in desk.sides:
        lines: list[Line] = []
        for act in signers:
            if act.side != side or act.move is None:
                continue
            kid, function = _officer(desk, act)
            lines += [
                Line(say(lang, "Signed {at}", at=_flat(voice.time(act.move.at), lang)), lang, ours=True),
                Line(
                    say(
                        lang,
                        "{function} · register place {place}",
                        function=function,
                        place=number(act.index),
                    ),
                    lang,
                ),
                Line(kid, "en", mono=True),
                Line(act.id, "en", mono=True),
            ]
        yield Signed(
            Line(voice.side(side).text, lang),
            (*_side_marks(voice.side(side), lang), *(lines or (Line(say(lang, "Has not signed."), lang),))),
            ticked=desk.view.charter.places[side] > 0,
        )


def _foot(
    desk: Desk, joint: TextShown | None, matter: str, signers: Sequence[Counted], voice: Voice
) -> tuple[tuple[Line, ...], ...]:
    """What ends every page: the digest, and who has signed what has it."""
    lang = desk.lang
    if joint is None:
        return ((Line(say(lang, "Matter"), lang), Line(matter, "en", mono=True)),)
    signed = []
    for side in desk.sides:
        act = next((one for one in signers if one.side == side), None)
        name = _name(side, voice)
        if act is None or act.move is None:
            signed.append(Line(say(lang, "{side}: not signed", side=name), lang, ours=True))
        else:
            at = _flat(voice.time(act.move.at), lang)
            signed.append(Line(say(lang, "{side}: signed {at}", side=name, at=at), lang, ours=True))
    return ((Line("SHA-256", "en"), Line(joint.parallel.digest, "en", mono=True)), tuple(signed))


def _acts(desk: Desk, standing: Sequence[Counted], voice: Voice) -> Table:
    lang = desk.lang
    shown = standing if len(standing) <= _ACTS else [*standing[: _ACTS // 2], *standing[-_ACTS // 2 :]]
    rows = []
    for act in shown:
        kid, function = _officer(desk, act)
        rows.append(
            (
                (Line(_flat(voice.time(act.move.at), lang) if act.move else "", lang, ours=True),),
                (Line(voice.side(act.side).text, lang), *_side_marks(voice.side(act.side), lang)),
                (Line(act_word(lang, act), lang), Line(act.id, "en", mono=True)),
                (Line(function, lang), Line(kid, "en", mono=True)),
                (Line(number(act.index), lang),),
            )
        )
    names = (
        say(lang, "Signed"),
        say(lang, "Side"),
        say(lang, "Act"),
        say(lang, "Officer"),
        say(lang, "Entry"),
    )
    return Table(
        Line(say(lang, "Acts"), lang),
        (4, 2, 7, 4, 1),
        tuple(Line(name, lang) for name in names),
        tuple(rows),
    )


def _cut(standing: Sequence[Counted], lang: str) -> tuple[Line, ...]:
    beyond = len(standing) - _ACTS
    if beyond <= 0:
        return ()
    return (Line(say(lang, "Acts in the middle that do not stand here: {n}.", n=beyond), lang),)


def _posts(one: peopleof.SidePosts, lang: str) -> Table:
    names = (
        say(lang, "Function"),
        say(lang, "Title", context="officer"),
        say(lang, "Since"),
        say(lang, "Key"),
        say(lang, "Today", context="presence"),
    )
    rows = tuple(
        (
            (Line(post.function, lang), *((Line(say(lang, "on watch"), lang),) if post.watch else ())),
            (*_texted(post.title, lang), *_marks(post.title, lang)),
            _lines(post.since, lang) if post.since is not None else (),
            (Line(post.kid, "en", mono=True),),
            (Line(post.today_word or say(lang, "not stated"), lang),),
        )
        for post in one.posts
    )
    head = " ".join((one.part.text, *(mark.text for mark in _side_marks(one.part, lang))))
    return Table(
        Line(head, lang, ours=True), (3, 4, 3, 3, 2), tuple(Line(name, lang) for name in names), rows
    )


def _officer(desk: Desk, act: Counted) -> tuple[str, str]:
    """The key id of who signed an act, and the function under which he was posted then."""
    document = document_of(desk.view, act)
    if document is None:
        return "", UNSTATED
    posted = desk.view.office.officers(act.place, act.index).get(document.officer)
    function = posted.function if posted is not None else ""
    return document.officer, capfirst(value_word(desk.lang, "function", function) or function)


def _lines(part: Part, lang: str) -> tuple[Line, ...]:
    """A part of a value as lines."""
    if part.said is not None:
        return *_texted(part.said, lang), *(_marks(part.said, lang) if part.name else ())
    shown = Line(_flat(part, lang), lang, mono=part.sort == "code" and len(part.text) > 30, ours=True)
    return shown, *(_side_marks(part, lang) if part.sort == "side" else ())


def _texted(text: Text | None, lang: str) -> tuple[Line, ...]:
    if text is None:
        return ()
    picked = text.pick(lang)
    return (Line(picked.text, picked.lang),)


def _marks(name: Text | str | None, lang: str, *, words: bool = False) -> tuple[Line, ...]:
    """What is to be said of a name that can be taken for another, below it: on paper as on the desk."""
    return tuple(Line(f"({one})", lang, ours=True) for one in looks.told(name, lang, words=words))


def _side_marks(part: Part, lang: str) -> tuple[Line, ...]:
    """The same of a side; what our own has named is never marked."""
    return () if part.ours else _marks(part.text, lang)


def _flat(part: Part | None, lang: str) -> str:
    """A part in one line, as a run of its own: a moment with its hour, and UTC beside it."""
    if part is None:
        return ""
    day_, bar, hour = part.text.partition("|")
    said = f"{day_}{'، ' if lang == 'ar' else ', '}{_apart(hour, lang)}" if bar else part.text
    return f"{_apart(said, lang)} ({_apart(part.utc, lang)})" if part.utc else _apart(said, lang)


def _apart(text: str, lang: str) -> str:
    """A name or figures as a run of its own in a sentence from right to left (UAX #9)."""
    return f"\u2068{text}\u2069" if direction(lang) == "rtl" else text


def _name(side: str, voice: Voice) -> str:
    return _apart(voice.side(side).text, voice.lang)


def _at(voice: Voice, now: datetime) -> str:
    return _flat(voice.time(format_instant(now)), voice.lang)
