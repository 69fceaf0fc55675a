"""What the line shows of a page of acts: rows of words, and the ladder that is drawn beside them.

Pure: days, silences, calls as one row for all sides, what crossed, and in which lane everything stands, out
of acts as `linetold` has gathered them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Final, Literal, cast

from django.utils.text import capfirst

from yeollak.desk.staff import quiet
from yeollak.desk.staff.bridge import hour
from yeollak.desk.staff.ladder import Call, Day, Ladder, Row, Sent, Silence, Stance, View
from yeollak.desk.staff.linetold import CALL, Told
from yeollak.desk.staff.quiet import Quiet
from yeollak.desk.staff.titles import Title
from yeollak.record.document import PRECEDENCES
from yeollak.storage import rungs
from yeollak.words import clock, day, duration, has_term, say, say_count, term
from yeollak.words.facts import value_word
from yeollak.words.figures import offset
from yeollak.words.naming import Reader

#: How many acts a page of the line has.
PAGE: Final = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """One row in words. `day` and `silence` have a `label` alone; of an act, `first` says whether it stands
    at the first lane, `ours` whether it is ours, `side` whose it is, `notes` what else is to be said.
    """

    sort: Literal["day", "act", "silence"]
    label: str = ""
    under: str = ""
    act: str = ""
    matter: str = ""
    ours: bool = False
    first: bool = False
    side: str = ""
    clock: str = ""
    iso: str = ""
    utc: str = ""
    day: str = ""
    word: str = ""
    title: Title | None = None
    precedence: str = ""
    prec: str = ""
    receipt: str = ""
    notes: tuple[str, ...] = ()
    mark: str = ""
    call: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A page of the line: its rows, the ladder beside them, and its sentences."""

    rows: tuple[Shown, ...]
    ladder: Ladder
    span: str
    counted: str


def arranged(
    told: Sequence[Told],
    reader: Reader,
    lanes: Sequence[str],
    before: tuple[Stance, ...],
    *,
    lasting: Sequence[Quiet] = (),
    places: Mapping[int, str] | None = None,
    silences: bool = True,
    chosen: str = "",
) -> Line:
    """A page of the line for a reader. `lasting` are silences that go on at its end, `places` the sides by
    their place in the charter, `chosen` the act that a permalink names.
    """
    return _Page(told, reader, list(lanes), before, places or dict(enumerate(lanes)), chosen).arrange(
        lasting if silences else (), silences=silences
    )


