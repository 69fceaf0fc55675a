"""What is counted as what, case by case: each test is a little record and the cells that it must come to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.office.world import World, keys_of
from yeollak.office.statistics import Figures, Period, check, figures
from yeollak.record import canon

YEAR = Period(date(2018, 1, 1), date(2019, 1, 1), "Asia/Seoul")
LATER = datetime(2018, 10, 1, tzinfo=UTC)
WORDS = {"en": "Forestry"}


class Told:
    """Two nodes that hold each other's acts as soon as they are done, unless a test says otherwise."""

    def __init__(self) -> None:
        self.world = World().found()

    def __call__(self, side: str, kind: str, *, unseen: bool = False, **of: Any) -> str:
        act = self.world.say(side, kind, **of)
        if not unseen:
            self.world.meet()
        return act

    def figures(self, period: Period = YEAR) -> Figures:
        one, other = (figures(office, None, period) for office in self.world.offices)
        assert one.encode() == other.encode()
        assert check(one.encode(), self.world.offices[1]) == []
        return one

    def cells(self, name: str, sheet: str = "own") -> dict[tuple[str, ...], int]:
        return dict(getattr(self.figures(), sheet)[name].cells)


@pytest.fixture
def told() -> Told:
    return Told()


# calls


def observe(told: Told, side: str, day: str, slot: str, view: str, **facts: Any) -> None:
    told(side, "checkin.observe", facts={"date": day, "slot": slot, "view": view, "line": "liaison", **facts})


def test_a_call_is_one_and_differing_accounts_are_nobody_s(told: Told) -> None:
    for side, opening, closing in (("south", "answered", "unanswered"), ("north", "answered", "answered")):
        observe(told, side, "2018-10-01", "opening", opening)
        observe(told, side, "2018-10-01", "closing", closing)
    observe(told, "south", "2018-10-02", "opening", "late", late_minutes=25)
    observe(told, "south", "2018-10-02", "closing", "line-dead")
    observe(told, "south", "2018-10-03", "opening", "excused")
    assert told.cells("calls") == {
        ("liaison", "answered", "south+north"): 1,
        ("liaison", "differing", "south+north"): 1,
        ("liaison", "late", "south"): 1,
        ("liaison", "line-dead", "south"): 1,
        ("liaison", "excused", "south"): 1,
    }
    assert told.cells("late-minutes") == {("liaison", "south"): 25}
    assert told.cells("differing") == {("call", "south+north"): 1}
    assert told.cells("observations")["south", "liaison", "unanswered"] == 1
    assert told.cells("contacts") == {}


def test_minutes_that_differ_are_told(told: Told) -> None:
    observe(told, "south", "2018-10-01", "opening", "late", late_minutes=25)
    observe(told, "north", "2018-10-01", "opening", "late", late_minutes=20)
    assert told.cells("late-minutes") == {("liaison", "south+north"): 25}
    assert told.cells("differing") == {("minutes", "south+north"): 1}


def test_what_is_told_of_others_stands_apart_and_outweighs_nobody_s_own_word(told: Told) -> None:
    observe(told, "south", "2018-10-01", "opening", "unanswered", source="press")
    observe(told, "south", "2018-10-01", "closing", "unanswered", source="press")
    observe(told, "north", "2018-10-01", "closing", "answered")
    assert told.cells("calls") == {("liaison", "answered", "north"): 1}
    assert told.cells("calls", "told") == {("liaison", "unanswered", "south"): 1}


def test_the_first_unanswered_call_in_21_months(told: Told) -> None:
    """8 June 2020 (domain §1.5): no call unanswered since the office was opened in September 2018."""
    day = date(2018, 9, 14)
    while day < date(2020, 6, 8):
        observe(told, "south", str(day), "opening", "answered", time="09:00", when=str(day))
        day += timedelta(days=21)
    observe(told, "south", "2020-06-08", "closing", "answered", time="17:00")
    observe(told, "south", "2020-06-08", "opening", "unanswered", time="09:00")
    found = told.figures(Period(date(2020, 6, 1), date(2020, 7, 1), "Asia/Seoul"))
    first = next(
        one for one in found.firsts if one.get("outcome") == "unanswered" and one["line"] == "liaison"
    )
    assert (first["day"], first["since"], first["ever"]) == ("2020-06-08", "2018-09-14", True)
    assert (first["months"], first["days"]) == (21, (date(2020, 6, 8) - date(2018, 9, 14)).days)
    streaks = {(one["streak"], one["seen_by"]): one for one in found.streaks if one["line"] == "liaison"}
    # The call at nine was not answered, whatever was entered first, and the one at five was.
    assert streaks["answered", "jointly"]["standing"] == {
        "calls": 1,
        "since": "2020-06-08",
        "until": "2020-06-08",
    }
    assert "standing" not in streaks["unanswered", "jointly"]
    assert ("answered", "north") not in streaks
    until = told.figures(Period(date(2020, 5, 1), date(2020, 6, 1), "Asia/Seoul"))
    (standing,) = (
        one["standing"] for one in until.streaks if one["line"] == "all" and one["seen_by"] == "south"
    )
    assert standing["since"] == "2018-09-14"
    assert standing["calls"] == 30


