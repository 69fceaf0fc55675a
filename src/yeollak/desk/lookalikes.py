"""What can be taken for something else among the names that the public page shows: sides, their heads and
deputies.

The page takes no side, so that of two names that look alike both are said to. `words.lookalike` has the
rules; the desk of a side judges its own pages by `staff.looks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yeollak.desk.charter import Party
from yeollak.desk.texts import Text
from yeollak.words.lookalike import Look, Names, mixed, mixed_words, unseen


def among(parties: Iterable[Party]) -> Mapping[str, Look]:
    """What is to be said of the names of an office, by name as it is shown; of most there is nothing. The
    words of a person's name may be of several scripts, since many stand with another spelling beside them.
    """
    parties = tuple(parties)
    sides = [text for party in parties for text in (party.name, party.short)]
    people = [head.name for party in parties for head in (*party.heads, *party.deputies)]
    names = Names()
    for name in (said for text in (*sides, *people) for _, said in text.versions):
        names.note(name, ours=False)
    return {
        said: look
        for texts, judged in ((sides, mixed), (people, mixed_words))
        for text in texts
        for _, said in text.versions
        if (look := Look(names.like(said), judged(said), _hidden(text, said)))
    }


def _hidden(text: Text, said: str) -> bool:
    return text.unseen or unseen(said)
