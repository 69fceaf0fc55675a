"""What acts state, as parts that a page can set: facts in the reader's words, foreign text in its own.

Pure: what the record holds and who reads it in, parts out. A part says what it is, so that a template needs
no knowledge of facts; text of another side goes into a part of its own and is cleaned here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any, Final, Literal

from django.utils.text import capfirst

from yeollak.desk.texts import Text, language_tag
from yeollak.errors import RecordFault
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Kind
from yeollak.record.canon import parse_instant
from yeollak.words import clean, day, money, number, say
from yeollak.words.acts import slot_word
from yeollak.words.facts import fact_word, value_word
from yeollak.words.figures import clock, offset
from yeollak.words.lookalike import unseen
from yeollak.words.own import own

_LONGEST: Final = 600
_MOST: Final = 64
#: Facts that name a place, and those that name a title.
_PLACES: Final = frozenset({"place"})
_TITLES: Final = frozenset({"from_title", "title", "to_title"})

Sort = Literal["word", "text", "side", "time", "day", "link", "code"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a value. `text` is in the page's language for `word`, else as its own nature has it; `said` a
    text of the record in its languages; `url` where a link leads; `ours` whether a side is the reader's own;
    `name` whether the text names a post or a place.
    """

    sort: Sort
    text: str = ""
    said: Text | None = None
    url: str = ""
    ours: bool = False
    utc: str = ""
    iso: str = ""
    name: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact with its values. `name` is its code, for tests and for a page's own choices."""

    name: str
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who reads, and how the record's names are said to him.

    `side_name` gives what a side is called; `matter_of` the address and words of a matter or act by its id,
    or None for one that this node does not know.
    """

    lang: str
    ours: str
    zone: tzinfo
    side_name: Callable[[str], str]
    link_of: Callable[[str], tuple[str, Text | str] | None]
    sides: Sequence[str]

    def side(self, side: str) -> Part:
        """A side by its name here."""
        return Part("side", clean(self.side_name(side), longest=100), ours=side == self.ours)

    def time(self, at: str) -> Part:
        """An instant of an act document: on the office's clock, with UTC beside it."""
        try:
            moment = parse_instant(at)
            here = moment.astimezone(self.zone)
        except (RecordFault, OverflowError, ValueError):
            return Part("code", clean(at, longest=40))
        said = f"{day(here.date(), self.lang)}|{clock(here)} {offset(here)}"
        # An office whose clock is that of UTC is not told the hour twice.
        utc = f"{moment:%H:%M} UTC" if here.utcoffset() else ""
        return Part("time", said, utc=utc, iso=f"{moment:%Y-%m-%dT%H:%M:%SZ}")


def words_text(value: Any) -> Text | None:
    """Words of the record in their languages, cleaned; None where there are none."""
    if not isinstance(value, Mapping):
        return None
    versions = [
        (str(tag), text[: 2 * _LONGEST])
        for tag, text in list(value.items())[:16]
        if language_tag(tag) and isinstance(text, str)
    ]
    kept = tuple((tag, tidy) for tag, text in versions if (tidy := clean(text, longest=_LONGEST)))
    return Text(kept, any(unseen(text) for _, text in versions)) if kept else None


def named_text(fact: str, value: Any) -> Text | None:
    """Words of the record that name a place or a title, with our own in their place where we have some."""
    said = words_text(value)
    if said is None or fact not in (*_PLACES, *_TITLES):
        return said
    ours = own().placed if fact in _PLACES else own().titled
    return said.under(ours)


def stated(kind: Kind | None, facts: Mapping[str, Any], voice: Voice) -> tuple[Stated, ...]:
    """What an act states, in the order of its table; what it does not know comes last, as it stands."""
    known = {fact.name: fact for fact in kind.takes} if kind is not None else {}
    order = [*(name for name in known if name in facts), *(name for name in facts if name not in known)]
    found = []
    for name in order[:_MOST]:
        fact = known.get(name)
        parts = tuple(parts_of(fact, facts[name], voice)) if fact is not None else (_plain(facts[name]),)
        found.append(Stated(name, label_of(voice.lang, name, kind.name if kind is not None else None), parts))
    return tuple(found)


def label_of(lang: str, name: str, kind: str | None = None) -> str:
    """What a fact is called; its own name where no table knows it."""
    try:
        return capfirst(fact_word(lang, name, kind))
    except KeyError:
        return clean(name, longest=64)


def parts_of(fact: Fact, value: Any, voice: Voice) -> Iterable[Part]:
    """The values of one fact."""
    values = value if fact.many and isinstance(value, list | tuple) else [value]
    return [_part(fact, one, voice) for one in values[:_MOST]]


def _part(fact: Fact, value: Any, voice: Voice) -> Part:
    match fact.type:
        case "words":
            said = named_text(fact.name, value)
            name = fact.name in (*_PLACES, *_TITLES)
            return Part("text", said=said, name=name) if said is not None else _plain(value)
        case "side" if isinstance(value, str):
            return voice.side(value) if value in voice.sides else _plain(value)
        case "token" if isinstance(value, str):
            return _token(fact.name, value, voice)
        case "digest" if isinstance(value, str):
            return _digest(value, voice)
        case "instant" if isinstance(value, str):
            return voice.time(value)
        case "moment" | "date" if isinstance(value, str):
            return voice.time(value) if "T" in value else _day(value, voice.lang)
        case "whole" if isinstance(value, int):
            return Part("word", number(value))
        case "flag":
            return Part("word", say(voice.lang, "yes") if value else say(voice.lang, "no"))
        case "amount" if isinstance(value, Mapping):
            return _amount(value)
        case _:
            return _plain(value)


def _token(name: str, value: str, voice: Voice) -> Part:
    if name == "slot":
        return Part("word", slot_word(voice.lang, value))
    words = value_word(voice.lang, name, value)
    if words is not None:
        return Part("word", words)
    side, _, function = value.partition(".")
    if name == "sat" and side in voice.sides:
        part = voice.side(side)
        said = value_word(voice.lang, "function", function) or clean(function, longest=64)
        return Part("side", f"{part.text} {said}".strip(), ours=part.ours)
    return Part("code", clean(value, longest=64))


def _digest(value: str, voice: Voice) -> Part:
    found = voice.link_of(value)
    if found is None:
        return Part("code", clean(value, longest=64))
    url, words = found
    return Part("link", words, url=url) if isinstance(words, str) else Part("link", said=words, url=url)


def _day(value: str, lang: str) -> Part:
    try:
        return Part("day", day(date.fromisoformat(value), lang), iso=value)
    except ValueError:
        return Part("code", clean(value, longest=40))


def _amount(value: Mapping[str, Any]) -> Part:
    amount, currency = value.get("value"), value.get("currency")
    if isinstance(amount, int) and isinstance(currency, str):
        return Part("code", money(amount, currency[:3]))
    return _plain(value)


def _plain(value: Any) -> Part:
    if isinstance(value, str):
        return Part("code", clean(value, longest=_LONGEST))
    return Part("code", clean(json.dumps(value, ensure_ascii=False, sort_keys=True), longest=_LONGEST))
