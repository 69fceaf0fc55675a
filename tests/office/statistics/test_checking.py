"""What the other side is told of figures that are not the record's, and what hostile bytes come to."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.office.statistics.hundred import HUNDRED_DAYS, hundred_days
from tests.office.statistics.worlds import random_world
from tests.office.world import World
from yeollak.errors import RecordFault
from yeollak.office.office import Office
from yeollak.office.statistics import Difference, Index, Period, check, figures
from yeollak.office.statistics.checking import MAX_FIGURES
from yeollak.record import canon


@lru_cache(maxsize=1)
def north() -> tuple[Office, Index]:
    office = hundred_days().offices[1]
    return office, Index(office)


@lru_cache(maxsize=1)
def given_bytes() -> bytes:
    """What the South's node states."""
    return figures(hundred_days().offices[0], None, HUNDRED_DAYS).encode()


def value() -> Any:
    return canon.decode(given_bytes(), limit=MAX_FIGURES)


def checked(altered: Any) -> list[Difference]:
    return check(canon.encode(altered), *north())


def test_honest_figures_have_no_difference_and_are_the_same_bytes() -> None:
    assert check(given_bytes(), *north()) == []
    assert figures(north()[0], None, HUNDRED_DAYS).encode() == given_bytes()


def test_exactly_the_cells_that_differ_are_named() -> None:
    altered = value()
    contacts = altered["own"]["contacts"]
    (at,) = [n for n, cell in enumerate(contacts["cells"]) if cell[:3] == ["ad-hoc", "-", "south"]]
    stated = contacts["cells"][at][3] = contacts["cells"][at][3] + 2
    contacts["total"] += 2
    contacts["parts"]["level"]["ad-hoc"] += 2
    assert checked(altered) == [
        Difference(("own", "contacts", "cells", "ad-hoc", "-", "south"), stated, stated - 2),
        Difference(("own", "contacts", "parts", "level", "ad-hoc"), 51, 49),
        Difference(("own", "contacts", "total"), 285, 283),
    ]


def test_what_is_left_out_and_what_is_put_in_is_named() -> None:
    altered = value()
    gone = altered["own"]["seats"]["cells"].pop()
    altered["told"]["contacts"]["cells"].append(["heads", "-", "north", 1])
    assert checked(altered) == [
        Difference(("own", "seats", "cells", *gone[:-1]), None, gone[-1]),
        Difference(("told", "contacts", "cells", "heads", "-", "north"), 1, None),
    ]


def test_a_cell_that_comes_twice_is_named() -> None:
    altered = value()
    cells = altered["own"]["contacts"]["cells"]
    altered["own"]["contacts"]["cells"] = [*cells, cells[0]]
    (found,) = checked(altered)
    assert (found.place[-2:], found.stated, found.found) == (("again", "2"), cells[0][-1], None)


def test_the_same_values_set_otherwise_are_another_text() -> None:
    altered = value()
    altered["own"]["contacts"]["cells"].reverse()
    (found,) = checked(altered)
    assert found.place == ("digest",)
    assert found.stated != found.found


def test_a_first_that_is_none_is_named() -> None:
    altered = value()
    altered["firsts"][0]["day"] = "2018-09-13"
    (found,) = checked(altered)
    assert (found.place, found.stated) == (("firsts", "0", "day"), "2018-09-13")


@pytest.mark.parametrize(
    ("place", "stated"),
    [
        (("office",), "ab" * 32),
        (("rules",), "cd" * 32),
        (("period", "zone"), "Europe/London"),
    ],
)
def test_what_cannot_be_computed_here_is_the_only_difference(place: tuple[str, ...], stated: str) -> None:
    altered = value()
    inner = altered
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = stated
    altered["own"]["contacts"]["total"] = 0
    (found,) = checked(altered)
    assert (found.place, found.stated) == (place, stated)


def test_a_register_that_is_not_held_so_far_or_is_another_is_named() -> None:
    altered = value()
    size, root = altered["frontier"]["south"]
    altered["frontier"]["south"] = [size + 1, root]
    assert checked(altered) == [Difference(("frontier", "south", "size"), size + 1, size)]
    altered["frontier"]["south"] = [size, "0" * 64]
    assert checked(altered) == [Difference(("frontier", "south", "root"), "0" * 64, root)]


