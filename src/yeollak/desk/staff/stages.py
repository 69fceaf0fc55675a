"""The way of a matter as stages: what has been reached, by whose act and when, and what it waits for.

A note or a request goes by consent, a meeting from its proposal to signed minutes, a joint text from its
draft into force; every other matter is shown by what was done in it. A stage is reached by a standing act of
the record and by nothing else, but that the other side's node has received an act is told by its receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from yeollak.office.ledger import Counted
from yeollak.words import say
from yeollak.words.acts import kind_word


def pgettext(context: str, message: str) -> str:
    """Mark a message for the catalogues; it is looked up where it is said."""
    return message


Reached = Literal["done", "here", "todo"]
#: How many stages stand in a row.
_MOST: Final = 7


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `act` has reached it, or the receipt at `at`; `until` is what a waiting one waits for;
    `others` are the sides that have done the same beside `side`, where every side has to.
    """

    label: str
    reached: Reached
    act: Counted | None = None
    side: str = ""
    at: str = ""
    until: str = ""
    others: tuple[str, ...] = ()


#: What a stage is called (msgctxt `stage`), and the kinds of act that reach it. `*` is the receipt.
_Plan = Sequence[tuple[str, Sequence[str]]]


def _consent(stem: str, delivered: str) -> _Plan:
    return (
        (pgettext("stage", "Tendered"), (f"{stem}tender",)),
        (pgettext("stage", "Received"), ("*",)),
        (pgettext("stage", "Taken up"), (f"{stem}take",)),
        (pgettext("stage", "Delivered"), (delivered, f"{stem}send", f"{stem}route")),
        (pgettext("stage", "Read"), (f"{stem}read", f"{stem}received")),
        (pgettext("stage", "Shown"), (f"{stem}shown",)),
        (pgettext("stage", "Translated"), (f"{stem}translated",)),
        (pgettext("stage", "Answered"), (f"{stem}answer",)),
    )


def _joint(stem: str) -> _Plan:
    return (
        (pgettext("stage", "Drafted"), (f"{stem}draft",)),
        (pgettext("stage", "Received"), ("*",)),
        (pgettext("stage", "Redrafted"), (f"{stem}redraft",)),
        (pgettext("stage", "Initialled"), (f"{stem}initial",)),
        (pgettext("stage", "Signed"), (f"{stem}sign",)),
    )


_PLANS: Final[Mapping[str, _Plan]] = {
    "note": _consent("note.", "note.deliver"),
    "request": _consent("request.", "request.ask"),
    "meeting": (
        (pgettext("stage", "Proposed"), ("meeting.propose", "meeting.planned")),
        (pgettext("stage", "Countered"), ("meeting.counter",)),
        (pgettext("stage", "Agreed"), ("meeting.agree",)),
        (pgettext("stage", "Delegations"), ("meeting.delegation",)),
        (pgettext("stage", "Held"), ("meeting.held", "meeting.not-held", "meeting.absent")),
        (pgettext("stage", "Minutes"), ("meeting.minutes", "meeting.redraft")),
        (pgettext("stage", "Signed"), ("meeting.sign",)),
    ),
    "agreement": _joint("agreement."),
    "amendment": _joint("amendment."),
    "form": _joint("form."),
    "dissolution": _joint("dissolution."),
}
#: Stages that a matter may well go without: they are shown once they have been reached.
_OPTIONAL: Final = frozenset({"Countered", "Redrafted", "Delegations"})
#: The end of a kind of act that every side does for itself before its stage is whole.
_EACH: Final = (".initial", ".sign")
#: The stage with which a plan of joint texts ends, by phase.
_FORCE: Final = {
    "in-force": pgettext("stage", "In force"),
    "adopted": pgettext("stage", "Adopted"),
    "dissolved": pgettext("stage", "Dissolved"),
}


