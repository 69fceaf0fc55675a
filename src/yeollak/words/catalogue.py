"""The compiled message catalogues, read with the standard library's gettext and no framework.

The same `.po` files serve Django's `LOCALE_PATHS` (domain `django`), so that the command line, the generated
pages and the desk say one thing in one way. This module looks messages up and chooses a language; it never
builds a sentence from parts and never reads the environment: the caller passes `LANG` or `Accept-Language`
in.

Korean has two usages. A side chooses which of them `ko` means in its node's process (`speak_korean`); the tag
`ko` is what everything else goes on calling the language, in addresses, accounts and the record. What names a
usage itself may be given as the language too: `say("ko-kp", …)`.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

DOMAIN: Final = "django"

#: The languages that every message exists in, the source language first.
LANGUAGES: Final[tuple[str, ...]] = ("en", "ko", "ar")

#: What `ko` may mean: the usage of the South, and that of the North.
KOREAN: Final[tuple[str, ...]] = ("ko", "ko-kp")
#: The folder of each catalogue that is not called as its language is.
_FOLDERS: Final[Mapping[str, str]] = {"ko-kp": "ko_KP"}
_NATIVE: Final[Mapping[str, str]] = {"en": "English", "ko": "한국어", "ko-kp": "조선어", "ar": "العربية"}
_chosen: list[str] = ["ko"]


class _NativeNames(Mapping[str, str]):
    """By the languages of the office, and no others; Korean as the chosen usage calls it."""

    def __getitem__(self, lang: str) -> str:
        if lang not in LANGUAGES:
            raise KeyError(lang)
        return _NATIVE[usage(lang)]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


#: What each language calls itself, for a chooser of languages.
NATIVE_NAMES: Final[Mapping[str, str]] = _NativeNames()

_RIGHT_TO_LEFT: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
_MAX_HEADER: Final = 1_000
_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,40})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{1,3})?)\s*)?"
)


def speak_korean(korean: str) -> None:
    """Let `ko` mean one of `KOREAN` in this process from now on, as the settings of its node ask.

    It is of the process, as Django's settings are: a process serves the desk of one side. Raises ValueError
    for anything else.
    """
    if korean not in KOREAN:
        raise ValueError(f"the Korean that is spoken is one of {', '.join(KOREAN)}")
    _chosen[0] = korean


@contextmanager
def speaking_korean(korean: str) -> Iterator[None]:
    """`speak_korean` for as long as the `with` lasts."""
    before = _chosen[0]
    speak_korean(korean)
    try:
        yield
    finally:
        speak_korean(before)


def usage(lang: str) -> str:
    """What a language means here: `ko-kp` for `ko` where that was chosen, else the language itself.

    It is also Django's name for the catalogue.
    """
    return _chosen[0] if lang == "ko" else lang


def tag(lang: str) -> str:
    """The BCP 47 tag of our own words in `lang`, for HTML's `lang` and for `Content-Language`: `ko-KP`."""
    base, hyphen, region = usage(lang).partition("-")
    return base + hyphen + region.upper()


def direction(lang: str) -> Literal["ltr", "rtl"]:
    """The base direction of text in `lang` (a BCP 47 tag), as HTML's `dir` wants it."""
    return "rtl" if lang.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def translations(lang: str) -> gettext.NullTranslations:
    """The catalogue of `lang`; an empty one, which answers in English, for a language that has none.

    What Northern Korean says as the South does stands in its compiled catalogue too (`hatch_build.py`), and
    while that is not built the Southern one stands in. A missing `.mo` file is no error here: the build
    refuses to leave one out, and a tool that runs before the build still needs its English.
    """
    return _catalogue(usage(lang))


@lru_cache(maxsize=len(LANGUAGES) + 1)
def _catalogue(lang: str) -> gettext.NullTranslations:
    folder = _FOLDERS.get(lang, lang)
    path = files("yeollak").joinpath("locale", folder, "LC_MESSAGES", f"{DOMAIN}.mo")
    if lang in _FOLDERS and not path.is_file():
        return _catalogue(lang.partition("-")[0])
    if lang not in (*LANGUAGES, *_FOLDERS) or not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as handle:
        return gettext.GNUTranslations(handle)


def say(lang: str, message: str, *, context: str | None = None, **data: str | int) -> str:
    """`message` in `lang`, its `{named}` fields filled from `data`.

    `context` is the message's msgctxt. Raises KeyError when a field has no value.
    """
    catalogue = translations(lang)
    text = catalogue.pgettext(context, message) if context else catalogue.gettext(message)
    return text.format_map(data) if data else text


def say_count(
    lang: str, one: str, many: str, n: int, *, context: str | None = None, **data: str | int
) -> str:
    """The form for `n` of a counted message in `lang`, `{n}` and its other fields filled.

    The forms follow the catalogue's Plural-Forms: two in English, one in Korean, six in Arabic. Raises
    KeyError when a field has no value.
    """
    catalogue = translations(lang)
    text = catalogue.npgettext(context, one, many, n) if context else catalogue.ngettext(one, many, n)
    return text.format_map({"n": f"{n:,}", **data})


def negotiate(accept_language: str, available: Sequence[str] = LANGUAGES) -> str:
    """The language of `available` that an `Accept-Language` header (RFC 9110 §12.5.4) prefers.

    The primary subtag decides (`ko-KP` and `ko-KR` both mean `ko`), ties go to the header's order, and the
    first of `available` stands in when nothing matches. Anything that is not a language range is passed
    over; no more than the first 1,000 characters are looked at.
    """
    best, weight = available[0], 0.0
    for part in accept_language[:_MAX_HEADER].split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            continue
        tag, quality = match[1].lower(), float(match[2] or 1)
        if tag in available and quality > weight:
            best, weight = tag, quality
    return best


def from_posix(locale: str | None, available: Sequence[str] = LANGUAGES) -> str:
    """The language that a POSIX locale name such as `ko_KR.UTF-8` (the value of `LANG`) asks for.

    `C`, `POSIX`, nothing, and languages that there are no words for all give the first of `available`.
    """
    tag = re.split(r"[_.@-]", locale or "", maxsplit=1)[0].lower()
    return tag if tag in available else available[0]
