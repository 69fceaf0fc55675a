"""Exchange: lists, positions and drafts given at once, so that nobody goes first.

Each side commits to its text by a digest that binds side and office; when every commitment is in the past of
all, each node reveals by itself. A commitment that copies another's is void. Who does not reveal, or whose
text does not match the form, is named by the record: no protocol without a third holder can force him
(attacks 2.5). Where the charter names a guarantor as escrow, the texts lie with it, sealed, before anybody
reveals, and what a side keeps back is then given out by the guarantor.

That not all have committed in time (`lapse`) and that not all have revealed in time (`default`) are two
statements, because they stand on two sides of a crossing reveal: a lapse ends what an old commitment, held
back, would else open again, while no side may be shown in default of what it has already handed over. Who
has said it stays in the matter, since nobody who declares a default gets a text for it.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import ABOUT, FORM, REASON, SUBJECT, WHEN, adopted
from yeollak.procedures.skeletons import everywhere, merge, over
from yeollak.procedures.table import NONE, Join, Key, Move, Past, Procedure, Role, Row, State, Void, Write

EITHER = Role.EITHER
_ROUND = Fact("round", "token", purpose="Which exchange: a name that the sides use for it.")
_OF = Fact("of", "side", purpose="The side whose text it is.")
_FIELD = Fact(
    "field",
    "text",
    required=False,
    purpose="Where it departs from the form; `deposit` where what was deposited cannot be the text.",
)
#: Who may do what the node does by itself.
NODE_TOO = frozenset({"co-head", "deputy-head", "liaison", "duty", "node"})
#: What counts as handed over is in everybody's hands: its bytes come with the act or not at all, and a file
#: that follows by itself may never come.
IN_LINE = frozenset({"right"})


def commits_alike(state: State, move: Move, past: Past) -> None:
    """It must commit to something (void `enclosures`), and to no digest that another side has committed to
    (void `copied`). A form that it names must be one of the charter or one that every side has adopted (void
    `no-such-form`), and be named, or left unnamed, as in the commitments of other sides (void `other-form`).
    """
    if not move.enclosures:
        raise Void("enclosures")
    others = [side for side in past.parties if side != move.side and state.of("commitment", side)]
    if any(digest in state.of("commitment", side) for side in others for digest in move.enclosures):
        raise Void("copied")
    form = move.facts.get("form")
    if form is not None and not adopted(str(form), past):
        raise Void("no-such-form")
    if any(state.of("form", side) != form for side in others):
        raise Void("other-form")


def committed_text(state: State, move: Move, past: Past) -> None:
    """It must hand over exactly what the side has committed to (void `other-text`)."""
    if sorted(move.enclosures) != state.of("commitment", move.side):
        raise Void("other-text")


def kept_back(state: State, move: Move, past: Past) -> None:
    """Another side must not have revealed (void `all-revealed`)."""
    if all(state.of("revealed", side) is not None for side in past.parties if side != move.side):
        raise Void("all-revealed")


def in_escrow(state: State, move: Move, past: Past) -> None:
    """The charter must name a guarantor as escrow (void `no-escrow`), and there must be one deposit for each
    enclosure that the side has committed to (void `enclosures`).
    """
    if not past.terms.get("escrow"):
        raise Void("no-escrow")
    if len(move.enclosures) != len(state.of("commitment", move.side) or ()):
        raise Void("enclosures")


def from_escrow(state: State, move: Move, past: Past) -> None:
    """The charter must name an escrow, and the side have deposited its text there (void `no-escrow`)."""
    if not past.terms.get("escrow") or state.of("deposited", str(move.facts["of"])) is None:
        raise Void("no-escrow")


def handed_over(state: State, move: Move, past: Past) -> None:
    """Another side must have revealed, or left something with the guarantor (void `not-revealed`)."""
    of = str(move.facts["of"])
    if of == move.side or (state.of("revealed", of) is None and state.of("deposited", of) is None):
        raise Void("not-revealed")


_COMMIT = Row(
    EITHER,
    to="open",
    writes=(
        Write("commitment", "digests", each=True, once=True),
        Write("due", "due", each=True),
        Write("waits", each=True),
        Write("form", "fact:form", each=True),
        Write("round", "fact:round"),
    ),
    guard=commits_alike,
)
_REVEAL = Row(EITHER, writes=(Write("revealed", each=True, once=True),), guard=committed_text)
_GIVEN = {
    "exchange.deposit": Row(EITHER, writes=(Write("deposited", each=True, once=True),), guard=in_escrow),
    # What came of it is each side's own view, and says nothing for the others.
    "exchange.object": Row(EITHER, writes=(Write("objection", each=True, keyed="of"),), guard=handed_over),
    "exchange.received": Row(
        EITHER, writes=(Write("from-escrow", each=True, keyed="of"),), guard=from_escrow
    ),
}

EXCHANGE = Procedure(
    name="exchange",
    family="exchange",
    skeleton="commit/reveal",
    purpose="Exchanges lists, positions or drafts at once: all commit, and then all reveal.",
    kinds=(
        Kind(
            "exchange.commit",
            "Commits to a text without showing it, and says by when all must have committed and revealed.",
            facts=(_ROUND, SUBJECT, FORM, WHEN),
            due=Due.MUST,
            releases=frozenset({"reveal"}),
        ),
        Kind(
            "exchange.withdraw",
            "Takes one's own commitment back before all have committed.",
            facts=(_ROUND, REASON),
        ),
        Kind(
            "exchange.deposit",
            "Hands the text over sealed to the guarantor that the charter names as escrow.",
            facts=(_ROUND, WHEN),
            functions=NODE_TOO,
            releases=IN_LINE,
        ),
        Kind(
            "exchange.reveal",
            "Hands over the text that was committed to.",
            facts=(_ROUND,),
            functions=NODE_TOO,
            releases=IN_LINE,
        ),
        Kind(
            "exchange.lapse",
            "States that the time is over and not every side has committed.",
            facts=(_ROUND, ABOUT),
        ),
        Kind(
            "exchange.default",
            "States that the time of every commitment is over and another side has not revealed.",
            facts=(_ROUND, ABOUT),
        ),
        Kind(
            "exchange.object",
            "States that another side's text, or what it left with the guarantor, is not what was agreed.",
            facts=(
                _ROUND,
                _OF,
                _FIELD,
                REASON,
            ),
            functions=NODE_TOO,
        ),
        Kind(
            "exchange.received",
            "States that the guarantor has given out the text that another side kept back.",
            facts=(_ROUND, _OF, WHEN),
        ),
    ),
    rows=merge(
        {
            NONE: {"exchange.commit": _COMMIT},
            "open": {
                "exchange.commit": _COMMIT,
                "exchange.withdraw": Row(EITHER, to="withdrawn", own="commitment", cross="same"),
                "exchange.lapse": Row(EITHER, to="lapsed", lapses=True, own="commitment", cross="same"),
            },
            "withdrawn": {
                "exchange.lapse": Row(EITHER, to="lapsed", lapses=True, own="commitment", cross="same")
            },
            "lapsed": {},
            "committed": {
                "exchange.reveal": _REVEAL,
                "exchange.default": Row(
                    EITHER,
                    to="defaulted",
                    writes=(Write("declared", "side"),),
                    lapses=True,
                    lacking="revealed",
                    own="commitment",
                    guard=kept_back,
                    cross="first",
                ),
            },
            # Who is late may still reveal; that the time was over stays in the record.
            "defaulted": {"exchange.reveal": _REVEAL},
            "revealed": {},
        },
        everywhere(("committed", "defaulted", "revealed"), _GIVEN),
    ),
    pairs=(
        *over(("exchange.lapse",), EITHER, ("exchange.commit", "exchange.withdraw"), EITHER),
        *over(("exchange.commit",), EITHER, ("exchange.withdraw",), EITHER),
        # Else a side could hold the text already and have its victim shown as the one who kept back.
        *over(("exchange.reveal",), EITHER, ("exchange.default",), EITHER),
    ),
    joins=(
        Join("open", "commitment", "committed"),
        Join("committed", "revealed", "revealed"),
        Join("defaulted", "revealed", "revealed"),
    ),
    key=Key(parts=("round",), prefix="exchange/"),
)

TABLES = (EXCHANGE,)