def stages(
    procedure: str,
    phase: str,
    acts: Sequence[Counted],
    lang: str,
    *,
    received: tuple[str, str] | None = None,
    until: str = "",
    ended: bool = False,
) -> tuple[Stage, ...]:
    """The stages of a matter.

    `acts` are its standing acts in their order; `received` the other side and the instant of its first
    receipt over the opening act; `until` the due of what the matter waits for, empty where there is none;
    `ended` that no act leads further.
    """
    plan = _PLANS.get(procedure)
    if plan is None:
        return _told(acts, lang, until)
    first: dict[str, Counted] = {}
    for one in acts:
        if one.move is not None:
            first.setdefault(one.move.kind, one)
    if not any(kind in first for _, kinds in plan for kind in kinds):
        # It began otherwise: as one side's account of what was agreed elsewhere.
        return _told(acts, lang, until)
    found: list[Stage] = []
    opened_so = any(kind in first for kind in plan[0][1])
    for number, (label, kinds) in enumerate(plan):
        act = next((first[kind] for kind in kinds if kind in first), None)
        if kinds == ("*",):
            if received is not None:
                found.append(Stage(_word(lang, label), "done", side=received[0], at=received[1]))
            elif not ended:
                found.append(Stage(_word(lang, label), "todo"))
        elif act is not None and kinds[0].endswith(_EACH):
            found.append(_by_each(_word(lang, label), acts, kinds[0]))
        elif act is not None:
            found.append(_done(_word(lang, label), act))
        elif not ended and label not in _OPTIONAL and (opened_so or number > 0):
            found.append(Stage(_word(lang, label), "todo"))
    if phase in _FORCE:
        signed = max(acts, key=lambda act: act.turn, default=None)
        found.append(
            Stage(
                _word(lang, _FORCE[phase]),
                "done",
                act=signed,
                at=signed.move.at if signed is not None and signed.move is not None else "",
            )
        )
    elif ended and (last := _ending(plan, acts, lang)) is not None:
        found.append(last)
    return tuple(_waiting(found, until))


def _word(lang: str, label: str) -> str:
    return say(lang, label, context="stage")


def _waiting(found: list[Stage], until: str) -> list[Stage]:
    """With the first stage behind the last that was reached marked as the one that is waited for."""
    last = max((place for place, stage in enumerate(found) if stage.reached == "done"), default=-1)
    for place in range(last + 1, len(found)):
        stage = found[place]
        found[place] = Stage(stage.label, "here", until=until)
        break
    return found


def _ending(plan: _Plan, acts: Sequence[Counted], lang: str) -> Stage | None:
    """The act that a matter ended with, where no stage of its plan is it."""
    planned = {kind for _, kinds in plan for kind in kinds}
    last = next((act for act in reversed(acts) if act.move is not None and "." in act.move.kind), None)
    if last is None or last.move is None or last.move.kind in planned:
        return None
    return _done(kind_word(lang, last.move.kind), last)


def _told(acts: Sequence[Counted], lang: str, until: str) -> tuple[Stage, ...]:
    """What was done in a matter without a plan: its first act and its newest ones."""
    kept = [act for act in acts if act.move is not None and "." in act.move.kind]
    if len(kept) > _MOST:
        kept = [kept[0], *kept[1 - _MOST :]]
    found = [_done(kind_word(lang, act.move.kind), act) for act in kept if act.move is not None]
    if until:
        found.append(Stage(_word(lang, pgettext("stage", "Waiting")), "here", until=until))
    return tuple(found)


def _by_each(label: str, acts: Sequence[Counted], kind: str) -> Stage:
    """A stage that every side has to reach, at the last act by which one did: of acts on the text that
    stands, where some are.
    """
    moves = [act for act in acts if act.move is not None]
    redrafted = max((act.turn for act in moves if act.move and act.move.kind.endswith(".redraft")), default=0)
    done = [act for act in moves if act.move and act.move.kind == kind]
    by = {act.side: act for act in [one for one in done if one.turn > redrafted] or done}
    last = max(by.values(), key=lambda act: act.turn)
    first = next(iter(by.values()))
    at = last.move.at if last.move is not None else ""
    return Stage(label, "done", last, first.side, at, others=tuple(side for side in by if side != first.side))


def _done(label: str, act: Counted) -> Stage:
    return Stage(label, "done", act=act, side=act.side, at=act.move.at if act.move is not None else "")
