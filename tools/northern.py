"""Northern Korean usage: what it makes of a Southern message, and what it finds wrong with a Northern one.

Words come from the glossary (`ko_north`) and from `words/northern.toml`, which gives the rule of each. A word
is replaced where it begins one, the longest first, and the particle behind it is fitted to its last sound;
fields and commands are never touched. What this cannot know to be right it leaves, and `faults` names, so
that a person writes that message by hand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from yeollak.words.terms import glossary

#: Fields of both styles, commands, and names of files and options: no words.
_PROTECTED: Final = re.compile(r"`[^`]*`|\{\w*\}|%\(\w+\)[sd]")
_HANGUL: Final = re.compile(r"[가-힣]*")
#: (behind a final consonant, behind a vowel): particles and the copula, with what may follow them.
_PARTICLES: Final = (
    ("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("이나", "나"), ("이며", "며"), ("이면", "면"),
    ("이므로", "므로"), ("이란", "란"), ("이라", "라"), ("이여서", "여서"), ("이어서", "여서"),
)  # fmt: skip
#: 로 stands behind a vowel and behind ㄹ.
_BY: Final = ("으로", "로")
_AFTER: Final = r"(?:도|만|는|의|써|서|부터|까지)?"
_ALONE: Final = re.compile(
    "(?:"
    + "|".join(sorted({one for pair in (*_PARTICLES, _BY) for one in pair}, key=len, reverse=True))
    + "|의|에게|에서|에|도|만|까지|부터|마다|입니다|인|일)?"
    + _AFTER
)
_RIEUL: Final = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """A Southern word and the Northern one: `inside` longer words too, or only `alone` but for a particle, or
    only as a whole `message`, or only `before` a text. With `leave`, what it does not reach is no fault;
    `term` marks the glossary's own.
    """

    south: str
    north: str
    why: str
    inside: bool = False
    alone: bool = False
    message: bool = False
    leave: bool = False
    before: str = ""
    term: bool = False

    def fits(self, text: str, at: int) -> bool:
        """Whether the word stands at this place of a text as a word of its own."""
        end = at + len(self.south)
        if self.message:
            return text.strip() == self.south
        if not self.inside and at and _is_hangul(text[at - 1]):
            return False
        if self.before and not text.startswith(self.before, end):
            return False
        return not self.alone or _ALONE.fullmatch(_run(text, end)) is not None


@lru_cache(maxsize=1)
def _listed() -> Mapping[str, Any]:
    return tomllib.loads(files("yeollak.words").joinpath("northern.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule, the longest word first. Raises KeyError for a word whose rule is not explained."""
    listed = _listed()
    found: dict[str, Rule] = {}
    for rule, words in listed["words"].items():
        for south, north in words.items():
            found[south] = Rule(south, north, listed["rule"][rule])
    for word in listed["word"]:
        given = {name: word[name] for name in ("inside", "alone", "before") if name in word}
        found[word["south"]] = Rule(word["south"], word["north"], listed["rule"][word["rule"]], **given)
    for term in glossary()["term"]:
        if "ko_north" in term:
            special = dict(listed["term"].get(term["id"], {}))
            special.pop("keep", None)
            special.setdefault("alone", len(term["ko"]) == 1)
            why = f"the glossary's term {term['id']}"
            found[term["ko"]] = Rule(term["ko"], term["ko_north"], why, term=True, **special)
    return tuple(sorted(found.values(), key=lambda rule: (-len(rule.south), rule.south)))


@lru_cache(maxsize=1)
def _kept() -> re.Pattern[str]:
    """Words that hold a Southern one and stay: the glossary's terms that are the same, and exceptions."""
    kept = {one for term in _listed()["term"].values() for one in term.get("keep", ())}
    kept |= {one for word in _listed()["word"] for one in word.get("keep", ())}
    same = {term["ko"] for term in glossary()["term"] if "ko_north" not in term}
    return _any(kept | {one for one in same if any(rule.south in one for rule in rules())})


@lru_cache(maxsize=1)
def _norths() -> re.Pattern[str]:
    """The Northern words, which may hold a Southern one; one syllable alone shows nothing."""
    return _any(rule.north for rule in rules() if len(rule.north) > 1)


def northern(text: str) -> str:
    """The Northern form of a Southern message, as far as the listed words reach."""
    return "".join(piece for piece, _ in _pieces(text))


