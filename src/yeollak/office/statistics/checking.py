"""Checking: another side's figures against the record at hand, and a published account against itself.

`check` computes what the other side says it has computed, at its own frontier, and names every cell that
differs: an empty list is a reason to countersign, any other a reason to contest. The bytes are another
party's: they are bounded, and nothing of them is believed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from yeollak.errors import RecordFault
from yeollak.office.office import Office
from yeollak.office.statistics.figures import FORM, Figures, figures, zones_of
from yeollak.office.statistics.period import Period
from yeollak.office.statistics.reading import Index
from yeollak.record import canon

#: What the other side's figures may weigh: some ten thousand cells.
MAX_FIGURES: Final = 4 * 1024 * 1024
_WHAT: Final = "the figures"
_FIELDS: Final = {"firsts", "form", "frontier", "office", "own", "period", "rules", "streaks", "told"}
#: How much of a value that is not the one expected is shown.
_LONGEST: Final = 200

Value = int | str


@dataclass(frozen=True, slots=True)
class Difference:
    """A place in which figures and record differ: what is stated there, and what the record gives; None for
    what is not there. Texts that are stated are the other side's and hostile.
    """

    place: tuple[str, ...]
    stated: Value | None
    found: Value | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking figures: the period and the sizes that they name, every place in which they
    differ from the record, and, where they could be computed here, our own for the same frontier and period.
    """

    period: Period
    frontier: tuple[int, ...]
    differences: tuple[Difference, ...]
    ours: Figures | None


#: How figures are derived for whoever keeps something to derive them from: of a period, as of a frontier.
Derive = Callable[[Period, Sequence[int]], Figures]


def check(data: bytes, office: Office, index: Index | None = None) -> list[Difference]:
    """Every place in which these figures differ from what this office gives at the frontier that they name.

    Where the frontier, the office, the rules or the zone are not ours, those differences alone are told:
    nothing can be computed then. Raises RecordFault(`too-large`, `malformed`) for bytes that are no figures.
    """
    return list(checked(data, office, index).differences)


def checked(
    data: bytes, office: Office, index: Index | None = None, *, derive: Derive | None = None
) -> Checked:
    """As `check`, with our own figures beside the differences, which `derive` derives where it is given.
    Raises the same.
    """
    value = canon.decode(data, limit=MAX_FIGURES, what=_WHAT)
    given = canon.fields(value, _FIELDS, set(), _WHAT)
    if given["form"] != FORM:
        raise RecordFault("malformed", what=_WHAT, why="they are of another form")
    frontier, period = _frontier(given["frontier"], office), Period.read(given["period"])
    at = tuple(size for size, _ in frontier)
    apart = [
        *_unequal(("office",), given["office"], office.charter.office),
        *_unequal(("rules",), given["rules"], office.charter.rules),
        *_registers(frontier, office),
    ]
    if period.zone not in zones_of(office):
        apart.append(Difference(("period", "zone"), _shown(period.zone), zones_of(office)[0]))
    if apart:
        return Checked(period, at, tuple(apart), None)
    ours = figures(office, at, period, index) if derive is None else derive(period, at)
    found = differences(given, ours.to_json())
    if not found and data != (held := ours.encode()):
        # The same values, set otherwise: a text of another digest, which nobody else would compute.
        stated, derived = (hashlib.sha256(text).hexdigest() for text in (data, held))
        found = [Difference(("digest",), stated, derived)]
    return Checked(period, at, tuple(found), ours)


def differences(stated: Any, found: Any) -> list[Difference]:
    """Every place in which two instruments differ, in the order of the places: figure by figure, cell by
    cell.
    """
    one, other = _once(stated), _once(found)
    return [
        Difference(place, one.get(place), other.get(place))
        for place in sorted(one.keys() | other.keys())
        if one.get(place) != other.get(place)
    ]


def compare(published: Mapping[str, Any], held: Figures) -> list[Difference]:
    """A published account against its own parts and against the record at hand.

    `published` is {figure: {"total": number, "by": dimension, "parts": {value: number}}}; `by` and `parts`
    may be left out. For each figure: where its parts do not add up to its total, the place (figure, `sum of
    parts`) with what was published and what the parts come to; where the record has another total or part,
    of its own word, the places (figure, `total`) and (figure, dimension, value). Raises
    RecordFault(`malformed`) for a figure or dimension that there is none of.
    """
    found: list[Difference] = []
    for name, account in sorted(published.items()):
        figure = held.own.get(name)
        by, parts = account.get("by", ""), account.get("parts", {})
        if figure is None or (parts and by not in figure.by):
            raise RecordFault("malformed", what=_WHAT, why=f"there is no figure {name[:40]!a} by {by[:40]!a}")
        if parts:
            found += _unequal((name, "sum of parts"), account["total"], sum(parts.values()))
        found += _unequal((name, "total"), account["total"], figure.total)
        ours = figure.parts(by) if parts else {}
        for value in sorted(parts.keys() | ours.keys()):
            found += _unequal((name, by, value), parts.get(value, 0), ours.get(value, 0))
    return found


def _unequal(place: tuple[str, ...], stated: Value, found: Value) -> list[Difference]:
    return [] if stated == found else [Difference(place, _shown(stated), found)]


def _frontier(value: Any, office: Office) -> list[tuple[int, str]]:
    given = canon.fields(value, set(office.parties), set(), _WHAT)
    found = []
    for side in office.parties:
        pair = given[side]
        if not isinstance(pair, list) or len(pair) != 2:
            raise RecordFault("malformed", what=_WHAT, why="a register of theirs is not [size, root]")
        size = canon.natural(pair[0], "the size of a register in the figures")
        found.append((size, canon.hexadecimal(pair[1], 64, "the root of a register in the figures")))
    return found


def _registers(frontier: list[tuple[int, str]], office: Office) -> Iterator[Difference]:
    """The registers of which we hold less than the figures rest on, or another view (rule 7)."""
    for place, (side, (size, root)) in enumerate(zip(office.parties, frontier, strict=True)):
        counted = office.ledger.counted(place)
        if size > counted:
            yield Difference(("frontier", side, "size"), size, counted)
        elif (ours := office.ledger.root(place, size).hex()) != root:
            yield Difference(("frontier", side, "root"), root, ours)


def _once(value: Any) -> dict[tuple[str, ...], Value]:
    """The places of an instrument; one that comes again, as two cells of the same values do, apart."""
    found: dict[tuple[str, ...], Value] = {}
    times: dict[tuple[str, ...], int] = {}
    for place, number in _places(value):
        times[place] = times.get(place, 0) + 1
        found[place if times[place] == 1 else (*place, "again", str(times[place]))] = number
    return found


def _places(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Value]]:
    """Every number and word of an instrument with the place where it stands. A cell is the place that its
    values name; anything that has not the form of an instrument stands where it was found.
    """
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _places(item, (*place, str(name)[:_LONGEST]))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if place[-1:] == ("cells",) and _is_cell(item):
                yield (*place, *(str(word)[:_LONGEST] for word in item[:-1])), _shown(item[-1])
            else:
                yield from _places(item, (*place, str(number)))
    else:
        yield place, _shown(value)


def _is_cell(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 1
        and not any(isinstance(item, list | Mapping) for item in value)
    )


def _shown(value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | str):
        value = str(value)
    return value if isinstance(value, int) else value[:_LONGEST]
