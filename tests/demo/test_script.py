"""The script of the replay: every event once, under whose account it is, and by whoever acted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from pathlib import Path

from yeollak.demo.answers import filled, sourced
from yeollak.demo.cast import members, seat_of
from yeollak.demo.figures import published
from yeollak.demo.history import LANGUAGES, SIDES, events, history, instants
from yeollak.demo.script import script
from yeollak.demo.steps import SEEN, MatterOf, Played, Step
from yeollak.demo.terms import calendar_at, statements
from yeollak.demo.texts import HEAD
from yeollak.forms.form import shipped
from yeollak.office.texts.compare import compare
from yeollak.office.texts.instrument import MEDIA_TYPE, read
from yeollak.office.texts.names import Glossary
from yeollak.procedures.catalogue import of_kind
from yeollak.procedures.kinds import COMMON
from yeollak.record import canon
from yeollak.record.enclosure import SMALL_RIGHT

NODES = {"south": "00" * 32, "north": "11" * 32}
#: Kinds by which a side binds itself together with the other.
BINDING = {
    "account.confirm",
    "agreement.sign",
    "amendment.sign",
    "form.sign",
    "meeting.agree",
    "meeting.sign",
    "obligation.agree",
    "project.agree",
    "series.agree",
    "suspension.agree",
}


def played() -> list[Played]:
    return script(NODES)


def steps() -> list[Step]:
    return [step for scene in played() for step in scene.steps]


def telling(step: Step) -> bool:
    return any("chronicle" in text.type for text in step.texts)


def test_every_event_is_told_once_in_its_order_by_the_side_whose_account_it_is() -> None:
    told = [step for step in steps() if telling(step)]
    assert [step.event for step in told] == list(events())
    for step in told:
        event = events()[step.event]
        if event["account"] in SIDES:
            assert step.side == event["account"]
            assert step.facts.get("source") == "own"
        elif event["account"] == "press":
            assert step.facts["source"] == "press"


def test_what_one_side_acted_it_signs_itself() -> None:
    """A withdrawal is the North's act, whoever tells of it; a tender is its sender's."""
    for step in steps():
        if not step.event:
            continue
        by = events()[step.event]["by"]
        opens = step.kind in {"note.tender", "note.send", "request.tender", "note.route", "request.route"}
        status = step.kind.startswith("standing.")
        if by in SIDES and (opens or status):
            assert step.side == by, step.name


def test_nothing_is_jointly_agreed_that_only_one_side_or_the_press_tells() -> None:
    for step in steps():
        if step.kind in BINDING:
            assert events()[step.event]["account"] == "both", step.name


def test_events_older_than_the_office_are_accounts() -> None:
    formed = str(history()["office"]["formed"])
    older = [step for step in steps() if step.event and str(events()[step.event]["at"])[:10] < formed]
    assert len({step.event for step in older}) == 7
    assert {step.kind for step in older} == {"account.enter", "account.confirm"}
    assert all(step.facts["when"] < formed for step in older if step.kind == "account.enter")


def test_scenes_leave_room_for_what_the_nodes_say_by_themselves() -> None:
    """Within a scene nobody owes a `line.seen`; between two the time for it passes."""
    for before, after in pairwise(played()):
        assert before.ends - before.beats[-1].at == SEEN
        assert after.beats[0].at > before.ends
        for first, second in pairwise(before.beats):
            assert first.side != second.side
            assert (second.at - first.at).total_seconds() < 30


def test_the_instants_keep_the_order_of_the_history() -> None:
    order = list(instants().values())
    assert order == sorted(order)
    for scene in played():
        first = scene.steps[0]
        if telling(first):
            formed = max(instants()[first.event], played()[0].beats[0].at)
            assert (scene.beats[0].at - formed).total_seconds() < 3600, first.name


def test_every_step_can_be_said_by_its_kind() -> None:
    names = [step.name for step in steps()]
    assert len(names) == len(set(names))
    for step in steps():
        if step.kind in COMMON:
            continue
        procedure = of_kind(step.kind)
        assert procedure is not None
        assert procedure.kind(step.kind) is not None
        assert sum(len(text.content) for text in step.texts) < SMALL_RIGHT
        assert step.officer == "authority" or step.officer in members()[step.side]


def test_nobody_of_the_cast_is_invented() -> None:
    named = {member.name["en"] for cast in members().values() for member in cast.values() if member.name}
    people = {person["name_en"] for event in events().values() for person in event.get("people", ())}
    assert named <= people
    assert seat_of("Hwang Chung-song") == "north.deputy-head"
    assert seat_of("Won Kil U") is None


def test_the_languages_of_the_joint_texts_agree_in_numbers_dates_and_articles() -> None:
    joint = [text for step in steps() for text in step.texts if text.type == MEDIA_TYPE]
    assert len(joint) == 4
    for text in joint:
        found = read(text.content)
        assert found.authentic == ("ko",)
        assert [place.side for place in found.signatories("north")] == ["north", "south"]
        assert compare(found, Glossary()) == ()


def test_what_no_source_answers_is_named_in_the_form_and_nothing_else_is_left_out() -> None:
    """A field that a form must have and no source tells is named in the remarks of every language."""
    for event, entry in sourced().items():
        (text,) = filled(event)
        value = canon.decode(text.content, limit=1 << 18)
        form = shipped()[entry["form"]]
        labels = {field.name: field.label for field in form.fields}
        assert entry["sources"]
        for language in LANGUAGES:
            said = value["values"]["remarks"][language]
            assert said.startswith(HEAD[language])
            assert all(labels[name][language] in said for name in entry["untold"])


def test_no_holiday_is_stated_after_it_has_begun_and_none_is_late() -> None:
    calendar = calendar_at(played()[-1].ends)
    for statement in statements():
        for day in statement.dates:
            found = date.fromisoformat(day)
            assert calendar.excused(found, statement.side)
            assert not calendar.declared_late(found, statement.side)
    assert calendar.kept("staff", date(2018, 9, 12), datetime(2018, 9, 5, 14, tzinfo=UTC))
    assert not calendar.kept("staff", date(2018, 9, 12), datetime(2018, 9, 5, 15, tzinfo=UTC))


def test_the_published_parts_do_not_add_up() -> None:
    account = published()["contacts"]
    assert (account["total"], sum(account["parts"].values())) == (285, 283)


def test_a_lapse_is_signed_after_its_due_and_no_offer_is_left_without_an_end() -> None:
    """What was offered or asked by consent is taken, answered, urged or let lapse; nothing hangs for ever."""
    matters: dict[str, list[Step]] = {}
    for step in steps():
        if step.kind.startswith(("note.", "request.")) and step.kind != "note.route":
            name = step.matter.step if isinstance(step.matter, MatterOf) else step.name
            matters.setdefault(name, []).append(step)
    ends = {"note.deliver", "note.answer", "note.lapse", "request.answer", "request.lapse"}
    for name, acts in matters.items():
        assert any(act.kind in ends for act in acts), name


def rows_of_the_page() -> list[str]:
    """The rows of the table in docs/demonstration.md, as the script makes them."""
    acts: dict[str, list[tuple[str, str]]] = {event: [] for event in events()}
    for step in steps():
        if step.event:
            acts[step.event].append((step.side, step.kind))
    rows = []
    for event, done in acts.items():
        said = []
        for side, many in groupby(done, key=lambda one: one[0]):
            kinds = [(kind, len(list(same))) for kind, same in groupby(many, key=lambda one: one[1])]
            said.append(
                f"{side}: " + ", ".join(f"`{kind}`" + (f" ×{n}" if n > 1 else "") for kind, n in kinds)
            )
        rows.append(f"| `{event}` | {events()[event]['account']} | {'; '.join(said)} |")
    return rows


def test_the_page_says_what_each_event_comes_to() -> None:
    page = Path(__file__).parents[2] / "docs" / "demonstration.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    table = lines[lines.index("## Event by event") :]
    assert [line for line in table if line.startswith("| `")] == rows_of_the_page()
