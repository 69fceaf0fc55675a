"""Notes and requests of the history: tendered, taken up or not, delivered, passed by another route, answered.

That a notice was delivered implies that it was tendered and taken up, since none can be sent otherwise
(domain §1.4); those steps are entered with it. What nobody took up or answered lapses when its time is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from yeollak.demo.scribe import Scribe
from yeollak.demo.steps import MatterOf
from yeollak.demo.texts import notice

_MINISTER: Final = {"en": "Minister of Unification", "ko": "통일부 장관", "ar": "وزير التوحيد"}
_RED_CROSS: Final = {
    "en": "President of the Red Cross",
    "ko": "적십자사 총재",
    "ar": "رئيس الصليب الأحمر",
}
_PARTY: Final = {
    "en": "Head of the United Front Department",
    "ko": "통일전선부장",
    "ar": "رئيس إدارة الجبهة المتحدة",
}
_COMPANY: Final = {"en": "Hyundai Asan", "ko": "현대아산", "ar": "شركة هيونداي أسان"}

SPORTS: Final = MatterOf("2018-10-30-sports-notice/0")
TELECOM: Final = MatterOf("2018-11-15-telecom-notice/0")
KUMGANG: Final = MatterOf("2019-10-25-kumgang-notice/0")
ASAN: Final = MatterOf("2019-10-25-hyundai-asan-notice/0")
BODY_2019: Final = MatterOf("2019-11-19-body-notice/0")
AID: Final = MatterOf("2022-05-16-aid-notice-morning/0")
DAM_2022: Final = MatterOf("2022-06-28-dam-notice/0")
BODY_2022: Final = MatterOf("2022-11-11-body-return-notice/0")
DAM_2023: Final = MatterOf("2023-06-30-dam-request-press/0")


def delivered(scribe: Scribe, **facts: Any) -> None:
    """A notice that reached the other side: tendered, taken up, delivered."""
    opened = scribe.do(
        "note.tender",
        facts={"subject": scribe.title, **facts},
        texts=notice(scribe.event),
        due=scribe.due,
        told=False,
    )
    matter = MatterOf(opened)
    scribe.do("note.take", side=scribe.other, matter=matter, due=scribe.due, told=False)
    scribe.do("note.deliver", matter=matter, delivers=opened, told=False)
    scribe.tell(matter)


def answered(scribe: Scribe, *matters: MatterOf) -> None:
    """An answer to one notice, or to several at once."""
    for matter in matters:
        scribe.do("note.answer", matter=matter, facts={"subject": scribe.title})


def tendered(
    scribe: Scribe, stem: str, *, due: datetime | None = None, lapses: bool = True, **facts: Any
) -> None:
    """A notice or request that the other side neither took up nor refused."""
    ends = due or scribe.due
    opened = scribe.do(
        stem + ".tender",
        facts={"subject": scribe.title, **facts},
        texts=notice(scribe.event),
        due=ends,
        told=False,
    )
    scribe.tell(MatterOf(opened))
    if lapses:
        scribe.lapse(stem + ".lapse", MatterOf(opened), ends)


def urged(scribe: Scribe, kind: str, matter: MatterOf, *, due: datetime | None = None) -> None:
    """The same notice or request again, in the same matter, with a new time; then silence once more."""
    ends = due or scribe.due
    scribe.do(kind, matter=matter, facts={"subject": scribe.title}, due=ends)
    scribe.lapse(kind.partition(".")[0] + ".lapse", matter, ends)


def through_the_press(scribe: Scribe, item: str, *, due: datetime | None = None, lapses: bool = True) -> None:
    """A request that could only be made in public, since the line was silent; nobody answered it."""
    ends = due or scribe.due
    facts = {"subject": scribe.title, "route": "press", "copy": "paraphrase", "items": [item]}
    opened = scribe.do("request.route", facts=facts, due=ends)
    if lapses:
        scribe.lapse("request.lapse", MatterOf(opened), ends)


def received(scribe: Scribe) -> None:
    """The request of November 2019, which was taken up, asked and approved."""
    opened = scribe.do(
        "request.tender",
        facts={"subject": scribe.title, "from_title": _RED_CROSS},
        texts=notice(scribe.event),
        due=scribe.due,
        told=False,
    )
    matter = MatterOf(opened)
    scribe.do("request.take", side=scribe.other, matter=matter, due=scribe.due, told=False)
    facts = {"subject": scribe.title, "items": ["body"]}
    scribe.do("request.ask", matter=matter, facts=facts, due=scribe.due, delivers=opened, told=False)
    facts = {"items": ["body"], "decision": "approved"}
    scribe.do("request.answer", side=scribe.other, matter=matter, facts=facts, told=False)
    scribe.tell(matter)


def _swine_fever(scribe: Scribe) -> None:
    facts = {"subject": scribe.title, "class": "disease"}
    opened = scribe.do("note.send", facts=facts, due=scribe.due, precedence="immediate")
    scribe.lapse("note.lapse", MatterOf(opened), scribe.due)


def _aid(scribe: Scribe) -> None:
    tendered(scribe, "note", from_title=_MINISTER, to_title=_PARTY, lapses=False)


def _military_line(scribe: Scribe) -> None:
    facts = {"subject": scribe.title, "route": "military-line", "copy": "paraphrase"}
    scribe.do("request.route", matter=DAM_2022, facts=facts)


def _boat(scribe: Scribe) -> None:
    facts = {"subject": scribe.title, "copy": "paraphrase"}
    opened = scribe.do("note.route", facts={**facts, "route": "third-party"})
    scribe.do("note.route", matter=MatterOf(opened), facts={**facts, "route": "radio"})


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


#: What each note and request of the history comes to.
PAPERS: Final[Mapping[str, Callable[[Scribe], None]]] = {
    "2018-10-30-sports-notice": delivered,
    "2018-10-31-sports-delegation": lambda scribe: answered(scribe, SPORTS),
    "2018-11-15-telecom-notice": delivered,
    "2018-11-21-telecom-accepted": lambda scribe: answered(scribe, TELECOM),
    "2019-07-11-absence-notice": delivered,
    "2019-09-18-swine-fever-notice": _swine_fever,
    "2019-10-25-kumgang-notice": delivered,
    "2019-10-25-hyundai-asan-notice": lambda scribe: delivered(scribe, to_title=_COMPANY),
    "2019-10-28-working-talks-proposed": lambda scribe: answered(scribe, KUMGANG, ASAN),
    "2019-11-19-body-notice": received,
    "2022-05-16-aid-notice-morning": _aid,
    "2022-05-16-aid-notice-evening": lambda scribe: urged(scribe, "note.urge", AID),
    "2022-06-28-dam-notice": lambda scribe: tendered(scribe, "request"),
    "2022-06-28-dam-notice-by-military-line": _military_line,
    "2022-09-05-dam-notice-typhoon": lambda scribe: tendered(
        scribe, "request", from_title=_MINISTER, retender=DAM_2022
    ),
    # The time is over on the day for which the return was offered; the day after a new one was set in public.
    "2022-11-11-body-return-notice": lambda scribe: tendered(
        scribe, "request", due=_at("2022-11-17T17:00:00+09:00"), from_title=_RED_CROSS, lapses=False
    ),
    "2023-06-09-offer-through-the-press": lambda scribe: through_the_press(
        scribe, "body", due=_at("2023-06-16T15:00:00+09:00")
    ),
    # Repeated two weeks later in the same matter.
    "2023-06-30-dam-request-press": lambda scribe: through_the_press(scribe, "notice", lapses=False),
    "2023-07-14-dam-request-repeated": lambda scribe: urged(scribe, "request.urge", DAM_2023),
    "2023-09-21-body-return-offer": lambda scribe: through_the_press(
        scribe, "body", due=_at("2023-09-26T15:00:00+09:00")
    ),
    "2023-10-29-drifting-boat": _boat,
}
