"""Notes and requests of the history: tendered, taken up or not, delivered, passed by another route, answered.

That a notice was delivered implies that it was tendered and taken up, since none can be sent otherwise
(domain §1.4); those steps are entered with it. What nobody took up or answered lapses when its time is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from yeollak.demo.answers import filled, form_of
from yeollak.demo.duties import SERIES
from yeollak.demo.joint import plan
from yeollak.demo.scribe import Scribe
from yeollak.demo.steps import MatterOf
from yeollak.demo.texts import notice
from yeollak.forms.form import shipped

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
_OCTOBER_2009: Final = {
    "en": "Agreement of October 2009: notice before water is let out of the dam",
    "ko": "2009년 10월 합의: 댐 방류 사전 통보",
    "ar": "اتفاق أكتوبر 2009: الإبلاغ قبل تصريف السد",
}
_COMPANY: Final = {"en": "Hyundai Asan", "ko": "현대아산", "ar": "شركة هيونداي أسان"}

SPORTS: Final = MatterOf("2018-10-30-sports-notice/0")
TELECOM: Final = MatterOf("2018-11-15-telecom-notice/0")
KUMGANG: Final = MatterOf("2019-10-25-kumgang-notice/0")
ASAN: Final = MatterOf("2019-10-25-hyundai-asan-notice/0")
BODY_2019: Final = MatterOf("2019-11-19-body-notice/0")
AID: Final = MatterOf("2022-05-16-aid-notice-morning/0")
OCTOBER_2009: Final = MatterOf("2022-06-28-dam-notice/0")
DAM_2022: Final = MatterOf("2022-06-28-dam-notice/1")
DAM_TYPHOON: Final = MatterOf("2022-09-05-dam-notice-typhoon/0")
BODY_2022: Final = MatterOf("2022-11-11-body-return-notice/0")
DAM_2023: Final = MatterOf("2023-06-30-dam-request-press/0")


def delivered(scribe: Scribe, **facts: Any) -> None:
    """A notice that reached the other side: tendered, taken up, delivered."""
    matter = _offered(scribe, "note", facts)
    scribe.do("note.take", side=scribe.other, matter=matter, told=False)
    scribe.do("note.deliver", matter=matter, delivers=matter.step, told=False)
    scribe.tell(matter)


def answered(scribe: Scribe, matter: MatterOf, **facts: Any) -> None:
    """An answer to a notice."""
    scribe.do("note.answer", matter=matter, facts={"subject": scribe.title, **facts})


def tendered(
    scribe: Scribe, stem: str, *, due: datetime | None = None, lapses: bool = True, **facts: Any
) -> None:
    """A notice or request that the other side neither took up nor refused."""
    matter = _offered(scribe, stem, facts, due)
    scribe.tell(matter)
    if lapses:
        scribe.lapse(stem + ".lapse", matter, scribe.ends(matter.step))


def _offered(scribe: Scribe, stem: str, facts: Mapping[str, Any], due: datetime | None = None) -> MatterOf:
    """The tender: who to whom and about what; what it says stays under seal until it is taken up."""
    form = form_of(scribe.event["id"])
    stated = {
        "subject": scribe.title,
        "form": form,
        "class": shipped()[form].subject if form else None,
        **facts,
    }
    texts = (*notice(scribe.event), *filled(scribe.event["id"], "consent"))
    return MatterOf(scribe.do(stem + ".tender", facts=stated, texts=texts, due=due, told=False))


def urged(scribe: Scribe, kind: str, matter: MatterOf) -> None:
    """The same notice or request again, in the same matter, with a new time; then silence once more."""
    name = scribe.do(kind, matter=matter, facts={"subject": scribe.title})
    scribe.lapse(kind.partition(".")[0] + ".lapse", matter, scribe.ends(name))


def through_the_press(
    scribe: Scribe, item: str, *, due: datetime | None = None, lapses: bool = True, **facts: Any
) -> None:
    """A request that could only be made in public, since the line was silent; nobody answered it."""
    form = form_of(scribe.event["id"])
    stated = {"subject": scribe.title, "route": "press", "copy": "paraphrase", "items": [item], "form": form}
    stated |= {"class": shipped()[form].subject if form else None, **facts}
    ends = due or scribe.due("request.route", stated)
    name = scribe.do("request.route", facts=stated, texts=filled(scribe.event["id"]), due=ends)
    if lapses:
        scribe.lapse("request.lapse", MatterOf(name), ends)


def unclaimed(scribe: Scribe) -> None:
    """The offer of November 2022 once more, in public: with a new time, and what silence will be taken for.

    The tender had lapsed on the day for which the return was offered.
    """
    facts = {"subject": scribe.title, "class": "remains", "default": "unclaimed", "retender": BODY_2022}
    route = {"route": "press", "copy": "paraphrase", "items": ["body"]}
    ends = _at("2022-11-24T17:00:00+09:00")
    name = scribe.do("request.route", facts={**facts, **route}, due=ends, told=False)
    scribe.lapse("request.lapse", MatterOf(name), ends)


def received(scribe: Scribe) -> None:
    """The request of November 2019, which was taken up, asked and approved."""
    matter = _offered(scribe, "request", {"from_title": _RED_CROSS, "class": "remains"})
    scribe.do("request.take", side=scribe.other, matter=matter, told=False)
    facts: dict[str, Any] = {"subject": scribe.title, "items": ["body"]}
    scribe.do("request.ask", matter=matter, facts=facts, delivers=matter.step, told=False)
    facts = {"items": ["body"], "decision": "approved"}
    scribe.do("request.answer", side=scribe.other, matter=matter, facts=facts, told=False)
    scribe.tell(matter)


def _swine_fever(scribe: Scribe) -> None:
    facts = {"subject": scribe.title, "class": "disease", "form": form_of(scribe.event["id"])}
    ends = scribe.due("note.send", facts, "immediate")
    texts = filled(scribe.event["id"])
    opened = scribe.do("note.send", facts=facts, texts=texts, due=ends, precedence="immediate")
    scribe.lapse("note.lapse", MatterOf(opened), ends)


def _sports_delegation(scribe: Scribe) -> None:
    answered(scribe, SPORTS)
    plan(scribe, "2018-11-02-sports-talks", SPORTS, count=4)


def _telecom_accepted(scribe: Scribe) -> None:
    answered(scribe, TELECOM)
    plan(scribe, "2018-11-23-telecom-talks", TELECOM)


def _company(scribe: Scribe) -> None:
    """A notice for a company, which the South's ministry took and handed on."""
    delivered(scribe, to_title=_COMPANY)
    scribe.do("note.shown", side=scribe.other, matter=ASAN, facts={"title": _COMPANY}, told=False)


