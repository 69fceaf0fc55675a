"""The timeline's filter: five questions in the address, answered without a script.

Only values that the record itself holds are taken from the address; anything else counts as not asked. Counts
beside each choice are what choosing it would leave, given the other questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from yeollak.desk.public import Item

_FACETS: Final[Mapping[str, Callable[[Item], str]]] = {
    "side": lambda item: item.told.by,
    "procedure": lambda item: item.told.procedure,
    "account": lambda item: item.told.account,
    "year": lambda item: str(item.told.when.day.year),
    "month": lambda item: f"{item.told.when.day:%Y-%m}",
}
#: Of these the order of time is that of their values.
_DATED: Final = frozenset({"year", "month"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: its value in the address, how many entries it would leave, and whether it is
    set.
    """

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One question of the filter with its choices; `total` is what asking nothing would leave."""

    name: str
    chosen: str | None
    total: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The entries that the filter leaves, of how many, and the questions."""

    items: tuple[Item, ...]
    total: int
    facets: tuple[Facet, ...]

    @property
    def query(self) -> str:
        """The questions asked, as in an address."""
        return urlencode({facet.name: facet.chosen for facet in self.facets if facet.chosen})

    @property
    def filtered(self) -> bool:
        """Whether any question is asked."""
        return any(facet.chosen for facet in self.facets)


def asked_of(query: Mapping[str, Any], items: Sequence[Item]) -> dict[str, str]:
    """The questions of an address that `items` can answer, each once and in one order: no other address makes
    a page of its own.
    """
    answers = {name: {of(item) for item in items} for name, of in _FACETS.items()}
    return {name: value for name in _FACETS if (value := query.get(name)) in answers[name]}


def timeline(items: Sequence[Item], asked: Mapping[str, str]) -> Timeline:
    """The entries of `items` that fit what is `asked` (question -> value), and the choices left."""
    values = {name: Counter(of(item) for item in items) for name, of in _FACETS.items()}
    chosen = {name: asked[name] for name in _FACETS if asked.get(name) in values[name]}
    facets = []
    for name, of in _FACETS.items():
        others = {other: value for other, value in chosen.items() if other != name}
        left = [item for item in items if _fits(item, others)]
        counts = Counter(of(item) for item in left)
        order = sorted(values[name]) if name in _DATED else list(values[name])
        facets.append(
            Facet(
                name,
                chosen.get(name),
                len(left),
                tuple(Choice(value, counts[value], chosen.get(name) == value) for value in order),
            )
        )
    return Timeline(tuple(item for item in items if _fits(item, chosen)), len(items), tuple(facets))


def _fits(item: Item, chosen: Mapping[str, str]) -> bool:
    return all(_FACETS[name](item) == value for name, value in chosen.items())
