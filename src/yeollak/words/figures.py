"""Dates, numbers, money and lengths of time as the glossary's style writes them in each language.

Digits are Western in all three languages and the clock has twenty-four hours. Nothing here knows the present
time or a place's time zone: instants arrive with their offset.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from babel.dates import format_date

from yeollak.words.catalogue import say_count

_PATTERNS: Final = {"en": "d MMMM y", "ko": "y년 M월 d일(EEE)", "ar": "d MMMM y"}
_MONTHS: Final = {"en": "MMMM y", "ko": "y년 M월", "ar": "MMMM y"}

#: Levantine month names, which Arabic official documents set beside the others (glossary, style.ar).
_LEVANTINE: Final = (
    "كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران",
    "تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول",
)  # fmt: skip

#: Counted units of a length of time, largest first: (one, many), msgctxt `duration`.
UNITS: Final = (("{n} day", "{n} days"), ("{n} hour", "{n} hours"), ("{n} minute", "{n} minutes"))


def day(value: date, lang: str, *, document: bool = False) -> str:
    """9 June 2020; 2020년 6월 9일(화); 9 يونيو 2020.

    With `document`, Arabic gives both names of the month, as official papers do.
    """
    lang = _locale(lang)
    text = format_date(value, _PATTERNS[lang], locale=lang)
    if document and lang == "ar":
        month = format_date(value, "MMMM", locale="ar")
        text = f"{value.day} {_LEVANTINE[value.month - 1]}/{month} {value.year}"
    return text


def month(value: date, lang: str) -> str:
    """June 2020; 2020년 6월; يونيو 2020: for a date that is known to the month only."""
    lang = _locale(lang)
    return format_date(value, _MONTHS[lang], locale=lang)


def clock(value: datetime) -> str:
    """09:05 on a clock of twenty-four hours, the same in every language."""
    return f"{value:%H:%M}"


def offset(value: datetime) -> str:
    """UTC+9, UTC+8:30, UTC. Raises ValueError for an instant that carries no offset."""
    shift = value.utcoffset()
    if shift is None:
        raise ValueError("an instant needs its offset")
    minutes = int(shift.total_seconds()) // 60
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")


def instant(value: datetime, lang: str) -> str:
    """9 June 2020, 09:05 UTC+9: the day, the clock and the offset. Raises ValueError without an offset."""
    joint = {"ko": " ", "ar": "، "}.get(lang, ", ")
    return f"{day(value.date(), lang)}{joint}{clock(value)} {offset(value)}"


def number(value: int | Decimal) -> str:
    """1,234.5: comma for thousands, point for decimals, Western digits, in every language."""
    return f"{value:,}"


def money(value: int | Decimal, currency: str) -> str:
    """KRW 9,780,000,000: the currency by its code (ISO 4217), before the amount."""
    return f"{currency} {number(value)}"


def duration(value: timedelta, lang: str) -> str:
    """A length of time in its two largest units (days, hours, minutes), in the plural form of `lang`.

    Below a minute it is nought minutes. Raises ValueError for a negative length.
    """
    if value < timedelta():
        raise ValueError("a length of time is not negative")
    hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    said = [
        say_count(lang, one, many, n, context="duration")
        for n, (one, many) in zip((days, hours, minutes), UNITS, strict=True)
        if n
    ]
    if not said:
        return say_count(lang, *UNITS[-1], 0, context="duration")
    return {"ar": " و"}.get(lang, " ").join(said[:2])


def _locale(lang: str) -> str:
    base = lang.partition("-")[0]
    return base if base in _PATTERNS else "en"
