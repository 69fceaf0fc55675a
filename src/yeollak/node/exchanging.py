"""Exchanging: what a node does by itself in a simultaneous exchange, so that no officer can be the one who
waits.

Once every commitment lies in the past of all, all name one form or none and none copies another, the node
deposits its side's text with the escrow that the charter names, if it names one, and reveals: without an
escrow at once, with one when every deposit is in and can be what it should. Where the exchange is in default
it goes on only once another side has revealed, and the one that declared it: who declares a default must not
get the text for nothing. Where what another side has handed over is not what was agreed, the node says so in
the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from yeollak.errors import Fault, OurFault
from yeollak.node import escrow
from yeollak.node.acting import Salts, Text, act, released
from yeollak.node.misfit import misfit
from yeollak.node.open import Node
from yeollak.office.office import Office
from yeollak.office.propose import Draft
from yeollak.procedures.exchange import EXCHANGE
from yeollak.procedures.table import State
from yeollak.record import deposit
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.reading import OfficeView

#: The field that is objected to where what lies with the guarantor cannot be the text.
DEPOSIT: Final = "deposit"
#: The alarm that names an exchange in which the node could not go on, whatever it was that went wrong.
FAILED: Final = "exchange-failed"
#: Why an act of the node's own may be refused when it comes to it: an officer's hand was quicker, or the text
#: cannot go along. The docket shows what the side owes, and the other exchanges go on.
_GIVEN_UP: Final = {"act-void", "enclosure-not-given", "enclosures-too-many"}


def do_what_is_due(
    node: Node, view: OfficeView, key: SigningKey, fitting: set[str], salts: Salts | None = None
) -> bool:
    """Deposit, reveal and object as our side must in every exchange, each by one act of the node's own.

    `fitting` are the acts that need not be looked at again: they are as agreed, or our side
    has objected. It is added to. Returns whether every exchange could be gone through: one that could not
    leaves the alarm `FAILED` and keeps no other back. Raises OurFault for what hinders the node in all.
    """
    whole = True
    for matter, state in _exchanges(view.office):
        work = partial(_object, node, view, key, matter, state, fitting, salts)
        whole &= _apart(node, view, matter, work)
    for matter, slots in owed(view.office, view.side):
        work = partial(_hand_over, node, view, key, matter, slots, salts)
        whole &= _apart(node, view, matter, work)
    return whole


def owed(office: Office, side: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The exchanges in which a node of this side deposits or reveals by itself, with their slots: the side
    has committed and not revealed, every party has seen all that was said, and the commitments go together.
    """
    for matter, state in _exchanges(office):
        waits = state.of("commitment", side) is not None and state.of("revealed", side) is None
        begun = state.phase == "committed" or (state.phase == "defaulted" and _paid_for(office, state, side))
        if waits and begun and _go_together(office, state) and office.settled(matter):
            yield matter, state.slots


def _go_together(office: Office, state: State) -> bool:
    """Whether all commitments name one form or none, and no two of them a digest: commitments that crossed
    may be copies, and who copies has nothing of his own to give for what he would get.
    """
    forms = {state.of("form", party) for party in office.parties}
    digests = [digest for party in office.parties for digest in state.of("commitment", party) or ()]
    return len(forms) == 1 and len(set(digests)) == len(digests)


def _paid_for(office: Office, state: State, side: str) -> bool:
    """Whether in a default a side gets something for its text: another has revealed, and so has whoever
    declared the default, where that was another.
    """
    revealed = {party for party in office.parties if state.of("revealed", party) is not None}
    declared = state.slots.get("declared")
    return bool(revealed) and (declared in revealed or declared == side)


def _exchanges(office: Office) -> Iterator[tuple[str, State]]:
    """Every exchange that is open to what a node does by itself."""
    for matter in list(office.ledger.matters(EXCHANGE.name)):
        state = office.state(matter).state
        if state.phase in ("committed", "defaulted", "revealed"):
            yield matter, state


