"""An office whose record has as many acts as a measurement wants, written as two nodes would write them.

Every act is an act document of its kind, signed by a posted officer of its side, appended or admitted in
batches with checkpoints and receipts of both sides, counted, folded and indexed by the one writer of the
store. A week of the office is written at a time: calls, presence and watches every day, notes that are read
and answered or never are, requests, meetings, statements for the public page, works, agreements with their
obligations, figures. What is left out is the line between the nodes: both registers are written at the
southern one, so that the northern node lags and is never served.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Final

from django.conf import settings

from bench.desk_search import WORDS, say
from tests.node.offices import SECRET, SIDES
from tests.ports import quiet_ports
from tests.staff.business import text_of
from tests.staff.desks import PASSPHRASE, Desks
from yeollak.line.post import PostKeys
from yeollak.node.acting import Text
from yeollak.node.clock import FileClock
from yeollak.node.open import Node
from yeollak.office.admit import BATCH_STATEMENTS, Arrival, Push, admit
from yeollak.office.charter import Charter
from yeollak.office.office import Office
from yeollak.office.propose import Draft, document, sign
from yeollak.office.statistics import Figures, Period, facts_of, figures
from yeollak.office.texts import instrument
from yeollak.record import checkpoint
from yeollak.record.canon import format_instant
from yeollak.record.cosign import cosign, receipt_name
from yeollak.record.document import act_id
from yeollak.record.enclosure import SMALL_RIGHT
from yeollak.record.keys import SigningKey
from yeollak.record.merkle import leaf_hash
from yeollak.record.note import Signature
from yeollak.record.treehead import Checkpoint
from yeollak.storage import models, reading
from yeollak.storage.own_register import NewAct
from yeollak.storage.public import Source
from yeollak.storage.reading import OfficeView

SOUTH, NORTH = SIDES
#: How the notes of a week go: so many are opened by either side, of which one in so many is urgent, one is
#: never answered, and one is never even read.
_NOTES, _URGENT, _UNANSWERED, _UNREAD = 25, 40, 60, 90
_MARK: Final = "made.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A store that was made: the desks with their folder, the office, and matters that pages ask for."""

    desks: Desks
    office: str
    matters: Mapping[str, str]
    acts: int
    now: datetime

    @property
    def node(self) -> Node:
        """The node that is served."""
        return self.desks.nodes[SOUTH]


def kept(folder: Path, acts: int) -> Kept:
    """An office of so many acts in a folder: the one that is kept there, or a new one."""
    mark = folder / _MARK
    if not mark.exists():
        _make(folder, acts)
    told = json.loads(mark.read_text())
    desks = Desks(folder)
    desks.office = told["office"]
    for side in SIDES:
        desks.open(side)
        ports = quiet_ports(3)
        line, public, desk = (("127.0.0.1", port) for port in ports)
        replace(desks.nodes[side].config, line=line, public=public, desk=desk).save()
        desks.open(side)
    now = desks.nodes[SOUTH].clock.now()
    return Kept(desks, told["office"], told["matters"], sum(desks.sizes(SOUTH)), now)


#: The database that the public page of this process is drawn from.
_published: list[str] = []


def public_source() -> Source:
    """What `YEOLLAK_PUBLIC_SOURCE` names while an office is measured."""
    return Source(_published[-1])


def publish(node: Node) -> None:
    """Let the public page of this process be that of a node: the settings know the first one alone."""
    _published.append(node.alias)
    settings.YEOLLAK_PUBLIC_SOURCE = "bench.desk_store.public_source"


def _make(folder: Path, acts: int) -> None:
    desks = Desks(folder)
    desks.make()
    desks.close()
    for side in SIDES:
        node = desks.nodes[side]
        clock = FileClock(folder / "clock")
        clock.set(node.clock.now())
        replace(node.config, clock="file:../clock").save()
        desks.open(side)
    scribe = Scribe(desks)
    years = Years(scribe)
    week = 0
    while scribe.written < acts:
        years.week(week)
        week += 1
    scribe.journal.anchor_again(desks.office)
    FileClock(folder / "clock").set(scribe.now)
    void = scribe.view.rows(models.Finding).exclude(void="")
    if (wrong := void.values_list("void", flat=True).first()) is not None:
        raise RuntimeError(f"an act of the measurement is void: {wrong}")
    told = {"office": desks.office, "matters": years.matters}
    (folder / _MARK).write_text(json.dumps(told) + "\n")


