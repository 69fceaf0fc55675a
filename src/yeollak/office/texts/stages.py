"""How far each language of a text may be relied on, as data for a screen.

An authentic language binds. A reference translation never does, however well it was worked, and a screen
must say so beside every part that it shows of it. Its stage is what its own bytes say, or what an officer
has stated of it since in an act of translation, whichever is further; who stated it stays with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yeollak.office.texts.folding import primary
from yeollak.office.texts.instrument import STAGES, Instrument, Standing
from yeollak.procedures.table import Move

_TRANSLATED: Final = ".translated"


@dataclass(frozen=True, slots=True)
class Stated:
    """An act by which a side states that it translated: stage, language, and the translation where
    enclosed.
    """

    act: str
    side: str
    stage: str
    language: str
    at: str
    enclosures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a screen says beside one language.

    `binds` for an authentic text; `prevails` for the one that decides where authentic ones differ;
    `reference_only` for everything else. `stage` is empty for an authentic text and where nobody has said.
    `own` names the side whose own version it is. `stated` are the acts that speak of this language, in
    their order.
    """

    lang: str
    standing: Standing
    binds: bool
    prevails: bool
    equal_force: bool
    reference_only: bool
    stage: str
    own: str
    stated: tuple[Stated, ...]


def translations(moves: Sequence[Move]) -> tuple[Stated, ...]:
    """What officers have stated of translations among the allowed acts of a matter, in the order of
    `moves`.
    """
    return tuple(
        Stated(
            move.id,
            move.side,
            move.facts["stage"],
            move.facts["language"],
            str(move.facts.get("when", move.at)),
            tuple(sorted(move.enclosures)),
        )
        for move in moves
        if move.kind.endswith(_TRANSLATED)
        and move.facts.get("stage") in STAGES
        and isinstance(move.facts.get("language"), str)
    )


def marks(instrument: Instrument, stated: Sequence[Stated] = ()) -> tuple[Mark, ...]:
    """One mark for each language of the text, in its order."""
    several = len(instrument.authentic) > 1
    found: list[Mark] = []
    for version in instrument.versions:
        binds = version.standing == "authentic"
        mine = tuple(item for item in stated if _speaks_of(item.language, version.lang, instrument))
        stages = [stage for stage in (version.stage, *(item.stage for item in mine)) if stage]
        found.append(
            Mark(
                lang=version.lang,
                standing=version.standing,
                binds=binds,
                prevails=version.lang == instrument.prevails,
                equal_force=binds and several and not instrument.prevails,
                reference_only=not binds,
                stage="" if binds else max(stages, key=STAGES.index, default=""),
                own=version.side,
                stated=() if binds else mine,
            )
        )
    return tuple(found)


def _speaks_of(stated: str, lang: str, instrument: Instrument) -> bool:
    """Whether a stated language is this one: by its whole tag, or by its language where no other has it."""
    if stated == lang.lower():
        return True
    alike = [other for other in instrument.languages if primary(other) == primary(stated)]
    return stated == primary(stated) and alike == [lang]
