"""Whom a matter waits for, and the silences that were declared in it, as they stand on its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.text import capfirst

from yeollak.desk.staff.values import Part, Voice
from yeollak.office.silence import Silence, silences
from yeollak.office.waiting import Waiting
from yeollak.record.canon import format_instant
from yeollak.storage.reading import OfficeView
from yeollak.storage.receipts import receipts_by_side
from yeollak.words import say
from yeollak.words.docket import default_words, docket_word, mark_words, reason
from yeollak.words.naming import Reader

#: How many links of either end stand on the page.
_LINKS: Final = 20
#: How many acts of a matter are looked at for its stages and facts: the first ones and the newest.
_LOOKED: Final = 200
#: Up to how many acts it is told of each what became of it.
_TOLD: Final = 1000


@dataclass(frozen=True, slots=True)
class WaitShown:
    """One side that is waited for: the sentence, the word that holds now, why, and what silence means."""

    ours: bool
    late: bool
    word: str
    sentence: str
    until: Part
    why: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class SilenceShown:
    """A signed lapse: what it declared, what receipts say of it, and what speaks against it."""

    sentence: str
    mark: str
    false: bool
    overtaken: bool
    proof: tuple[str, ...]
    against: tuple[str, ...]
    default: str


def wait_sentence(reader: Reader, one: Waiting) -> str:
    """Who waits for whom, and until when, in the first person."""
    lang, until = reader.lang, reader.when(one.until)
    waiters = one.waiting or (one.lapse.by if one.lapse is not None else ())
    if one.awaited == reader.side:
        others = reader.sides(side for side in waiters if side != reader.side)
        if others:
            return say(lang, "{side} waits for us until {until}.", side=others, until=until)
        return say(lang, "It waits for us until {until}.", until=until)
    if reader.side in waiters:
        return say(lang, "We wait for {side} until {until}.", side=reader.name(one.awaited), until=until)
    return say(
        lang,
        "{waiting} waits for {awaited} until {until}.",
        waiting=reader.sides(waiters),
        awaited=reader.name(one.awaited),
        until=until,
    )


def wait_shown(reader: Reader, voice: Voice, one: Waiting, now: datetime) -> WaitShown:
    """One side that is waited for, as a page shows it."""
    return WaitShown(
        one.awaited == reader.side,
        one.until < format_instant(now),
        capfirst(docket_word(reader.lang, one.word)),
        wait_sentence(reader, one),
        voice.time(one.until),
        tuple(reason(reader, why.code, why.by, why.until) for why in one.why),
        default_words(reader, one.default.means, one.default.items) if one.default is not None else "",
    )


def silences_of(view: OfficeView, matter: str, reader: Reader) -> tuple[SilenceShown, ...]:
    """The silences that were declared in a matter."""
    procedure = view.office.folds(matter).procedure
    lapses = {kind for rows in procedure.rows.values() for kind, row in rows.items() if row.lapses}
    if not any(act.move is not None and act.move.kind in lapses for act in view.ledger.matter(matter)):
        return ()
    return tuple(_silence(one, reader) for one in silences(view.office, matter, receipts_by_side(view)))


def _silence(one: Silence, reader: Reader) -> SilenceShown:
    lang = reader.lang
    return SilenceShown(
        say(
            lang,
            "{side} declared at {at} that the time until {due} was over.",
            side=reader.name(one.side),
            at=reader.when(one.at),
            due=reader.when(one.due),
        ),
        mark_words(lang, one.mark),
        one.mark == "false-on-its-face",
        one.overtaken,
        tuple(
            say(
                lang,
                "{side} had receipted it at {time}, when the register had this many entries: {size}.",
                side=reader.name(each.cosigner),
                size=each.size,
                time=reader.when(format_instant(each.time)),
            )
            for each in one.proof
        ),
        tuple(
            say(
                lang,
                "An act of {side} was in time all the same: {cosigner} itself had receipted it at {time}.",
                side=reader.name(each.side),
                cosigner=reader.name(each.receipt.cosigner),
                time=reader.when(format_instant(each.receipt.time)),
            )
            for each in one.against
        ),
        default_words(reader, one.default.means, one.default.items) if one.default is not None else "",
    )