def test_a_dead_line_is_no_answer_and_no_silence_and_an_excuse_is_neither(told: Told) -> None:
    views = ("answered", "excused", "late", "line-dead", "unanswered", "line-dead", "excused", "unanswered")
    for number, view in enumerate(views):
        observe(told, "south", f"2018-10-{number + 1:02}", "opening", view)
    jointly = [one for one in told.figures().streaks if one["seen_by"] == "jointly"]
    found = {one["streak"]: one for one in jointly if one["line"] == "all"}
    assert found["answered"]["longest"] == {"calls": 2, "since": "2018-10-01", "until": "2018-10-03"}
    assert "standing" not in found["answered"]
    assert found["unanswered"]["standing"] == {"calls": 2, "since": "2018-10-05", "until": "2018-10-08"}


# contacts


def test_each_side_knows_who_of_its_own_sat(told: Told) -> None:
    facts = {"level": "heads", "sat": ["south.co-head", "north.co-head"]}
    matter = told("south", "meeting.held", facts=facts)
    facts = {"level": "deputy-heads", "sat": ["south.deputy-head", "north.deputy-head"]}
    told("north", "meeting.held", matter=matter, facts=facts)
    assert told.cells("contacts") == {("heads", "stand-in", "south+north"): 1}
    assert told.cells("seats") == {
        ("heads", "south", "co-head", "no"): 1,
        ("heads", "north", "deputy-head", "yes"): 1,
    }
    assert told.cells("differing") == {("level", "south+north"): 1}


def test_a_side_that_did_not_come_is_counted_beside_a_meeting_and_never_against_it(told: Told) -> None:
    matter = told("south", "meeting.held", facts={"level": "heads"})
    facts = {"absent": ["south"], "notified": "no", "level": "heads"}
    told("north", "meeting.absent", matter=matter, facts=facts)
    assert told.cells("contacts") == {("heads", "-", "south"): 1}
    assert told.cells("not-held") == {("heads", "absent", "north"): 1}
    assert told.cells("absences") == {("south", "heads", "no", "north"): 1}
    assert told.cells("differing") == {("contact", "south+north"): 1}


def test_the_level_that_was_agreed_is_that_of_a_report_without_one(told: Told) -> None:
    due = LATER
    matter = told("south", "meeting.propose", facts={"level": "working"}, due=due)
    told("north", "meeting.agree", matter=matter, re=(matter,))
    told("south", "meeting.held", matter=matter)
    assert told.cells("contacts") == {("working", "-", "south"): 1}


def test_nobody_makes_several_contacts_of_another_one(told: Told) -> None:
    """Reports that name others: two sides' reports are joined, one side's never are."""
    first, second = (told("north", "meeting.held", facts={"level": "ad-hoc"}) for _ in range(2))
    told("south", "meeting.held", facts={"level": "ad-hoc"}, re=(first, second))
    told("south", "meeting.held", facts={"level": "ad-hoc"}, re=(first,))
    assert told.cells("contacts") == {
        ("ad-hoc", "-", "north"): 1,
        ("ad-hoc", "-", "south"): 1,
        ("ad-hoc", "-", "south+north"): 1,
    }


# documents and decisions


