"""Fields: what an officer is asked for an act, made from its offer, and the facts that his answers are.

What the record knows is filled in and said so; what only holds the record together (digests, keys, the name
of a round, what is answered) is never asked. Pure: the offer, what was typed and the frame in, inputs or
facts out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

from yeollak.desk.staff.inputs import (
    Input,
    Option,
    Problem,
    Typed,
    moment_input,
    read_moment,
    typed_moment,
    words_input,
)
from yeollak.office.offers import Offer
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import COMMON
from yeollak.words import say
from yeollak.words.facts import fact_word, value_word
from yeollak.words.naming import Reader

#: Facts that no page asks for: links of a chronicle, and what the act states by itself.
_NEVER: Final = frozenset({"charter", "event", "round", "text"})
#: Asked for last, behind a line: few acts need them.
_SELDOM: Final = frozenset({"outcome", "parent", "source", "when"})
_LONG_WORDS: Final = frozenset({"reason", "condition", "follow_up"})
_TOKEN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?")
_RADIOS: Final = 5  # a list of at most so many answers stands open


@dataclass(frozen=True, slots=True)
class Frame:
    """For whom a page asks, and what it may offer.

    `langs` are the languages for words, the page's own first; `zone` is the office's clock under `zone_name`;
    `suggested` lists values with their labels for facts that the table does not close; `parts` names the
    facts that make the matter's natural key.
    """

    reader: Reader
    langs: tuple[str, ...]
    zone: tzinfo
    zone_name: str
    suggested: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()

    @property
    def lang(self) -> str:
        """The page's language."""
        return self.reader.lang


@dataclass(frozen=True, slots=True)
class Asked:
    """The inputs of an act: those that come first, those that few acts need, and, as label and value, what
    the record knows and the act repeats.
    """

    first: tuple[Input, ...]
    seldom: tuple[Input, ...]
    known: tuple[tuple[str, str], ...]


def name_of(fact: Fact) -> str:
    """The name of a fact's input."""
    return f"f.{fact.name}"


def asked(offer: Offer, typed: Typed, frame: Frame, problems: Mapping[str, str]) -> Asked:
    """What is asked for an offered act, with what was typed and what does not fit there."""
    first: list[Input] = []
    seldom: list[Input] = []
    for wanted in offer.facts:
        fact = wanted.fact
        if hidden(offer, fact) or stated(offer, fact, frame) or _idle(fact, wanted.required, frame):
            continue
        into = seldom if fact.name in _SELDOM and not wanted.required else first
        into.append(_input(offer, fact, wanted.required, typed, frame, problems.get(name_of(fact), "")))
    return Asked(tuple(first), tuple(seldom), tuple(_known(offer, frame)))


def hidden(offer: Offer, fact: Fact) -> bool:
    """Whether a fact is never asked for: it follows from the matter or from what goes along."""
    known = offer.known.get(fact.name)
    if fact.name in _NEVER or (fact.type in ("digest", "key", "hex") and known is not None):
        return True
    if fact.name in ("form", "digest") or (fact.name == "state" and fact.type == "digest"):
        return True
    if fact.name == "officer":
        return not fact.required
    return fact.name == "to" and len(_listed(offer, fact)) <= 1


def _idle(fact: Fact, required: bool, frame: Frame) -> bool:
    """Whether a fact would name a matter or a text and there is none that it could name: nobody types a
    digest that need not be stated.
    """
    return fact.type == "digest" and not required and fact.name not in frame.suggested


def stated(offer: Offer, fact: Fact, frame: Frame) -> bool:
    """Whether a fact is known and could not be otherwise: it names the matter, or has one value alone."""
    known = offer.known.get(fact.name)
    if known is None or fact.many or offer.kind.name in COMMON:
        return False
    return fact.name in frame.parts or _listed(offer, fact) == (known,)