def test_a_node_that_holds_less_finds_out_by_the_frontier() -> None:
    world = World().found()
    earlier = world.fresh(world.sizes())
    (found,) = check(figures(_more(world), None, HUNDRED_DAYS).encode(), earlier)
    assert found.place == ("frontier", "south", "size")


def _more(world: World) -> Office:
    world.say("south", "meeting.held", facts={"level": "heads"})
    return world.offices[0]


def test_figures_as_of_an_earlier_frontier_are_checked_at_it() -> None:
    world = World().found()
    _more(world)
    stated = figures(world.offices[0], None, HUNDRED_DAYS).encode()
    world.meet()
    for side in world.sides:
        world.say(side, "meeting.held", facts={"level": "heads"})
    world.meet()
    assert check(stated, world.offices[1]) == []
    assert figures(world.offices[1], None, HUNDRED_DAYS).encode() != stated


def test_a_frontier_that_leaves_out_what_it_has_seen_is_no_past() -> None:
    office = hundred_days().offices[0]
    sizes = office.frontier()
    for wrong in ((sizes[0], 0), (sizes[0] + 1, sizes[1]), (-1, sizes[1]), sizes[:1], (*sizes, 0)):
        with pytest.raises(RecordFault, match="frontier"):
            figures(office, wrong, HUNDRED_DAYS)


@pytest.mark.parametrize("name", ["firsts", "form", "frontier", "office", "own", "period", "rules", "told"])
def test_what_lacks_a_part_is_no_instrument(name: str) -> None:
    altered = value()
    del altered[name]
    with pytest.raises(RecordFault, match="malformed"):
        checked(altered)


def test_what_is_too_large_is_not_read() -> None:
    with pytest.raises(RecordFault, match="too-large"):
        check(b" " * (MAX_FIGURES + 1), *north())


@lru_cache(maxsize=1)
def small() -> tuple[Office, Index, bytes]:
    """A record with a little of everything, where it is quick to look again and again."""
    world = random_world(0)
    office, ever = world.fresh(world.sizes()), Period(date(2018, 1, 1), date(2020, 1, 1), "Asia/Seoul")
    return office, Index(office), figures(office, None, ever).encode()


def altered_bytes(altered: Any) -> list[Difference]:
    office, index, _ = small()
    return check(canon.encode(altered), office, index)


_JSON = st.recursive(
    st.booleans() | st.integers(-5, 500) | st.sampled_from(["", "south", "cells", "2018-10-01", "x" * 300]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["cells", "total", "by", "zone", "south"]), inner, max_size=4)
    ),
    max_leaves=12,
)
_NAMES = ("firsts", "form", "frontier", "office", "own", "period", "rules", "streaks", "told")


@given(name=st.sampled_from(_NAMES), other=_JSON)
def test_any_other_value_is_named_or_refused(name: str, other: Any) -> None:
    whole = canon.decode(small()[2], limit=MAX_FIGURES)
    if whole[name] == other:
        return
    # Whatever else it raised would stop the test.
    with suppress(RecordFault):
        assert altered_bytes({**whole, name: other})


@given(data=st.data())
def test_any_other_number_is_named(data: st.DataObject) -> None:
    """Every number of the instrument is looked at."""
    whole = canon.decode(small()[2], limit=MAX_FIGURES)
    holders = [figure for sheet in ("own", "told") for figure in whole[sheet].values() if figure["cells"]]
    figure = data.draw(st.sampled_from(holders))
    more = data.draw(st.integers(1, 9))
    if data.draw(st.booleans()):
        cell = data.draw(st.sampled_from(figure["cells"]))
        cell[-1] += more
    else:
        figure["total"] += more
    assert len(altered_bytes(whole)) == 1


def test_of_any_bytes_nothing_else_is_raised() -> None:
    for cut in range(0, len(given_bytes()), 997):
        with pytest.raises(RecordFault, match="malformed"):
            check(given_bytes()[:cut], *north())