def test_an_offer_and_each_step_of_it(told: Told) -> None:
    facts = {"class": "general", "subject": WORDS}
    taken = told("south", "note.tender", facts=facts, due=LATER)
    told("north", "note.take", matter=taken, re=(taken,), due=LATER)
    told("south", "note.deliver", matter=taken)
    told("north", "note.read", matter=taken)
    told("north", "note.translated", matter=taken, facts={"stage": "sight", "language": "ko"})
    told("north", "note.answer", matter=taken)
    refused = told("north", "note.tender", facts=facts, due=LATER)
    told("south", "note.refuse", matter=refused, re=(refused,), facts={"ground": "name"})
    told("north", "note.send", facts={"class": "flood", "subject": WORDS})
    route = {"route": "press", "copy": "paraphrase", "subject": WORDS}
    told("south", "note.route", facts=route)
    assert told.cells("offers") == {
        ("south", "note", "general", "consent", "answered", "-"): 1,
        ("north", "note", "general", "consent", "refused", "name"): 1,
        ("north", "note", "flood", "right", "delivered", "-"): 1,
        ("south", "note", "-", "route", "routed", "-"): 1,
    }
    assert told.cells("documents") == {
        ("south", "note", "general", "consent"): 1,
        ("north", "note", "general", "answer"): 1,
        ("north", "note", "flood", "right"): 1,
        ("south", "note", "-", "route"): 1,
    }
    steps = told.cells("document-steps")
    assert steps["south", "note", "refuse", "name"] == 1
    assert steps["north", "note", "translated", "sight"] == 1
    assert steps["south", "note", "tender", "-"] == steps["north", "note", "tender", "-"] == 1


def test_what_is_tendered_and_neither_taken_nor_refused(told: Told) -> None:
    facts = {"class": "general", "subject": WORDS}
    matter = told("south", "note.tender", facts=facts, due=LATER)
    told("south", "note.lapse", matter=matter, re=(matter,), at=LATER + timedelta(minutes=1))
    assert told.cells("offers") == {("south", "note", "general", "consent", "lapsed", "-"): 1}
    assert told.cells("lapses") == {("south", "note"): 1}
    assert told.cells("documents") == {}


def test_an_acceptance_that_a_lapse_stands_before_is_no_take_up(told: Told) -> None:
    facts = {"class": "general", "subject": WORDS}
    matter = told("south", "note.tender", facts=facts, due=LATER)
    told("north", "note.take", matter=matter, re=(matter,), due=LATER, unseen=True)
    told("south", "note.lapse", matter=matter, re=(matter,), at=LATER + timedelta(minutes=1))
    assert told.cells("document-steps") == {
        ("south", "note", "lapse", "-"): 1,
        ("south", "note", "tender", "-"): 1,
    }
    assert told.cells("offers") == {("south", "note", "general", "consent", "lapsed", "-"): 1}


def test_decisions_count_by_the_item(told: Told) -> None:
    facts = {"class": "life", "subject": WORDS, "items": ["bus", "driver", "guide"], "default": "denied"}
    matter = told("south", "request.ask", facts=facts, due=LATER)
    told("north", "request.answer", matter=matter, facts={"items": ["bus", "driver"], "decision": "approved"})
    assert told.cells("decisions") == {("north", "request", "life", "approved"): 2}
    assert told.cells("items") == {
        ("south", "life", "approved", "denied"): 2,
        ("south", "life", "undecided", "denied"): 1,
    }
    told("south", "request.lapse", matter=matter, re=(matter,), at=LATER + timedelta(minutes=1))
    assert told.cells("items")["south", "life", "unanswered", "denied"] == 1
    assert told.figures().own["items"].total == 3


# texts, projects and costs


def test_a_text_counts_once_every_side_has_signed_it(told: Told) -> None:
    text = "ab" * 32
    facts = {"subject": WORDS, "text": text, "class": "agreement"}
    matter = told("south", "agreement.draft", facts=facts, due=LATER)
    told("south", "agreement.sign", matter=matter, re=(matter,), facts={"text": text, "when": "2018-09-20"})
    assert told.cells("texts") == {}
    told("north", "agreement.sign", matter=matter, re=(matter,), facts={"text": text, "when": "2018-09-21"})
    told("north", "agreement.report", facts={"subject": WORDS, "source": "press"})
    assert told.cells("texts") == {("agreement", "agreement", "signed", "south+north"): 1}
    assert told.cells("texts", "told") == {("agreement", "-", "reported", "north"): 1}
    day = Period(date(2018, 9, 21), date(2018, 9, 22), "Asia/Seoul")
    assert told.figures(day).own["texts"].total == 1


