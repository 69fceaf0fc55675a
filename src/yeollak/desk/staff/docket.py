"""The docket in two lanes: what waits with us and what waits with them. What rings stands first, flash before
immediate; everything else goes by clock.

Each strip has an hour, a subject, one line of why and one action. What waits is `office.waiting` and
`office.calls`; what only we know of stands beside it: urgent acts that nobody has acknowledged, and drafts
that a colleague has handed over to be released. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Final

from django.utils.text import capfirst

from yeollak.desk.staff.bridge import Bell, brief
from yeollak.desk.staff.titles import Title
from yeollak.office.waiting import Waiting, Word
from yeollak.record.canon import parse_instant
from yeollak.record.document import PRECEDENCES
from yeollak.words import duration, say, term
from yeollak.words.docket import default_words, docket_word, reason
from yeollak.words.naming import Reader
from yeollak.words.states import state_word

#: How many strips a lane shows; what is beyond is counted and stands in the list of matters.
MOST: Final = 12
#: The letter of a precedence in the style sheet.
MARKS: Final = {"routine": "r", "priority": "p", "immediate": "i", "flash": "f"}
#: The acts that end a wait, by their last word; the first that fits names the button.
_ACTIONS: Final = (
    "take",
    "answer",
    "reply",
    "supply",
    "sign",
    "agree",
    "consent",
    "deliver",
    "ask",
    "observe",
)

#: The highest precedence that does not ring.
_ALIKE: Final = PRECEDENCES.index("priority")
_LATE: Final = frozenset({Word.OVERDUE, Word.UNANSWERED})

_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """One strip. `mark` is the letter of its precedence, `until` the instant of its hour; `act` is set where
    it is an alarm that a button here acknowledges.
    """

    precedence: str
    mark: str
    word: str
    until: str
    clock: str
    under: str
    late: bool
    title: Title
    href: str
    why: str
    consequence: str
    action: str
    go: str = ""
    act: str = ""

    @property
    def alarming(self) -> bool:
        """Whether it is drawn as an alarm: a flash that rings or waits, and none that only stands unread."""
        return self.mark == "f" and bool(self.act or self.consequence)

    @property
    def bars(self) -> tuple[bool, ...]:
        """Which of the four bars are filled."""
        filled = PRECEDENCES.index(self.precedence) + 1
        return tuple(one < filled for one in range(4))


@dataclass(frozen=True, slots=True)
class Stripped:
    """A strip that is made where it is shown: what it is sorted by, its instant (or the empty string),
    whether it is late, its hour in words, and itself.
    """

    key: _Key
    until: str
    late: bool
    clock: Callable[[], str]
    make: Callable[[], Strip]

    @classmethod
    def of(cls, key: _Key, strip: Strip) -> Stripped:
        """One that is there already."""
        return cls(key, strip.until, strip.late, lambda: strip.clock, lambda: strip)


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: its strips, how many there are in all, how many of them are late, and the first hour."""

    strips: tuple[Strip, ...]
    total: int
    late: int
    first: str = ""

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.strips)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft that waits for release: who wrote it, since when, what it is and where it is."""

    kind_word: str
    writer: str
    updated: datetime
    href: str


@dataclass(frozen=True, slots=True)
class Places:
    """What the page knows of a wait: how its matter is called, where it is, and where its deed is done."""

    named: Callable[[Waiting], Title]
    placed: Callable[[Waiting], str]
    done: Callable[[Waiting], str]


def lane(strips: Iterable[Stripped], beyond: int = 0, late: int = 0) -> Lane:
    """A lane of strips in their order: only those that it shows are made. `beyond` are those that cannot be
    among the first, of which `late` are late.
    """
    found = sorted(strips, key=lambda one: one.key)
    timed = (one for one in found if one.until and not one.late)
    first = min(timed, key=lambda one: one.until, default=None)
    return Lane(
        tuple(one.make() for one in found[:MOST]),
        len(found) + beyond,
        sum(one.late for one in found) + late,
        first.clock() if first is not None else "",
    )


def waits(items: Sequence[Waiting], reader: Reader, now: datetime, places: Places) -> list[Stripped]:
    """Strips of what matters and calls wait for."""
    return [
        Stripped(
            _key(one.precedence, one.until),
            one.until,
            one.word in _LATE,
            partial(_clock, one, reader, now),
            partial(strip_of, one, reader, now, places),
        )
        for one in items
    ]


def _clock(one: Waiting, reader: Reader, now: datetime) -> str:
    return brief(parse_instant(one.until), now, reader.zone, reader.lang)[0]


def strip_of(one: Waiting, reader: Reader, now: datetime, places: Places) -> Strip:
    """One side that is waited for."""
    lang, due, ours = reader.lang, parse_instant(one.until), one.awaited == reader.side
    call = one.procedure == "check-in"
    word = capfirst(docket_word(lang, one.word, call=call))
    shown, clock = brief(due, now, reader.zone, lang)
    state = "" if call else capfirst(state_word(lang, one.procedure, one.phase, {}))
    why = [
        state if one.word is Word.WAITING and state else word,
        *(reason(reader, why.code, why.by, why.until) for why in one.why[:1]),
    ]
    return Strip(
        precedence=one.precedence,
        mark=MARKS[one.precedence],
        word=capfirst(term(one.precedence, lang)),
        until=one.until,
        clock=shown,
        under=" · ".join(part for part in (clock, left(due, now, lang)) if part),
        late=one.word in _LATE,
        title=places.named(one),
        href=places.placed(one),
        why=" · ".join(part for part in why if part),
        consequence=consequence(one, reader),
        action=action(lang, one.answers) if ours else "",
        go=places.done(one) if ours else "",
    )


def bell_strip(bell: Bell, now: datetime, lang: str, wait: Strip | None = None) -> Stripped:
    """An act that rings, as the first of the strips with us; with what its matter waits for on our side where
    it waits for something, so that one thing stands once.
    """
    until = datetime.fromisoformat(bell.until)
    made = Strip(
        precedence=bell.precedence,
        mark=bell.mark,
        word=bell.word,
        until=bell.until,
        clock=bell.clock,
        under=left(until, now, lang),
        late=bell.late or (wait is not None and wait.late),
        title=bell.title,
        href=bell.href,
        why=f"{bell.side}: {bell.what} · "
        + say(lang, "Arrived {when}; nobody has acknowledged it.", when=bell.arrived),
        consequence=bell.others
        if wait is None
        else " ".join(
            part for part in (bell.others, f"{wait.why} · {wait.clock}.", wait.consequence) if part
        ),
        action="",
        act=bell.act,
    )
    return Stripped.of(_key(bell.precedence, ""), made)


def draft_strip(one: Drafted, now: datetime, zone: tzinfo, lang: str) -> Stripped:
    """A draft that waits to be released, after everything that has an hour."""
    made = Strip(
        precedence="routine",
        mark="r",
        word=capfirst(term("routine", lang)),
        until="",
        clock=brief(one.updated, now, zone, lang)[0],
        under=brief(one.updated, now, zone, lang)[1],
        late=False,
        title=Title(say(lang, "Draft to release: {what}", what=one.kind_word)),
        href=one.href,
        why=say(lang, "Written by {name}; nothing has left this node.", name=one.writer),
        consequence="",
        action=say(lang, "Read and release"),
        go=one.href,
    )
    return Stripped.of((1, 0, one.updated.isoformat()), made)


def action(lang: str, answers: Sequence[str]) -> str:
    """What the button of a strip with us says."""
    verbs = {kind.rpartition(".")[2] for kind in answers}
    match next((one for one in _ACTIONS if one in verbs), ""):
        case "take":
            return say(lang, "Take up or refuse")
        case "answer" | "reply":
            return say(lang, "Answer")
        case "supply":
            return say(lang, "Supply")
        case "sign":
            return say(lang, "Sign")
        case "agree" | "consent":
            return say(lang, "Agree or decline")
        case "deliver" | "ask":
            return say(lang, "Deliver")
        case "observe":
            return say(lang, "Enter the call")
        case _:
            return say(lang, "Open")


def consequence(one: Waiting, reader: Reader) -> str:
    """What follows where nothing is done: what silence will be taken for, else who may sign a lapse."""
    if one.default is not None:
        return default_words(reader, one.default.means, one.default.items)
    if one.lapse is None:
        return ""
    when = reader.when(one.lapse.start)
    if reader.side in one.lapse.by:
        return say(reader.lang, "We may declare it lapsed from {when} on.", when=when)
    return say(
        reader.lang,
        "{side} may declare it lapsed from {when} on.",
        side=reader.sides(one.lapse.by),
        when=when,
    )


def left(until: datetime, now: datetime, lang: str) -> str:
    """How long there is until an instant, or how long it is over."""
    if abs(until - now) < timedelta(minutes=1):
        return say(lang, "within the minute") if until >= now else say(lang, "just over")
    if until >= now:
        return say(lang, "{span} left", span=duration(until - now, lang))
    return say(lang, "over for {span}", span=duration(now - until, lang))


def rank(precedence: str) -> int:
    """Where a precedence stands before the clock: what rings is first, all else goes by clock alone."""
    return min(0, _ALIKE - PRECEDENCES.index(precedence))


def _key(precedence: str, until: str) -> _Key:
    """What rings first, flash before immediate; then by clock."""
    return (0, rank(precedence), until)
