"""Drafting: from what an officer asks for in words to a draft that the office can judge.

Facts are read by the type that the kind gives them, what an act answers and delivers is found from the state
of its matter, and a clock that lags behind our own register is noticed before anything is signed. Whether
the act is allowed, the office says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from yeollak.errors import OurFault, RecordFault
from yeollak.node.acting import Text, released
from yeollak.node.implied import implied, states_itself
from yeollak.node.open import Node
from yeollak.office.calendar import calendar_of
from yeollak.office.propose import Draft
from yeollak.procedures.catalogue import of_kind
from yeollak.procedures.exchange import committed_text
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import COMMON, Due, Kind
from yeollak.procedures.table import Procedure, Row
from yeollak.record import enclosure
from yeollak.record.canon import format_instant, parse_instant
from yeollak.record.document import Act
from yeollak.record.enclosure import SALT, SMALL_RIGHT, Enclosed
from yeollak.storage import reading
from yeollak.storage.reading import OfficeView

#: How far the clock may lag behind the newest act of our own register: two processes may differ by moments.
LAG: Final = timedelta(minutes=10)
_SPAN: Final = re.compile(r"\+([1-9][0-9]{0,4})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Asked:
    """An act as it was asked for.

    `facts` are values as typed; `due` is an instant, or a time from now as `+48h`; `delivers` says whether
    the enclosures that were tendered go along where the act delivers them; `texts` are what goes along anew.
    """

    kind: str
    matter: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    re: tuple[str, ...] = ()
    due: str | None = None
    precedence: str = "routine"
    delivers: bool = True
    texts: tuple[Text, ...] = ()


def officer_of(node: Node, view: OfficeView, kid: str | None) -> str:
    """The officer named, or the only one of ours whose key is kept here.

    Raises OurFault(`officer-unposted`, `officer-unnamed`).
    """
    posted = view.office.officers(view.place)
    if kid is not None:
        if kid not in posted:
            raise OurFault("officer-unposted", officer=kid[:64], side=view.side)
        return kid
    ours = [held for held in posted if node.keyring.has_officer(held)]
    if len(ours) != 1:
        raise OurFault("officer-unnamed", count=len(ours))
    return ours[0]


def authority_of(view: OfficeView) -> str:
    """The id of the key with which our side signs its charter, as rotated."""
    posted = view.office.officers(view.place)
    return next(kid for kid, held in posted.items() if held.function == "authority")


def offers(view: OfficeView, officer: str, matter: str | None) -> list[tuple[Procedure, Kind, Row]]:
    """What an officer may do now: in one matter, or which matters he may open.

    Raises OurFault(`officer-unposted`, `no-such-matter`).
    """
    posted = view.office.officers(view.place).get(officer)
    if posted is None:
        raise OurFault("officer-unposted", officer=officer[:64], side=view.side)
    if matter is not None and not any(not act.void for act in view.ledger.matter(matter)):
        raise OurFault("no-such-matter", matter=matter[:64])
    return view.office.offers(view.side, posted.function, matter)


def drafted(node: Node, view: OfficeView, officer: str, asked: Asked) -> Draft:
    """The draft of what was asked, with what it answers and delivers.

    Raises OurFault(`no-such-kind`, `no-such-matter`, `fact-missing`, `fact-unknown`, `fact-wrong`,
    `due-past`, `enclosure-not-given`) and what `offers` raises.
    """
    row = next((row for _, kind, row in offers(view, officer, asked.matter) if kind.name == asked.kind), None)
    kind = _kind(view, asked)
    answered = view.office.state(asked.matter).state.slots if asked.matter is not None else {}
    found = asked.re
    if not found and row is not None and row.answers is not None and row.answers in answered:
        found = (str(answered[row.answers]),)
    delivered: tuple[Enclosed, ...] = ()
    if asked.delivers and row is not None:
        delivered = tuple(released(view, digest) for digest in _kept_back(row, answered, view.side))
    return Draft(
        asked.kind,
        matter=asked.matter,
        facts=_facts(
            kind,
            {**implied(view, kind, row, asked.matter, asked.texts), **asked.facts},
            unsaid={"text"} if states_itself(kind, asked.texts) else set(),
        ),
        re=found,
        enclosures=delivered,
        due=_due(view, kind, asked, node.clock.now()),
        precedence=asked.precedence,
    )


def _kept_back(row: Row, slots: Mapping[str, Any], side: str) -> Sequence[str]:
    """The enclosures, by digest, that an act of this row hands over: those tendered or committed to."""
    if "withheld" in row.clears:
        return slots.get("withheld") or ()
    return slots.get(f"commitment/{side}") or () if row.guard is committed_text else ()


def check_clock(node: Node, view: OfficeView) -> None:
    """Raise OurFault(`clock-behind`) when the clock lags behind what our own side has already signed.

    Our own register alone is asked: no clock of another side may stop us (rule 10).
    """
    last = newest_own(view)
    now = node.clock.now()
    if last is not None and now < last - LAG:
        raise OurFault("clock-behind", now=format_instant(now), last=format_instant(last))


def newest_own(view: OfficeView) -> datetime | None:
    """The latest time that an act of our own register claims; None for an empty register."""
    held = view.ledger.counted(view.place)
    found = [view.ledger.finding(view.place, index).move for index in range(max(0, held - 16), held)]
    return max((parse_instant(move.at) for move in found if move is not None), default=None)


def parsed(view: OfficeView, act: str) -> Act:
    """The document of an act of ours that has just been appended.

    Raises OurFault(`head-moved`) if it has not.
    """
    data = reading.document(view, act)
    if data is None:
        raise OurFault("head-moved", expected=0, size=view.ledger.held(view.place))
    return Act.parse(data)


def released_by_kind(
    view: OfficeView,
    kind: str,
    matter: str | None,
    given: Sequence[tuple[bytes, str, str | None, str | None]],
) -> list[Text]:
    """What goes along (content, media type, language, name), under the release rule that its kind takes:
    `consent` where it takes nothing else, `large` where the small ones are too much for one act.
    """
    procedure = of_kind(kind)
    found = None if procedure is None else procedure.kind(kind)
    rules = found.releases if found is not None else frozenset({"right"})
    together = sum(len(content) for content, *_ in given)
    release: enclosure.Release = "right"
    if "right" not in rules:
        release = "consent" if "consent" in rules else "reveal"
    elif together > SMALL_RIGHT and "large" in rules:
        release = "large"
    return [Text(content, type_, lang, name, release) for content, type_, lang, name in given]


def read_enclosure(
    view: OfficeView, matter: str, side: str, named: Enclosed
) -> tuple[Enclosed, bytes] | None:
    """An enclosure that an act of a side names and that is held, as it was before it was committed to: what
    it says of itself, and its content. None where it is not held, or is another side's.
    """
    blob = reading.blob(view, named.digest, side)
    if blob is None:
        return None
    content = blob[SALT:]
    if not _was_private(view, matter, side, named):
        return named, content
    inside = enclosure.unwrap_private(content)
    told = Enclosed(
        named.digest, inside.type, inside.lang, "right", size=len(inside.content), name=inside.name
    )
    return told, inside.content


def _was_private(view: OfficeView, matter: str, side: str, named: Enclosed) -> bool:
    if named.release in enclosure.PRIVATE:
        return True
    acts = (act for act in view.ledger.matter(matter) if act.side == side and not act.void)
    documents = (reading.document(view, act.id) for act in acts)
    return any(
        item.digest == named.digest and item.release in enclosure.PRIVATE
        for data in documents
        if data is not None
        for item in Act.parse(data).enclosures
    )


def _kind(view: OfficeView, asked: Asked) -> Kind:
    procedure = of_kind(asked.kind)
    if asked.kind in COMMON and asked.matter is not None:
        acts = [act for act in view.ledger.matter(asked.matter) if not act.void]
        procedure = view.office.procedure(acts[0])
    kind = None if procedure is None else procedure.kind(asked.kind)
    if kind is None:
        raise OurFault("no-such-kind", kind=asked.kind[:64])
    return kind


def _facts(kind: Kind, given: Mapping[str, Any], unsaid: Set[str]) -> dict[str, Any]:
    known = {fact.name: fact for fact in kind.takes}
    found: dict[str, Any] = {}
    for name, value in given.items():
        base, dot, lang = name.partition(".")
        fact = known.get(base)
        if fact is None:
            raise OurFault("fact-unknown", kind=kind.name, fact=name[:64])
        if dot and fact.type == "words":
            found[base] = {**found.get(base, {}), lang: value}
        else:
            found[name] = _typed(fact, value)
    for name, value in found.items():
        fact = known.get(name)
        if fact is None or not fact.holds(value):
            raise OurFault("fact-wrong", fact=name[:64], type=fact.type if fact else "words")
    for fact in kind.takes:
        if fact.required and fact.name not in found and fact.name not in unsaid:
            raise OurFault("fact-missing", kind=kind.name, fact=fact.name)
    return found


def _typed(fact: Fact, value: Any) -> Any:
    """A value as typed, read by its fact's type: a digest of ten digits is no number."""
    if not isinstance(value, str):
        return value
    if fact.many or fact.type in {"words", "amount", "whole", "flag", "terms"}:
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            read = value
        return [read] if fact.many and not isinstance(read, list) else read
    return value


def _due(view: OfficeView, kind: Kind, asked: Asked, now: datetime) -> datetime | None:
    """The due as it was asked for, or, for a kind that must have one, as the charter's calendar proposes."""
    if asked.due is None:
        if kind.due is not Due.MUST:
            return None
        calendar = calendar_of(view.office, view.office.terms())
        return calendar.due(now, kind.name, str(asked.facts.get("class", "")), asked.precedence)
    span = _SPAN.fullmatch(asked.due)
    try:
        due = (
            now + timedelta(**{_UNITS[span[2]]: int(span[1])}) if span else parse_instant(asked.due, "--due")
        )
    except RecordFault:
        raise OurFault("fact-wrong", fact="due", type="instant") from None
    if due <= now:
        raise OurFault("due-past", due=format_instant(due), now=format_instant(now))
    return due
