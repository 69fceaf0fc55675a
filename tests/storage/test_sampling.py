"""A sample of what is stored fits the record, whatever has come; and whatever is altered in it is seen."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.db.models import F

from tests.office.test_worlds import arrivals
from tests.office.world import rng
from tests.storage.test_tallies import EVER, ZONES, hold, world_of
from yeollak.office.statistics import Figures, Period, figures
from yeollak.storage import figuring, models, reading, state_lines, tallies
from yeollak.storage.figuring import derived
from yeollak.storage.journal import Journal
from yeollak.storage.reading import OfficeView
from yeollak.storage.sampling import unequal
from yeollak.storage.tallying import Tallying, recount


def said(view: OfficeView) -> set[str]:
    """What is found wrong where every month is looked at."""
    return set(unequal(view, Random(1), everything=True))


def months(row: Any) -> set[str]:
    """The months of which a cell, a call or a contact may be found wrong: of a year each of its own."""
    return {(row.span if isinstance(row, models.TallyCell) else row.day)[:7]}


@pytest.mark.parametrize("number", range(3))
def test_what_is_stored_fits_and_what_is_altered_does_not(
    aliases: tuple[str, str], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, chance, alias = world_of(number, monkeypatch, "sampling"), rng(7000 + number), aliases[0]
    journal, tallier = Journal(alias), Tallying(alias)
    office = journal.found(world.charter.raw, "south")
    for have in arrivals(chance, world.sizes()):
        hold(journal, reading.office_view(alias, office), world, have)
        tallier.tally(office, chance.choice((2, 20)))
        assert not said(reading.office_view(alias, office))
    while tallier.tally(office):
        pass
    view = reading.office_view(alias, office)
    altered: list[tuple[Any, str]] = [(models.TallyCell, name) for name in ("many", "low", "high")]
    altered += [(models.TallyEvent, name) for name in ("turn", "place")]
    for model, name in altered:
        row = chance.choice(view.rows(model))
        same = view.rows(model).filter(id=row.id)
        same.update(**{name: F(name) + 1})
        found = said(view)
        (month,) = months(row)
        assert month in found if len(month) == 7 else {one[:4] for one in found} == {month}
        same.update(**{name: F(name) - 1})
        assert not said(view)
        same.delete()
        assert said(view)
        row.save(using=alias, force_insert=True)
        assert not said(view)
    some = chance.choice(view.rows(models.Matter))
    view.rows(models.Matter).filter(id=some.id).update(line=some.line[:-1] + "z")
    assert said(view) == {some.matter}
    state_lines.forget()
    wrong = view.office.digest()
    recount(alias, office)
    assert not said(view)
    state_lines.forget()
    assert view.office.digest() == world.fresh(world.sizes()).digest() != wrong
    while tallier.tally(office):
        pass
    assert not said(view)


def test_figures_are_derived_from_what_is_stored_or_from_everything(
    aliases: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, alias = world_of(7, monkeypatch, "derived"), aliases[0]
    journal, tallier, ever = Journal(alias), Tallying(alias), Period(*EVER, ZONES[0])
    office = journal.found(world.charter.raw, "south")
    hold(journal, reading.office_view(alias, office), world, world.sizes())
    view = reading.office_view(alias, office)
    right, past = figures(view.office, None, ever).encode(), view.ledger.finding(0, 9).after
    earlier = figures(view.office, past, ever).encode()
    anew = list[object]()

    def noted(*given: Any) -> Figures:
        anew.append(given)
        return figures(*given)

    monkeypatch.setattr(figuring, "whole", noted)
    monkeypatch.setattr(figuring, "FAR", 3)
    for _ in range(2):
        assert derived(alias, office, ever).encode() == right
        assert derived(alias, office, ever, past).encode() == earlier
        far = len(anew)
        while tallier.tally(office):
            pass
    assert anew, "a store that has counted nothing is far behind"
    assert len(anew) == far, "one that has counted everything is not"
    assert tallies.frontier(view) == view.office.frontier()
