"""Drafts of the desk: no window overwrites another unseen, whatever the order, and a sent draft is closed."""

from __future__ import annotations

import itertools
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from yeollak.errors import OurFault

START = datetime(2018, 9, 14, 1, 0, tzinfo=UTC)
OFFICE = "a" * 64
PASSPHRASE = "four words nobody joins"
_numbers = itertools.count()


@pytest.fixture
def people(aliases: tuple[str, str]) -> tuple[Any, Any, Any]:
    """The drafts of a node, and two people at its desk."""
    from yeollak.storage.desk_drafts import DeskDrafts
    from yeollak.storage.staffing import Staffing

    staff = Staffing(aliases[0], PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    made = [
        staff.make_account(
            f"officer {next(_numbers)}", "duty", PASSPHRASE, START, shown=shown, offices=[OFFICE]
        )
        for shown in ("Kim", "Ri")
    ]
    return DeskDrafts(aliases[0]), made[0], made[1]


def code(call: Any, *args: Any) -> str:
    """The code with which a call is refused."""
    with pytest.raises(OurFault) as caught:
        call(*args)
    return caught.value.code


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("one", "two")),
        st.sampled_from(("save", "attach", "detach", "look")),
        st.integers(0, 9),
    ),
    max_size=25,
)


def test_of_two_windows_the_later_one_is_told_and_nothing_is_lost(people: tuple[Any, Any, Any]) -> None:
    drafts, kim, _ = people

    @settings(max_examples=25)
    @given(_STEPS)
    def play(steps: list[tuple[str, str, int]]) -> None:
        first = drafts.begin(OFFICE, kim, "note.tender", None, {"typed": {}}, START)
        held = {"one": first, "two": first}
        version, data, files = first.version, dict(first.data), dict[str, bytes]()
        for number, (window, step, value) in enumerate(steps):
            now, mine = START + timedelta(seconds=number), held[window]
            if step == "look":
                held[window] = drafts.draft(OFFICE, first.id)
                continue
            if step == "save":
                wanted = {"typed": {"text.ko": [str(value)]}, "prepared": {"document": str(number)}}
                call: Any = (drafts.save, mine, wanted, now)
            elif step == "attach":
                call = (drafts.attach, mine, kim, [(f"f{number}", "text/plain", "", bytes([value]))], now)
            else:
                gone = mine.files[0].number if mine.files else 99
                call = (drafts.detach, mine, kim, gone, now)
            if mine.version != version:
                assert code(*call) == "draft-moved"
            else:
                held[window] = call[0](*call[1:])
                version += 1
                if step == "save":
                    data = wanted
                else:
                    data.pop("prepared", None)
                if step == "attach" or (step == "detach" and mine.files):
                    data |= {"written_by": kim.id, "writers": [kim.id]}
                if step == "attach":
                    files[f"f{number}"] = bytes([value])
                elif step == "detach" and mine.files:
                    del files[mine.files[0].name]
            there = drafts.draft(OFFICE, first.id)
            assert (there.version, dict(there.data)) == (version, data)
            content = drafts.content(first.id)
            assert {one.name: content[one.number] for one in there.files} == files

    play()


def test_of_many_that_save_at_once_one_wins(people: tuple[Any, Any, Any]) -> None:
    drafts, kim, _ = people
    held = drafts.begin(OFFICE, kim, "note.tender", None, {}, START)
    start, won, told = threading.Barrier(6), list[int](), list[str]()

    def save(number: int) -> None:
        start.wait()
        for _ in range(20):
            try:
                drafts.save(held, {"number": number}, START)
                won.append(number)
            except OurFault as fault:
                if fault.code == "store-failed":  # SQLite was busy: asked again, as a person would
                    continue
                told.append(fault.code)
            break
        connections[drafts.alias].close()

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert told == ["draft-moved"] * 5
    assert drafts.draft(OFFICE, held.id).data == {"number": won[0]}


def test_a_draft_passes_from_hand_to_hand_and_takes_no_preparation_along(
    people: tuple[Any, Any, Any],
) -> None:
    from yeollak.storage.staffing import Staffing

    drafts, kim, ri = people
    held = drafts.begin(
        OFFICE, kim, "note.tender", "b" * 64, {"prepared": {"officer": "x"}, "typed": {}}, START
    )
    assert code(drafts.hand, held, kim, "nobody there", {kim.role, ri.role}, START) == "account-unknown"
    assert code(drafts.hand, held, kim, ri.name, {"archivist"}, START) == "draft-not-theirs"
    there = drafts.hand(held, kim, ri.name, {ri.role}, START)
    assert (there.owner_shown, there.author_shown, there.data) == ("Ri", "Kim", {"typed": {}})
    assert there.matter == "b" * 64
    back = drafts.hand(there, kim, kim.name, {kim.role}, START)
    assert back.owner == kim.id
    lines = [line for line in Staffing(drafts.alias).audit() if line.action.startswith("draft-")][:2]
    assert [(line.action, line.name) for line in lines] == [
        ("draft-taken", kim.name),
        ("draft-handed", kim.name),
    ]


def test_a_sent_draft_is_closed_and_the_record_alone_has_its_words(people: tuple[Any, Any, Any]) -> None:
    from yeollak.storage.staffing import Staffing

    drafts, kim, _ = people
    data = {"request": "once", "typed": {"text.ko": ["비밀"]}}
    held = drafts.begin(OFFICE, kim, "note.tender", None, data, START)
    held = drafts.attach(held, kim, [("a.txt", "text/plain", "ko", b"x")], START)
    assert drafts.begun(OFFICE, kim, "once") == held
    assert drafts.begun(OFFICE, kim, "twice") is None
    for _ in range(2):
        drafts.sent(held, kim, "c" * 64, START)
    there = drafts.draft(OFFICE, held.id)
    assert (there.act, there.files, there.data) == ("c" * 64, (), {"request": "once"})
    assert held.id not in {row.id for row in drafts.listed(OFFICE)}
    assert code(drafts.save, there, {}, START) == "draft-sent"
    assert code(drafts.discard, there, kim, START) == "draft-sent"
    signed = [line for line in Staffing(drafts.alias).audit() if line.action == "act-signed"]
    assert [json.loads(line.detail)["act"] for line in signed].count("c" * 64) == 1


def test_bounds_hold_and_what_is_discarded_is_gone(people: tuple[Any, Any, Any]) -> None:
    from yeollak.storage import desk_drafts

    drafts, kim, _ = people
    held = drafts.begin(OFFICE, kim, "note.tender", None, {}, START)
    assert code(drafts.save, held, {"a": "x" * desk_drafts.MAX_DATA}, START) == "draft-too-large"
    many = [("f", "text/plain", "", b"x")] * 33
    assert code(drafts.attach, held, kim, many, START) == "draft-too-large"
    assert code(drafts.draft, "d" * 64, held.id) == "no-such-draft"
    assert drafts.draft(OFFICE, held.id) == held
    drafts.discard(held, kim, START)
    assert code(drafts.draft, OFFICE, held.id) == "no-such-draft"
    assert code(drafts.save, held, {}, START) == "no-such-draft"
