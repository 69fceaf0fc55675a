"""Own words: what one side calls the sides, the office, places and titles, in which order it has the sides
stand, and by which clock it reads.

They are a node's configuration (`[words]` in `node.toml`, docs/desk/own-words.md) and are laid over what the
record says when it is shown; no signed byte depends on them. Like the Korean that is spoken they belong to
the process, which serves one side. `reading_as` sets others for one page alone, for the screen that shows an
act in both versions.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Final

#: Functions under which officers are posted -> the glossary's term that a title of ours replaces.
TITLES: Final[Mapping[str, str]] = {
    "co-head": "co-head",
    "deputy-head": "deputy-head",
    "duty": "duty-officer",
    "interpreter": "interpreter",
    "liaison": "liaison-officer",
    "technical": "technical-officer",
}
_FUNCTIONS: Final[Mapping[str, str]] = {term: function for function, term in TITLES.items()}
#: What `order` may say besides a list of sides.
ORDERS: Final = ("ours", "charter")

#: Words by language: `{"en": "…", "ko": "…"}`.
Versions = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SideWords:
    """What a side is called, by language: in full, and shortly."""

    name: Versions = field(default_factory=dict)
    short: Versions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """One side's own words.

    `titles` are by function, or by a title as the record has it in any language; `places` by a place as the
    record has it, or by an IANA time zone, whose post it then names. `order` is one of `ORDERS`, the sides
    in their order, or empty: a desk then has its own side first, and the public page the charter's order.
    `zone` is an IANA time zone, or empty: then the office's own. `side` is whose words they are.
    """

    office: Versions = field(default_factory=dict)
    seat: Versions = field(default_factory=dict)
    sides: Mapping[str, SideWords] = field(default_factory=dict)
    titles: Mapping[str, Versions] = field(default_factory=dict)
    places: Mapping[str, Versions] = field(default_factory=dict)
    order: str | tuple[str, ...] = ""
    zone: str = ""
    side: str = ""

    def full(self, side: str, charter: Versions) -> dict[str, str]:
        """What a side is called in full, by language: `charter` is what the charter says."""
        return {**charter, **self._side(side).name}

    def short(self, side: str, charter: Versions, names: Versions) -> dict[str, str]:
        """What a side is called shortly, by language: our short name, else our name, else the charter's."""
        ours = self._side(side)
        return {**(charter or names), **ours.name, **ours.short}

    def title(self, term_id: str, lang: str) -> str | None:
        """Our title for the function that a term of the glossary names, or None."""
        function = _FUNCTIONS.get(term_id)
        return self.titles.get(function, {}).get(lang) if function is not None else None

    def titled(self, record: Versions) -> dict[str, str]:
        """A title of the record, by language, with ours in its place where we have one for it."""
        return _over(record, self.titles)

    def placed(self, record: Versions) -> dict[str, str]:
        """A place of the record, by language, with our name in its place where we have one for it."""
        return _over(record, self.places)

    def post(self, zone: str, lang: str) -> str:
        """What the place is called whose clock an IANA time zone is: ours, else the zone's own city."""
        city = zone.rpartition("/")[2].replace("_", " ")
        for key in (zone, city):
            if (ours := self.places.get(key, {}).get(lang)) is not None:
                return ours
        return city

    def ordered(self, sides: Sequence[str], ours: str, *, neutral: bool = False) -> list[str]:
        """The sides, given in the charter's order, as they stand on our pages; `neutral` on the public one.

        Sides that a list of ours leaves out come after it.
        """
        order = self.order or ("charter" if neutral else "ours")
        if isinstance(order, tuple):
            return sorted(sides, key=lambda side: order.index(side) if side in order else len(order))
        return list(sides) if order == "charter" else sorted(sides, key=lambda side: side != ours)

    @property
    def fingerprint(self) -> str:
        """8 hex digits that change with the words: for whatever is kept of a page that was made with them."""
        whole = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()[:8]

    def _side(self, side: str) -> SideWords:
        return self.sides.get(side, _NO_SIDE)


_NO_SIDE: Final = SideWords()
#: No words of our own: everything is called as the record and the glossary have it.
NONE: Final = OwnWords()
_spoken: list[OwnWords] = [NONE]
_here: ContextVar[OwnWords | None] = ContextVar("own_words", default=None)


def own() -> OwnWords:
    """The words that count where this is called."""
    return _here.get() or _spoken[0]


def speak_own(words: OwnWords) -> None:
    """Let these be the words of this process from now on, as the settings of its node have them."""
    _spoken[0] = words


@contextmanager
def reading_as(words: OwnWords) -> Iterator[None]:
    """Let these count for as long as the `with` lasts, for this thread or task alone."""
    before = _here.set(words)
    try:
        yield
    finally:
        _here.reset(before)


def pick(words: Versions, lang: str, otherwise: str = "") -> str:
    """The words in a language, else in English, else whatever there is."""
    return str(words.get(lang) or words.get("en") or next(iter(words.values()), "")) or otherwise


def same(text: str) -> str:
    """A text as places and titles of the record are compared: without case, and however it was composed."""
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def _over(record: Versions, table: Mapping[str, Versions]) -> dict[str, str]:
    """The record's words with ours laid over them, where any of them is a key of `table`."""
    if table:
        said = {same(text) for text in record.values()}
        for key, ours in table.items():
            if same(key) in said:
                return {**record, **ours}
    return dict(record)
