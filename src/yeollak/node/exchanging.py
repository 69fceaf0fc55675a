"""Exchanging: what a node does by itself in a simultaneous exchange, so that no officer can be the one who
waits.

Once every commitment lies in the past of all, the node deposits its side's text with the escrow that the
charter names, if it names one, and reveals: without an escrow at once, with one when every deposit is in.
What a deposit is, `record.deposit` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yeollak.node.acting import Salts, Text, act, released
from yeollak.node.open import Node
from yeollak.office.office import Office
from yeollak.office.propose import Draft
from yeollak.procedures.exchange import EXCHANGE
from yeollak.record import deposit
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.reading import OfficeView


def reveal_what_is_due(node: Node, view: OfficeView, key: SigningKey, salts: Salts | None = None) -> None:
    """Deposit and reveal what our side owes in every exchange, each by one act of the node's own."""
    for matter, slots in owed(view.office, view.side):
        commitment = slots[f"commitment/{view.side}"]
        texts = [released(view, digest) for digest in commitment if reading.blob(view, digest) is not None]
        if len(texts) != len(commitment):
            continue  # an officer's other node, or a restore without them: the docket shows what is owed
        name, escrow = slots["round"], str(view.office.terms().get("escrow", ""))
        if escrow and f"deposited/{view.side}" not in slots:
            sealed = [_deposited(view, digest, escrow) for digest in commitment]
            act(
                node,
                view.id,
                key,
                Draft("exchange.deposit", matter=matter, facts={"round": name}),
                sealed,
                request=f"deposit/{matter}",
                salts=salts,
            )
        elif not escrow or all(f"deposited/{side}" in slots for side in view.office.parties):
            act(
                node,
                view.id,
                key,
                Draft("exchange.reveal", matter=matter, facts={"round": name}, enclosures=tuple(texts)),
                request=f"reveal/{matter}",
                salts=salts,
            )


def owed(office: Office, side: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The exchanges in which a side has committed and not revealed, every party having seen all commitments,
    with their slots.
    """
    for matter in list(office.ledger.matters()):
        if office.folds(matter).procedure is not EXCHANGE:
            continue
        state = office.state(matter).state
        waits = state.of("commitment", side) is not None and state.of("revealed", side) is None
        if state.phase in ("committed", "defaulted") and waits and office.settled(matter):
            yield matter, state.slots


def _deposited(view: OfficeView, digest: str, escrow: str) -> Text:
    """An enclosure of ours, sealed to the guarantor of the charter that is the escrow."""
    blob = reading.blob(view, digest)
    assert blob is not None, "the caller has looked"
    guarantor = view.office.terms()["guarantors"][escrow]
    return Text(deposit.seal(blob, bytes.fromhex(guarantor["keys"]["seal"])), deposit.MEDIA_TYPE)