def test_minutes_count_as_signed_texts(told: Told) -> None:
    text = "ab" * 32
    matter = told("south", "meeting.held", facts={"level": "working"})
    draft = told("south", "meeting.minutes", matter=matter, facts={"text": text}, due=LATER)
    for side in ("south", "north"):
        told(side, "meeting.sign", matter=matter, re=(draft,), facts={"text": text})
    assert told.cells("texts") == {("minutes", "-", "signed", "south+north"): 1}


def cost(told: Told, matter: str, side: str, value: int, currency: str, **facts: Any) -> str:
    stated = {"amount": {"currency": currency, "value": value}, "for": WORDS, **facts}
    return told(side, "project.cost", matter=matter, facts=stated)


def test_a_cost_that_is_restated_counts_once_and_currencies_have_no_sum(told: Told) -> None:
    matter = told("south", "project.begin", facts={"class": "works", "subject": WORDS})
    other = told("south", "project.begin", facts={"class": "works", "subject": WORDS})
    first = cost(told, matter, "south", 9_780_000_000, "KRW", borne_by="south")
    again = cost(told, matter, "north", 8_600_000, "USD", borne_by="south", restates=first)
    cost(told, matter, "south", 8_700_000, "USD", restates=again)
    cost(told, matter, "north", 500, "KRW")
    cost(told, other, "south", 70, "KRW", restates=first)
    found = told.figures()
    assert dict(found.own["costs/KRW"].cells) == {
        ("south", "south"): 9_780_000_000,
        ("-", "north"): 500,
        ("-", "south"): 70,
    }
    assert "costs/USD" not in found.own
    assert "costs" not in found.own


def test_sums_of_money_beyond_what_json_holds_are_digits(told: Told) -> None:
    matter = told("south", "project.begin", facts={"class": "works", "subject": WORDS})
    for _ in range(2):
        cost(told, matter, "south", canon.MAX_INTEGER, "KRW", borne_by="north")
    value = told.figures().to_json()["own"]["costs/KRW"]
    assert value["total"] == str(2 * canon.MAX_INTEGER)
    assert value["cells"] == [["north", "south", str(2 * canon.MAX_INTEGER)]]


def test_milestones_are_as_they_were_last_stated(told: Told) -> None:
    matter = told("south", "project.begin", facts={"class": "works", "subject": WORDS})
    for side, state in (("south", "planned"), ("south", "reached"), ("north", "reached")):
        told(side, "project.report", matter=matter, facts={"milestone": "fence", "state": state})
    told("south", "project.report", matter=matter, facts={"milestone": "survey", "state": "missed"})
    told("north", "project.report", matter=matter, facts={"milestone": "survey", "state": "reached"})
    assert told.cells("milestones") == {
        ("reached", "south+north"): 1,
        ("differing", "south+north"): 1,
    }
    assert told.cells("projects") == {("south", "works", "begin", "works"): 1}


# standings and people


def test_withdrawal_return_suspension_lines_and_premises(told: Told) -> None:
    told("north", "standing.open")
    told("north", "standing.withdraw", facts={"others": "may-stay"})
    told("north", "standing.return", facts={"extent": "partial"})
    told("north", "standing.line", facts={"lines": ["liaison"], "state": "cut"})
    proposed = told("south", "suspension.propose", due=LATER)
    told("north", "suspension.agree", matter=proposed, re=(proposed,))
    told("south", "suspension.report", facts={"source": "press"})
    assert told.cells("standing") == {
        ("north", "line", "cut"): 1,
        ("north", "open", "-"): 1,
        ("north", "return", "partial"): 1,
        ("north", "withdraw", "may-stay"): 1,
    }
    assert told.cells("suspensions") == {("agreed", "south+north"): 1}
    assert told.cells("suspensions", "told") == {("reported", "south"): 1}


def test_postings_and_days_of_presence(told: Told) -> None:
    assert told.figures().own["postings"].parts("function") == {"co-head": 2, "duty": 2, "node": 2}
    for state in ("present", "leave"):
        facts = {"officer": keys_of("south").officers["duty"].kid, "date": "2018-10-01", "state": state}
        told("south", "posting.presence", facts=facts)
    assert told.cells("presence") == {("south", "leave"): 1}
    office = told.world.offices[0]
    (posting,) = (
        act for act in office.ledger.postings(1) if act.move and act.move.facts["function"] == "duty"
    )
    told("north", "posting.recall", officer="authority", matter=posting.matter)
    assert told.cells("postings")["north", "recall", "duty"] == 1
