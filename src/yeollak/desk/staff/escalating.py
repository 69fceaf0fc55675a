"""Escalating in words: whether anybody elsewhere is told of what rings here, and whether it has gone well.

Whoever reads that others are told may leave it to them. So that is said only where a channel is set, and that
they have been told only where something was sent: an attempt that failed has told nobody.
"""

from __future__ import annotations

from enum import StrEnum

from yeollak.storage.watching import Tried
from yeollak.words import say


class Told(StrEnum):
    """How it stands with others: nobody is told, not before the clock is over, it is over and they are told
    now, they have been told, they could not be.
    """

    NOBODY = "nobody"
    BEFORE = "before"
    OVER = "over"
    TOLD = "told"
    FAILED = "failed"


def told(channels: bool, tried: Tried, late: bool) -> Told:
    """How it stands. `channels` is whether the node has any, `tried` what it tried about the act, `late`
    whether the handling clock is over.
    """
    if tried.sent:
        return Told.TOLD
    if not channels:
        return Told.NOBODY
    if tried.failed:
        return Told.FAILED
    return Told.OVER if late else Told.BEFORE


def told_words(lang: str, how: Told) -> str:
    """That in a sentence."""
    match how:
        case Told.NOBODY:
            return say(lang, "Nobody else is told: no channel is set.")
        case Told.BEFORE:
            return say(lang, "Others are told where nobody does in time.")
        case Told.OVER:
            return say(lang, "The handling clock is over: others are told now.")
        case Told.TOLD:
            return say(lang, "Others have been told.")
        case Told.FAILED:
            return say(lang, "Others could not be told so far.")


def clock_words(lang: str, how: Told, when: str, late: bool) -> str:
    """The handling clock, which runs until `when`, with what becomes of it."""
    if how is Told.BEFORE and not late:
        return say(lang, "The handling clock runs until {when}; then others are told.", when=when)
    if late:
        clock = say(lang, "The handling clock ran out: {when}.", when=when)
    else:
        clock = say(lang, "The handling clock runs until {when}.", when=when)
    return f"{clock} {told_words(lang, how)}"