def _two_answers(scribe: Scribe) -> None:
    answered(scribe, KUMGANG)
    answered(scribe, ASAN, from_title=_COMPANY)


def _aid(scribe: Scribe) -> None:
    tendered(scribe, "note", from_title=_MINISTER, to_title=_PARTY, lapses=False)


def _dam(scribe: Scribe) -> None:
    """The first request for notice of a discharge, and the agreement that it rests on: as the South tells,
    since no text of it that both have signed is in this record.
    """
    facts = {"subject": _OCTOBER_2009, "class": "agreement", "when": None, "place": None}
    scribe.do("agreement.report", "deputy-head", facts=facts, told=False)
    tendered(scribe, "request", parent=OCTOBER_2009)


def _military_line(scribe: Scribe) -> None:
    facts = {"subject": scribe.title, "route": "military-line", "copy": "paraphrase"}
    scribe.do("request.route", matter=DAM_2022, facts=facts)


def _boat(scribe: Scribe) -> None:
    facts = {"subject": scribe.title, "class": "rescue", "copy": "paraphrase"}
    opened = scribe.do("note.route", facts={**facts, "route": "third-party"})
    scribe.do("note.route", matter=MatterOf(opened), facts={**facts, "route": "radio"})


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


#: What each note and request of the history comes to.
PAPERS: Final[Mapping[str, Callable[[Scribe], None]]] = {
    "2018-10-30-sports-notice": delivered,
    "2018-10-31-sports-delegation": _sports_delegation,
    "2018-11-15-telecom-notice": delivered,
    "2018-11-21-telecom-accepted": _telecom_accepted,
    "2019-07-11-absence-notice": lambda scribe: delivered(scribe, parent=SERIES),
    "2019-09-18-swine-fever-notice": _swine_fever,
    "2019-10-25-kumgang-notice": delivered,
    "2019-10-25-hyundai-asan-notice": _company,
    "2019-10-28-working-talks-proposed": _two_answers,
    "2019-11-19-body-notice": received,
    "2022-05-16-aid-notice-morning": _aid,
    "2022-05-16-aid-notice-evening": lambda scribe: urged(scribe, "note.urge", AID),
    "2022-06-28-dam-notice": _dam,
    "2022-06-28-dam-notice-by-military-line": _military_line,
    "2022-09-05-dam-notice-typhoon": lambda scribe: tendered(
        scribe, "request", from_title=_MINISTER, retender=DAM_2022, parent=OCTOBER_2009
    ),
    # The time is over on the day for which the return was offered; the day after, it was offered in public.
    "2022-11-11-body-return-notice": lambda scribe: tendered(
        scribe, "request", due=_at("2022-11-17T17:00:00+09:00"), from_title=_RED_CROSS
    ),
    "2023-06-09-offer-through-the-press": lambda scribe: through_the_press(
        scribe, "body", due=_at("2023-06-16T15:00:00+09:00")
    ),
    # Repeated two weeks later in the same matter.
    "2023-06-30-dam-request-press": lambda scribe: through_the_press(
        scribe, "notice", lapses=False, retender=DAM_TYPHOON, parent=OCTOBER_2009
    ),
    "2023-07-14-dam-request-repeated": lambda scribe: urged(scribe, "request.urge", DAM_2023),
    "2023-09-21-body-return-offer": lambda scribe: through_the_press(
        scribe, "body", due=_at("2023-09-26T15:00:00+09:00")
    ),
    "2023-10-29-drifting-boat": _boat,
}