def _apart(node: Node, view: OfficeView, matter: str, work: Callable[[], None]) -> bool:
    """Whether the work of one exchange could be done, or was given up: what it stumbles over is an alarm."""
    try:
        work()
    except OurFault as fault:
        if fault.code not in _GIVEN_UP:
            raise
    except Exception as problem:  # noqa: BLE001 (bytes of another side must never stop what others wait for)
        why = problem.code if isinstance(problem, Fault) else type(problem).__name__
        node.journal.raise_alarm(view.id, FAILED, {"matter": matter, "why": why}, node.clock.now())
        return False
    return True


def _hand_over(
    node: Node,
    view: OfficeView,
    key: SigningKey,
    matter: str,
    slots: Mapping[str, Any],
    salts: Salts | None,
) -> None:
    commitment = slots[f"commitment/{view.side}"]
    texts = [
        released(view, digest) for digest in commitment if reading.blob(view, digest, view.side) is not None
    ]
    if len(texts) != len(commitment):
        return  # an officer's other node, or a restore without them: the docket shows what is owed
    facts, guarantor = {"round": slots["round"]}, str(view.office.terms().get("escrow", ""))
    if guarantor and f"deposited/{view.side}" not in slots:
        draft, kind = Draft("exchange.deposit", matter=matter, facts=facts), "deposit"
        sealed: Sequence[Text] = [_deposited(view, digest, guarantor) for digest in commitment]
    elif not guarantor or all(_lies_there(view, matter, slots, side) for side in view.office.parties):
        draft, kind = Draft("exchange.reveal", matter=matter, facts=facts, enclosures=tuple(texts)), "reveal"
        sealed = ()
    else:
        return
    act(node, view.id, key, draft, sealed, request=_request(view, f"{kind}/{matter}"), salts=salts)


def _object(
    node: Node,
    view: OfficeView,
    key: SigningKey,
    matter: str,
    state: State,
    fitting: set[str],
    salts: Salts | None,
) -> None:
    """Name by an act what other sides have handed over and should not have, once for each reveal, each
    deposit, and each text that the guarantor has given out to us.
    """
    others = [side for side in view.office.parties if side != view.side]
    given = [(of, slot, state.of(slot, of)) for of in others for slot in ("deposited", "revealed")]
    given += [(of, "from-escrow", state.of(f"from-escrow/{of}", view.side)) for of in others]
    new = [(of, slot, str(name)) for of, slot, name in given if name is not None and name not in fitting]
    acts = {found.id: found for found in view.ledger.matter(matter)} if new else {}
    for of, slot, handed in new:
        said = acts.get(str(state.slots.get(f"objection/{of}/{view.side}")))
        if said is None or not said.has_seen(acts[handed]):
            field = _not_a_deposit(view, matter, of) if slot == "deposited" else misfit(view, matter, of)
            if field is not None:
                facts = {"round": state.slots["round"], "of": of, "field": field}
                draft = Draft("exchange.object", matter=matter, facts=facts, re=(handed,))
                act(node, view.id, key, draft, request=_request(view, f"object/{handed}"), salts=salts)
        fitting.add(handed)


def _not_a_deposit(view: OfficeView, matter: str, of: str) -> str | None:
    return None if escrow.fits(view, matter, of) else DEPOSIT


def _lies_there(view: OfficeView, matter: str, slots: Mapping[str, Any], side: str) -> bool:
    """Whether a side has deposited what can be its text. Our own we have sealed ourselves."""
    there = f"deposited/{side}" in slots
    return there and (side == view.side or escrow.fits(view, matter, side))


def _request(view: OfficeView, name: str) -> str:
    """The name under which an act is appended once. What was appended under it before has no effect, or
    nothing would be due: it was overtaken, was void or was given up, and the name says what is replaced.
    """
    first = name
    while (known := reading.requested(view, name)) is not None:
        name = f"{first}/{known}"
    return name


def _deposited(view: OfficeView, digest: str, escrow: str) -> Text:
    """An enclosure of ours, sealed to the guarantor of the charter that is the escrow."""
    blob = reading.blob(view, digest, view.side)
    assert blob is not None, "the caller has looked"
    guarantor = view.office.terms()["guarantors"][escrow]
    return Text(deposit.seal(blob, bytes.fromhex(guarantor["keys"]["seal"])), deposit.MEDIA_TYPE)