class _Page:
    def __init__(
        self,
        told: Sequence[Told],
        reader: Reader,
        lanes: list[str],
        before: tuple[Stance, ...],
        places: Mapping[int, str],
        chosen: str,
    ) -> None:
        self.told, self.reader, self.lanes, self.before = told, reader, lanes, before
        self.ours = reader.side if reader.side in lanes else lanes[0]
        self.places, self.chosen = places, chosen
        self.lang, self.zone = reader.lang, reader.zone
        self.rows: list[Shown] = []
        self.drawn: list[Row] = []
        self.stances = before
        self.today: date | None = None

    def arrange(self, lasting: Sequence[Quiet], *, silences: bool) -> Line:
        ended = dict(self._ended()) if silences else {}
        calls = set[str]()
        numbers: dict[str, int] = {}
        for one in self.told:
            call = one.act.move is not None and one.act.move.kind == CALL and bool(one.views)
            if call and one.act.matter in calls:
                continue
            quiet_before = ended.get(one.act.id)
            if quiet_before is not None:
                self._silence(quiet_before)
            self._day(one)
            numbers[one.act.id] = len(self.rows)
            self.stances = one.stances or self.stances
            if call:
                calls.add(one.act.matter)
                self._call(one)
            else:
                self._act(one)
        crossed = self._cross(numbers)
        for quiet_now in lasting:
            self._silence(quiet_now)
        span = self._span()
        counted = self._counted(len(numbers) - len(calls), len(calls), crossed)
        told = " ".join(filter(None, (span, counted)))
        ours = self.lanes.index(self.ours)
        ladder = Ladder(len(self.lanes), tuple(self.drawn), self.before, told, ours)
        return Line(tuple(self.rows), ladder, span, counted)

    # rows

    def _day(self, one: Told) -> None:
        if one.at is None:
            return
        here = one.at.astimezone(self.zone).date()
        if here != self.today:
            self.today = here
            self.rows.append(Shown("day", day(here, self.lang)))
            self.drawn.append(Day(self.stances))

    def _act(self, one: Told) -> None:
        lane = self.lanes.index(one.act.side)
        notes = []
        if one.why:
            notes.append(say(self.lang, "Void: {why}.", why=one.why))
        elif one.mark:
            notes.append(term("overtaken", self.lang))
        if one.open:
            notes.append(say(self.lang, "tendered, not taken up"))
        self.rows.append(replace(self._shown(one), notes=tuple(notes)))
        receipts = frozenset(self.lanes.index(side) for side in one.receipts)
        weight = PRECEDENCES.index(one.precedence)
        self.drawn.append(Sent(self.stances, lane, weight, receipts, one.mark, one.open))

    def _call(self, one: Told) -> None:
        views = {self.lanes.index(side): view for side, view in one.views.items()}
        said = set(views.values())
        if len(said) > 1:
            view, notes = "differ", [say(self.lang, "accounts differ")]
            notes += [self._view(side, seen) for side, seen in one.views.items()]
        elif len(views) < len(self.lanes):
            view = "half"
            notes = [self._view(side, seen) for side, seen in one.views.items()]
            notes += [
                say(self.lang, "{side} has entered nothing", side=self.reader.name(side))
                for side in self.lanes
                if side not in one.views
            ]
        else:
            view = said.pop()
            notes = [value_word(self.lang, "view", view) or view, say(self.lang, "all accounts agree")]
        self.rows.append(replace(self._shown(one), word="", receipt="", notes=tuple(notes), call=True))
        known = {"answered", "late", "unanswered", "line-dead", "excused", "differ", "half"}
        self.drawn.append(Call(self.stances, cast(View, view if view in known else "half"), frozenset(views)))

    def _view(self, side: str, view: str) -> str:
        word = value_word(self.lang, "view", view) or view
        return f"{self.reader.name(side)}: {word}"

    def _shown(self, one: Told) -> Shown:
        here = one.at.astimezone(self.zone) if one.at is not None else None
        shown = Shown(
            "act",
            act=one.act.id,
            matter=one.act.matter,
            ours=one.act.side == self.ours,
            first=one.act.side == self.lanes[0],
            side=self.reader.name(one.act.side),
            word=one.word,
            title=one.title,
            precedence=one.precedence,
            prec=_precedence(self.lang, one.precedence),
            receipt=self._receipt(one),
            mark=one.mark,
            chosen=one.act.id == self.chosen,
        )
        if here is None or one.at is None:
            return shown
        utc = f"{one.at.astimezone(UTC):%H:%M} UTC" if here.utcoffset() else ""
        return replace(
            shown,
            clock=clock(here),
            day=day(here.date(), self.lang),
            iso=f"{one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            utc=utc,
        )

    def _receipt(self, one: Told) -> str:
        """The receipts of an act; said where any is missing, whose."""
        others = [side for side in self.lanes if side != one.act.side]
        missing = [side for side in others if side not in one.receipts]
        if missing:
            if len(others) == 1:
                return say(self.lang, "not receipted yet")
            return say(self.lang, "not receipted yet by {sides}", sides=self.reader.sides(missing))
        last = max(one.receipts.values())
        at = hour(last, one.at or last, self.zone, self.lang)
        return say(self.lang, "receipt {when}", when=self.reader.isolated(at))

    def _silence(self, found: Quiet) -> None:
        lang, reader = self.lang, self.reader
        span = duration(found.span, lang)
        since = reader.isolated(self._instant(found.since))
        sides = [self.places[place] for place in sorted(found.places)]
        everybody = len(sides) == len(self.lanes)
        us = sides == [self.ours]
        if found.ended:
            label = say(lang, "Silence, {span}", span=span)
            until = reader.isolated(self._instant(found.until))
            if everybody:
                under = say(lang, "From {since} to {until} nobody signed anything", since=since, until=until)
            elif us:
                under = say(lang, "From {since} to {until} we signed nothing", since=since, until=until)
            else:
                under = say(
                    lang,
                    "From {since} to {until} {side} signed nothing",
                    since=since,
                    until=until,
                    side=reader.sides(sides),
                )
        else:
            label = say(lang, "Silence, {span} so far", span=span)
            if everybody:
                under = say(lang, "Nothing that anybody signed since {since} is known here", since=since)
            elif us:
                under = say(lang, "We have signed nothing since {since}", since=since)
            else:
                under = say(
                    lang,
                    "Nothing that {side} signed since {since} has reached us",
                    side=reader.sides(sides),
                    since=since,
                )
        self.rows.append(Shown("silence", label, under))
        self.drawn.append(Silence(self.stances, frozenset(self.lanes.index(side) for side in sides)))

    # what crossed

    def _cross(self, numbers: Mapping[str, int]) -> int:
        """Mark the acts that crossed others on the page; how many pairs did."""
        sent = [one for one in self.told if isinstance(self._row(numbers, one), Sent) and not one.act.void]
        pairs = 0
        for one in sent:
            met = [
                other
                for other in sent
                if other.act.place != one.act.place
                and not one.act.has_seen(other.act)
                and not other.act.has_seen(one.act)
            ]
            if not met:
                continue
            pairs += len(met)
            number = numbers[one.act.id]
            row = cast(Sent, self.drawn[number])
            self.drawn[number] = replace(row, crossed=frozenset(numbers[other.act.id] for other in met))
            shown = self.rows[number]
            self.rows[number] = replace(shown, notes=(*shown.notes, self._crossed(met)))
        return pairs // 2

    def _row(self, numbers: Mapping[str, int], one: Told) -> Row | None:
        number = numbers.get(one.act.id)
        return self.drawn[number] if number is not None else None

    def _crossed(self, met: Sequence[Told]) -> str:
        if len(met) == 1 and met[0].at is not None:
            at = clock(met[0].at.astimezone(self.zone))
            side = self.reader.name(met[0].act.side)
            return say(self.lang, "crossed that of {side}, {when}", side=side, when=self.reader.isolated(at))
        return say_count(self.lang, "crossed {n} act", "crossed {n} acts", len(met))

    # sentences

    def _ended(self) -> Iterator[tuple[str, Quiet]]:
        """The silences before acts, each once."""
        spoken = [
            one
            for one in self.told
            if one.act.move is None or not one.act.move.kind.startswith(rungs.UNSPOKEN)
        ]
        found = quiet.once([one.ended for one in spoken], [one.act.place for one in spoken])
        for one, silence in zip(spoken, found, strict=True):
            if silence is not None:
                yield one.act.id, silence

    def _span(self) -> str:
        days = [one.at.astimezone(self.zone).date() for one in self.told if one.at is not None]
        if not days:
            return ""
        first, last = day(min(days), self.lang), day(max(days), self.lang)
        if first == last:
            return first
        return say(self.lang, "{first} to {last}", first=first, last=last)

    def _counted(self, acts: int, calls: int, crossings: int) -> str:
        lang = self.lang
        silences = sum(row.sort == "silence" for row in self.rows)
        said = [say_count(lang, "{n} act.", "{n} acts.", acts)] if acts else []
        if calls:
            said.append(say_count(lang, "{n} call.", "{n} calls.", calls))
        if crossings:
            said.append(say_count(lang, "{n} crossing.", "{n} crossings.", crossings))
        if silences:
            said.append(
                say_count(lang, "{n} silence of a day or more.", "{n} silences of a day or more.", silences)
            )
        return " ".join(said)

    def _instant(self, at: datetime) -> str:
        here = at.astimezone(self.zone)
        return f"{day(here.date(), self.lang)} {clock(here)}"


def hours_of(zone: tzinfo, now: datetime, place: str) -> str:
    """Whose hours the line has: the place and its offset."""
    return ", ".join(dict.fromkeys((place, offset(now.astimezone(zone)))))


def _precedence(lang: str, precedence: str) -> str:
    return capfirst(term(precedence, lang) if has_term(precedence) else precedence)
