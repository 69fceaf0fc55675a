"""Acts of the authority key at the desk: who may draft them, which key they name, and what waits for it.

The authority key is nobody's own: it is a side's, its file lies at this node or elsewhere, and its passphrase
is the operator's. Whoever may draft for it is said by his role (`Permission.AUTHORITY`); that it signs is
said by its signature alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.inputs import Typed
from yeollak.errors import OurFault
from yeollak.office import officers as posts
from yeollak.office.matter import natural_id
from yeollak.office.offers import Offer, offers
from yeollak.procedures.catalogue import of_kind
from yeollak.procedures.posting import FUNCTIONS
from yeollak.procedures.table import Move
from yeollak.record.document import Act
from yeollak.record.keys import kid
from yeollak.storage import models

#: Kinds that only the authority key may sign and whose keys are made at this node first: they are begun on
#: the page of the authority key and not on the list of what may be done.
BEGUN_THERE: Final = frozenset({"key.replace", "key.rotate", "register.reopen"})
#: Procedures whose matters may wait for a signature of the authority key, with the slot that it fills.
_AWAITED: Final = (("amendment", "amendment.sign"), ("dissolution", "dissolution.sign"))
#: The name of what says in a draft that it is the authority's although an officer could sign it.
SIGNER: Final = "signer"
_MOST: Final = 50
#: What the operator's passphrase is counted under when it is asked for: it opens every key of the side.
OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A matter in which our authority key may sign now."""

    kind: str
    matter: str


def offered_to_authority(desk: Desk, matter: str | None) -> list[Offer]:
    """What the authority key may sign in a matter, or open; nothing for whoever may not draft for it."""
    if not desk.may(Permission.AUTHORITY):
        return []
    return offers(desk.view.office, desk.view.side, posts.AUTHORITY, matter, desk.now)


def by_authority(desk: Desk, offer: Offer, typed: Typed) -> bool:
    """Whether an act is to be signed by the authority key: nobody else may, or its drafter wants it so."""
    if posts.AUTHORITY not in offer.functions or not desk.may(Permission.AUTHORITY):
        return False
    posted = {one.function for one in desk.view.office.officers(desk.view.place).values()}
    alone = not any(one in posted and one in FUNCTIONS for one in offer.functions)
    return alone or typed.one(SIGNER) == posts.AUTHORITY


def key_of(desk: Desk, kind: str, facts: Any) -> str:
    """The id of the key that signs: the authority key, or, of its rotation, the one that is enrolled."""
    if kind == "key.rotate":
        try:
            return kid(bytes.fromhex(str(facts["key"])))
        except (KeyError, ValueError):
            raise OurFault("act-void", why="facts") from None
    return desk.hands.authority(desk.view.id).kid


def is_authoritys(desk: Desk, act: Act) -> bool:
    """Whether a document names our authority key, or the one that is to follow it."""
    posted = desk.view.office.officers(desk.view.place).get(act.officer)
    if posted is not None:
        return posted.function == posts.AUTHORITY
    return act.kind == "key.rotate"


def awaited(desk: Desk) -> Iterator[Awaited]:
    """The matters in which a joint text waits for our authority key."""
    if not desk.may(Permission.AUTHORITY):
        return
    for procedure, kind in _AWAITED:
        rows = desk.view.rows(models.Matter).filter(procedure=procedure).order_by("-updated", "-id")
        for matter in rows.values_list("matter", flat=True)[:_MOST]:
            if any(one.kind.name == kind for one in offered_to_authority(desk, matter)):
                yield Awaited(kind, matter)


def matter_of_kind(desk: Desk, kind: str) -> str | None:
    """The matter of ours in which an act of our keys is done, or None where it opens it."""
    procedure = of_kind(kind)
    if procedure is None or procedure.key is None:
        return None
    key = procedure.key.of(Move("", desk.view.side, kind, "", {}))
    matter = natural_id(desk.view.id, procedure.family, key)
    return matter if any(not act.void for act in desk.view.ledger.matter(matter)) else None
