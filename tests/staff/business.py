"""Business between two desks for the pages of matters: a notice by consent in three languages, a joint text
that is redrafted and reserved upon, a proposal, a filled form, and what a hostile side might send.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.staff.desks import PASSPHRASE, Desks
from yeollak.forms import MEDIA_TYPE, fill, shipped
from yeollak.node.acting import Text, act
from yeollak.office.propose import Draft
from yeollak.office.texts import instrument
from yeollak.office.texts.instrument import Article, Place, Version
from yeollak.record.keys import SigningKey

SUBJECT = {
    "en": "Dam discharge: request for prior notice",
    "ko": "댐 방류: 사전 통지 요청",
    "ar": "تصريف السد: طلب إشعار مسبق",
}
#: The English has another month than the two others.
NOTICE = {
    "ko": "북측의 댐 방류로 임진강 수위가 갑자기 높아지면 양측 주민의 안전이 위태로워진다.\n"
    "2009년 10월 합의에 따라 댐을 방류하기 전에 알려 주기를 요청한다.\n"
    "회신은 마감통화로 받을 수 있다.",
    "en": "A sudden rise of the Imjin when the dam is opened puts people on both sides at risk.\n"
    "As the agreement of November 2009 provides, we ask for notice before water is released.\n"
    "A reply can be taken at the closing call.",
    "ar": "إن ارتفاع منسوب نهر إمجين فجأة عند تصريف السد يعرّض الأهالي في الجانبين للخطر.\n"
    "وفقاً لاتفاق أكتوبر 2009 نطلب إبلاغنا قبل تصريف المياه.\n"
    "ويمكن تلقي الرد في مكالمة الختام.",
}
#: What the other side might send: markup, a bidi override, a giant word.
HOSTILE = "<script>alert(1)</script> \u202eevil " + "W" * 400


def text_of(days: int, *, extra: bool = False) -> bytes:
    """A joint text in three languages, whose Korean names another number of days where `extra`."""
    english = (
        Article("1", ("Each side tells the other before water is released.",), "Notice"),
        Article("2", (f"Notice is given {days} days ahead.", "It is given by the closing call."), "Time"),
    )
    korean = (
        Article("1", ("각 측은 물을 방류하기 전에 상대측에 알린다.",), "통지"),
        Article("2", (f"통지는 {days + extra}일 전에 한다.", "통지는 마감통화로 한다."), "시기"),
    )
    arabic = (
        Article("1", ("يُبلغ كل جانب الجانب الآخر قبل تصريف المياه.",), "الإشعار"),
        Article("2", (f"يكون الإشعار قبل {days} أيام.", "ويكون في مكالمة الختام."), "الموعد"),
    )
    return instrument.draft(
        [
            Version("en", "authentic", "Arrangement on the release of water", english),
            Version("ko", "authentic", "물 방류에 관한 합의", korean),
            Version("ar", "reference", "ترتيب بشأن تصريف المياه", arabic, stage="rough"),
        ],
        places=[Place("south", "co-head"), Place("north", "co-head")],
    )


class Business:
    """What is done in an office, and the ids of its matters by name."""

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self.matters: dict[str, str] = {}
        self._heads = {side: self._head(side) for side in desks.nodes}

    def _head(self, side: str) -> SigningKey:
        view, keyring = self.desks.view(side), self.desks.nodes[side].keyring
        posted = view.office.officers(view.place)
        kid = next(kid for kid, one in posted.items() if one.function == "co-head")
        return keyring.officer(kid, PASSPHRASE)

    def do(self, side: str, kind: str, *texts: Text, head: bool = False, **of: Any) -> str:
        """An act of a duty officer, or of a co-head; both hold it when this returns."""
        key = self._heads[side] if head else self.desks.keys[side]
        made = act(self.desks.nodes[side], self.desks.office, key, Draft(kind, **of), texts)
        self.desks.until(self.desks.level)
        return made

    def all(self) -> Business:
        """Everything."""
        later = self.desks.nodes["south"].clock.now() + timedelta(hours=50)
        notices = [
            Text(text.encode(), "text/plain", lang, f"notice-{lang}.txt", "consent")
            for lang, text in NOTICE.items()
        ]
        title = {"en": "Deputy head of the Southern side", "ko": "남측 부소장"}
        facts: dict[str, Any] = {"subject": SUBJECT, "from_title": title, "class": "flood"}
        self.matters["tender"] = self.do(
            "south", "note.tender", *notices, facts=facts, due=later, precedence="immediate"
        )
        facts = {"when": "2022-06-28", "source": "own", "subject": {"en": HOSTILE[:200]}}
        page = Text(HOSTILE.encode(), "text/html", "en", "page<b>.html.exe")
        line = Text(HOSTILE.encode(), "text/plain", "en", "gnp.\u200ftxt")
        self.matters["hostile"] = self.do("north", "account.enter", page, line, facts=facts)
        self._cross(later)
        self._agree(later)
        facts = {
            "topic": {"en": "Working talks on communications", "ko": "통신 실무회담"},
            "level": "working",
        }
        self.matters["meeting"] = self.do(
            "north", "meeting.propose", facts=facts, due=later, precedence="priority"
        )
        day = {"day": "2026-12-25", "name": {"ko": "성탄절"}, "office": "closed", "calls": "excused"}
        answers = {
            "notice": "first",
            "authority": {"ko": "북측 수문국"},
            "year": 2026,
            "days": [day],
            "urgent_contact": {"ko": "당직 장교"},
        }
        form = Text(fill(shipped()["holiday-calendar.1"], answers, "ko"), MEDIA_TYPE, None, "holidays.json")
        facts = {"when": "2026-01-02", "source": "own", "subject": {"ko": "새해 휴일표"}}
        self.matters["form"] = self.do("north", "account.enter", form, facts=facts)
        self.desks.until(self.desks.settled)
        return self

    def _cross(self, later: Any) -> None:
        """A tender that the south withdraws while it is taken up: neither has seen the other's act."""
        facts: dict[str, Any] = {"subject": {"en": "Line works"}}
        text = Text(b"On the line works.", "text/plain", "en", None, "consent")
        crossed = self.do("south", "note.tender", text, facts=facts, due=later)
        self.matters["crossed"] = crossed
        self.desks.stop("south")
        north, south = self.desks.nodes["north"], self.desks.open("south")
        office, keys = self.desks.office, self.desks.keys
        act(north, office, keys["north"], Draft("note.take", matter=crossed, due=later, re=(crossed,)))
        act(south, office, keys["south"], Draft("note.withdraw", matter=crossed, re=(crossed,)))
        self.desks.serve("south")
        self.desks.until(self.desks.settled)

    def _agree(self, later: Any) -> None:
        """A joint text: drafted, drafted anew with languages that differ, and reserved upon."""
        first = Text(text_of(3), instrument.MEDIA_TYPE, None, "arrangement.json")
        facts: dict[str, Any] = {"subject": {"en": "Release of water", "ko": "물 방류"}}
        draft = self.do("south", "agreement.draft", first, head=True, facts=facts, due=later)
        self.matters["agreement"] = draft
        second = Text(text_of(5, extra=True), instrument.MEDIA_TYPE, None, "arrangement.json")
        self.do("north", "agreement.redraft", second, head=True, matter=draft, due=later, re=(draft,))
        standing = str(self.desks.view("south").office.state(draft).state.slots["text"])
        words = {"en": "It is not to be read as naming a number of hours.", "ko": "시간 수를 뜻하지 않는다."}
        self.do(
            "south",
            "reservation",
            matter=draft,
            facts={"text": standing, "article": "2", "subject": words},
        )