class Author:
    """Makes and signs acts of both sides, in whole batches of one side: what becomes of a batch is for
    whoever inherits it to say.
    """

    def __init__(
        self, charter: Charter, posts: Mapping[str, PostKeys], keys: Mapping[str, SigningKey], now: datetime
    ) -> None:
        self.charter, self.posts, self.keys, self.now = charter, posts, keys, now
        self.written = 0
        #: The digest of the joint text that was written last.
        self.enclosed = ""
        self._salts = 0
        self._waiting: list[NewAct] = []
        self._of = SOUTH

    @property
    def office(self) -> Office:
        """The office whose registers the next act names as far as it has been counted."""
        raise NotImplementedError

    def store(self, side: str, items: list[NewAct]) -> None:
        """Let a batch of a side be held, receipted and counted: the next act of either has seen it."""
        raise NotImplementedError

    def figures(self, period: Period) -> Figures | None:
        """What the record has come to in a period; None where whoever writes cannot tell."""
        raise NotImplementedError

    def say(
        self, side: str, kind: str, *texts: Text, hours: int = 0, machine: bool = False, **of: Any
    ) -> str:
        """An act of a co-head, or of the node itself; returns its id. `hours` is its time to be answered."""
        if side != self._of:
            self.flush()
            self._of = side
        self.now += timedelta(seconds=40)
        blobs, enclosed = {}, []
        for text in texts:
            one, blob = text.commit(self.charter.office, side, self._salt(), SMALL_RIGHT)
            blobs[one.digest] = blob
            enclosed.append(one)
        facts = dict(of.pop("facts", {}))
        if facts.get("text") == "enclosed":
            facts["text"] = self.enclosed = enclosed[0].digest
        due = self.now + timedelta(hours=hours) if hours else None
        draft = Draft(kind, facts=facts, enclosures=tuple(enclosed), due=due, **of)
        node_key = self.posts[side].node
        key = node_key if machine and node_key is not None else self.keys[side]
        data = document(self.office, side, key.kid, draft, self.now, self._salt())
        entry = sign(self.office, side, data, key)
        self._waiting.append(NewAct(entry.statement, entry.document, blobs))
        self.written += 1
        if len(self._waiting) == BATCH_STATEMENTS:
            self.flush()
        return act_id(data)

    def flush(self) -> None:
        """Store what waits."""
        if self._waiting:
            items, self._waiting = self._waiting, []
            self.store(self._of, items)

    def _salt(self) -> bytes:
        self._salts += 1
        return hashlib.sha256(b"salt %d" % self._salts).digest()[:16]


class Scribe(Author):
    """Writes into the store of the southern node."""

    def __init__(self, desks: Desks) -> None:
        self.desks, self.node = desks, desks.nodes[SOUTH]
        self.id, self.journal = desks.office, self.node.journal
        #: When the last batch was stored, by the clock that measurements use.
        self.stored = 0.0
        view = self.view
        posts, keys = held_keys(desks.nodes, view)
        midnight = self.node.clock.now().replace(hour=0, minute=0, second=0)
        super().__init__(view.charter, posts, keys, midnight)
        self.written = sum(desks.sizes(SOUTH))
        self._office = view.office

    @property
    def view(self) -> OfficeView:
        """The office as it stands."""
        return reading.office_view(self.node.alias, self.id)

    @property
    def office(self) -> Office:
        """See Author."""
        return self._office

    def figures(self, period: Period) -> Figures | None:
        """See Author."""
        return figures(self.view.office, None, period)

    def store(self, side: str, items: list[NewAct]) -> None:
        """See Author: by the journal, with the other side's receipt."""
        self.hold(side, items)
        self.journal.note_attempt(self.id, NORTH, self.now)
        self.journal.fold(self.id, self.now)
        self._office = self.view.office

    def hold(self, side: str, items: list[NewAct], receipts: Sequence[Signature] = ()) -> None:
        """Store acts as a batch of their side with its checkpoint and the other's receipt, made here where
        it is not given.
        """
        if side == SOUTH:
            self.journal.append(self.id, items)
            self.journal.issue(self.id, self.posts[SOUTH].register, self.now)
        else:
            self._arrive(items, int(self.now.timestamp()))
        self.stored = perf_counter()
        self.receipt(side, receipts)

    def receipt(self, side: str, receipts: Sequence[Signature] = ()) -> None:
        """Store the other side's receipt for the newest checkpoint of a register, as above."""
        note = reading.checkpoint(self.view, side)
        assert note is not None
        point, _ = checkpoint.read_checkpoint(note)
        other = NORTH if side == SOUTH else SOUTH
        pair = self.posts[other].receipts[0]
        name = receipt_name(self.charter.origin(other))
        lines = receipts or cosign(point, name, pair.key, pair.key_pq, int(self.now.timestamp()))
        self.journal.store_receipt(self.id, side, point.size, checkpoint.add_lines(note, lines))

    def _arrive(self, items: list[NewAct], time: int) -> None:
        view, own = self.view, self.posts[NORTH].register
        head = reading.head(view, NORTH)
        arrivals = tuple(Arrival(one.statement, one.document, tuple(one.blobs.values())) for one in items)
        tree = head.extend(leaf_hash(one.statement) for one in items)
        point = Checkpoint(view.charter.origin(NORTH), tree.size, tree.root())
        note = checkpoint.sign(point, own.key, own.key_pq, time)
        push = Push(point.origin, head.size, note, arrivals)
        self.journal.receive(self.id, admit(view.charter, NORTH, head, push))


