"""The table `[words]` of `node.toml`: the Korean that a node speaks, and its side's own words.

A setting that is misspelt, or says what cannot be shown, is a fault when the settings are read: a name that
is quietly passed over would stand on papers before anybody noticed. docs/desk/own-words.md tells an operator
what to write.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import available_timezones

from yeollak.errors import OurFault, RecordFault
from yeollak.record.canon import side_name
from yeollak.words import KOREAN, LANGUAGES, clean
from yeollak.words.own import NONE, ORDERS, OwnWords, SideWords, Versions

#: How long a name may be, in characters: those of the charter are as long; what stands in a row is shorter.
MOST_NAME: Final = 200
MOST_SHORT: Final = 60
#: How many titles and places a node may have its own words for.
MOST_ENTRIES: Final = 500
_KNOWN: Final = frozenset({"korean", "office", "order", "places", "seat", "sides", "titles", "zone"})
_OF_A_SIDE: Final = frozenset({"name", "short"})


@dataclass(frozen=True, slots=True)
class WordSettings:
    """What the table says: `korean` is one of `words.KOREAN`."""

    korean: str = KOREAN[0]
    own: OwnWords = field(default=NONE)

    @classmethod
    def read(cls, value: object, path: str) -> WordSettings:
        """The settings of the table in the file at `path`.

        Raises ValueError for a Korean that is none, OurFault(`words-unknown`, `words-text`, `words-order`,
        `words-zone`) for all else.
        """
        table = _table(value, "words", path, _KNOWN)
        korean = table.get("korean", KOREAN[0])
        if korean not in KOREAN:
            raise ValueError(f"the korean of [words] is none of {', '.join(KOREAN)}")
        return cls(
            str(korean),
            OwnWords(
                office=_versions(table.get("office", {}), "words.office", path),
                seat=_versions(table.get("seat", {}), "words.seat", path, MOST_NAME + 100),
                sides=_sides(table.get("sides", {}), path),
                titles=_entries(table.get("titles", {}), "words.titles", path),
                places=_entries(table.get("places", {}), "words.places", path),
                order=_order(table.get("order", ""), path),
                zone=_zone(table.get("zone", ""), path),
            ),
        )

    def lines(self) -> list[str]:
        """The table as `node.toml` has it; nothing where nothing is set."""
        own, head = self.own, []
        if self.korean != KOREAN[0]:
            head.append(f"korean = {_quoted(self.korean)}")
        if own.order:
            order = list(own.order) if isinstance(own.order, tuple) else own.order
            head.append(f"order = {_quoted(order)}")
        if own.zone:
            head.append(f"zone = {_quoted(own.zone)}")
        found = ["", "[words]", *head] if head else []
        found += _written("words.office", own.office) + _written("words.seat", own.seat)
        for side, words in sorted(own.sides.items()):
            found += _written(f"words.sides.{_quoted(side)}.name", words.name)
            found += _written(f"words.sides.{_quoted(side)}.short", words.short)
        for name, entries in (("titles", own.titles), ("places", own.places)):
            for key, versions in sorted(entries.items()):
                found += _written(f"words.{name}.{_quoted(key)}", versions)
        return found


def check_sides(own: OwnWords, sides: Iterable[str], path: str) -> None:
    """Refuse words for a side that no office of the node has, where it has any.

    Raises OurFault(`words-side`).
    """
    known = set(sides)
    named = [*own.sides, *(own.order if isinstance(own.order, tuple) else ())]
    for side in named if known else ():
        if side not in known:
            raise OurFault("words-side", side=side, path=path, sides=", ".join(sorted(known)))


def _sides(value: object, path: str) -> dict[str, SideWords]:
    found = {}
    for side, words in _table(value, "words.sides", path).items():
        where = f"words.sides.{side}"
        try:
            side_name(side)
        except RecordFault:
            raise OurFault("words-unknown", setting=where[:200], path=path) from None
        table = _table(words, where, path, _OF_A_SIDE)
        found[side] = SideWords(
            _versions(table.get("name", {}), f"{where}.name", path),
            _versions(table.get("short", {}), f"{where}.short", path, MOST_SHORT),
        )
    return found


def _entries(value: object, where: str, path: str) -> dict[str, Versions]:
    table = _table(value, where, path)
    if len(table) > MOST_ENTRIES:
        raise OurFault("words-text", setting=where, path=path, most=MOST_ENTRIES)
    return {
        _text(key, f"{where}.{key}", path): _versions(words, f"{where}.{key}", path)
        for key, words in table.items()
    }


def _versions(value: object, where: str, path: str, most: int = MOST_NAME) -> Versions:
    table = _table(value, where, path, frozenset(LANGUAGES))
    return {lang: _text(text, f"{where}.{lang}", path, most) for lang, text in table.items()}


def _text(value: object, where: str, path: str, most: int = MOST_NAME) -> str:
    """A line that stands as it is written wherever it is shown."""
    if not isinstance(value, str) or not value or clean(value, longest=most) != value:
        raise OurFault("words-text", setting=where[:200], path=path, most=most)
    return value


def _order(value: object, path: str) -> str | tuple[str, ...]:
    if value == "" or (isinstance(value, str) and value in ORDERS):
        return str(value)
    if isinstance(value, list) and value and all(isinstance(side, str) for side in value):
        try:
            sides = tuple(side_name(side) for side in value)
        except RecordFault:
            sides = ()
        if sides and len(set(sides)) == len(sides):
            return sides
    raise OurFault("words-order", path=path)


def _zone(value: object, path: str) -> str:
    if value == "" or (isinstance(value, str) and value in available_timezones()):
        return str(value)
    raise OurFault("words-zone", zone=str(value)[:64], path=path)


def _table(value: object, where: str, path: str, known: frozenset[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise OurFault("words-unknown", setting=where[:200], path=path)
    for name in value:
        if known is not None and name not in known:
            raise OurFault("words-unknown", setting=f"{where}.{name}"[:200], path=path)
    return value


def _written(where: str, versions: Versions) -> list[str]:
    if not versions:
        return []
    return ["", f"[{where}]", *(f"{lang} = {_quoted(text)}" for lang, text in versions.items())]


def _quoted(value: object) -> str:
    # TOML's basic strings take what JSON's do, but no pair of surrogates for one character.
    return json.dumps(value, ensure_ascii=False)
