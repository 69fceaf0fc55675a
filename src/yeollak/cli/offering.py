"""What `yeollak matter` says of what may be done next, and of acts that crossed, from the office's data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from yeollak.cli.output import Output, Said
from yeollak.errors import OurFault
from yeollak.office.calendar import calendar_of
from yeollak.office.crossing import Telling, told
from yeollak.office.offers import Offer, offers
from yeollak.words.called import own_zone, side_names
from yeollak.words.consequences import consequence
from yeollak.words.naming import Reader
from yeollak.words.tellings import outcome, settled

if TYPE_CHECKING:
    from yeollak.storage.reading import OfficeView


def reader_of(out: Output, view: OfficeView) -> Reader:
    """Who reads: our side, with its own names in the language of the output."""
    return Reader(out.lang, view.side, side_names(view.charter, out.lang), own_zone() or UTC)


def offered(
    view: OfficeView, matter: str | None, now: datetime, function: str | None = None, officer: str = ""
) -> list[Offer]:
    """What one officer may do, or, without a function, what any posted officer of our side may."""
    calendar = calendar_of(view.office, view.office.terms())
    functions = {one.function for one in view.office.officers(view.place).values()}
    found: dict[str, Offer] = {}
    for each in [function] if function is not None else sorted(functions):
        for offer in offers(
            view.office,
            view.side,
            each,
            matter,
            now,
            officer=officer,
            propose=lambda kind, at: calendar.due(at, kind),
        ):
            found.setdefault(offer.kind.name, offer)
    return list(found.values())


def function_of(view: OfficeView, matter: str | None, officer: str) -> str:
    """The function of one of our officers who asks about a matter, or about opening one.

    Raises OurFault(`officer-unposted`, `no-such-matter`).
    """
    posted = view.office.officers(view.place).get(officer)
    if posted is None:
        raise OurFault("officer-unposted", officer=officer[:64], side=view.side)
    if matter is not None and not any(not act.void for act in view.ledger.matter(matter)):
        raise OurFault("no-such-matter", matter=matter[:64])
    return posted.function


def list_to(out: Output, view: OfficeView, matter: str | None, now: datetime, officer: str) -> None:
    """Say what one of our officers may do in a matter, or which matters he may open.

    Raises OurFault(`officer-unposted`, `no-such-matter`).
    """
    found = offered(view, matter, now, function_of(view, matter, officer), officer)
    out.result({"offers": as_json(found)})
    list_offers(out, view, found)


def list_offers(out: Output, view: OfficeView, found: Sequence[Offer]) -> None:
    """Each kind with who may sign it and the facts that it needs, then what follows from it."""
    if not found:
        out.say("There is nothing that this officer may do here now.")
        return
    out.tabulate(
        [
            (
                offer.kind.name,
                " ".join(offer.functions),
                offer.by or "",
                offer.not_before or "",
                " ".join(_wanted(offer)),
            )
            for offer in found
        ],
        "kind",
        "signed by",
        "in time until",
        "not before",
        "facts that it states",
    )
    reader = reader_of(out, view)
    for offer in found:
        follows = " ".join(consequence(reader, offer.to_json()).all)
        out.say("{kind}: {told}", kind=offer.kind.name, told=Said(follows))


def _wanted(offer: Offer) -> list[str]:
    """The facts that must be stated; a known one with what is known, in JSON only where it is no text."""
    return [
        f"{wanted.fact.name}:{wanted.fact.type}"
        if wanted.known is None
        else f"{wanted.fact.name}={wanted.known}"
        for wanted in offer.facts
        if wanted.required
    ]


def tell(out: Output, view: OfficeView, found: Sequence[Telling]) -> None:
    """What is told of each act, then once whether all that is settled."""
    reader, standing = reader_of(out, view), {}
    for one in found:
        data = one.to_json()
        if said := " ".join(outcome(reader, data)):
            out.say(
                "{kind}, entry {entry} of {side}: {told}",
                kind=one.act.kind,
                entry=one.act.index,
                side=one.act.side,
                told=Said(said),
            )
        if one.mark != "void":
            standing = data
    if standing:
        for sentence in settled(reader, standing):
            out.say("As the record stands: {told}", told=Said(sentence))


def tellings_of(view: OfficeView, matter: str) -> list[Telling]:
    """What our officers are told of a matter."""
    return told(view.office, view.side, matter)


def as_json(found: Sequence[Offer | Telling]) -> list[dict[str, Any]]:
    """Offers or tellings as plain values."""
    return [one.to_json() for one in found]
