"""No question on the way of an act goes through a table that grows with the record: SQLite chooses an index
by itself, and one that has it look at everything of an office, or of the store, is a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.line.conftest import Making
from tests.line.world import Node, World
from yeollak.node.acting import Text
from yeollak.storage.stirred import Stirred

#: Tables that have a row, or several, for every act, every batch or every matter.
_GROWING = (
    "entry", "finding", "enclosure", "checkpoint", "receipt", "matter", "awaited", "named", "passage",
    "linked", "rung",
)  # fmt: skip
#: What ends with the first row that it finds, from the end of a register on.
_ENDS = re.compile(r" LIMIT 1$|SELECT MAX\(\w+\) ")
_THROUGH = re.compile(
    rf"SCAN yeollak_storage_({'|'.join(_GROWING)})\b|SEARCH yeollak_storage_({'|'.join(_GROWING)})\b"
    r".*\(office_id=\?( AND place=\?)?\)"
)


def steps(node: Node, asked: CaptureQueriesContext) -> Iterator[tuple[str, str]]:
    """Every step of every question that was asked, with the question."""
    for question in asked:
        text = question["sql"]
        if text.startswith(("SELECT", "UPDATE", "DELETE")) and "yeollak_storage_" in text:
            with connections[node.alias].cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {text.replace('%', '%%')}", [])
                for row in cursor.fetchall():
                    yield str(row[3]), text


def speak(world: World) -> None:
    """One matter in which both sides act."""
    text = Text(b"The water level is as announced.", "text/plain", "en")
    facts = {"class": "flood", "subject": {"en": "Discharge"}}
    matter = world["south"].say("note.send", "duty", text, facts=facts)
    world.settle()
    world["north"].say("remark", "duty", matter=matter, re=(matter,))
    world.settle()


def test_no_question_on_the_way_of_an_act_goes_through_the_record(make: Making) -> None:
    world = make()
    speak(world)
    for node in world.nodes.values():
        node.start()  # nothing is in mind
    stirred = [Stirred(node.alias) for node in world.nodes.values()]
    with ExitStack() as stack:
        asked = [
            stack.enter_context(CaptureQueriesContext(connections[node.alias]))
            for node in world.nodes.values()
        ]
        for _ in range(2):
            speak(world)
            assert all(one() for one in stirred)
    many, wrong = 0, set()
    for node, queries in zip(world.nodes.values(), asked, strict=True):
        for step, question in steps(node, queries):
            many += 1
            if _THROUGH.search(step) and not ("place=?" in step and _ENDS.search(question)):
                wrong.add((step, question))
    assert many > 300
    assert not wrong, "\n".join(f"{step}: {question}" for step, question in sorted(wrong))