def departures(south: str, north: str) -> Iterator[str]:
    """The glossary's terms of a Southern message that its Northern form words in another way."""
    for _, rule in _pieces(south):
        if rule is not None and rule.term and rule.north not in north:
            yield f"lacks {rule.north!r} for {rule.south!r} ({rule.why})"


def _pieces(text: str) -> Iterator[tuple[str, Rule | None]]:
    at = 0
    while at < len(text):
        held = _PROTECTED.match(text, at)
        keep = held.group() if held else max(_at(_kept(), text, at), _at(_norths(), text, at), key=len)
        rule = None if held else _rule_at(text, at)
        if rule is not None and len(rule.south) > len(keep):
            run = _run(text, at + len(rule.south))
            particle = _split(run) is not None
            yield rule.north + (_fitted(rule.north, run, rule.south) if particle else ""), rule
            at += len(rule.south) + (len(run) if particle else 0)
            continue
        keep = keep or text[at]
        yield keep, None
        at += len(keep)


def faults(text: str) -> Iterator[str]:
    """What is Southern in a message that a Northern reader sees, and particles that do not fit."""
    at = 0
    while at < len(text):
        held = _PROTECTED.match(text, at)
        if held:
            at = held.end()
            continue
        keep, north = _at(_kept(), text, at), _at(_norths(), text, at)
        rule = _left_at(text, at)
        if rule is not None and len(rule.south) > max(len(keep), len(north)):
            yield f"says {rule.south!r} where the North says {rule.north!r} ({rule.why})"
            at += len(rule.south)
            continue
        if north and len(north) > len(keep):
            run = _run(text, at + len(north))
            if _split(run) is not None and _fitted(north, run) != run:
                yield f"says {north + run!r} where {north + _fitted(north, run)!r} fits"
        at += max(len(keep), len(north), 1)


@lru_cache(maxsize=1)
def _by_first() -> Mapping[str, tuple[Rule, ...]]:
    firsts = dict.fromkeys(rule.south[0] for rule in rules())
    return {first: tuple(rule for rule in rules() if rule.south[0] == first) for first in firsts}


def _rule_at(text: str, at: int) -> Rule | None:
    """The rule for the longest word at a place; none where that word is not to be replaced there."""
    for rule in _by_first().get(text[at], ()):
        if text.startswith(rule.south, at):
            if rule.fits(text, at):
                return rule
            if rule.message:
                return None
    return None


def _left_at(text: str, at: int) -> Rule | None:
    """The rule that a text was not made by: also within longer words, where only a person can tell."""
    for rule in _by_first().get(text[at], ()):
        if text.startswith(rule.south, at):
            if rule.leave and not rule.fits(text, at):
                return None
            if rule.message or not (rule.alone or rule.before) or rule.fits(text, at):
                return rule
    return None


def _any(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, the longest that stands there."""
    return re.compile("|".join(re.escape(one) for one in sorted(words, key=lambda one: (-len(one), one))))


def _at(words: re.Pattern[str], text: str, at: int) -> str:
    found = words.match(text, at)
    return found.group() if found else ""


def _run(text: str, at: int) -> str:
    found = _HANGUL.match(text, at)
    return found.group() if found else ""


def _is_hangul(letter: str) -> bool:
    return "가" <= letter <= "힣"


def _final(word: str) -> int:
    """The final consonant of a word's last syllable as its number in Unicode's order; 0 for none."""
    return (ord(word[-1]) - 0xAC00) % 28 if _is_hangul(word[-1]) else 0


def _split(run: str) -> tuple[tuple[str, str], str] | None:
    """The letters behind a word as a particle that depends on the word's last sound, and what follows that;
    None where they are no such particle.
    """
    for pair in sorted((*_PARTICLES, _BY), key=lambda pair: -len(pair[0])):
        for one in sorted(pair, key=len, reverse=True):
            if run.startswith(one) and re.fullmatch(_AFTER, run[len(one) :]):
                return pair, run[len(one) :]
    return None


def _fitted(word: str, run: str, before: str | None = None) -> str:
    """The letters behind `word` with their particle fitted to it.

    With `before`, only what fits the word that stood there is a particle: anything else stays.
    """
    split = _split(run)
    if split is None:
        return run
    pair, rest = split
    if before is not None and run != _form(pair, before) + rest:
        return run
    return _form(pair, word) + rest


def _form(pair: tuple[str, str], word: str) -> str:
    final = _final(word)
    return pair[1] if final == 0 or (pair is _BY and final == _RIEUL) else pair[0]
