"""The skeletons that the tables are built on (design §4): consent, offer, joint text, and facts that stand
everywhere.

A skeleton is a piece of a table: rows, crossing pairs and joint steps for phases and kinds whose names the
procedure gives. It holds the order of precedence that history and `clarifications` §4 settled, once. Joint
observation, account and status need no more than rows with a slot for each side, so the procedures write
those out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yeollak.procedures.shared import standing_text, tendered_text
from yeollak.procedures.table import NONE, Guard, Join, Pair, Role, Row, Write

Rows = Mapping[str, Mapping[str, Row]]
OPENER, COUNTERPART, EITHER = Role.OPENER, Role.COUNTERPART, Role.EITHER

#: The act that opens an expectation: who waits names it when he lets it lapse, and its `due` is the one
#: that counts.
CLOCK = (Write("due", "due"), Write("waits"))
#: What delivery ends: the time for it, and that the content waits for take-up.
DELIVERED = ("due", "withheld")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a table."""

    rows: Rows
    pairs: tuple[Pair, ...] = ()
    joins: tuple[Join, ...] = field(default=())


def merge(*parts: Rows) -> dict[str, dict[str, Row]]:
    """One table from several pieces. Raises ValueError when two say something of one kind in one phase."""
    whole: dict[str, dict[str, Row]] = {}
    for part in parts:
        for phase, rows in part.items():
            standing = whole.setdefault(phase, {})
            if double := standing.keys() & rows.keys():
                raise ValueError(f"{phase}: {sorted(double)} stand twice")
            standing.update(rows)
    return whole


def everywhere(phases: Iterable[str], rows: Mapping[str, Row]) -> dict[str, dict[str, Row]]:
    """The same rows in every one of `phases`: for facts, which nothing that crosses them can undo."""
    return {phase: dict(rows) for phase in phases}


def ladder(*steps: tuple[str, Role], apart: Iterable[frozenset[str]] = ()) -> tuple[Pair, ...]:
    """Every pair of (kind, role) in the order given: the earlier stands. `apart` names kinds that need no
    pair.
    """
    skipped = set(apart)
    return tuple(
        (first, second)
        for at, first in enumerate(steps)
        for second in steps[at + 1 :]
        if frozenset({first[0], second[0]}) not in skipped
    )


def over(winners: Iterable[str], role: Role, losers: Iterable[str], other: Role) -> tuple[Pair, ...]:
    """Each of `winners` by `role` stands before each of `losers` by `other`."""
    return tuple(((first, role), (second, other)) for first in winners for second in losers)


def consent(
    stem: str,
    deliver: str,
    delivered: str,
    *,
    tender_guard: Guard | None = None,
    also: tuple[Write, ...] = (),
) -> Part:
    """Tender, take-up, refusal, silence, delivery: content goes only to a side that has said it takes it.

    `also` is what a tender states beside its content. Acceptance beats a withdrawal that it had not seen, a
    lapse beats an acceptance that it had not seen, and the opener may let even a withdrawn offer lapse, or a
    stale acceptance could bind him for ever (rule 6).
    """
    tender, take, refuse = stem + "tender", stem + "take", stem + "refuse"
    withdraw, lapse, urge = stem + "withdraw", stem + "lapse", stem + "urge"
    closes = Row(OPENER, to="lapsed", lapses=True, answers="waits")
    rows = {
        NONE: {
            tender: Row(
                OPENER,
                to="tendered",
                writes=(
                    Write("offer"),
                    Write("text", "digests"),
                    Write("withheld", "digests"),
                    *CLOCK,
                    *also,
                ),
                guard=tender_guard,
            )
        },
        "tendered": {
            take: Row(COUNTERPART, to="taken", writes=CLOCK, answers="offer"),
            refuse: Row(COUNTERPART, to="refused", writes=(Write("ground", "fact:ground"),), answers="offer"),
            withdraw: Row(OPENER, to="withdrawn", answers="offer"),
            lapse: closes,
            urge: Row(OPENER, writes=CLOCK),
        },
        "withdrawn": {lapse: closes},
        "taken": {
            deliver: Row(OPENER, to=delivered, clears=DELIVERED, writes=CLOCK, guard=tendered_text),
            lapse: Row(COUNTERPART, to="undelivered", lapses=True, answers="waits"),
        },
        "refused": {},
        "lapsed": {},
        "undelivered": {},
    }
    return Part(
        rows,
        pairs=(
            *over((lapse,), OPENER, (take, refuse), COUNTERPART),
            *over((take, refuse), COUNTERPART, (withdraw, urge), OPENER),
            *over((deliver,), OPENER, (lapse,), COUNTERPART),
        ),
    )


