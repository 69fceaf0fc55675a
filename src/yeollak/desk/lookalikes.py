"""Which of the names that the public page shows can be taken for one another: sides and whoever else is named
as one, persons and their posts, places, titles of entries, and procedures.

The page takes no side, so that of two names that look alike both are said to; only a word of the page itself
is beyond doubt. `words.lookalike` has the rules; the desk of a side judges its own pages by `staff.looks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from django.utils.text import capfirst

from yeollak.desk.charter import Party
from yeollak.desk.chronicle import BOTH, JOINT, OUTSIDE, PRESS, Chronicle, Person
from yeollak.desk.texts import Text
from yeollak.words import LANGUAGES, clean, term
from yeollak.words.labels import PROCEDURE_TERMS
from yeollak.words.lookalike import Look, Names, mixed, mixed_words, unseen

#: Before a name of which it is to be said that it can be taken for another.
SIGN: Final = "≠"
#: What an entry may say of sides that is none, and is shown in the page's own words.
_NO_SIDE: Final = frozenset({BOTH, JOINT, OUTSIDE, PRESS})
#: The longest code without words that is shown, in characters.
LONGEST_CODE: Final = 64


def among(
    parties: Iterable[Party],
    told: Iterable[Chronicle],
    signatories: Iterable[Person],
    places: Iterable[Text | None],
) -> Mapping[str, str]:
    """Names of an office that look like another, each as it is shown -> the other; of most there is none.

    Every entry of the office is among them, not those of one page alone: an entry is marked alike wherever it
    stands.
    """
    parties, told = tuple(parties), tuple(told)
    shown = dict.fromkeys([*_charted(parties), *_told(told), *_persons(signatories)])
    shown |= dict.fromkeys([*_said(*places), *_codes(parties, told)])
    words = {capfirst(term(name, lang)) for name in PROCEDURE_TERMS.values() for lang in LANGUAGES}
    names = Names()
    for name in sorted(words):
        names.note(name, ours=True)
    for name in shown:
        names.note(name, ours=False)
    return {name: like for name in shown if name not in words and (like := names.like(name))}


def look(alike: Mapping[str, str], name: Text | str, lang: str, *, words: bool) -> Look:
    """What is to be said of a name as it is shown in a language, given what `among` has found. `words` where
    its words may be of several scripts: those of a title, and of a person's name, since many stand with
    another spelling beside them.
    """
    said = name if isinstance(name, str) else name.pick(lang).text
    hidden = not isinstance(name, str) and name.unseen
    return Look(alike.get(said, ""), (mixed_words if words else mixed)(said), hidden or unseen(said))


def _charted(parties: Iterable[Party]) -> Iterator[str]:
    for party in parties:
        yield from _said(party.name, party.short)
        for head in (*party.heads, *party.deputies):
            yield from _said(head.name, head.post)


def _told(told: Iterable[Chronicle]) -> Iterator[str]:
    for one in told:
        yield from _said(one.title, one.where)
        yield from _persons(one.people)


def _persons(people: Iterable[Person]) -> Iterator[str]:
    return (said for person in people for said in _said(person.name))


def _codes(parties: Iterable[Party], told: Iterable[Chronicle]) -> Iterator[str]:
    """Names of sides and procedures that are none, which are shown as they are."""
    known = _NO_SIDE | {party.side for party in parties}
    for one in told:
        yield from (clean(name, longest=LONGEST_CODE) for name in (one.by, one.account) if name not in known)
        if one.procedure not in PROCEDURE_TERMS:
            yield one.procedure


def _said(*texts: Text | None) -> Iterator[str]:
    return (said for text in texts if text is not None for _, said in text.versions)
