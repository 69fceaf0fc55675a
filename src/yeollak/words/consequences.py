"""What follows from an act that an officer may do, in plain sentences, from the data of an offer.

The offer comes as the JSON object of docs/spec/19-offers.md. Every sentence is whole and stands in the
catalogues; what is composed is only which of them are said, in which order. `Consequence.short` is one or two
of them, for a list; a page shows all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yeollak.words.acts import value_word
from yeollak.words.catalogue import say, say_count
from yeollak.words.labels import state_word, void_word
from yeollak.words.naming import Reader

_COMMON = ("remark", "reservation")

Offered = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consequence:
    """Sentences: what the matter comes to, who then waits, what crossing acts do, by when, and whether it can
    be taken back; each list may be empty but the first.
    """

    follows: tuple[str, ...]
    waits: tuple[str, ...] = ()
    crossing: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    condition: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """One or two sentences: what it comes to, and what else an officer must know before all."""
        second = (*self.crossing, *self.waits, *self.condition)
        if len(self.follows) > 1:
            return " ".join(self.follows[:2])
        return " ".join((self.follows[0], *second[:1]))

    @property
    def all(self) -> tuple[str, ...]:
        """Every sentence, in the order in which they are read."""
        return (*self.follows, *self.waits, *self.crossing, *self.time, *self.back, *self.condition)


def consequence(reader: Reader, offer: Offered) -> Consequence:
    """What follows from an offered act, in the reader's language."""
    if offer["kind"] in _COMMON:
        return Consequence((say(reader.lang, "It changes nothing in the matter."),))
    return Consequence(
        follows=tuple(_follows(reader, offer)),
        waits=tuple(_waits(reader, offer)),
        crossing=tuple(_crossing(reader, offer)),
        time=tuple(_time(reader, offer)),
        back=tuple(_back(reader, offer)),
        condition=tuple(_condition(reader, offer)),
    )


def _state(reader: Reader, offer: Offered, phase: str) -> str:
    return reader.inline(state_word(reader.lang, str(offer["procedure"]), phase, {}))


def _follows(reader: Reader, offer: Offered) -> Iterable[str]:
    lang = reader.lang
    for outcome in offer["outcomes"]:
        state, joint = _state(reader, offer, outcome["phase"]), outcome["joint"]
        if [] in outcome["when"].values():
            yield say(lang, "While items are left undecided, the state stays as it is: {state}.", state=state)
        elif outcome["when"]:
            ((fact, value),) = outcome["when"].items()
            said = value_word(lang, fact, value) or value
            yield say(
                lang,
                "If it says “{value}”, the matter is then in this state: {state}.",
                value=said,
                state=state,
            )
        elif joint is not None and joint["complete"]:
            yield _completed(reader, offer, state)
        else:
            yield _plain(reader, offer, outcome["phase"], state)
        if joint is not None and joint["sides"]:
            yield say_count(
                lang,
                "{sides} has yet to do the same; with that the state is: {state}.",
                "{sides} have yet to do the same; with that the state is: {state}.",
                len(joint["sides"]),
                sides=reader.sides(joint["sides"]),
                state=_state(reader, offer, joint["to"]),
            )


def _completed(reader: Reader, offer: Offered, state: str) -> str:
    by_items = any(fact["name"] == "items" for fact in offer["facts"])
    if by_items:
        return say(
            reader.lang, "With every item decided, the matter is then in this state: {state}.", state=state
        )
    return say(
        reader.lang,
        "With it every side has done its part, and the matter is in this state: {state}.",
        state=state,
    )


def _plain(reader: Reader, offer: Offered, phase: str, state: str) -> str:
    if offer["phase"] == "none":
        return say(reader.lang, "It opens the matter, which is then in this state: {state}.", state=state)
    if phase == offer["phase"]:
        return say(reader.lang, "The state of the matter stays as it is: {state}.", state=state)
    return say(reader.lang, "The matter is then in this state: {state}.", state=state)


def _waits(reader: Reader, offer: Offered) -> Iterable[str]:
    before, after = offer["waiting"], offer["outcomes"][0]["waits"]
    if before and not after:
        yield say(reader.lang, "Nobody then waits for anybody in the matter.")
        return
    new = [wait for wait in after if wait not in before]
    waiting = {side for wait in new for side in wait["by"]}
    if len(new) > 1 and waiting == {wait["side"] for wait in new} and reader.side in waiting:
        yield _all_wait(reader, new[0])
        return
    grouped: dict[tuple[tuple[str, ...], bool, str | None], list[str]] = {}
    for wait in new:
        grouped.setdefault((tuple(wait["by"]), wait["own"], wait["until"]), []).append(wait["side"])
    for (by, own, until), sides in grouped.items():
        yield _wait(reader, by, sides, None if own else until)


def _all_wait(reader: Reader, wait: Mapping[str, Any]) -> str:
    if wait["own"] or wait["until"] is None:
        return say(reader.lang, "Every side then waits for the others until the time that you set.")
    return say(
        reader.lang, "Every side then waits for the others until {due}.", due=reader.when(wait["until"])
    )


