"""What can be taken for something else on the page that is being made: names of sides, posts, persons,
matters and files, held against each other.

The names of the office (sides, posts, accounts of this desk) are known to every page; matters and files are
noted as the page collects them, all of them before any is set. A name that our own side has given is never
marked: what is to be doubted is what came from the other side. `words.lookalike` has the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.utils.translation import pgettext

from yeollak.desk.texts import Text
from yeollak.storage.reading import OfficeView
from yeollak.words.called import LONGEST
from yeollak.words.foreign import clean
from yeollak.words.lookalike import Look, Names, mixed, mixed_words, unseen
from yeollak.words.naming import Reader
from yeollak.words.own import own


class Looks:
    """The names on one page of an office. `persons` gives what the accounts of this desk are called; it and
    the office are asked when the first name is held against others.
    """

    def __init__(self, view: OfficeView, persons: Callable[[], Iterable[str]]) -> None:
        self._view, self._persons = view, persons
        self.side = view.side
        self._names = Names()
        self._seeded = False
        self._found: dict[tuple[str, bool], Look] = {}

    def note(self, name: str | Text | None, *, ours: bool) -> None:
        """Take a name, in every language that it has, to those of the page."""
        if name is not None:
            self._found.clear()
            for one in [name] if isinstance(name, str) else [said for _, said in name.versions]:
                self._names.note(one, ours=ours)

    def look(self, name: str, *, words: bool = False, hidden: bool = False) -> Look:
        """What is to be said of a name. `words` where it is a title or the name of a file, whose words may be
        of several scripts; `hidden` where something that cannot be seen was taken out of it.
        """
        self._seed()
        key = name, words
        if key not in self._found:
            self._found[key] = (
                Look()
                if self._names.ours(name)
                else Look(self._names.like(name), (mixed_words if words else mixed)(name), unseen(name))
            )
        found = self._found[key]
        return Look(found.like, found.mixed, True) if hidden and not self._names.ours(name) else found

    def _seed(self) -> None:
        if self._seeded:
            return
        self._seeded = True
        for name, ours in _known(self._view):
            self.note(name, ours=ours)
        for person in self._persons():
            self.note(clean(person, longest=64), ours=True)


_here: ContextVar[Looks | None] = ContextVar("looks", default=None)


def looks() -> Looks | None:
    """The names of the page that is being made, or None where none is."""
    return _here.get()


def look_of(name: str | Text | None, lang: str, *, words: bool = False, hidden: bool = False) -> Look:
    """What is to be said of a name as it is shown in a language; nothing where no page is being made."""
    here = _here.get()
    if here is None or not name:
        return Look()
    if isinstance(name, Text):
        return here.look(name.pick(lang).text, words=words, hidden=hidden or name.unseen)
    return here.look(name, words=words, hidden=hidden)


def told(name: str | Text | None, lang: str, *, words: bool = False) -> tuple[str, ...]:
    """What is to be said of a name in sentences of the language that is being read, where it stands on paper
    or in a feed and not on a page.
    """
    look = look_of(name, lang, words=words)
    said = []
    if look.like:
        like = Reader(lang, "").isolated(clean(look.like, longest=LONGEST))
        said.append(pgettext("name", "looks like {name}, is written with other letters").format(name=like))
    if look.mixed:
        said.append(pgettext("name", "mixes letters of several scripts"))
    if look.unseen:
        said.append(pgettext("name", "has characters that cannot be seen"))
    return tuple(said)


def codes(name: str | Text | None, lang: str, *, words: bool = False) -> str:
    """The same in the code words of a sheet: `like NAME`, `mixed` and `unseen`, with semicolons between."""
    look = look_of(name, lang, words=words)
    like = f"like {clean(look.like, longest=LONGEST)}" if look.like else ""
    marks = (like, "mixed" if look.mixed else "", "unseen" if look.unseen else "")
    return "; ".join(one for one in marks if one)


def our_side() -> str:
    """The side whose page is being made, or the empty string."""
    here = _here.get()
    return here.side if here is not None else ""


def note(name: str | Text | None, *, ours: bool) -> None:
    """Take a name to those of the page that is being made."""
    if (here := _here.get()) is not None:
        here.note(name, ours=ours)


@contextmanager
def page_of(view: OfficeView, persons: Callable[[], Iterable[str]]) -> Iterator[None]:
    """Let a page of an office be made within."""
    before = _here.set(Looks(view, persons))
    try:
        yield
    finally:
        _here.reset(before)


#: Database and office -> what its names depend on, and the names as `_names` gives them.
_KNOWN: Final[dict[tuple[str, str], tuple[object, tuple[tuple[str, bool], ...]]]] = {}


def _known(view: OfficeView) -> tuple[tuple[str, bool], ...]:
    """What the sides and their posts are called, and whether our side has said so; found anew when somebody
    was posted or recalled, or our own words are others.
    """
    posted = [len(view.ledger.postings(place)) for place in range(len(view.charter.sides))]
    depends, key = (view.side, posted, own()), (view.alias, view.id)
    known = _KNOWN.get(key)
    if known is None or known[0] != depends:
        known = _KNOWN[key] = depends, tuple(_names(view))
    return known[1]


def _names(view: OfficeView) -> Iterator[tuple[str, bool]]:
    for side in view.charter.sides:
        ours, party = side == view.side, view.charter.party(side)
        for name in (*party.names.values(), *party.short.values()):
            yield clean(name, longest=LONGEST), ours
        for name in (*own().full(side, {}).values(), *own().short(side, {}, {}).values()):
            yield clean(name, longest=LONGEST), True
        place = view.charter.places[side]
        acts = {act.index: act for act in view.ledger.postings(place)}
        for officer in view.office.officers(place).values():
            act = acts.get(officer.since)
            title = act.move.facts.get("title") if act is not None and act.move is not None else None
            if isinstance(title, Mapping):
                for name in list(title.values())[:16]:
                    if isinstance(name, str):
                        yield clean(name, longest=600), ours
