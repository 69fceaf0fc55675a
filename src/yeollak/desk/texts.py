"""Texts and times as the record carries them: parallel languages, and days or instants with their precision.

They come out of documents that other sides signed, so every reader here bounds and cleans what it takes, and
raises `TheirFault` for what has not the form it should have. It renders nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any, Final, Literal

from yeollak.errors import TheirFault
from yeollak.words import clean, direction
from yeollak.words.lookalike import unseen

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})")
_MAX_LANGUAGES: Final = 16


@dataclass(frozen=True, slots=True)
class Said:
    """One text in one language, ready to be escaped: `lang` and `dir` belong on the element that holds it."""

    text: str
    lang: str
    dir: Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in parallel languages: (tag, text) in the order of the source, never empty. `unseen` says that
    it came with characters that cannot be seen, whether or not they were taken out of it.
    """

    versions: tuple[tuple[str, str], ...]
    unseen: bool = False

    def pick(self, lang: str) -> Said:
        """The version in `lang`; failing that English, failing that the first there is."""
        known = dict(self.versions)
        tag = next((tag for tag in (lang, "en") if tag in known), self.versions[0][0])
        return Said(known[tag], tag, direction(tag))

    def under(self, ours: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Text:
        """The text with words of our own laid over it, as `ours` makes them of its versions."""
        return replace(self, versions=tuple(ours(dict(self.versions)).items()))

    def has(self, lang: str) -> bool:
        """Whether there is a version in `lang`."""
        return any(tag == lang for tag, _ in self.versions)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or an instant with the offset of the place where it was written down. A day claims no hour."""

    day: date
    instant: datetime | None = None

    def on(self, zone: tzinfo | None) -> Moment:
        """The same instant on another clock; a day, which claims no hour, stays the day that it is."""
        if self.instant is None or zone is None:
            return self
        here = self.instant.astimezone(zone)
        return Moment(here.date(), here)

    @property
    def iso(self) -> str:
        """The value for an HTML `datetime` attribute: `2020-06-09` or `2020-06-09T09:05+09:00`."""
        return self.instant.isoformat(timespec="minutes") if self.instant else self.day.isoformat()


def wrong(what: str, why: str) -> TheirFault:
    """The fault of a signed JSON value that has not the form it should have."""
    return TheirFault("malformed", what=what, why=why)


def object_of(value: object, what: str) -> Mapping[str, Any]:
    """`value` if it is a JSON object, else TheirFault."""
    if not isinstance(value, Mapping):
        raise wrong(what, "an object was expected")
    return value


def list_of(value: object, what: str, *, most: int) -> list[Any]:
    """`value` if it is a JSON array of at most `most` items (nothing counts as an empty one), else
    TheirFault.
    """
    if value is None:
        return []
    if not isinstance(value, list | tuple) or len(value) > most:
        raise wrong(what, f"an array of at most {most} was expected")
    return list(value)


def line(value: object, what: str, *, longest: int) -> str:
    """One cleaned line of text, never empty, cut at `longest` characters. Raises TheirFault."""
    if not isinstance(value, str) or not (tidy := clean(value, longest=longest)):
        raise wrong(what, "a text was expected")
    return tidy


def optional_line(value: object, what: str, *, longest: int) -> str | None:
    """Like `line`, and None for nothing."""
    return None if value is None or value == "" else line(value, what, longest=longest)


def language_tag(value: object) -> str | None:
    """A BCP 47 tag of plain shape, or None for anything else: it ends up in a `lang` attribute."""
    return value if isinstance(value, str) and _TAG.fullmatch(value) else None


def text_of(value: object, what: str, *, longest: int) -> Text:
    """A text in parallel languages from {tag: text}. Raises TheirFault."""
    versions = object_of(value, what)
    if not 1 <= len(versions) <= _MAX_LANGUAGES:
        raise wrong(what, f"1 to {_MAX_LANGUAGES} languages were expected")
    kept, hidden = [], False
    for tag, text in versions.items():
        if language_tag(tag) is None:
            raise wrong(what, "a language tag was expected")
        said = line(text, what, longest=longest)
        kept.append((tag, said))
        hidden = hidden or (said != text and unseen(text))
    return Text(tuple(kept), hidden)


def optional_text(value: object, what: str, *, longest: int) -> Text | None:
    """Like `text_of`, and None for nothing, which a charter may also write as no language at all."""
    return None if value is None or value == {} else text_of(value, what, longest=longest)


def moment_of(value: object, what: str) -> Moment:
    """A day `YYYY-MM-DD` or an instant with its offset. Raises TheirFault."""
    if isinstance(value, str):
        try:
            if _DAY.fullmatch(value):
                return Moment(date.fromisoformat(value))
            if _INSTANT.fullmatch(value):
                instant = datetime.fromisoformat(value)
                return Moment(instant.date(), instant)
        except ValueError:
            pass
    raise wrong(what, "a day, or an instant with its offset, was expected")


def optional_moment(value: object, what: str) -> Moment | None:
    """Like `moment_of`, and None for nothing."""
    return None if value is None else moment_of(value, what)
