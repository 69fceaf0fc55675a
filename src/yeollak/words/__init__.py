"""Sentences and terms in every language of the office, for screens, command line and generated pages.

No sentence is put together from parts, and no Django is needed to read one.
"""

from yeollak.words.catalogue import (
    KOREAN,
    LANGUAGES,
    NATIVE_NAMES,
    direction,
    from_posix,
    negotiate,
    say,
    say_count,
    speak_korean,
    speaking_korean,
    tag,
    usage,
)
from yeollak.words.faults import Worded, sentence
from yeollak.words.figures import clock, day, duration, instant, money, number
from yeollak.words.foreign import clean
from yeollak.words.terms import has_term, term

__all__ = [
    "KOREAN",
    "LANGUAGES",
    "NATIVE_NAMES",
    "Worded",
    "clean",
    "clock",
    "day",
    "direction",
    "duration",
    "from_posix",
    "has_term",
    "instant",
    "money",
    "negotiate",
    "number",
    "say",
    "say_count",
    "sentence",
    "speak_korean",
    "speaking_korean",
    "tag",
    "term",
    "usage",
]
