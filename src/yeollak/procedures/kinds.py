"""What a kind of act is: its facts, whether it waits, who may sign it; and what kinds every procedure has.

These are values and nothing else. Where in a table a kind stands, and what it does there, is said by `table`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yeollak.procedures.facts import Fact

#: Kinds that every procedure has, in every phase but `none`: they speak and change nothing.
REMARK = "remark"
RESERVATION = "reservation"

#: Whose word a statement may rest on: the signing side's own, another side's, the press's, of all sides
#: together, or somebody's outside the office.
SOURCES = ("own", "other", "press", "joint", "outside")
#: Facts that every kind may carry: links to a chronicle, from one matter to the one that it belongs to, and
#: whose word the act rests on, since much of a record is told after others.
EVERYWHERE: tuple[Fact, ...] = (
    Fact("event", "token", required=False, purpose="The entry of a chronicle that the act stands for."),
    Fact(
        "parent",
        "digest",
        required=False,
        purpose="The matter that this one belongs to: a series, an agreement.",
    ),
    Fact("source", "token", required=False, choices=SOURCES, purpose="Whose word it rests on."),
    Fact(
        "outcome",
        "token",
        required=False,
        purpose="The outcome of signed minutes, the parent, that it carries out.",
    ),
)


class Due(StrEnum):
    """Whether a kind opens an expectation, and so writes the instant until which it waits (rule 6)."""

    NO = "no"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act: what it says, what it needs, who may sign it.

    `functions` empty means any posted officer of the desk (not the node key). `releases` are the release
    rules that its enclosures may have. `purpose` is one English sentence for documentation. An opening kind
    with a fact `to` that is not a list goes to one side: where there are several other parties it must be
    named.
    """

    name: str
    purpose: str
    facts: tuple[Fact, ...] = ()
    due: Due = Due.NO
    functions: frozenset[str] = frozenset()
    releases: frozenset[str] = frozenset({"right", "large", "named"})

    #: Its own facts and those that every kind may carry; a kind may ask for one of these itself.
    takes: tuple[Fact, ...] = field(init=False, repr=False, compare=False)
    #: The same by name, and the names of those that name a side or a list of sides.
    named: Mapping[str, Fact] = field(init=False, repr=False, compare=False)
    sides: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        own = {fact.name for fact in self.facts}
        further = (fact for fact in EVERYWHERE if fact.name not in own)
        object.__setattr__(self, "takes", (*self.facts, *further))
        object.__setattr__(self, "named", {fact.name: fact for fact in self.takes})
        object.__setattr__(self, "sides", tuple(fact.name for fact in self.takes if fact.type == "side"))


#: The kinds that every procedure has: any party may add them to an open matter, and they change nothing.
COMMON: Mapping[str, Kind] = {
    REMARK: Kind(
        REMARK,
        "Says something about the matter without changing it.",
        facts=(
            Fact("subject", "words", required=False, purpose="What it is about."),
            Fact("when", "moment", required=False, purpose="When what it speaks of happened."),
        ),
        releases=frozenset({"right", "large", "named", "consent"}),
    ),
    RESERVATION: Kind(
        RESERVATION,
        "Hangs a reservation or a correction on an act or a text without altering it.",
        facts=(
            Fact("subject", "words", required=False, purpose="What it is about."),
            Fact(
                "text", "digest", required=False, purpose="The text that it hangs on, where it is not an act."
            ),
            Fact(
                "article", "token", required=False, purpose="The article and paragraph of the text, as 3.2."
            ),
            Fact("language", "token", required=False, purpose="The language of the text, by its tag."),
        ),
    ),
}
