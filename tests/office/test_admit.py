"""What may be receipted: bytes that are what they are said to be, whatever they mean (rule 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.world import World, keys_of, seed
from yeollak.errors import RecordFault
from yeollak.office import admit as module
from yeollak.office.admit import Admitted, Arrival, Push, Quota, Refusal, admit
from yeollak.record import enclosure, statement
from yeollak.record.checkpoint import Checkpoint, sign
from yeollak.record.document import MAX_DOCUMENT, Act, act_id
from yeollak.record.enclosure import SMALL_RIGHT, Enclosed
from yeollak.record.merkle import Frontier, leaf_hash

WORLD = World().found()
CHARTER = WORLD.charter
ORIGIN = CHARTER.origin("south")
HEAD = WORLD.whole.frontier(0)
SALT = seed("salt")[:16]
REFUSED = {
    "bad-checkpoint",
    "document-unequal",
    "enclosure-surplus",
    "enclosures-too-large",
    "outside-profile",
}


def arrival(document: bytes, *blobs: bytes, matter: str = "0" * 64) -> Arrival:
    """A document in a statement of the profile; whether anything else is right about it, the fold says."""
    raw = statement.sign(
        keys_of("north").officers["duty"], "elsewhere", matter, bytes.fromhex(act_id(document))
    )
    return Arrival(raw, document, blobs)


def act(*enclosed: Enclosed, **changes: object) -> bytes:
    """The document of an act with these enclosures, of no kind that there is."""
    first = Act.parse(WORLD.whole.entry(0, 1).document)
    return replace(first, kind="no.such-kind", facts={}, enclosures=enclosed, **changes).encode()  # type: ignore[arg-type]  # fields of an act


def right(content: bytes, *, size: int | None = None, side: str = "south") -> tuple[Enclosed, bytes]:
    digest = enclosure.digest(CHARTER.office, side, SALT, content).hex()
    named = Enclosed(digest, "text/plain", None, "right", size=len(content) if size is None else size)
    return named, enclosure.blob(SALT, content)


def note(arrivals: Sequence[Arrival], *, by: str = "south", head: Frontier = HEAD) -> bytes:
    tree = head.extend(leaf_hash(one.statement) for one in arrivals)
    own = keys_of(by)
    return sign(Checkpoint(ORIGIN, tree.size, tree.root()), own.register, own.register_pq, 1)


def push(*arrivals: Arrival, quota: Quota | None = None, **changes: object) -> Admitted:
    given = Push(ORIGIN, HEAD.size, note(arrivals), arrivals)
    return admit(CHARTER, "south", HEAD, replace(given, **changes), quota)  # type: ignore[arg-type]  # fields of a push


def refused(*arrivals: Arrival, quota: Quota | None = None, **changes: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        push(*arrivals, quota=quota, **changes)
    return caught.value


def test_bytes_are_admitted_whatever_they_mean() -> None:
    """A foreign, unposted, unknown, malformed or empty document is void, and is receipted all the same."""
    items = [arrival(act()), arrival(b"{}"), arrival(b""), arrival(b"\xff" * MAX_DOCUMENT), arrival(act())]
    admitted = push(*items)
    assert admitted.checkpoint.size == HEAD.size + 5
    assert admitted.frontier.root() == admitted.checkpoint.root
    assert admitted.blobs == {}
    assert push().checkpoint.size == HEAD.size


def test_small_right_enclosures_travel_along_and_no_others() -> None:
    one, blob = right(b"text")
    withheld = [
        Enclosed(seed("consent").hex(), "text/plain", None, "consent", size_class=4096),
        Enclosed(seed("large").hex(), "text/plain", None, "large", size=2**30),
        Enclosed(seed("named").hex(), "text/plain", None, "named", size=70000),
        Enclosed(seed("reveal").hex(), "text/plain", None, "reveal", size_class=4096),
    ]
    admitted = push(arrival(act(one, *withheld), blob))
    assert dict(admitted.blobs) == {one.digest: blob}


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("code", "bad"),
    [
        ("outside-profile", replace(arrival(act()), statement=b"")),
        ("outside-profile", replace(arrival(act()), statement=arrival(act()).statement + b"\0")),
        ("outside-profile", replace(arrival(act()), statement=b"\xd2" + bytes(1100))),
        ("document-unequal", replace(arrival(act()), document=act() + b" ")),
        ("document-too-large", arrival(bytes(MAX_DOCUMENT + 1))),
        ("enclosure-missing", arrival(act(right(b"text")[0]))),
        ("enclosure-surplus", arrival(act(right(b"text")[0]), right(b"other")[1])),
        ("enclosure-surplus", arrival(act(right(b"text")[0]), right(b"text")[1], right(b"text")[1])),
        ("enclosure-surplus", arrival(act(), right(b"text")[1])),
        ("enclosure-surplus", arrival(act(right(b"text", side="north")[0]), right(b"text")[1])),
        ("enclosure-surplus", arrival(act(right(b"text")[0]), right(b"text")[1][:15])),
        ("enclosure-surplus", arrival(b"{}", right(b"text")[1])),
        ("enclosure-unequal", arrival(act(right(b"text", size=5)[0]), right(b"text")[1])),
        ("enclosures-too-large", arrival(act(right(b"", size=SMALL_RIGHT + 1)[0]))),
        ("enclosures-too-large", arrival(act(right(b"t")[0]), bytes(SMALL_RIGHT + 17))),
    ],
)
def test_a_batch_is_refused_whole_and_names_the_entry(code: str, bad: Arrival, place: int) -> None:
    items = [arrival(act(at=f"2018-09-14T01:00:0{number}Z")) for number in range(2)]
    items.insert(place, bad)
    fault = refused(*items)
    assert (fault.code, fault.index, fault.retry) == (code, HEAD.size + place, 0)


def test_right_enclosures_have_48_kib_together() -> None:
    half = [right(bytes([number]) * (SMALL_RIGHT // 2)) for number in range(2)]
    fits = arrival(act(*(named for named, _ in half)), *(blob for _, blob in half))
    assert len(push(fits).blobs) == 2
    more = [*half, right(b"x")]
    over = arrival(act(*(named for named, _ in more)), *(blob for _, blob in more))
    assert refused(over).code == "enclosures-too-large"


def test_a_parcel_has_8_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [arrival(act(at=f"2018-09-14T01:00:0{number}Z")) for number in range(3)]
    monkeypatch.setattr(module, "MAX_BODY", sum(item.size for item in items))
    assert push(*items).checkpoint.size == HEAD.size + 3
    monkeypatch.setattr(module, "MAX_BODY", sum(item.size for item in items) - 1)
    assert refused(*items).code == "parcel-too-large"


def test_a_batch_begins_where_the_register_ends() -> None:
    for old in (0, HEAD.size - 1, HEAD.size + 1):
        fault = refused(arrival(act()), old=old)
        assert (fault.code, fault.size) == ("conflict", HEAD.size)


def test_a_batch_ends_at_a_checkpoint_of_its_own_side() -> None:
    items = (arrival(act()), arrival(b"{}"))
    for bad in (
        note(items, by="north"),
        note(items[:1]),
        note((items[1], items[0])),
        note(items, head=Frontier()),
        note(items)[:-1],
        note(items).replace(b"south/", b"north/"),
        b"",
    ):
        assert refused(*items, checkpoint=bad).code == "bad-checkpoint"


def test_a_quota_is_a_delay_and_comes_with_its_time() -> None:
    items = (arrival(act()), arrival(b"{}"))
    size = sum(item.size for item in items)
    assert push(*items, quota=Quota(2, size, 60)).checkpoint.size == HEAD.size + 2
    for quota in (Quota(1, size, 60), Quota(2, size - 1, 60)):
        fault = refused(*items, quota=quota)
        assert (fault.code, fault.retry) == ("quota", 60)


@given(st.data())
def test_the_checks_are_total_and_need_no_state(data: st.DataObject) -> None:
    """Any bytes are admitted or refused, and the same on every node that holds the same register."""
    named, blob = right(b"text")
    good = arrival(act(named), blob)
    parts = [good.statement, good.document, blob]
    at = data.draw(st.integers(0, 2))
    kind = data.draw(st.sampled_from(["bytes", "flip", "cut"]))
    if kind == "bytes":
        parts[at] = data.draw(st.binary(max_size=200))
    elif kind == "cut":
        parts[at] = parts[at][: data.draw(st.integers(0, len(parts[at])))]
    else:
        place = data.draw(st.integers(0, len(parts[at]) - 1))
        parts[at] = parts[at][:place] + bytes([parts[at][place] ^ 1]) + parts[at][place + 1 :]
    given_ = Push(ORIGIN, HEAD.size, note([good]), (Arrival(parts[0], parts[1], (parts[2],)),))
    outcomes = set()
    for _ in range(2):
        try:
            outcomes.add(admit(CHARTER, "south", HEAD, given_).checkpoint.root.hex())
        except Refusal as fault:
            outcomes.add(f"{fault.code} {fault.index}")
    assert len(outcomes) == 1
    if parts != [good.statement, good.document, blob]:
        assert outcomes.pop().partition(" ")[0] in REFUSED


def test_what_is_admitted_is_judged_by_the_fold_alone() -> None:
    """A side can block its own register, never another's: what is void is counted, and what follows too."""
    world = World().found()
    world.say("south", "note.take", checked=False, matter="0" * 64, due=world.now + timedelta(hours=3))
    world.meet()
    void = world.offices[1].ledger.finding(0, world.whole.held(0) - 1)
    entry = world.whole.entry(0, void.index)
    head = Frontier().extend(leaf_hash(world.whole.entry(0, at).statement) for at in range(void.index))
    item = Arrival(entry.statement, entry.document)
    given_ = Push(ORIGIN, head.size, note([item], head=head), (item,))
    assert admit(world.charter, "south", head, given_).checkpoint.size == void.index + 1
    assert void.void == "matter"


def test_a_checkpoint_that_is_none_never_raises_a_fault_of_ours() -> None:
    with pytest.raises(Refusal):
        module.check_checkpoint(CHARTER, "south", b"\xff\n\n\xff")
    with pytest.raises(RecordFault):
        Act.parse(b"{}")