def held_keys(
    nodes: Mapping[str, Node], view: OfficeView
) -> tuple[dict[str, PostKeys], dict[str, SigningKey]]:
    """What both sides sign with, by side: the keys of their nodes, and those of their co-heads."""
    posts, keys = {}, {}
    for place, side in enumerate(SIDES):
        keyring = nodes[side].keyring
        posts[side] = keyring.post_keys(view.charter, side, SECRET)
        posted = view.office.officers(place)
        head = next(kid for kid, one in posted.items() if one.function == "co-head")
        keys[side] = keyring.officer(head, PASSPHRASE)
    return posts, keys


class Years:
    """What an office does, week by week, from the Monday on which it is written. `notes` are what either side
    opens in a week.
    """

    def __init__(self, scribe: Author, notes: int = _NOTES) -> None:
        self.scribe = scribe
        self.notes = notes
        self.random = Random(1)
        self.began = scribe.now
        self.matters: dict[str, str] = {}
        self._works: list[str] = []
        self._opened = 0

    def week(self, number: int) -> None:
        """Write one week."""
        scribe = self.scribe
        scribe.now = max(scribe.now, self.began + timedelta(weeks=number))
        day = scribe.now.date()
        days = [(day + timedelta(days=one)).isoformat() for one in range(7)]
        opened: dict[str, list[str]] = {}
        proposed: list[str] = []
        entered: list[str] = []
        asked: dict[str, list[str]] = {}
        for side in SIDES:
            self._daily(side, days, number)
            opened[side] = [self._open_note(side) for _ in range(self.notes)]
            asked[side] = [self._ask(side) for _ in range(4)]
            if side == SOUTH:
                proposed = [self._propose(level) for level in ("liaison", "working", "heads")]
            entered += [self._enter(side, f"{number}-{side}-{one}", days[one]) for one in range(2)]
            self._project(side, number, days[0])
        for side, other in ((SOUTH, NORTH), (NORTH, SOUTH)):
            for at, matter in enumerate(opened[side]):
                if (self._opened + at) % _UNREAD:
                    scribe.say(other, "note.received", matter=matter, re=(matter,))
                    scribe.say(other, "note.read", matter=matter, re=(matter,))
                    if (self._opened + at) % _UNANSWERED:
                        about = {"subject": self._words(6)}
                        scribe.say(
                            other, "note.answer", self._text(), matter=matter, re=(matter,), facts=about
                        )
            for matter in asked[side]:
                answer = {"items": ["bus", "driver"], "decision": "approved"}
                scribe.say(other, "request.answer", matter=matter, re=(matter,), facts=answer)
            if side == SOUTH:
                for matter in proposed:
                    scribe.say(NORTH, "meeting.agree", matter=matter, re=(matter,))
                scribe.say(NORTH, "account.confirm", matter=entered[0], re=(entered[0],))
        for side in SIDES:
            for at, matter in enumerate(proposed):
                level = ("liaison", "working", "heads")[at]
                sat = [f"{one}.co-head" for one in SIDES]
                facts = {"level": level, "when": days[min(at + 2, 6)], "sat": sat}
                scribe.say(side, "meeting.held", matter=matter, facts=facts)
            for matter in asked[side]:
                scribe.say(side, "request.outcome", matter=matter, facts={"result": "done"})
            self._long(side)
            scribe.say(side, "line.seen", machine=True)
        if number % 13 == 0:
            self._agree(number)
        if number % 26 == 25:
            self._figures(day.replace(day=1))
        scribe.flush()

    def _words(self, many: int) -> dict[str, str]:
        return {lang: say(self.random, lang, many) for lang in WORDS}

    def _text(self) -> Text:
        lang = self.random.choice(("en", "ko"))
        return Text(say(self.random, lang, 60).encode(), "text/plain", lang)

    def _daily(self, side: str, days: list[str], number: int) -> None:
        key = self.scribe.keys[side]
        for at, day in enumerate(days):
            for slot in ("opening", "closing"):
                odd = (number * 14 + at) % 23 == 0
                facts: dict[str, Any] = {"date": day, "slot": slot, "view": "late" if odd else "answered"}
                if odd:
                    facts["late_minutes"] = 5
                self.scribe.say(side, "checkin.observe", facts=facts)
            state = "leave" if at == 6 else "present"
            self.scribe.say(side, "posting.presence", facts={"officer": key.kid, "date": day, "state": state})
            self.scribe.say(side, "posting.watch", facts={"officer": key.kid})
            if at == 0:
                self.scribe.say(side, "posting.handover", self._text())
                self.scribe.say(side, "posting.watch", facts={"officer": key.kid})
        if number == 0:
            self.scribe.say(side, "standing.open")

    def _open_note(self, side: str) -> str:
        self._opened += 1
        facts = {"class": "flood", "subject": self._words(5), "to_title": self._words(3)}
        urgent = "immediate" if self._opened % _URGENT == 0 else "routine"
        made = self.scribe.say(
            side, "note.send", self._text(), facts=facts, hours=24 + self._opened % 72, precedence=urgent
        )
        self.matters.setdefault("long", made)
        self.matters["short"] = made
        return made

    def _long(self, side: str) -> None:
        """One correspondence that goes on as long as the office."""
        if side == NORTH:
            for _ in range(4):
                facts = {"subject": self._words(8)}
                self.scribe.say(side, "note.answer", matter=self.matters["long"], facts=facts)

    def _ask(self, side: str) -> str:
        facts = {"class": "flood", "subject": self._words(4), "items": ["bus", "driver"]}
        return self.scribe.say(side, "request.ask", facts=facts, hours=48)

    def _propose(self, level: str) -> str:
        start = self.scribe.now + timedelta(days=2)
        facts = {"level": level, "topic": self._words(4), "start": format_instant(start)}
        return self.scribe.say(SOUTH, "meeting.propose", facts=facts, hours=24)

    def _enter(self, side: str, name: str, day: str) -> str:
        told = {
            "form": "chronicle/1",
            "event": f"event-{name}",
            "when": day,
            "by": side,
            "account": side,
            "procedure": "account",
            "title": self._words(6),
            "text": self._words(40),
            "references": [],
        }
        text = Text(
            json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(),
            "application/vnd.yeollak.chronicle+json",
        )
        facts = {"when": day, "source": "own", "subject": told["title"]}
        return self.scribe.say(side, "account.enter", text, facts=facts)

    def _project(self, side: str, number: int, day: str) -> None:
        if number % 4 == 0:
            begun = {"class": "works", "subject": self._words(3), "when": day}
            self._works.append(self.scribe.say(side, "project.begin", facts=begun))
            self.matters["project"] = self._works[-1]
        mine = [one for at, one in enumerate(self._works) if SIDES[at % 2] == side]
        facts: dict[str, Any] = {
            "percent": number % 4 * 25,
            "milestone": "roof",
            "state": "begun",
            "when": day,
        }
        self.scribe.say(side, "project.report", matter=mine[-1], facts=facts)
        amount = {"currency": "KRW", "value": 1_000_000 + number}
        cost = {"amount": amount, "for": self._words(2), "borne_by": side, "when": day}
        self.scribe.say(side, "project.cost", matter=mine[-1], facts=cost)

    def _agree(self, number: int) -> None:
        scribe = self.scribe
        text = Text(text_of(3), instrument.MEDIA_TYPE, None, "arrangement.json")
        facts: dict[str, Any] = {"subject": self._words(4), "text": "enclosed"}
        made = scribe.say(SOUTH, "agreement.draft", text, facts=facts, hours=48)
        standing = scribe.enclosed
        for side in SIDES:
            scribe.say(side, "agreement.sign", matter=made, facts={"text": standing}, re=(made,))
        duty = {
            "parent": made,
            "clause": "1.1",
            "bearers": [SIDES[number % 2]],
            "shape": "recurring",
            "every": "month",
            "first": scribe.now.date().isoformat(),
            "closed": "kept",
            "subject": self._words(3),
        }
        asked = scribe.say(SOUTH, "obligation.propose", facts=duty, hours=48)
        scribe.say(NORTH, "obligation.agree", matter=asked, re=(asked,))
        self.matters["agreement"] = made

    def _figures(self, first: Any) -> None:
        scribe = self.scribe
        scribe.flush()
        since = (first - timedelta(days=180)).replace(day=1)
        found = scribe.figures(Period(since, first, "Asia/Seoul"))
        if found is None:
            return
        text = Text(found.encode(), "application/json")
        facts = {**facts_of(found), "text": "enclosed"}
        made = scribe.say(SOUTH, "figures.state", text, facts=facts)
        standing = scribe.enclosed
        scribe.say(NORTH, "figures.countersign", matter=made, facts={"text": standing}, re=(made,))
        self.matters["figures"] = made
