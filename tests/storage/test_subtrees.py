"""Proofs made from the store are those of the whole tree, and ask of it what is deep, not what is held."""

from __future__ import annotations

import random

import pytest

from tests.storage.setup import migrated, ready

ready()

from django.db import connections  # noqa: E402 (as above)
from django.test.utils import CaptureQueriesContext  # noqa: E402 (as above)

from tests.office.world import card_of  # noqa: E402 (as above)
from yeollak.errors import OurFault  # noqa: E402 (as above)
from yeollak.office.charter import Charter, draft  # noqa: E402 (as above)
from yeollak.record.merkle import (  # noqa: E402 (as above)
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    reader_of,
)
from yeollak.storage import models, subtrees  # noqa: E402 (as above)
from yeollak.storage.databases import attach, sqlite  # noqa: E402 (as above)
from yeollak.storage.reading import OfficeView, office_view  # noqa: E402 (as above)
from yeollak.storage.subtrees import stored_tree  # noqa: E402 (as above)

#: The largest batch that a checkpoint closes (design §5).
BATCH = 256


@pytest.fixture(scope="module")
def alias(tmp_path_factory: pytest.TempPathFactory) -> str:
    attach("subtrees", sqlite(tmp_path_factory.mktemp("subtrees") / "node.db"))
    migrated("subtrees")
    return "subtrees"


def held(alias: str, number: int, batches: list[int]) -> tuple[OfficeView, list[bytes]]:
    """A register of entries in batches of these sizes, and its leaf hashes."""
    cards = [card_of(side) for side in ("south", "north")]
    charter = Charter.parse(draft(cards, {"name": {"en": f"Subtrees {number}"}}, {}))
    office = charter.office
    models.Office.objects.using(alias).create(id=office, number=number, side="south", charter=charter.raw)
    statements = [b"%d of %d" % (index, number) for index in range(sum(batches))]
    leaves = [leaf_hash(one) for one in statements]
    models.Entry.objects.using(alias).bulk_create(
        models.Entry(
            office_id=office, place=0, index=index, statement=one, document=b"", act="", matter="", weight=1
        )
        for index, one in enumerate(statements)
    )
    tree, checkpoints = Frontier(), []
    for batch in batches:
        tree = tree.extend(leaves[tree.size : tree.size + batch])
        checkpoints.append(
            models.Checkpoint(
                office_id=office, place=0, size=tree.size, root=tree.root(), frontier=tree.encode(), note=b""
            )
        )
    models.Checkpoint.objects.using(alias).bulk_create(checkpoints)
    heads = [
        models.Head(office_id=office, place=0, size=tree.size, root=tree.root(), frontier=tree.encode()),
        models.Head(office_id=office, place=1, size=0, root=EMPTY_ROOT, frontier=Frontier().encode()),
    ]
    models.Head.objects.using(alias).bulk_create(heads)
    return office_view(alias, office), leaves


@pytest.mark.parametrize("number", range(6))
def test_a_subtree_is_that_of_the_leaves(alias: str, number: int) -> None:
    chance = random.Random(number)
    most = chance.choice((1, 7, 64, BATCH))
    view, leaves = held(alias, 10 + number, [chance.randint(1, most) for _ in range(chance.randint(1, 12))])
    size, whole, read = len(leaves), reader_of(leaves), stored_tree(view, 0)
    for level in range(size.bit_length()):
        for index in range(size >> level):
            assert read(level, index) == whole(level, index)
    for _ in range(20):
        index, old = chance.randrange(size), chance.randint(1, size)
        assert inclusion_proof(read, index, size) == inclusion_proof(whole, index, size)
        assert consistency_proof(read, old, size) == consistency_proof(whole, old, size)
    with pytest.raises(OurFault) as raised:
        read(size.bit_length(), 0)
    assert raised.value.code == "entry-not-held"


def test_a_proof_asks_for_what_is_deep(alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some questions for each level, and a batch of entries at most for each: counted, never timed."""
    hashed = list[bytes]()

    def noted(entry: bytes) -> bytes:
        hashed.append(entry)
        return leaf_hash(entry)

    monkeypatch.setattr(subtrees, "leaf_hash", noted)
    for number, batches in ((50, 4), (51, 16), (52, 64)):
        view, leaves = held(alias, number, [BATCH - 3] * batches)
        size = len(leaves)
        for index in (0, size // 3, size - 1):
            hashed.clear()
            with CaptureQueriesContext(connections[alias]) as asked:
                inclusion_proof(stored_tree(view, 0), index, size)
            assert len(asked) <= 4 * size.bit_length()
            assert len(hashed) <= BATCH * size.bit_length()
            assert len(hashed) < size
