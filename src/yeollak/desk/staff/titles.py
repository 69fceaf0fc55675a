"""What a matter and an act are called on a page: the words of the record, else what they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.utils.text import capfirst

from yeollak.desk.staff import looks
from yeollak.desk.staff.values import words_text
from yeollak.desk.texts import Text
from yeollak.office.ledger import Counted
from yeollak.office.office import Office
from yeollak.office.subjects import opening, subject
from yeollak.words import clean, day, say
from yeollak.words.acts import kind_word, slot_word
from yeollak.words.facts import value_word
from yeollak.words.foreign import brief
from yeollak.words.labels import procedure_word

#: How long a title may be in a row of many, in characters: two lines hold no more.
BRIEF: Final = 160


@dataclass(frozen=True, slots=True)
class Title:
    """What a matter is called: `said` in the record's words, else `word` in the reader's language."""

    word: str
    said: Text | None = None

    def plain(self, lang: str) -> str:
        """The title without markup, for the title of a page."""
        return self.said.pick(lang).text if self.said is not None else self.word

    def brief(self) -> Title:
        """The title where it stands among others in two lines: bounded, in each language that it has. The
        whole stands where the title leads.
        """
        if self.said is None:
            return self  # our own words, in which theirs are cut already
        short = tuple((tag, brief(said, longest=BRIEF)) for tag, said in self.said.versions)
        return Title(self.word, replace(self.said, versions=short))


def title_of(office: Office, matter: str, lang: str, side_name: Callable[[str], str]) -> Title:
    """What a matter is called; by its procedure, and what tells it apart there, where it has no words."""
    folds = office.folds(matter)
    if folds.first is None:
        return Title(say(lang, "Matter without an allowed act"))
    word = capfirst(procedure_word(lang, folds.procedure.name))
    said = words_text(subject(office, matter))
    act = opening(office, matter)
    if said is not None:
        title = Title(word, said)
        for shown in (said, title.brief().said):
            looks.note(shown, ours=act is not None and act.side == looks.our_side())
        return title
    facts = act.move.facts if act is not None and act.move is not None else {}
    about = _about(facts, act.side if act is not None else "", folds.procedure.name, lang, side_name)
    return Title(f"{word}: {about}" if about else word)


def act_word(lang: str, act: Counted) -> str:
    """What an act did; a void act whose document could not be read is only that."""
    if act.move is None:
        return say(lang, "Act that cannot be read")
    return clean(kind_word(lang, act.move.kind), longest=64)


def _about(facts: Any, side: str, procedure: str, lang: str, side_name: Callable[[str], str]) -> str:
    """What tells a matter without words of its own apart from others of its procedure."""
    comma = "، " if lang == "ar" else ", "
    if procedure == "check-in" and isinstance(facts.get("date"), str):
        return f"{slot_word(lang, str(facts.get('slot', '')))}{comma}{_day(facts['date'], lang)}"
    name = clean(side_name(side), longest=100)
    if procedure in ("posting", "agrement") and isinstance(facts.get("function"), str):
        function = facts["function"]
        return f"{name}{comma}{value_word(lang, 'function', function) or clean(function, longest=64)}"
    if procedure in ("standing", "keys", "line", "watch", "presence"):
        return name
    for fact in ("round", "form", "asset", "number", "occurrence"):
        if fact in facts:
            token = clean(str(facts[fact]), longest=64)
            return f"\u2066{token}\u2069" if lang == "ar" else token  # 2026-w46 is read from left to right
    return ""


def _day(value: str, lang: str) -> str:
    try:
        return day(date.fromisoformat(value), lang)
    except ValueError:
        return clean(value, longest=40)
