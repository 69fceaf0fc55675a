"""Charter: the founding of an office, its amendment, its agreed forms, each side's keys, and its end.

The first act of every register is `charter.sign` by the side's authority key, and nothing else is allowed
until all are held (design §3, Founding). Guarantors and observers join and leave by amendment, since they are
terms of the charter; a further party, or an office whose authority keys are lost, means a new office that
names this one as its predecessor. What a key may do is a matter of positions and is judged by the office.
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Due, Kind
from yeollak.procedures.shared import ABOUT, REASON, START, TEXT, WHEN, standing_text
from yeollak.procedures.skeletons import lasting_text, merge
from yeollak.procedures.table import NONE, Join, Key, Move, Past, Procedure, Role, Row, State, Void, Write

AUTHORITY = frozenset({"authority"})
HEADS = frozenset({"authority", "co-head", "deputy-head"})
CHECKED = Fact(
    "checked",
    "token",
    choices=("in-person", "by-phone", "not-checked"),
    purpose="How the heads read the office id to each other by another route than the line.",
)


def this_charter(state: State, move: Move, past: Past) -> None:
    """It must name the charter whose digest is the office id (void `other-charter`)."""
    if move.facts.get("charter") != past.office:
        raise Void("other-charter")


def next_amendment(state: State, move: Move, past: Past) -> None:
    """The amendment before it must be in force (void `out-of-turn`), and the terms be such as a charter may
    have (void `terms`): those that it states, or those that stand where it signs them.
    """
    number = int(move.facts["number"])
    before = past.state(past.natural("amendment", f"amendment/{number - 1}"), "amendment").phase
    if number < 1 or (number > 1 and before != "in-force"):
        raise Void("out-of-turn")
    terms = move.facts.get("terms", state.slots.get("terms"))
    if terms is not None:
        past.check_terms(terms)


def next_signature(state: State, move: Move, past: Past) -> None:
    """The text that it signs must be the one that stands (void `other-text`), the amendment before it be in
    force (void `out-of-turn`), and the terms be such as a charter may have (void `terms`).
    """
    standing_text(state, move, past)
    next_amendment(state, move, past)


_SIGN = Row(
    Role.EITHER,
    to="signing",
    writes=(
        Write("signed", "fact:charter", each=True, once=True),
        Write("checked", "fact:checked", each=True),
    ),
    guard=this_charter,
)

FOUNDING = Procedure(
    name="founding",
    family="charter",
    skeleton="joint text",
    purpose="Founds the office: every party signs one charter, and its digest is the name of the office.",
    kinds=(
        Kind(
            "charter.sign",
            "Signs the charter for a side with its authority key.",
            facts=(
                Fact("charter", "digest", purpose="The digest of the charter, which is the office id."),
                CHECKED,
                WHEN,
            ),
            functions=AUTHORITY,
        ),
        Kind(
            "charter.check",
            "States later how the office id was checked by another route.",
            facts=(CHECKED, WHEN),
            functions=HEADS,
        ),
    ),
    rows={
        NONE: {"charter.sign": _SIGN},
        "signing": {"charter.sign": _SIGN},
        "founded": {"charter.check": Row(Role.EITHER, writes=(Write("checked", "fact:checked", each=True),))},
    },
    joins=(Join("signing", "signed", "founded"),),
    key=Key(prefix="founding"),
)

_NUMBER = Fact("number", "whole", purpose="Which amendment: the first is 1, and each comes after the last.")
_TERMS = Fact("terms", "terms", purpose="The terms that take the place of those of the same name.")
_AMENDMENT = lasting_text(
    "amendment.",
    signed="in-force",
    draft_guard=next_amendment,
    sign_guard=next_signature,
    also=(Write("terms", "fact:terms"),),
)


def _text_kinds(
    stem: str, what: str, stated: tuple[Fact, ...], key: tuple[Fact, ...], signers: frozenset[str]
) -> tuple[Kind, ...]:
    """The kinds of a lasting joint text: `stated` by its drafts, `key` in every act, since it names the
    matter.
    """
    return (
        Kind(
            stem + "draft",
            f"Puts a draft of {what} on the table.",
            facts=(*key, TEXT, *stated, WHEN),
            due=Due.MUST,
            functions=HEADS,
        ),
        Kind(
            stem + "redraft",
            "Puts another draft in its place.",
            facts=(*key, TEXT, *stated, WHEN),
            due=Due.MUST,
            functions=HEADS,
        ),
        Kind(stem + "sign", f"Signs {what}.", facts=(*key, TEXT, WHEN), functions=signers),
        Kind(
            stem + "retract",
            "Takes one's own signature back before all have signed.",
            facts=(*key, REASON),
            functions=HEADS,
        ),
        Kind(
            stem + "lapse",
            "States that the time for signing is over.",
            facts=(*key, ABOUT),
            functions=HEADS,
        ),
    )


AMENDMENT = Procedure(
    name="amendment",
    family="charter",
    skeleton="joint text",
    purpose="Changes terms of the charter: deadlines, calendar, classes as of right, guarantors, observers.",
    kinds=_text_kinds("amendment.", "an amendment of the charter", (_TERMS, ABOUT), (_NUMBER,), AUTHORITY),
    rows=merge(_AMENDMENT.rows, {"in-force": {}}),
    pairs=_AMENDMENT.pairs,
    joins=_AMENDMENT.joins,
    key=Key(parts=("number",), prefix="amendment/"),
)

_FORM = lasting_text("form.", signed="adopted", also=(Write("digest", "fact:digest"),))
_BYTES = Fact("digest", "digest", purpose="SHA-256 of the form itself, which every node can make.")
_NAMED = Fact("form", "token", purpose="The form, with its version.")

FORM = Procedure(
    name="form",
    family="charter",
    skeleton="joint text",
    purpose="Adopts a form that every side will fill in and read alike, and retires it.",
    kinds=(
        *_text_kinds("form.", "a form", (_BYTES, ABOUT), (_NAMED,), HEADS),
        Kind("form.retire", "Ends the use of the form.", facts=(_NAMED, REASON, WHEN), functions=HEADS),
    ),
    rows=merge(
        _FORM.rows,
        {
            "adopted": {
                # What was filled in on it stays to be read and judged, so that its text stands.
                "form.retire": Row(
                    Role.EITHER, to="retired", clears=("signed/*", "draft", "due"), cross="same"
                )
            },
            # A name stands for the same bytes for ever: whoever wants others takes the next version.
            "retired": {},
        },
    ),
    pairs=_FORM.pairs,
    joins=_FORM.joins,
    key=Key(parts=("form",), prefix="form/"),
)

_DISSOLUTION = lasting_text("dissolution.", signed="dissolved", also=(Write("successor", "fact:successor"),))

DISSOLUTION = Procedure(
    name="dissolution",
    family="charter",
    skeleton="joint text",
    purpose="Ends the office by the act of every side; its record stays, and open matters may be concluded.",
    kinds=_text_kinds(
        "dissolution.",
        "the end of the office",
        (
            Fact("successor", "digest", required=False, purpose="The office that takes its place."),
            ABOUT,
            START,
        ),
        (),
        AUTHORITY,
    ),
    rows=merge(_DISSOLUTION.rows, {"dissolved": {}}),
    pairs=_DISSOLUTION.pairs,
    joins=_DISSOLUTION.joins,
    key=Key(prefix="dissolution"),
)

_KEPT = {
    "key.rotate": Row(
        Role.OPENER, to="kept", writes=(Write("authority", "fact:key"), Write("next", "fact:next"))
    ),
    "key.replace": Row(
        Role.OPENER,
        to="kept",
        writes=(Write("key", "fact:key", keyed="role"), Write("key_pq", "fact:key_pq", keyed="role")),
    ),
    "register.reopen": Row(Role.OPENER, to="kept"),
}

KEYS = Procedure(
    name="keys",
    family="charter",
    skeleton="status",
    purpose="Replaces a side's own keys, and takes up its register again behind entries that cannot count.",
    kinds=(
        Kind(
            "key.rotate",
            "Replaces the authority key by the one whose digest was enrolled, which signs this act.",
            facts=(
                Fact("key", "key", purpose="The new authority key."),
                Fact("next", "digest", purpose="SHA-256 of the key that alone may replace this one."),
                REASON,
                WHEN,
            ),
            functions=AUTHORITY,
        ),
        Kind(
            "key.replace",
            "Replaces the keys with which the side's node signs, gives receipts or opens what is sealed.",
            facts=(
                Fact("role", "token", choices=("register", "receipt", "seal"), purpose="Which keys."),
                Fact("key", "hex", purpose="The new raw key."),
                Fact("key_pq", "hex", required=False, purpose="The new raw ML-DSA-44 key; none to seal."),
                REASON,
                WHEN,
            ),
            functions=AUTHORITY,
        ),
        Kind(
            "register.reopen",
            "Gives up the own entries from a position on, the first of which names a root that is not the "
            "others', so that the register counts again.",
            facts=(Fact("at", "whole", purpose="The position of the first entry that is given up."), REASON),
            functions=AUTHORITY,
        ),
    ),
    rows={NONE: _KEPT, "kept": _KEPT},
    key=Key(parts=("side",), prefix="keys/", owned=True),
)

TABLES = (FOUNDING, AMENDMENT, FORM, DISSOLUTION, KEYS)
