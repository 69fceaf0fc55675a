"""Receipts as they are held: by register, and those that their side does not own to any more."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from tests.office.test_key_audit import note, stale_retirement
from tests.storage.setup import ready
from yeollak.office.disowning import LeftOut

ready()

from yeollak.storage.reading import OfficeView  # noqa: E402 (models load once Django is set up)
from yeollak.storage.receipts import disowned, receipts_by_side  # noqa: E402 (models load once Django is set up)


@dataclass
class Rows:
    """Receipts as a query gives them."""

    held: list[SimpleNamespace]

    def filter(self, **wanted: int) -> Rows:
        return Rows([one for one in self.held if all(getattr(one, k) == v for k, v in wanted.items())])

    def order_by(self, *names: str) -> Rows:
        first = names[0]
        return Rows(
            sorted(self.held, key=lambda one: getattr(one, first.lstrip("-")), reverse=first[0] == "-")
        )

    def first(self) -> SimpleNamespace | None:
        return self.held[0] if self.held else None

    def values_list(self, *names: str) -> list[tuple[Any, ...]]:
        return [tuple(getattr(one, name) for name in names) for one in self.held]


def view(world: Any, *receipts: tuple[int, tuple[int, ...]]) -> OfficeView:
    """What South holds: receipts of North for South's register, by size and by which of North's keys."""
    made = [
        SimpleNamespace(place=0, cosigner=1, size=size, time=0, note=note(world, "south", size, (0,), keys))
        for size, keys in receipts
    ]
    office = world.offices[0]
    return cast(
        OfficeView,
        SimpleNamespace(
            charter=office.charter, office=office, id=office.charter.office, rows=lambda _model: Rows(made)
        ),
    )


def test_a_receipt_that_its_side_leaves_out_is_told_once_the_register_has_seen_it() -> None:
    world, early, held, at = stale_retirement()
    assert list(disowned(view(world, (early, (0,)), (held, (0,))))) == []
    world.say("south", "line.seen", "node")
    world.meet()
    told = [("north", "south", LeftOut(held, early, at))]
    assert list(disowned(view(world, (early, (0,)), (held, (0,))))) == told
    assert list(disowned(view(world, (early, (0,))))) == [], "what it had seen it owns to"
    assert list(disowned(view(world))) == []
    covered = (world.whole.held(0), (1,))
    assert list(disowned(view(world, (held, (0,)), covered))) == [], (
        "a receipt by its keys in force covers it"
    )
    world.say("north", "line.seen", "node")
    world.meet()
    assert list(disowned(view(world, (held, (0,))))) == [], "and so does an act that names as much"


def test_receipts_are_told_by_the_register_that_they_are_over() -> None:
    world, early, held, _ = stale_retirement()
    found = receipts_by_side(view(world, (early, (0,)), (held, (0,))))
    assert [(one.cosigner, one.size) for one in found["south"]] == [("north", early), ("north", held)]
    assert found["north"] == ()