def facts_of(offer: Offer, typed: Typed, frame: Frame) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts that the answers are, and what does not fit, by the name of the input."""
    facts: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for wanted in offer.facts:
        fact = wanted.fact
        if hidden(offer, fact) or stated(offer, fact, frame):
            if wanted.known is not None and (wanted.required or stated(offer, fact, frame)):
                facts[fact.name] = wanted.known
            continue
        try:
            value = _read(offer, fact, typed, frame)
        except Problem as problem:
            problems[name_of(fact)] = str(problem)
            continue
        if value is None and wanted.required:
            problems[name_of(fact)] = say(frame.lang, "This has to be filled in.")
        elif value is not None and not fact.holds(value):
            problems[name_of(fact)] = say(frame.lang, "It is not what is asked for here.")
        elif value is not None:
            facts[fact.name] = value
    return facts, problems


def filled(offer: Offer, frame: Frame) -> Typed:
    """What is typed before anybody has typed: what the record knows."""
    found: dict[str, str | Sequence[str]] = {}
    for wanted in offer.facts:
        if wanted.known is not None and not hidden(offer, wanted.fact):
            found |= typed_value(wanted.fact, wanted.known, frame)
    return Typed().with_(found)


def typed_value(fact: Fact, value: Any, frame: Frame) -> dict[str, str | Sequence[str]]:
    """What is typed where a fact has this value."""
    name = name_of(fact)
    if fact.many:
        listed = [str(one) for one in value]
        closed = bool(fact.choices or fact.name in frame.suggested or fact.type == "side")
        return {name: listed if closed else "\n".join(listed)}
    if fact.type == "words":
        return {f"{name}.{lang}": str(text) for lang, text in value.items()}
    if fact.type in ("moment", "instant"):
        return dict(typed_moment(name, str(value), frame.zone))
    if fact.type == "amount":
        return {f"{name}.value": str(value["value"]), f"{name}.currency": str(value["currency"])}
    return {name: json.dumps(value) if fact.type == "terms" else str(value)}


def label_of(offer_kind: str, fact: Fact, frame: Frame) -> str:
    """What a fact is called, as a label begins."""
    word = fact_word(frame.lang, fact.name, offer_kind)
    return word[:1].upper() + word[1:]


def value_label(fact: Fact, value: str, frame: Frame) -> str:
    """A value of a closed list in words."""
    if fact.type == "side":
        return frame.reader.name(value)
    suggested = dict(frame.suggested.get(fact.name, ()))
    return suggested.get(value) or value_word(frame.lang, fact.name, value) or value


# inputs


def _input(offer: Offer, fact: Fact, required: bool, typed: Typed, frame: Frame, problem: str) -> Input:
    name, label = name_of(fact), label_of(offer.kind.name, fact, frame)
    said = offer.known.get(fact.name)
    more: dict[str, Any] = {
        "required": required,
        "problem": problem,
        "known": say(frame.lang, "As the record has it; change it where it is otherwise.") if said else "",
    }
    choices = _choices(offer, fact, frame)
    if choices:
        return _closed(fact, choices, typed, frame, Input(name, label, "", **more))
    match fact.type:
        case "words":
            widget = "area" if fact.name in _LONG_WORDS else "line"
            return words_input(name, label, typed, frame.langs, widget, **more)
        case "moment" | "instant":
            needs = fact.type == "instant"
            return moment_input(name, label, typed, frame.lang, frame.zone_name, needs_time=needs, **more)
        case "amount":
            parts = (
                Input(
                    f"{name}.value", say(frame.lang, "Amount, whole"), "number", typed.one(f"{name}.value")
                ),
                Input(
                    f"{name}.currency",
                    say(frame.lang, "Currency, as KRW"),
                    "line",
                    typed.one(f"{name}.currency"),
                    code=True,
                ),
            )
            return Input(name, label, "amount", parts=parts, **more)
        case "whole":
            return Input(name, label, "number", typed.one(name), **more)
        case "date" if not fact.many:
            return Input(name, label, "date", typed.one(name), **more)
        case "time":
            return Input(name, label, "time", typed.one(name), help=frame.zone_name, **more)
    code = fact.type not in ("text",)
    area = fact.many or fact.type == "terms"
    return Input(
        name,
        label,
        "area" if area else "line",
        typed.one(name),
        code=code,
        help=_help(fact, frame.lang),
        **more,
    )


def _help(fact: Fact, lang: str) -> str:
    if fact.type == "terms":
        return say(
            lang, "A JSON object of the charter’s terms that take the place of those of the same name."
        )
    if fact.type in ("digest", "key"):
        return say(lang, "64 hexadecimal digits.")
    if fact.many and fact.type == "date":
        return say(lang, "One day a line, as 2020-06-09.")
    if fact.many:
        return say(lang, "One short name a line: small letters, figures, dots and hyphens.")
    return (
        say(lang, "A short name: small letters, figures, dots and hyphens.") if fact.type == "token" else ""
    )


def _closed(fact: Fact, choices: Sequence[str], typed: Typed, frame: Frame, base: Input) -> Input:
    chosen = set(typed.every(base.name))
    options = [Option(one, value_label(fact, one, frame), one in chosen) for one in choices]
    widget = "checks" if fact.many else "radios" if len(choices) <= _RADIOS else "select"
    if widget != "checks" and not base.required:
        nothing = say(frame.lang, "Nothing said")
        options.insert(0, Option("", nothing, not chosen & set(choices)))
    return Input(
        base.name,
        base.label,
        widget,
        options=tuple(options),
        required=base.required,
        problem=base.problem,
        known=base.known,
    )


def _listed(offer: Offer, fact: Fact) -> tuple[str, ...]:
    return next((wanted.choices for wanted in offer.facts if wanted.fact.name == fact.name), ())


def _choices(offer: Offer, fact: Fact, frame: Frame) -> tuple[str, ...]:
    """The values that may be chosen: those that the offer lists, else those that the desk suggests."""
    return _listed(offer, fact) or tuple(value for value, _ in frame.suggested.get(fact.name, ()))


def _known(offer: Offer, frame: Frame) -> Iterator[tuple[str, str]]:
    for wanted in offer.facts:
        fact, known = wanted.fact, wanted.known
        plain = fact.type not in ("digest", "key", "hex") and fact.name not in (*_NEVER, "officer")
        if known is None or not plain:
            continue
        if hidden(offer, fact) or stated(offer, fact, frame):
            values = known if fact.many else [known]
            said = ", ".join(value_label(fact, str(one), frame) for one in values)
            yield label_of(offer.kind.name, fact, frame), said


# answers


def _read(offer: Offer, fact: Fact, typed: Typed, frame: Frame) -> Any:
    name, lang = name_of(fact), frame.lang
    choices = _choices(offer, fact, frame)
    if fact.many:
        return _many(fact, typed, frame, choices)
    match fact.type:
        case "words":
            said = {tag: typed.one(f"{name}.{tag}") for tag in frame.langs}
            return {tag: text for tag, text in said.items() if text} or None
        case "moment" | "instant":
            return read_moment(typed, name, frame.zone, lang, needs_time=fact.type == "instant")
        case "amount":
            return _amount(typed, name, lang)
        case "whole":
            return _whole(typed.one(name), lang)
        case "terms":
            return _terms(typed.one(name), lang)
    value = typed.one(name)
    if not value:
        return None
    if choices and value not in choices:
        raise Problem(say(lang, "Choose one of the answers."))
    if fact.type == "token" and not _TOKEN.fullmatch(value):
        raise Problem(say(lang, "Small letters, figures, dots and hyphens alone can stand here."))
    return value


def _many(fact: Fact, typed: Typed, frame: Frame, choices: Sequence[str]) -> list[str] | None:
    values = [part for value in typed.every(name_of(fact)) for part in value.split("\n")]
    found = list(dict.fromkeys(part.strip() for part in values if part.strip()))
    if choices and not set(found) <= set(choices):
        raise Problem(say(frame.lang, "Choose one of the answers."))
    return found or None


def _whole(text: str, lang: str) -> int | None:
    if not text:
        return None
    plain = text.replace(",", "")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 15:
        raise Problem(say(lang, "A whole number is needed."))
    return int(plain)


def _amount(typed: Typed, name: str, lang: str) -> dict[str, Any] | None:
    value, currency = _whole(typed.one(f"{name}.value"), lang), typed.one(f"{name}.currency").upper()
    if value is None and not currency:
        return None
    if value is None or not re.fullmatch(r"[A-Z]{3}", currency):
        raise Problem(say(lang, "Both the amount and the currency are needed, as 1000 and KRW."))
    return {"currency": currency, "value": value}


def _terms(text: str, lang: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Problem(say(lang, "It is not JSON.")) from None
