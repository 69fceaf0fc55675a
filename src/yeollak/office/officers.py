"""Who may sign: the keys of one side at each position of its register.

A key is valid for a range of positions in its own side's register, set by the acts that post and recall it
and never by a wall-clock date (design §2, Keys; clarifications 12 and 13). Nothing in another side's
register, and no later act, can reach back and change who was posted at a position.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yeollak.office.ledger import Counted
from yeollak.record.keys import kid

#: The function of the authority key, which no posting gives.
AUTHORITY = "authority"
#: The function of the key with which a node signs by itself.
NODE = "node"
_BY_AUTHORITY = ("amendment.", "charter.", "dissolution.", "form.", "key.", "posting.", "register.")
_BY_NODE = ("line.", "enclosure.", "exchange.deposit", "exchange.object", "exchange.reveal")


@dataclass(frozen=True, slots=True)
class Officer:
    """A posted key. `since` is the position of the act that posts it (-1 for the charter), `matter` its
    posting.
    """

    kid: str
    key: bytes
    function: str
    since: int
    matter: str


def posted(authority: bytes, postings: Iterable[Counted], index: int) -> dict[str, Officer]:
    """The officers who may sign at position `index`, by key id: from the position after the act that
    posts, up to and including the act that recalls. `authority` is the key of the charter; a rotation puts
    the next in its place.
    """
    officers = {kid(authority): Officer(kid(authority), authority, AUTHORITY, -1, "")}
    for act in postings:
        if act.index >= index or act.move is None:
            continue
        if act.move.kind == "key.rotate":
            officers = {name: one for name, one in officers.items() if one.function != AUTHORITY}
            name = kid(act.key)
            officers[name] = Officer(name, act.key, AUTHORITY, act.index, "")
        if act.move.kind == "posting.appoint":
            name = kid(act.key)
            officers[name] = Officer(name, act.key, str(act.move.facts["function"]), act.index, act.matter)
        elif act.move.kind == "posting.recall":
            officers = {name: officer for name, officer in officers.items() if officer.matter != act.matter}
    return officers


def enrolled(first: bytes, postings: Iterable[Counted]) -> str:
    """The digest of the key that alone may replace the authority key: `first` of the charter, or what the
    last rotation enrolled (attacks 2.11).
    """
    rotated = [act.move.facts["next"] for act in postings if act.move and act.move.kind == "key.rotate"]
    return str(rotated[-1]) if rotated else first.hex()


def ever(authority: bytes, postings: Iterable[Counted]) -> set[str]:
    """Every key id that a side ever posted: none may be posted twice (clarifications 6)."""
    return {kid(authority), *(kid(act.key) for act in postings if act.key)}


def may_sign(function: str, kind: str, listed: Iterable[str]) -> bool:
    """Whether an officer of this function may sign this kind; `listed` are the functions that the kind
    names, if any.
    """
    if function == AUTHORITY:
        return kind.startswith(_BY_AUTHORITY)
    if function == NODE:
        return kind.startswith(_BY_NODE)
    return not (named := set(listed)) or function in named
