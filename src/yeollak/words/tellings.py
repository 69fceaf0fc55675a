"""What an officer is told of acts that crossed, in plain sentences, from the data of a telling.

A telling comes as the JSON object of docs/spec/19-offers.md. The sentences judge nobody: they say what was
sent without having seen what, which of the two stands, and whether that is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yeollak.words.catalogue import say
from yeollak.words.labels import void_word
from yeollak.words.naming import Reader

Told = Mapping[str, Any]
#: Of how many acts that beat one it is spoken.
_MOST = 3


def telling(reader: Reader, told: Told) -> tuple[str, ...]:
    """The sentences of one telling: what became of the act, whether that is settled, what may change it."""
    return (*_outcome(reader, told), *_settled(reader, told), *_threats(reader, told))


def outcome(reader: Reader, told: Told) -> tuple[str, ...]:
    """What became of the act, and what may still change it."""
    return (*_outcome(reader, told), *_threats(reader, told))


def settled(reader: Reader, told: Told) -> tuple[str, ...]:
    """Whether the outcome is settled, which is the same for all acts of a matter but void ones."""
    return tuple(_settled(reader, told))


def _outcome(reader: Reader, told: Told) -> Iterable[str]:
    act = told["act"]
    mine = act["side"] == reader.side
    if told["mark"] == "void":
        yield from _void(reader, told)
    elif told["mark"] == "beaten":
        yield from (_beaten(reader, act, by) for by in told["by"][:_MOST])
    elif told["mark"] == "superseded":
        yield from _superseded(reader, told)
    elif mine:
        yield say(reader.lang, "Your {act} stands.", act=reader.noun(act["kind"]))
        for one in told["beside"]:
            yield say(
                reader.lang,
                "{side} has withdrawn from the office without having seen your {act}, which stands all the "
                "same.",
                side=reader.name(one["side"]),
                act=reader.noun(act["kind"]),
            )


def _beaten(reader: Reader, act: Told, by: Told) -> str:
    lang, this, other = reader.lang, reader.noun(act["kind"]), reader.noun(by["kind"])
    if act["side"] == reader.side:
        return say(
            lang,
            "Your {act} crossed {side}’s {other}, which stands; yours has no effect.",
            act=this,
            side=reader.name(by["side"]),
            other=other,
        )
    if by["side"] == reader.side:
        return say(
            lang,
            "{side}’s {act} crossed your {other}, which stands; theirs has no effect.",
            side=reader.name(act["side"]),
            act=this,
            other=other,
        )
    return say(
        lang,
        "{side}’s {act} crossed the {other} of {third}, which stands.",
        side=reader.name(act["side"]),
        act=this,
        other=other,
        third=reader.name(by["side"]),
    )


def _superseded(reader: Reader, told: Told) -> Iterable[str]:
    act, lang = told["act"], reader.lang
    this, mine = reader.noun(act["kind"]), act["side"] == reader.side
    for by in told["by"][:_MOST]:
        if by["kind"] == act["kind"]:
            yield _same_kind(reader, told, by)
        elif mine:
            yield say(
                lang,
                "Your {act} has no effect: {side}’s {other}, which it had not seen, took its place.",
                act=this,
                side=reader.name(by["side"]),
                other=reader.noun(by["kind"]),
            )
        elif by["side"] == reader.side:
            yield say(
                lang,
                "{side}’s {act} has no effect: your {other}, which it had not seen, took its place.",
                side=reader.name(act["side"]),
                act=this,
                other=reader.noun(by["kind"]),
            )
        else:
            yield say(
                lang,
                "{side}’s {act} has no effect: the {other} of {third}, which it had not seen, took its "
                "place.",
                side=reader.name(act["side"]),
                act=this,
                other=reader.noun(by["kind"]),
                third=reader.name(by["side"]),
            )
    if not told["by"] and mine:
        yield say(lang, "Your {act} has no effect: what it followed was overtaken.", act=this)
    elif not told["by"]:
        yield say(
            lang,
            "{side}’s {act} has no effect: what it followed was overtaken.",
            side=reader.name(act["side"]),
            act=this,
        )


def _same_kind(reader: Reader, told: Told, by: Told) -> str:
    lang, act = reader.lang, told["act"]
    this, side = reader.noun(act["kind"]), reader.name(act["side"])
    if act["side"] == reader.side and told["place"]:
        return say(
            lang,
            "Your {act} and {side}’s were sent without either having seen the other; {side}’s stands, and "
            "you may act again.",
            act=this,
            side=reader.name(by["side"]),
        )
    if act["side"] == reader.side:
        return say(
            lang,
            "Your {act} and {side}’s say the same; {side}’s came first, and yours adds nothing.",
            act=this,
            side=reader.name(by["side"]),
        )
    if told["place"]:
        return say(
            lang,
            "{side}’s {act} was sent without having seen that of {winner}, and the other way round; that of "
            "{winner} stands, and {side} may act again.",
            side=side,
            act=this,
            winner=reader.name(by["side"]),
        )
    return say(
        lang,
        "{side}’s {act} says the same as that of {winner}, which came first; it adds nothing.",
        side=side,
        act=this,
        winner=reader.name(by["side"]),
    )


def _void(reader: Reader, told: Told) -> Iterable[str]:
    yield say(
        reader.lang,
        "Your {act} is void for good: {why}.",
        act=reader.noun(told["act"]["kind"]),
        why=void_word(reader.lang, told["why"]),
    )
    for one in told["by"][:1]:
        yield say(
            reader.lang,
            "Its officer had been recalled by entry {entry} of your own register; what he signed before that "
            "stands.",
            entry=reader.isolated(str(one["index"])),
        )


def _settled(reader: Reader, told: Told) -> Iterable[str]:
    if told["mark"] == "void":
        return
    if told["settled"]:
        if told["since"] is None:
            yield say(reader.lang, "That is settled.")
        else:
            yield say(reader.lang, "That is settled since {since}.", since=reader.when(told["since"]))
        return
    for one in told["unseen"]:
        side, acts = reader.name(one["side"]), [act["kind"] for act in one["acts"]]
        if acts:
            yield say(
                reader.lang,
                "That is not settled: the register of {side} does not show yet that it has seen the {acts}.",
                side=side,
                acts=reader.nouns(acts, "and"),
            )
        else:
            yield say(
                reader.lang,
                "That is not settled: the register of {side} does not show yet that it has seen every act.",
                side=side,
            )


def _threats(reader: Reader, told: Told) -> Iterable[str]:
    grouped: dict[tuple[str, str | None], list[str]] = {}
    for threat in told["threats"]:
        grouped.setdefault((threat["side"], threat["not_before"]), []).append(threat["kind"])
    act = reader.noun(told["act"]["kind"])
    for (side, not_before), kinds in grouped.items():
        if not_before is None:
            yield say(
                reader.lang,
                "If {side} has sent its {acts} without having seen your {act}, that stands before it.",
                side=reader.name(side),
                acts=reader.nouns(kinds),
                act=act,
            )
        else:
            yield say(
                reader.lang,
                "If {side} has sent its {acts} at {due} or later without having seen your {act}, that stands "
                "before it.",
                side=reader.name(side),
                acts=reader.nouns(kinds),
                due=reader.when(not_before),
                act=act,
            )