def _wait(reader: Reader, by: Sequence[str], sides: Sequence[str], until: str | None) -> str:
    """Who waits for whom: you for others, others for you, or others for others; to a time set or standing."""
    lang, due = reader.lang, "" if until is None else reader.when(until)
    named = reader.sides(side for side in sides if side != reader.side)
    waiting = [side for side in by if side != reader.side]
    if reader.side in by and until is None:
        return say(
            lang,
            "You then wait for {sides} until the time that you set, and may declare it lapsed after that.",
            sides=named,
        )
    if reader.side in by:
        return say(
            lang,
            "You then wait for {sides} until {due}, and may declare it lapsed after that.",
            sides=named,
            due=due,
        )
    if reader.side in sides and until is None:
        return say_count(
            lang,
            "{waiters} then waits for you until the time that you set, and may declare it lapsed after that.",
            "{waiters} then wait for you until the time that you set, and may declare it lapsed after that.",
            len(waiting),
            waiters=reader.sides(waiting),
        )
    if reader.side in sides:
        return say_count(
            lang,
            "{waiters} then waits for you until {due}, and may declare it lapsed after that.",
            "{waiters} then wait for you until {due}, and may declare it lapsed after that.",
            len(waiting),
            waiters=reader.sides(waiting),
            due=due,
        )
    if until is None:
        return say_count(
            lang,
            "{waiters} then waits for {sides} until the time that you set.",
            "{waiters} then wait for {sides} until the time that you set.",
            len(waiting),
            waiters=reader.sides(waiting),
            sides=named,
        )
    return say_count(
        lang,
        "{waiters} then waits for {sides} until {due}.",
        "{waiters} then wait for {sides} until {due}.",
        len(waiting),
        waiters=reader.sides(waiting),
        sides=named,
        due=due,
    )


def _crossing(reader: Reader, offer: Offered) -> Iterable[str]:
    lang = reader.lang
    for crossing in offer["crossing"]:
        side = reader.name(crossing["side"])
        if crossing["overtaken_by"]:
            yield say(
                lang,
                "If {side} has sent its {acts} in the meantime without your knowing, that stands and yours "
                "has no effect.",
                side=side,
                acts=reader.nouns(crossing["overtaken_by"]),
            )
        if crossing["stands_before"]:
            yield say(
                lang,
                "If {side} has sent its {acts} in the meantime without your knowing, yours stands.",
                side=side,
                acts=reader.nouns(crossing["stands_before"]),
            )
        if crossing["place"]:
            yield say(
                lang,
                "If {side} has sent the same in the meantime without your knowing, the earlier turn stands, "
                "and of two equal turns that of {first}; the other side may act again.",
                side=side,
                first=reader.name(crossing["first"]),
            )
        if crossing["same"]:
            yield say(
                lang, "If {side} has done the same in the meantime, nothing more comes of it.", side=side
            )


def _time(reader: Reader, offer: Offered) -> Iterable[str]:
    time = offer["time"]
    if time["by"] is not None and not time["late"]:
        yield say(reader.lang, "It is in time until {due}.", due=reader.when(time["by"]))
    elif time["by"] is not None:
        yield say(
            reader.lang,
            "The time for it was over at {due}; it can be done until a lapse is declared.",
            due=reader.when(time["by"]),
        )
    if time["not_before"] is not None and not time["ready"]:
        yield say(
            reader.lang,
            "It can be signed from {due} on, and not before.",
            due=reader.when(time["not_before"]),
        )
    elif time["not_before"] is not None:
        yield say(reader.lang, "The time waited for was over at {due}.", due=reader.when(time["not_before"]))


def _back(reader: Reader, offer: Offered) -> Iterable[str]:
    if offer["taken_back_by"]:
        yield say(
            reader.lang,
            "It can be taken back while it stands: {acts}.",
            acts=reader.nouns(offer["taken_back_by"]),
        )
    elif any(one["phase"] != offer["phase"] or one["joint"] for one in offer["outcomes"]):
        yield say(reader.lang, "It cannot be taken back.")


def _condition(reader: Reader, offer: Offered) -> Iterable[str]:
    if offer["condition"] is not None:
        yield say(
            reader.lang,
            "It is void if {why}.",
            why=void_word(reader.lang, offer["condition"]["code"]),
        )


def refusal(reader: Reader, code: str, data: Mapping[str, Any]) -> str:
    """Why a kind is not offered, from the code and data of an `office.offers.Refusal`."""
    lang = reader.lang
    if code == "unknown":
        return say(lang, "There is no such kind of act.")
    if code == "unauthorised":
        functions = reader.isolated(", ".join(data["functions"]))
        return say(
            lang, "An officer of this function may not sign it; these may: {functions}.", functions=functions
        )
    if code == "unfounded":
        return say(lang, "Not every side has signed the charter yet.")
    if code == "dissolved":
        return say(lang, "The office is dissolved, and no such matter is opened any more.")
    if code == "matter":
        return say(lang, "There is no such matter, or it is under another procedure, or it is open already.")
    if code == "phase":
        return say(lang, "It has no place in the state that the matter is in.")
    if code == "role":
        return say(lang, "It is for another side of the matter to do.")
    if code == "own":
        return say(lang, "It is for the side whose act it concerns, and that is not yours.")
    if code == "free":
        return say(lang, "Your side has done its part already.")
    if code == "stale":
        return say(lang, "There is nothing now that it could answer.")
    if code == "written":
        return say(lang, "Your side has said it before, and it is said once.")
    return say(lang, "It would be void: {why}.", why=void_word(lang, str(data["code"])))
