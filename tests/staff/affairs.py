"""The running business of an office for the pages of calendar, people and agreements: talks, a series, a
crossing, days off, watches and presence, a nomination, an agreement in force with its obligations, and an
incident that touches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tests.node.offices import SECRET
from tests.staff.business import HOSTILE, Business, text_of
from yeollak.forms import MEDIA_TYPE, fill, shipped
from yeollak.node import founding
from yeollak.node.acting import Text, act
from yeollak.office.propose import Draft
from yeollak.office.texts import instrument
from yeollak.record.canon import format_instant, parse_instant
from yeollak.record.keys import SigningKey

NOTE = {
    "ko": "회담 대표단 명단을 기다리는 중이다.\n마감통화 전에 다시 확인할 것.",
    "en": "We still wait for the names of their delegation.\nAsk again before the closing call.",
}

#: What the charter says besides: a form that goes as of right, and a post for which the others are asked.
TERMS: Mapping[str, Any] = {
    "forms": {"crossing-vehicles.1": shipped()["crossing-vehicles.1"].digest},
    "agrement": ["deputy-head"],
}


class Affairs(Business):
    """What is done; ids of matters by name in `matters`, days in `days`."""

    days: dict[str, date]
    #: The key of an officer who is posted no more.
    recalled: str
    #: Who has acted since both sides held the same.
    _last = ""

    def do(self, side: str, kind: str, *texts: Text, head: bool = False, **of: Any) -> str:
        """An act. The other side holds it before it acts itself, and when `all` returns."""
        if self._last not in ("", side):
            self.desks.until(self.desks.level)
        self._last = side
        key = self._heads[side] if head else self.desks.keys[side]
        return act(self.desks.nodes[side], self.desks.office, key, Draft(kind, **of), texts)

    def all(self) -> Affairs:
        """Everything. Days lie within ten days from now, on which the tests look at the calendar."""
        now = self.desks.nodes["south"].clock.now()
        today = now.date()
        self.days = {"today": today, "holiday": today + timedelta(days=5), "talks": today + timedelta(days=2)}
        for side in ("south", "north"):
            self.do(side, "standing.open")
        self.do(
            "north",
            "standing.days",
            facts={"dates": [self.days["holiday"].isoformat()], "state": "holiday"},
        )
        text = Text(b"Nobody takes this up.", "text/plain", "en", None, "consent")
        unheard = {"subject": {"en": "Line works that nobody answers"}}
        soon = self.desks.nodes["south"].clock.now() + timedelta(seconds=2)
        self.matters["lapsed"] = self.do("south", "note.tender", text, facts=unheard, due=soon)
        self._talks(now)
        self._crossing(now)
        self._people(now)
        self._agreement(now)
        lapsed = self.matters["lapsed"]
        south = self.desks.view("south").office
        due = str(south.state(self.matters["soon"]).state.slots["by"])
        self.desks.until(lambda: self.desks.nodes["south"].clock.now() > max(soon, parse_instant(due)))
        self.do("south", "note.lapse", matter=lapsed, re=(lapsed,))
        self.desks.until(self.desks.settled)
        return self

    def _talks(self, now: datetime) -> None:
        begin = now.replace(hour=5, minute=0, second=0, microsecond=0) + timedelta(days=2)
        facts: dict[str, Any] = {
            "level": "working",
            "topic": {
                "en": "Working talks on communications",
                "ko": "통신 실무회담",
                "ar": "محادثات الاتصالات",
            },
            "start": format_instant(begin),
            "until": format_instant(begin + timedelta(hours=3)),
        }
        later = now + timedelta(days=1)
        talks = self.do("south", "meeting.propose", head=True, facts=facts, due=later)
        self.matters["talks"] = talks
        self.do("north", "meeting.agree", head=True, matter=talks, re=(talks,))
        facts = {"level": "liaison", "topic": {"en": HOSTILE[:120]}, "start": format_instant(begin)}
        self.matters["proposed"] = self.do("north", "meeting.propose", head=True, facts=facts, due=later)
        facts = {
            "level": "liaison",
            "every": "week",
            "weekday": ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[self.days["talks"].weekday()],
            "time": "10:30",
            "topic": {"en": "Weekly meeting of the liaison officers", "ko": "연락관 주례 회의"},
        }
        series = self.do("south", "series.propose", head=True, facts=facts, due=later)
        self.matters["series"] = series
        self.do("north", "series.agree", head=True, matter=series, re=(series,))

    def _crossing(self, now: datetime) -> None:
        goes = now.replace(hour=0, minute=30, second=0, microsecond=0) + timedelta(days=3)
        answers = {
            "notice": "first",
            "authority": {"ko": "남측 연락사무소"},
            "purpose": {"ko": "통신선 점검"},
            "route": {"ko": "경의선 도로"},
            "destination": {"ko": "개성"},
            "direction": "there-and-back",
            "goes": format_instant(goes),
            "returns": format_instant(goes + timedelta(hours=8)),
            "vehicles": [
                {
                    "registration": "12A 3456",
                    "kind": "minibus",
                    "driver": {"ko": "김철수"},
                    "driver_document": "M1234",
                }
            ],
            "contact": {"ko": "당직 장교"},
        }
        form = Text(fill(shipped()["crossing-vehicles.1"], answers, "ko"), MEDIA_TYPE, None, "crossing.json")
        facts = {
            "subject": {"ko": "통신선 점검 차량 통행"},
            "form": "crossing-vehicles.1",
            "items": ["minibus"],
        }
        self.matters["crossing"] = self.do(
            "south", "request.ask", form, facts=facts, due=now + timedelta(hours=20)
        )

    def _people(self, now: datetime) -> None:
        kids = {side: self.desks.keys[side].kid for side in ("south", "north")}
        today = self.days["today"]
        for back, state in enumerate(("present", "present", "leave", "absent")):
            day = (today - timedelta(days=back)).isoformat()
            self.do(
                "south", "posting.presence", facts={"officer": kids["south"], "date": day, "state": state}
            )
        self.do(
            "north",
            "posting.presence",
            facts={"officer": kids["north"], "date": today.isoformat(), "state": "present"},
        )
        node = self.desks.nodes["south"]
        gone = founding.post_officer(node, self.desks.office, SECRET, "technical", own_passphrase=SECRET)
        self.recalled = gone.kid
        posting = self.desks.view("south").office.officers(self.desks.view("south").place)[gone.kid].matter
        self.do("south", "posting.recall", head=True, matter=posting)
        for side in ("south", "north"):
            watch = self.do(side, "posting.watch", facts={"officer": kids[side]})
            self.matters[f"watch/{side}"] = watch
        notes = [Text(words.encode(), "text/plain", lang, None) for lang, words in NOTE.items()]
        self.do("south", "posting.handover", *notes)
        self.do("south", "posting.watch", facts={"officer": kids["south"]})
        hostile = Text(HOSTILE.encode(), "text/plain", "en", "note.txt")
        self.do("north", "posting.handover", hostile)

    def _agreement(self, now: datetime) -> None:
        later = now + timedelta(days=2)
        text = Text(text_of(3), instrument.MEDIA_TYPE, None, "arrangement.json")
        facts: dict[str, Any] = {
            "subject": {"en": "Release of water", "ko": "물 방류에 관한 합의", "ar": "تصريف المياه"}
        }
        made = self.do("south", "agreement.draft", text, head=True, facts=facts, due=later)
        self.matters["agreement"] = made
        standing = str(self.desks.view("south").office.state(made).state.slots["text"])
        for side in ("south", "north"):
            self.do(side, "agreement.sign", head=True, matter=made, facts={"text": standing}, re=(made,))
        first = self.days["today"] - timedelta(days=21)
        for name, terms in (
            (
                "weekly",
                {
                    "clause": "2.2",
                    "bearers": ["north"],
                    "shape": "recurring",
                    "every": "week",
                    "first": first.isoformat(),
                    "closed": "kept",
                    "hour": "12:00",
                    "subject": {"en": "Levels of the week", "ko": "주간 수위 통보", "ar": "مناسيب الأسبوع"},
                },
            ),
            (
                "soon",
                {
                    "clause": "10.1",
                    "bearers": ["north"],
                    "shape": "dated",
                    "by": format_instant(self.desks.nodes["south"].clock.now() + timedelta(seconds=8)),
                    "subject": {"en": "Word that the text has come", "ko": "접수 확인"},
                },
            ),
            (
                "dated",
                {
                    "clause": "1.1",
                    "bearers": ["south", "north"],
                    "shape": "dated",
                    "by": (self.days["today"] + timedelta(days=4)).isoformat(),
                    "subject": {"en": "Names of the contacts", "ko": "연락 담당자 명단"},
                },
            ),
        ):
            facts = {"parent": made, **terms}
            duty = self.do("south", "obligation.propose", head=True, facts=facts, due=later)
            self.matters[name] = duty
            self.do("north", "obligation.agree", head=True, matter=duty, re=(duty,))
        weekly = self.matters["weekly"]
        weeks = [first + timedelta(days=7 * number) for number in range(3)]
        names = [f"{day.isocalendar()[0]:04}-w{day.isocalendar()[1]:02}" for day in weeks]
        self.do("north", "duty.done", facts={"parent": weekly, "occurrence": names[0]})
        self.do("south", "duty.missed", facts={"parent": weekly, "occurrence": names[1]})
        incident = {
            "subject": {"en": "Water was released without notice", "ko": "통지 없는 방류"},
            "touches": [made],
            "clause": "2.1",
            "relation": "breach",
        }
        self.matters["incident"] = self.do("south", "incident.report", facts=incident, due=later)
        amends = Text(text_of(5), instrument.MEDIA_TYPE, None, "amendment.json")
        facts = {"subject": {"en": "Longer notice", "ko": "통지 기간 연장"}, "amends": made}
        self.matters["amendment"] = self.do(
            "north", "agreement.draft", amends, head=True, facts=facts, due=later
        )
        self._nominate(now)

    def _nominate(self, now: datetime) -> None:
        facts = {
            "key": SigningKey.generate().public.hex(),
            "function": "deputy-head",
            "title": {"en": "Deputy head of the Northern side", "ko": "북측 부소장"},
        }
        nominated = self.do("north", "posting.nominate", head=True, facts=facts, due=now + timedelta(days=3))
        self.matters["nomination"] = nominated
        self.do("south", "posting.consent", head=True, matter=nominated, re=(nominated,))
