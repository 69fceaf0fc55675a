"""No document can stop a fold: whatever an officer signs is counted, and is allowed or void (rule 1)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.office.world import World, keys_of, seed
from tests.procedures.explore import SAMPLES
from yeollak.office.ledger import Entry
from yeollak.office.matter import natural_id
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.kinds import COMMON
from yeollak.record import statement
from yeollak.record.document import Act, act_id
from yeollak.record.enclosure import Enclosed

WORLD = World().found()
OPENED = WORLD.say(
    "south",
    "request.ask",
    facts={"class": "life", "subject": {"en": "x"}, "items": ["1"]},
    due=WORLD.now.replace(year=2019),
)
WORLD.meet()
KINDS = {kind.name: kind for procedure in PROCEDURES for kind in procedure.kinds} | dict(COMMON)
MATTERS = [
    None,
    "0" * 64,
    OPENED,
    *WORLD.offices[0].ledger.matters(),
    *(natural_id(WORLD.charter.office, "check-in", key) for key in ("2018-10-22/opening", "line/south")),
    natural_id(WORLD.charter.office, "standing", "south"),
]
MOMENTS = [
    "0001-01-01T00:00:00Z",
    "2018-09-14T01:00:00Z",
    "2018-09-14T02:00:00Z",
    "9999-12-31T23:59:58Z",
    "9999-12-31T23:59:59Z",
]
TEXTS = st.sampled_from(["", "x", "\0", "0" * 64, "south", "é", "‮", "2018-10-22", "9" * 400])
VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**53) + 1, 2**53 - 1),
        TEXTS,
        st.sampled_from([*SAMPLES.values(), "partial", "1"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["", "en", "currency", "value", "a/b"]), inner, max_size=3),
    ),
    max_leaves=5,
)


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """An act of any kind with facts that it may state, some that it may not, and nonsense in any of them."""
    name = draw(st.sampled_from(sorted(KINDS)))
    facts: dict[str, Any] = {}
    for fact in KINDS[name].takes:
        if not fact.required and draw(st.booleans()):
            continue
        honest = fact.choices[0] if fact.choices else SAMPLES.get(fact.type, "0" * 64)
        honest = "north" if fact.type == "side" else honest
        honest = [honest] if fact.many else honest
        facts[fact.name] = honest if draw(st.integers(0, 5)) else draw(VALUES)
    if not draw(st.integers(0, 9)):
        facts[draw(st.sampled_from(["surplus", "", "to", "items", "key"]))] = draw(VALUES)
    at, due = draw(st.sampled_from(MOMENTS)), draw(st.sampled_from([None, *MOMENTS]))
    enclosed = draw(
        st.sampled_from(
            [
                (),
                (Enclosed("1" * 64, "text/plain", None, "consent", size_class=4096),),
                (Enclosed("1" * 64, "text/plain", None, "right", size=0),),
                (Enclosed("1" * 64, "text/plain", None, "named", size=2**40),),
            ]
        )
    )
    size = WORLD.whole.held(1)
    return Act(
        office=WORLD.charter.office,
        side="south",
        officer="0" * 16,
        kind=name,
        at=at,
        seen={"north": (size, WORLD.whole.root(1, size).hex())},
        salt="0" * 32,
        matter=draw(st.sampled_from(MATTERS)),
        due=due,
        re=draw(st.sampled_from([(), (OPENED,), ("0" * 64, OPENED)])),
        facts=facts,
        enclosures=enclosed,
    )


@given(st.lists(st.tuples(acts(), st.sampled_from(["duty", "co-head", "node", "authority"])), max_size=4))
def test_whatever_is_signed_is_counted(said: list[tuple[Act, str]]) -> None:
    sizes = WORLD.sizes()
    office = WORLD.fresh(sizes)
    for act, name in said:
        own = keys_of("south")
        key = own.authority if name == "authority" else own.officers[name]
        data = Act(**{field: getattr(act, field) for field in Act.__slots__} | {"officer": key.kid}).encode()
        matter = act.matter or act_id(data)
        raw = statement.sign(key, WORLD.charter.origin("south"), matter, bytes.fromhex(act_id(data)))
        office.ledger.append(0, Entry(raw, data))  # type: ignore[attr-defined]  # a ledger in memory
    office.count()
    assert office.frontier() == (sizes[0] + len(said), sizes[1])
    for matter in office.ledger.matters():
        office.state(matter)
        office.settled(matter)
    assert len(office.digest()) == 64


def test_some_of_it_is_allowed() -> None:
    """The property above would hold of a fold that looks at nothing."""
    allowed = set()
    own = keys_of("south").officers["duty"]
    for name, facts in (
        ("request.urge", {}),
        ("remark", {"when": "9999-12-31T23:59:59Z"}),
        ("account.enter", {"when": "0001-01-01", "source": "own", "subject": {"en": "\0"}}),
    ):
        office = WORLD.fresh(WORLD.sizes())
        size = WORLD.whole.held(1)
        data = Act(
            office=WORLD.charter.office,
            side="south",
            officer=own.kid,
            kind=name,
            at=MOMENTS[-2],
            due=MOMENTS[-1] if name == "request.urge" else None,
            seen={"north": (size, WORLD.whole.root(1, size).hex())},
            salt=seed("salt")[:16].hex(),
            matter=None if name == "account.enter" else OPENED,
            facts=facts,
        ).encode()
        digest = bytes.fromhex(act_id(data))
        matter = act_id(data) if name == "account.enter" else OPENED
        raw = statement.sign(own, WORLD.charter.origin("south"), matter, digest)
        office.ledger.append(0, Entry(raw, data))  # type: ignore[attr-defined]  # a ledger in memory
        office.count()
        allowed.add(office.ledger.finding(0, office.ledger.counted(0) - 1).void)
    assert allowed == {""}
