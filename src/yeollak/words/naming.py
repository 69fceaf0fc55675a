"""Who reads a sentence: the language, the reader's own side, what the sides are called, and nouns for acts.

Sentences about what somebody did need the act as a noun ("your withdrawal"), where lists have a label
("Withdrawn"). A noun belongs to what a kind does and not to its procedure; a kind that has none is quoted by
its label. Names of sides are those of the charter in the reader's language, and are data: they never change
a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final, Literal

from babel.lists import format_list

from yeollak.words.acts import kind_word
from yeollak.words.catalogue import direction, say
from yeollak.words.figures import instant
from yeollak.words.foreign import clean

_NOUN: Final = "act as a noun"
_LONGEST: Final = 100
#: British lists have no comma before the last.
_LISTS: Final[Mapping[str, str]] = {"en": "en_GB"}


def pgettext(context: str, message: str) -> str:
    """Mark a message for the catalogues; it is looked up where it is said."""
    return message


#: What a kind does, by its last word or by its whole name -> the act as a noun.
NOUNS: Final[Mapping[str, str]] = {
    "absent": pgettext("act as a noun", "entry of the absence"),
    "accept": pgettext("act as a noun", "acceptance of the work"),
    "agree": pgettext("act as a noun", "agreement"),
    "agreement.resume": pgettext("act as a noun", "agreement to the resumption"),
    "answer": pgettext("act as a noun", "answer"),
    "appoint": pgettext("act as a noun", "appointment"),
    "cancel": pgettext("act as a noun", "cancellation"),
    "close": pgettext("act as a noun", "closing of the matter"),
    "commit": pgettext("act as a noun", "sealed text"),
    "complete": pgettext("act as a noun", "statement of completion"),
    "consent": pgettext("act as a noun", "consent"),
    "counter": pgettext("act as a noun", "counter-proposal"),
    "countersign": pgettext("act as a noun", "countersignature"),
    "decline": pgettext("act as a noun", "refusal of the proposal"),
    "deliver": pgettext("act as a noun", "delivery"),
    "denounce": pgettext("act as a noun", "denunciation"),
    "draft": pgettext("act as a noun", "draft"),
    "end-agree": pgettext("act as a noun", "agreement to the end"),
    "end-counter": pgettext("act as a noun", "counter-proposal on the end"),
    "end-decline": pgettext("act as a noun", "refusal of the end"),
    "end-lapse": pgettext("act as a noun", "declaration of lapse"),
    "end-propose": pgettext("act as a noun", "proposal to end it"),
    "held": pgettext("act as a noun", "entry that it was held"),
    "hold": pgettext("act as a noun", "announcement of an answer"),
    "initial": pgettext("act as a noun", "initialling"),
    "inquire": pgettext("act as a noun", "question"),
    "lapse": pgettext("act as a noun", "declaration of lapse"),
    "minutes": pgettext("act as a noun", "draft of the minutes"),
    "not-held": pgettext("act as a noun", "entry that it was not held"),
    "object": pgettext("act as a noun", "objection"),
    "project.resume": pgettext("act as a noun", "agreement to the resumption"),
    "propose": pgettext("act as a noun", "proposal"),
    "recall": pgettext("act as a noun", "recall"),
    "redraft": pgettext("act as a noun", "new draft"),
    "refuse": pgettext("act as a noun", "refusal"),
    "reply": pgettext("act as a noun", "reply"),
    "request.ask": pgettext("act as a noun", "request"),
    "retract": pgettext("act as a noun", "retraction"),
    "reveal": pgettext("act as a noun", "disclosure"),
    "sign": pgettext("act as a noun", "signature"),
    "supply": pgettext("act as a noun", "information"),
    "suspend": pgettext("act as a noun", "suspension"),
    "take": pgettext("act as a noun", "take-up"),
    "tender": pgettext("act as a noun", "tender"),
    "urge": pgettext("act as a noun", "reminder"),
    "withdraw": pgettext("act as a noun", "withdrawal"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a sentence is made.

    `side` is the reader's own; `names` what each side is called in `lang`; times are shown in `zone`.
    """

    lang: str
    side: str
    names: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC

    def name(self, side: str) -> str:
        """What a side is called; its own short id where it has no name in this language."""
        return self.isolated(clean(self.names.get(side) or side, longest=_LONGEST))

    def sides(self, sides: Iterable[str]) -> str:
        """Several sides, joined by "and"."""
        return format_list(
            [self.name(side) for side in sides], "standard", locale=_LISTS.get(self.lang, self.lang)
        )

    def when(self, at: str) -> str:
        """An instant of an act document, on the reader's clock."""
        read = datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return self.isolated(instant(read.astimezone(self.zone), self.lang))

    def noun(self, kind: str) -> str:
        """An act of this kind as a noun, without an article."""
        message = NOUNS.get(kind) or NOUNS.get(kind.rpartition(".")[2])
        if message is not None and kind != "standing.withdraw":
            return say(self.lang, message, context=_NOUN)
        return say(self.lang, "act “{word}”", word=kind_word(self.lang, kind))

    def nouns(self, kinds: Iterable[str], style: str = "or") -> str:
        """Several kinds as nouns, each once, joined by "or" (`standard`: by "and")."""
        found = list(dict.fromkeys(self.noun(kind) for kind in kinds))
        joined: Literal["or", "standard"] = "or" if style == "or" else "standard"
        return format_list(found, joined, locale=_LISTS.get(self.lang, self.lang))

    def inline(self, label: str) -> str:
        """A label of ours as it stands within a sentence: English begins it with a small letter there."""
        return label[:1].lower() + label[1:] if self.lang == "en" else label

    def isolated(self, text: str) -> str:
        """A name, a time or an id as a run of its own in a sentence from right to left (UAX #9)."""
        return f"\u2068{text}\u2069" if direction(self.lang) == "rtl" else text
