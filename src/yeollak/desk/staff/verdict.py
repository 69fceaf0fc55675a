"""The verdict: the state of the office in one sentence, and what an officer must know next in a second.

It is computed from what the page shows below and says nothing else. The first that holds is said: what rings,
what is proved, what is cut, what is late, what waits, who has withdrawn; and only where none of these holds,
that all is well.
"""

from __future__ import annotations

from dataclasses import dataclass

from yeollak.desk.staff.escalating import Told, clock_words
from yeollak.words import say, say_count


@dataclass(frozen=True, slots=True)
class Facts:
    """What the verdict is made of. Names and hours are words already, each isolated for its language.

    flash, immediate  the side whose act rings, and by when it is to be acknowledged; empty without one
    told, over        how it stands with telling others of it, and whether that hour has passed
    dead, heard       since when no line is up, and when something last passed; empty while one is
    partly            names of the sides to which the line is dead, where it is not dead to all
    evidence          whether views of one register contradict each other; `alarms` other alarms that stand
    first, next_call  the first hour at which something is due with us, and the hour of the next call
    owed              how many entries of ours the other sides have not receipted, the most of any
    away              names of the sides that have withdrawn from the office
    """

    flash: tuple[str, str] = ("", "")
    immediate: tuple[str, str] = ("", "")
    told: Told = Told.BEFORE
    over: bool = False
    dead: str = ""
    heard: str = ""
    partly: str = ""
    evidence: bool = False
    alarms: int = 0
    late_with_us: int = 0
    with_us: int = 0
    first: str = ""
    late_with_them: int = 0
    with_them: int = 0
    owed: int = 0
    next_call: str = ""
    away: str = ""


def verdict(lang: str, facts: Facts) -> tuple[str, str]:
    """The sentence of the state, and the one below it."""
    return _first(lang, facts), _second(lang, facts)


def _first(lang: str, facts: Facts) -> str:
    if facts.flash[0]:
        return say(lang, "Flash from {side}. Acknowledge now.", side=facts.flash[0])
    if facts.evidence:
        return say(lang, "Two views of one register contradict each other.")
    if facts.immediate[0]:
        return say(lang, "Immediate act from {side}. Acknowledge it.", side=facts.immediate[0])
    if facts.dead:
        return say(lang, "The line is dead. Nothing can be received.")
    if facts.partly:
        return say(lang, "The line to {sides} is dead.", sides=facts.partly)
    if facts.late_with_us:
        return say_count(
            lang,
            "The line is up. {n} thing is late with us.",
            "The line is up. {n} things are late with us.",
            facts.late_with_us,
        )
    if facts.with_us:
        return say_count(
            lang,
            "The line is up. {n} thing waits on us.",
            "The line is up. {n} things wait on us.",
            facts.with_us,
        )
    if facts.alarms:
        return say(lang, "Nothing waits on us. The node has an alarm.")
    if facts.late_with_them:
        return say_count(
            lang,
            "Nothing waits on us. {n} thing is late with them.",
            "Nothing waits on us. {n} things are late with them.",
            facts.late_with_them,
        )
    if facts.away:
        return say(lang, "Nothing waits on us. Withdrawn from the office: {sides}.", sides=facts.away)
    return say(lang, "All is well. Nothing waits on us.")


def _second(lang: str, facts: Facts) -> str:
    if facts.flash[0] or (facts.immediate[0] and not facts.evidence):
        until = facts.flash[1] if facts.flash[0] else facts.immediate[1]
        return clock_words(lang, facts.told, until, facts.over)
    if facts.evidence:
        return say(lang, "The evidence is kept whole. Read it before anything else is signed.")
    if facts.dead:
        return _dead(lang, facts)
    return " ".join(_calm(lang, facts))


def _dead(lang: str, facts: Facts) -> str:
    if facts.heard:
        return say(
            lang,
            "No connection since {since}; something last passed at {heard}. What is signed now is kept and "
            "goes out by itself.",
            since=facts.dead,
            heard=facts.heard,
        )
    return say(
        lang,
        "No connection since {since}. What is signed now is kept and goes out by itself.",
        since=facts.dead,
    )


def _calm(lang: str, facts: Facts) -> list[str]:
    said = []
    if facts.first:
        said.append(say(lang, "The first with us is due {when}.", when=facts.first))
    elif facts.next_call and not facts.with_us:
        said.append(
            say(lang, "The next thing that will want us is the call at {when}.", when=facts.next_call)
        )
    if facts.owed:
        said.append(
            say_count(
                lang,
                "{n} entry of ours is not receipted yet.",
                "{n} entries of ours are not receipted yet.",
                facts.owed,
            )
        )
    else:
        said.append(say(lang, "Everything of ours is receipted."))
    if not facts.with_them:
        said.append(say(lang, "Nothing is awaited from them."))
    return said
