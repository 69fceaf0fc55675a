"""What real offices did, act by act through the tables: who may do what next, and what it comes to.

The cases are those of docs and history: notices tendered and not taken, the withdrawal of March 2019 and
the gradual return, the suspension of January 2020 by both, calls answered late, the body that was handed
over, minutes, works of one side.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.procedures.explore import TWO, Elsewhere, digest
from yeollak.procedures.catalogue import PROCEDURES, named, of_kind
from yeollak.procedures.kinds import COMMON
from yeollak.procedures.machine import admit, awaited, possible, row_for
from yeollak.procedures.shared import FILLED_FORM
from yeollak.procedures.table import Move, Procedure, State, Void

WORDS = {"en": "words", "ko": "말"}
SOON, AFTER = "2020-01-02T00:00:00Z", "2020-01-03T00:00:00Z"


class Matter:
    """One matter between South and North, in which each act has seen all that came before it."""

    def __init__(self, name: str, elsewhere: Elsewhere | None = None) -> None:
        found = named(name)
        assert found is not None
        self.table: Procedure = found
        self.state = State()
        self.count = 0
        self.elsewhere = elsewhere or Elsewhere(TWO)

    def act(self, side: str, kind: str, **more: Any) -> str:
        """Do one act, naming in `re` what it must answer; returns its id. Raises Void."""
        self.count += 1
        answers = self.table.rows.get(self.state.phase, {}).get(kind)
        slot = answers.answers if answers is not None else None
        move = move_of(digest(self.count), side, kind, **more)
        if slot is not None and not move.re:
            move = move_of(move.id, side, kind, re=(str(self.state.slots.get(slot)),), **more)
        self.state = admit(self.table, self.state, move, self.elsewhere)
        return move.id

    def void(self, side: str, kind: str, **more: Any) -> str:
        """The code with which the act would be void."""
        before = self.state
        with pytest.raises(Void) as refused:
            self.act(side, kind, **more)
        assert self.state is before
        return refused.value.code

    def open_to(self, side: str) -> set[str]:
        return {kind.name for kind, _ in possible(self.table, self.state, side, TWO)}


def move_of(act: str, side: str, kind: str, **more: Any) -> Move:
    at = more.pop("at", "2020-01-01T00:00:00Z")
    re, due = tuple(more.pop("re", ())), more.pop("due", None)
    enclosures, types = more.pop("enclosures", {}), more.pop("types", {})
    return Move(act, side, kind, at, facts=more, re=re, due=due, enclosures=enclosures, types=types)


SEALED, RELEASED = {digest("text"): "consent"}, {digest("text"): "right"}


def test_a_notice_is_tendered_neither_taken_nor_refused_and_lapses() -> None:
    note = Matter("note")
    note.act("south", "note.tender", subject=WORDS, due=SOON, enclosures=SEALED, event="2022-05-16-aid")
    assert note.open_to("north") == {"note.take", "note.refuse", "note.route"}
    assert awaited(note.table, note.state, TWO) == {"north"}
    assert note.void("south", "note.deliver", enclosures=RELEASED) == "forbidden"
    assert note.void("south", "note.lapse", at="2020-01-01T23:59:59Z") == "early"
    note.act("south", "note.route", route="military-line", copy="paraphrase")
    note.act("south", "note.lapse", at=SOON)
    assert note.state.phase == "lapsed"
    assert note.state.slots["route/military-line/south"] == "paraphrase"
    assert note.void("north", "note.take", due=AFTER, re=[note.state.slots["offer"]]) == "forbidden"


def test_the_same_notice_is_tendered_again_at_the_closing_call() -> None:
    morning = digest("morning")
    lapsed = State("lapsed", {"opener": "south"})
    evening = Matter("note", Elsewhere(TWO, matters={morning: lapsed}))
    for theirs in (State("tendered", {"opener": "south"}), State("lapsed", {"opener": "north"})):
        other = Matter("note", Elsewhere(TWO, matters={morning: theirs}))
        facts = {"subject": WORDS, "retender": morning, "due": SOON, "enclosures": SEALED}
        assert other.void("south", "note.tender", **facts) == "no-such-tender"
    facts = {"subject": WORDS, "from_title": WORDS, "to_title": WORDS}
    evening.act("south", "note.tender", retender=morning, due=SOON, enclosures=SEALED, **facts)
    assert evening.void("north", "note.refuse", ground="weather") == "facts"
    evening.act("south", "note.lapse", at=SOON)
    assert evening.state.phase == "lapsed"


def test_with_the_lines_silent_a_notice_goes_by_two_other_routes() -> None:
    note = Matter("note")
    facts = {"route": "third-party", "copy": "identical", "subject": WORDS}
    assert note.void("south", "note.route", **facts) == "other-text"
    note.act("south", "note.route", text=digest("words"), **facts)
    note.act("south", "note.route", route="radio", copy="paraphrase")
    note.act("north", "note.route", route="radio", copy="identical", text=digest("heard"))
    assert note.state.phase == "routed"
    slots = note.state.slots
    assert (slots["route/radio/south"], slots["route/radio/north"]) == ("paraphrase", "identical")
    assert "route/third-party/south" in slots


def test_the_same_words_by_another_route_are_the_same_only_by_their_digest() -> None:
    note = Matter("note")
    note.act("south", "note.tender", subject=WORDS, due=SOON, enclosures=SEALED)
    (text,) = SEALED
    for other in ({}, {"text": digest("other words")}):
        assert note.void("south", "note.route", route="fax", copy="identical", **other) == "other-text"
    note.act("south", "note.route", route="fax", copy="identical", text=text)
    note.act("south", "note.route", route="press", copy="paraphrase")
    assert note.state.slots["route/fax/south"] == "identical"


def test_what_waits_to_be_taken_up_is_handed_over_by_delivery_alone() -> None:
    """A side that refuses a text must not find it in a remark on its refusal."""
    for phase, act in (("tendered", None), ("refused", "refuse"), ("taken", "take")):
        note = Matter("note")
        note.act("south", "note.tender", subject=WORDS, due=SOON, enclosures=SEALED)
        if act == "refuse":
            note.act("north", "note.refuse", ground="content")
        elif act == "take":
            note.act("north", "note.take", due=SOON)
        assert note.state.phase == phase
        route = {"route": "fax", "copy": "paraphrase"}
        for release in ("right", "large", "named"):
            (sealed,) = SEALED
            assert note.void("south", "note.route", enclosures={sealed: release}, **route) == "withheld"
            assert note.void("south", "remark", enclosures={sealed: release}) == "withheld"
        note.act("south", "remark", enclosures={**SEALED, digest("another"): "right"})
    note.act("south", "note.deliver", enclosures=RELEASED)
    note.act("south", "remark", enclosures=RELEASED)


def test_an_agreed_form_goes_straight_only_filled_in() -> None:
    request = Matter("request", Elsewhere(TWO))
    facts = {"subject": WORDS, "items": ["1"], "form": "form.1"}
    plain, filled = {digest("x"): "text/plain"}, {digest("x"): FILLED_FORM}
    asked: dict[str, Any] = {"due": SOON, "enclosures": {digest("x"): "right"}}
    assert request.void("south", "request.ask", types=plain, **asked, **facts) == "enclosures"
    other = {**facts, "form": "form.2"}
    assert request.void("south", "request.ask", types=filled, **asked, **other) == "not-as-of-right"
    request.act("south", "request.ask", types=filled, **asked, **facts)
    assert request.state.slots["text"] == [digest("x")]


def test_asking_again_sets_a_new_time_and_the_lapse_names_what_it_waited_for() -> None:
    """Clarifications 30: the `due` that counts is that of the act named in `re`."""
    note = Matter("note")
    tendered = note.act("south", "note.tender", subject=WORDS, due=SOON, enclosures=SEALED)
    urged = note.act("south", "note.urge", due=AFTER)
    assert note.void("south", "note.lapse", at=AFTER, re=[tendered]) == "stale"
    assert note.void("south", "note.lapse", at=SOON, re=[urged]) == "early"
    assert note.void("north", "note.lapse", at=AFTER, re=[urged]) == "forbidden"
    note.act("south", "note.lapse", at=AFTER, re=[urged])
    assert note.state.phase == "lapsed"


def test_a_notice_is_taken_delivered_read_translated_and_answered() -> None:
    note = Matter("note")
    note.act("north", "note.tender", subject=WORDS, due=SOON, enclosures=SEALED)
    note.act("south", "note.take", due=SOON)
    assert awaited(note.table, note.state, TWO) == {"north"}
    assert note.void("north", "note.deliver", enclosures={digest("other"): "right"}) == "other-text"
    note.act("north", "note.deliver", enclosures=RELEASED)
    assert note.void("north", "note.lapse", at="2099-01-01T00:00:00Z") == "early"
    note.act("south", "note.read")
    note.act("south", "note.translated", stage="sight", language="en")
    note.act("south", "note.hold", due=SOON)
    note.act("south", "note.shown")
    note.act("south", "note.answer")
    assert note.state.phase == "answered"
    assert "translated/sight/south" in note.state.slots


def test_only_classes_of_the_charter_skip_consent() -> None:
    note = Matter("note")
    assert note.void("south", "note.send", subject=WORDS, **{"class": "trade"}) == "not-as-of-right"
    note.act("south", "note.send", subject=WORDS, **{"class": "life"}, due=SOON)
    note.act("south", "note.lapse", at=SOON)
    assert note.state.phase == "unanswered"
    note.act("north", "note.answer")
    assert note.state.phase == "answered"


def test_withdrawal_in_march_2019_and_the_gradual_return() -> None:
    north, south = Matter("standing"), Matter("standing")
    for side, standing in (("north", north), ("south", south)):
        standing.act(side, "standing.open", when="2018-09-14")
    north.act("north", "standing.withdraw", others="may-stay", when="2019-03-22")
    assert north.void("south", "standing.return", extent="full") == "forbidden"
    south.act("south", "standing.stay", staff=25, officials=9, support=16)
    assert (north.state.phase, south.state.phase) == ("withdrawn", "present")
    north.act("north", "standing.return", extent="partial", staff_least=4, staff_most=5)
    assert north.state.phase == "partial"
    north.act(
        "north", "standing.line", lines=["liaison", "military-east"], state="cut", when="2020-06-09T03:00:00Z"
    )
    north.act("north", "standing.premises", state="lost", when="2020-06-16T05:49:00Z")
    assert north.state.slots["line/liaison"] == "cut"
    assert north.state.phase == "partial"


def test_people_leave_without_their_side_withdrawing() -> None:
    south = Matter("standing")
    south.act("south", "standing.open")
    south.act("south", "standing.staff", officials=11, support=28)
    south.act("south", "standing.leave", officials=17, support=41, when="2020-01-30")
    assert south.state.phase == "present"
    assert not {"officials", "support"} & set(south.state.slots)
    assert south.void("south", "standing.return", extent="full") == "forbidden"


def test_suspension_needs_both_and_so_does_its_end() -> None:
    suspension = Matter("suspension")
    suspension.act("south", "suspension.propose", condition=WORDS, due=SOON)
    assert suspension.void("south", "suspension.agree") == "written"
    assert suspension.void("south", "suspension.decline") == "forbidden"
    assert suspension.open_to("south") == {"suspension.counter", "suspension.withdraw", "suspension.lapse"}
    suspension.act("north", "suspension.agree")
    assert suspension.state.phase == "suspended"
    suspension.act("north", "suspension.end-propose", due=SOON)
    suspension.act("south", "suspension.end-decline")
    assert suspension.state.phase == "suspended"
    suspension.act("south", "suspension.end-propose", due=SOON)
    assert suspension.state.phase == "ending"
    suspension.act("north", "suspension.end-agree")
    assert suspension.state.phase == "ended"


def test_a_call_keeps_both_views_apart() -> None:
    call = Matter("check-in")
    facts = {"date": "2020-06-08", "slot": "closing"}
    call.act("south", "checkin.observe", view="late", late_minutes=25, **facts)
    assert awaited(call.table, call.state, TWO) == {"north"}
    assert call.void("south", "checkin.observe", view="answered", **facts) == "written"
    call.act("north", "checkin.observe", view="answered", **facts)
    assert call.state.phase == "observed"
    assert (call.state.of("view", "south"), call.state.of("view", "north")) == ("late", "answered")
    call.act("south", "remark", subject=WORDS)


def test_a_call_that_only_one_side_saw_stays_in_part() -> None:
    call = Matter("check-in")
    facts = {"date": "2021-07-27", "slot": "first", "when": "2021-07-27T02:04:00Z"}
    call.act("south", "checkin.observe", view="answered", until="2021-07-27T02:07:00Z", **facts)
    assert call.state.phase == "in-part"
    assert call.state.of("view", "north") is None


def test_a_body_is_offered_received_and_handed_over() -> None:
    request = Matter("request")
    request.act("south", "request.tender", subject=WORDS, due=SOON, enclosures=SEALED)
    request.act("north", "request.take", due=SOON)
    request.act("south", "request.ask", subject=WORDS, items=["1", "2"], due=SOON, enclosures=RELEASED)
    assert request.void("north", "request.answer", items=["3"], decision="denied") == "no-such-item"
    request.act("north", "request.answer", items=["1"], decision="approved")
    assert request.void("north", "request.answer", items=["1"], decision="denied") == "written"
    request.act("north", "request.inquire", due=SOON)
    assert awaited(request.table, request.state, TWO) == {"south"}
    request.act("south", "request.supply", due=SOON)
    request.act("north", "request.answer", items=["2"], decision="in-part")
    assert request.state.phase == "answered"
    request.act("south", "request.outcome", result="done", when="2019-11-21")
    assert request.state.slots["outcome/south"] == "done"


def test_a_request_not_taken_goes_by_the_military_line_all_the_same() -> None:
    request = Matter("request")
    facts = {"subject": WORDS, "from_title": WORDS}
    request.act("south", "request.tender", default="unclaimed", due=SOON, enclosures=SEALED, **facts)
    request.act("south", "request.lapse", at=SOON)
    request.act("south", "request.route", route="military-line", copy="paraphrase")
    assert request.state.phase == "lapsed"
    assert request.state.slots["route/military-line/south"] == "paraphrase"


def test_an_offer_through_the_press_lapses_with_its_default() -> None:
    request = Matter("request")
    facts = {"route": "press", "copy": "identical", "subject": WORDS, "text": digest("words")}
    assert request.void("south", "request.route", due=SOON, **facts) == "facts"
    request.act("south", "request.route", due=SOON, items=["1"], default="unclaimed", **facts)
    request.act("south", "request.lapse", at=AFTER)
    assert (request.state.phase, request.state.slots["default"]) == ("unanswered", "unclaimed")


def test_talks_are_countered_held_and_minuted() -> None:
    meeting = Matter("meeting")
    meeting.act("north", "meeting.propose", level="working", topic=WORDS, due=SOON)
    first = meeting.state.slots["offer"]
    meeting.act("south", "meeting.counter", start="2018-11-23", due=SOON)
    assert meeting.void("north", "meeting.agree", re=[first]) == "stale"
    meeting.act("north", "meeting.agree")
    meeting.act("south", "meeting.held", when="2018-11-23")
    meeting.act("north", "meeting.not-held")
    assert (meeting.state.of("account", "south"), meeting.state.of("account", "north")) == (
        "held",
        "not-held",
    )
    text, other = digest("minutes"), digest("other minutes")
    meeting.act("south", "meeting.minutes", text=text, due=SOON)
    meeting.act("south", "meeting.sign", text=text)
    meeting.act("north", "meeting.redraft", text=other, due=SOON)
    assert meeting.void("south", "meeting.sign", text=text) == "other-text"
    meeting.act("south", "meeting.sign", text=other)
    meeting.act("south", "meeting.retract")
    meeting.act("north", "meeting.sign", text=other)
    assert meeting.state.phase == "minuted"
    meeting.act("south", "meeting.sign", text=other)
    assert meeting.state.phase == "signed"


def test_a_contact_that_nobody_proposed_is_entered_by_who_was_there() -> None:
    meeting = Matter("meeting")
    meeting.act(
        "south", "meeting.absent", level="heads", absent=["north"], notified="beforehand", when="2019-03-29"
    )
    assert meeting.state.phase == "reported"
    assert "meeting.held" in meeting.open_to("north")


def test_a_meeting_heard_of_only_beforehand_is_not_said_to_have_been_held() -> None:
    meeting = Matter("meeting")
    meeting.act("south", "meeting.planned", level="working", topic=WORDS, when="2018-12-10", source="own")
    assert meeting.state.phase == "planned"
    assert meeting.void("south", "meeting.minutes", text=digest("minutes"), due=SOON) == "forbidden"
    assert {"meeting.held", "meeting.cancel"} <= meeting.open_to("north")
    meeting.act("north", "meeting.not-held")
    assert meeting.state.phase == "reported"


def test_what_one_side_says_was_agreed_binds_nobody() -> None:
    hours = Matter("agreement")
    hours.act("south", "agreement.report", subject=WORDS, when="2021-07-27")
    assert hours.void("south", "agreement.report", subject=WORDS) == "forbidden"
    assert hours.open_to("north") == {"agreement.report"}
    hours.act("north", "agreement.report", subject=WORDS)
    assert hours.state.phase == "reported"
    fibre = Matter("project")
    facts = {"subject": WORDS, "stage": "discussed", "class": "project"}
    fibre.act("south", "project.enter", source="press", **facts)
    assert fibre.state.of("stage", "south") == "discussed"
    assert fibre.void("north", "project.complete") == "forbidden"
    fibre.act("south", "project.report", subject=WORDS)
    assert fibre.state.phase == "reported"


def test_works_of_one_side_need_nobodys_agreement() -> None:
    works = Matter("project")
    works.act("south", "project.begin", subject=WORDS, when="2018-07-02", **{"class": "works"})
    works.act("south", "project.report", milestone="roof", state="reached", percent=40)
    assert works.void("north", "project.complete") == "forbidden"
    cost = {"amount": {"currency": "KRW", "value": 9780000000}, "for": WORDS, "borne_by": "south"}
    won = works.act("south", "project.cost", **cost)
    dollars = {"amount": {"currency": "USD", "value": 8600000}, "for": WORDS, "restates": won}
    works.act("south", "project.cost", source="press", **dollars)
    works.act("south", "project.complete", when="2018-10-25")
    works.act("north", "project.inspect", result="good")
    works.act("north", "project.accept")
    assert works.state.phase == "accepted"


def test_a_text_is_frozen_signed_suspended_and_resumed_by_both() -> None:
    agreement = Matter("agreement")
    text = digest("agreement")
    agreement.act("south", "agreement.draft", subject=WORDS, text=text, due=SOON)
    for side in TWO:
        agreement.act(side, "agreement.initial", text=text)
    assert agreement.void("north", "agreement.redraft", text=digest("late"), due=SOON) == "forbidden"
    for side in TWO:
        assert agreement.state.phase == "frozen"
        agreement.act(side, "agreement.sign", text=text)
    agreement.act("north", "agreement.suspend")
    agreement.act("north", "agreement.resume")
    assert agreement.state.phase == "suspended"
    agreement.act("south", "agreement.resume")
    assert agreement.state.phase == "in-force"


def test_every_act_may_say_whose_word_it_rests_on_and_an_account_must() -> None:
    standing = Matter("standing")
    standing.act("north", "standing.open", source="press")
    assert standing.void("north", "standing.withdraw", source="hearsay") == "facts"
    standing.act("north", "standing.withdraw", source="other", event="2019-03-22-north-withdraws")
    account = Matter("account")
    assert account.void("south", "account.enter", when="2019-03-21", subject=WORDS) == "facts"


def test_an_account_stays_its_sides_own() -> None:
    account = Matter("account")
    account.act("south", "account.enter", when="2019-03-21", source="press", subject=WORDS)
    assert account.open_to("south") == {"account.retract"}
    account.act("north", "account.contest")
    account.act("north", "account.confirm")
    assert account.state.of("stance", "north") == "confirmed"


def test_officers_are_posted_and_recalled_by_their_own_side() -> None:
    posting = Matter("posting")
    posting.act("south", "posting.appoint", key=digest("key"), function="co-head")
    assert posting.open_to("north") == set()
    assert posting.void("south", "posting.recall", key=digest("another key")) == "other-key"
    posting.act("south", "posting.recall")
    assert posting.state.phase == "recalled"


def test_every_side_signs_one_charter() -> None:
    founding = Matter("founding")
    assert founding.void("south", "charter.sign", charter=digest("x"), checked="by-phone") == "other-charter"
    founding.act("south", "charter.sign", charter=digest("office"), checked="by-phone")
    assert founding.state.phase == "signing"
    assert founding.void("south", "charter.sign", charter=digest("office"), checked="in-person") == "written"
    founding.act("north", "charter.sign", charter=digest("office"), checked="not-checked")
    assert founding.state.phase == "founded"
    founding.act("north", "charter.check", checked="in-person")
    assert founding.state.of("checked", "north") == "in-person"


def test_every_kind_is_found_by_its_name_and_common_ones_are_not() -> None:
    for procedure in PROCEDURES:
        assert all(of_kind(kind.name) is procedure for kind in procedure.kinds)
        for kind in COMMON:
            remark = move_of("a", "north", kind)
            with pytest.raises(Void):
                row_for(procedure, State(), remark, TWO)
    assert all(of_kind(kind) is None for kind in COMMON)