def offer(
    stem: str,
    *,
    start: str = NONE,
    during: str = "proposed",
    agreed: str = "agreed",
    back: bool = False,
    text: bool = False,
) -> Part:
    """Propose, counter, agree, decline, withdraw, lapse, until every side agrees to the offer that stands.

    Who makes an offer agrees to it by making it. With `back` the matter returns to `start` when the offer
    falls, and there is no withdrawal. With `text` the offer carries the digest of a text. Lapse, decline,
    agree, counter, withdraw: of two that crossed, the earlier in this list stands.
    """
    names = (
        ("lapse", "decline", "agree", "counter")
        if back
        else ("lapse", "decline", "agree", "counter", "withdraw")
    )
    lapse, decline, agree, counter = (stem + name for name in names[:4])
    withdraw, propose = stem + "withdraw", stem + "propose"
    makes = (
        Write("offer"),
        Write("offering", each=True),
        Write("agreed", each=True),
        Write("due", "due"),
        *((Write("text", "fact:text"),) if text else ()),
    )
    fallen = ("offer", "offering/*", "agreed/*", "due", *(("text",) if text else ())) if back else ()
    opens = Row(OPENER, to=during, writes=makes)
    if start != NONE:
        # What an earlier offer left behind agrees to nothing here.
        opens = Row(EITHER, to=during, clears=("offering/*", "agreed/*"), writes=makes, cross="first")
    lapses = Row(
        EITHER,
        to=start if back else "lapsed",
        lapses=True,
        answers="offer",
        own="offering",
        clears=fallen,
    )
    rows: dict[str, dict[str, Row]] = {
        start: {propose: opens},
        during: {
            counter: Row(
                EITHER, clears=("offering/*", "agreed/*"), writes=makes, answers="offer", cross="first"
            ),
            agree: Row(EITHER, writes=(Write("agreed", each=True, once=True),), answers="offer"),
            decline: Row(
                EITHER,
                to=start if back else "declined",
                answers="offer",
                free="agreed",
                clears=fallen,
                cross="same",
            ),
            lapse: lapses,
        },
    }
    if not back:
        rows[during][withdraw] = Row(EITHER, to="withdrawn", answers="offer", own="offering")
        rows |= {"withdrawn": {lapse: lapses}, "declined": {}, "lapsed": {}}
    # Lapse and withdrawal are both for the side whose offer stands, and one side's acts never cross.
    pairs = ladder(*((stem + name, EITHER) for name in names), apart=[frozenset({lapse, withdraw})])
    return Part(rows, pairs, (Join(during, "agreed", agreed),))


def joint_text(
    stem: str,
    *,
    draft: str,
    start: str = NONE,
    during: str = "drafted",
    signed: str = "signed",
    lapsed: str = "lapsed",
    frozen: str | None = None,
    withdraw: bool = True,
    draft_guard: Guard | None = None,
    sign_guard: Guard = standing_text,
    also: tuple[Write, ...] = (),
    opening: tuple[Write, ...] = (),
) -> Part:
    """Draft, redraft, sign over one digest; complete when every side's signature names the text that stands
    (rule 5).

    With `frozen` the sides may first initial the text, after which it cannot be redrafted. `also` is what a
    draft states beside its text, which stands and falls with it; `opening` what the first one states for
    good. A signature beats a crossing retraction, redraft or withdrawal, or a side could undo what the other
    had completed; a lapse beats a signature.
    """
    redraft, sign, retract, initial = (stem + name for name in ("redraft", "sign", "retract", "initial"))
    lapse, withdrawal = stem + "lapse", stem + "withdraw"
    slots = ("signed/*", *(("initialled/*",) if frozen else ()))
    writes = (Write("text", "fact:text"), Write("draft"), Write("due", "due"), *also)
    gone = slots if start == NONE else (*slots, "text", "draft", "due", *(write.slot for write in also))
    signing = {
        sign: Row(
            EITHER,
            writes=(Write("signed", "fact:text", each=True, once=True),),
            answers="draft",
            guard=sign_guard,
        ),
        retract: Row(EITHER, clears=("signed/@",), own="signed"),
        lapse: Row(EITHER, to=lapsed, lapses=True, answers="draft", clears=gone, cross="same"),
    }
    if withdraw:
        signing[withdrawal] = Row(OPENER, to="withdrawn", answers="draft", clears=slots)
    rows: dict[str, dict[str, Row]] = {
        start: {
            draft: Row(
                OPENER if start == NONE else EITHER,
                to=during,
                writes=(*writes, *opening),
                guard=draft_guard,
                cross="both" if start == NONE else "first",
            )
        },
        during: {
            redraft: Row(
                EITHER, clears=slots, writes=writes, answers="draft", guard=draft_guard, cross="first"
            ),
            **signing,
        },
    }
    joins = [Join(during, "signed", signed, equal_to="text")]
    if frozen:
        rows[during][initial] = Row(
            EITHER,
            writes=(Write("initialled", "fact:text", each=True, once=True),),
            answers="draft",
            guard=standing_text,
        )
        rows[frozen] = dict(signing)
        joins += [
            Join(during, "initialled", frozen, equal_to="text"),
            Join(frozen, "signed", signed, equal_to="text"),
        ]
    steps = [(lapse, EITHER), (sign, EITHER), (redraft, EITHER), (retract, EITHER)]
    if frozen:
        steps.insert(2, (initial, EITHER))
    if withdraw:
        rows["withdrawn"] = {lapse: signing[lapse]}
        steps.insert(-1, (withdrawal, OPENER))
    pairs = ladder(*steps, apart=[frozenset({initial, retract})])
    if start == NONE:
        rows[lapsed] = {}
    return Part(rows, pairs, tuple(joins))


def lasting_text(
    stem: str,
    *,
    signed: str,
    draft_guard: Guard | None = None,
    sign_guard: Guard = standing_text,
    also: tuple[Write, ...] = (),
) -> Part:
    """A joint text under a natural key, which every side may draft, and draft anew once a draft has lapsed.

    `joint_text` with the phases `drafted`, `lapsed` and `signed`; two first drafts that cross are settled by
    turn, then place, as all drafts are.
    """
    part = joint_text(
        stem,
        draft=stem + "draft",
        start="lapsed",
        signed=signed,
        withdraw=False,
        draft_guard=draft_guard,
        sign_guard=sign_guard,
        also=also,
    )
    return Part({NONE: part.rows["lapsed"], **part.rows}, part.pairs, part.joins)
