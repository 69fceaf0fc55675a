"""The tables of procedures as Promela: `models/tables/` is written from the real tables and nothing else.

The models of `models/` fold acts by these headers, so that what Spin checks is what the nodes do. Only the
kinds that a model lets happen are written; facts that a table merely keeps are left out by leaving out their
kinds. What cannot be said here (an item's slot, a phase that a fact chooses, an unknown guard) is refused,
never skipped.

    python -m tools.promela     writes the headers again; tests/models fails when they are stale
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.house.finding import ROOT
from yeollak.procedures.agreement import AGREEMENT, signed_in_force
from yeollak.procedures.note import NOTE
from yeollak.procedures.shared import standing_text, tendered_text
from yeollak.procedures.table import NONE, Join, Pair, Procedure, Role, Row, Write

TABLES = ROOT / "models" / "tables"
#: Who a role is: the opener is side 0 and there is one counterpart. An act that opens is the opener's.
_ROLES = {Role.OPENER: "{side} == 0", Role.COUNTERPART: "{side} == 1", Role.EITHER: "1"}
#: Guards that ask about other matters alone, which a model with one matter takes as granted.
_ABOUT_OTHERS = frozenset({"amends_in_force"})


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A table with the kinds that a model lets happen, in the order in which they are numbered."""

    procedure: Procedure
    stem: str
    kinds: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the header and its table are called."""
        return self.procedure.name

    def rows(self) -> Iterator[tuple[str, str, Row]]:
        """Phase, kind and row of what can happen, phases in the order in which they are reached."""
        for phase in self.phases():
            for kind in self.kinds:
                if row := self.procedure.rows.get(phase, {}).get(self.stem + kind):
                    yield phase, kind, row

    def phases(self) -> list[str]:
        """Every phase that these kinds and the joint steps reach."""
        found = [NONE]
        for phase in found:
            rows = self.procedure.rows.get(phase, {})
            after = [row.to for kind in self.kinds if (row := rows.get(self.stem + kind)) and row.to]
            after += [join.to for join in self.joins() if join.phase == phase and after]
            found += [to for to in dict.fromkeys(after) if to not in found]
        return found

    def joins(self) -> list[Join]:
        """The joint steps over slots that these kinds fill."""
        filled = {
            write.slot
            for rows in self.procedure.rows.values()
            for kind in self.kinds
            if (row := rows.get(self.stem + kind))
            for write in row.writes
        }
        return [join for join in self.procedure.joins if join.slot in filled]

    def pairs(self) -> list[Pair]:
        """The crossing pairs between these kinds."""
        names = {self.stem + kind for kind in self.kinds}
        return [pair for pair in self.procedure.pairs if pair[0][0] in names and pair[1][0] in names]

    def slots(self) -> dict[str, int]:
        """Each slot -> where it stands in `slot`; a slot for each side takes two places."""
        places, at = {}, 1
        writes = [write for _, _, row in self.rows() for write in row.writes]
        for name in dict.fromkeys(write.slot for write in writes):
            widths = {2 if write.each else 1 for write in writes if write.slot == name}
            if len(widths) != 1:
                raise ValueError(f"{self.name}: {name} is both one slot and one a side")
            places[name] = at
            at += widths.pop()
        return places | {"": at}


EXCERPTS = (
    Excerpt(
        NOTE,
        "note.",
        ("tender", "take", "refuse", "withdraw", "lapse", "urge", "deliver", "answer", "hold"),
    ),
    Excerpt(AGREEMENT, "agreement.", ("draft", "redraft", "sign", "retract", "lapse", "withdraw", "initial")),
)


def _symbol(name: str) -> str:
    return name.upper().replace("-", "_")


def _needs(excerpt: Excerpt, phase: str, kind: str, row: Row, side: str) -> list[str]:
    """What a row asks of state and side; which act it answers is asked apart."""
    if row.turns is not None:
        raise ValueError(f"{excerpt.name}: {kind} chooses its phase by a fact")
    needs = [f"ROW_{_symbol(phase)}_{_symbol(kind)}", f"slot[0] == P_{_symbol(phase)}"]
    role = _ROLES[Role.OPENER if phase == NONE else row.by]
    needs.append(role.format(side=f"({side})"))
    if row.own is not None:
        needs.append(f"slot[S_{_symbol(row.own)} + ({side})] != 0")
    if row.free is not None:
        needs.append(f"slot[S_{_symbol(row.free)} + ({side})] == 0")
    for write in row.writes:
        if write.keyed is not None:
            raise ValueError(f"{excerpt.name}: {kind} writes a slot for each item")
        if write.once and not {write.slot, write.slot + "/*", write.slot + "/@"} & set(row.clears):
            needs.append(f"{_slot(write, side)} == 0")
    return [need for need in needs if need != "1"]


def _slot(write: Write, side: str) -> str:
    return f"slot[S_{_symbol(write.slot)}{f' + ({side})' if write.each else ''}]"


def _effects(excerpt: Excerpt, row: Row) -> Iterator[str]:
    for clear in row.clears:
        base, _, part = clear.partition("/")
        if base not in excerpt.slots():
            raise ValueError(f"{excerpt.name}: {base} is cleared and never written")
        name = f"S_{_symbol(base)}"
        offsets = {"": [""], "*": [" + 0", " + 1"], "@": [" + (s_)"]}[part]
        yield from (f"slot[{name}{offset}] = 0" for offset in offsets)
    for write in row.writes:
        # A text is its number. Any other fact, time or constant is told by the act that gave it.
        value = "t_" if write.value in ("digests", "fact:text") else "a_"
        yield f"{_slot(write, 's_')} = {value}"
    if row.to is not None:
        yield f"slot[0] = P_{_symbol(row.to)}"


def _disjunction(name: str, arguments: str, terms: Sequence[str]) -> Iterator[str]:
    yield f"#define {name}({arguments}) ( \\"
    for at, term in enumerate(terms):
        yield f"    {'|| ' if at else '   '}({term}) \\"
    yield "    )"


def _switches(names: Sequence[str]) -> Iterator[str]:
    """A constant for each row: 1, unless a broken model is made without one by setting it to 0."""
    for name in names:
        yield from (f"#ifndef ROW_{name}", f"#define ROW_{name} 1", "#endif")


def pair_name(excerpt: Excerpt, pair: Pair) -> str:
    """What a crossing pair is called in the models: `LAPSE_OVER_TAKE`."""
    return "_OVER_".join(_symbol(kind.removeprefix(excerpt.stem)) for kind, _ in pair)


def row_name(phase: str, kind: str) -> str:
    """What a row is called in the models: `WITHDRAWN_LAPSE`."""
    return f"{_symbol(phase)}_{_symbol(kind)}"


def _joint(join: Join) -> str:
    terms = [f"slot[0] == P_{_symbol(join.phase)}"]
    for side in (0, 1):
        own = f"slot[S_{_symbol(join.slot)} + {side}]"
        filled = f"{own} != 0"
        if join.equal_to:
            filled += f" && (ANY_TEXT || {own} == slot[S_{_symbol(join.equal_to)}])"
        terms.append(f"({filled})" if side == 0 else f"(ONE_IS_ENOUGH || ({filled}))")
    return " && ".join(terms)


def _depth(excerpt: Excerpt) -> int:
    """How many acts the longest chain of crossing pairs has: after so many rounds nothing changes."""
    pairs = [(pair[0], pair[1]) for pair in excerpt.pairs()]

    def below(kind: str) -> int:
        return 1 + max((below(lost[0]) for won, lost in pairs if won[0] == kind), default=0)

    return max(below(won[0]) for won, _ in pairs)


def _guard(excerpt: Excerpt, phase: str, kind: str, row: Row) -> str | None:
    if row.guard is None or phase == NONE or row.guard.__name__ in _ABOUT_OTHERS:
        # What guards an opening act asks is about other matters, and a model has one.
        return None
    # An agreement's signature also asks about another matter, which a model does not have.
    if row.guard not in (standing_text, tendered_text, signed_in_force):
        raise ValueError(f"{excerpt.name}: no model of the guard {row.guard.__name__}")
    return f"slot[0] == P_{_symbol(phase)} && (k_) == K_{_symbol(kind)} && (t_) != slot[S_TEXT]"


def header(excerpt: Excerpt) -> str:
    """The table as Promela: numbers, crossing pairs, what may be done, the guards, the step."""
    lines = [
        f"/* The table `{excerpt.name}`, without the kinds that only state facts. Generated from",
        " * src/yeollak/procedures by `python -m tools.promela`; do not edit.",
        " *",
        " * A state is `slot`: its phase, then its slots. An act in a slot is its number, a text its own;",
        " * a time, a ground or a constant is told by the act that gave it. A broken model sets a ROW to 0,",
        " * or cuts a pair.",
        " */",
    ]
    lines += [f"#define P_{_symbol(phase)} {at}" for at, phase in enumerate(excerpt.phases())]
    lines += [f"#define K_{_symbol(kind)} {at}" for at, kind in enumerate(excerpt.kinds, 1)]
    lines.append(f"#define KINDS {len(excerpt.kinds)}")
    places = excerpt.slots()
    lines += [f"#define S_{_symbol(name)} {at}" for name, at in places.items() if name]
    lines += [f"#define SLOTS {places['']}", f"#define CHAIN {_depth(excerpt)}"]
    lines += ["#ifndef ONE_IS_ENOUGH", "#define ONE_IS_ENOUGH 0", "#endif"]
    lines += ["#ifndef ANY_TEXT", "#define ANY_TEXT 0", "#endif", ""]
    rows = list(excerpt.rows())
    lines += _switches([row_name(phase, kind) for phase, kind, _ in rows])
    lines += [
        f"#define PAIR_{pair_name(excerpt, pair)} (cut != {at})" for at, pair in enumerate(excerpt.pairs(), 1)
    ]
    lines += ["", "/* Whether kind w_ by side ws_ stands before kind l_ by side ls_ where they crossed. */"]
    beats = []
    for pair in excerpt.pairs():
        (won, by), (lost, of) = pair
        terms = [f"PAIR_{pair_name(excerpt, pair)}"]
        terms.append(f"(w_) == K_{_symbol(won.removeprefix(excerpt.stem))}")
        terms.append(_ROLES[by].format(side="(ws_)"))
        terms.append(f"(l_) == K_{_symbol(lost.removeprefix(excerpt.stem))}")
        terms.append(_ROLES[of].format(side="(ls_)"))
        beats.append(" && ".join(term for term in terms if term != "1"))
    lines += _disjunction("BEATS", "w_, ws_, l_, ls_", beats)
    lines += ["", "/* Whether side s_ may do k_ in this state. */"]
    can = [
        " && ".join((f"(k_) == K_{_symbol(kind)}", *_needs(excerpt, phase, kind, row, "s_")))
        for phase, kind, row in rows
    ]
    lines += _disjunction("CAN", "k_, s_", can)
    lines += ["", "/* The slot whose act k_ must answer in this state; 0 for none. */"]
    answers = [
        f"(slot[0] == P_{_symbol(phase)} && (k_) == K_{_symbol(kind)} -> S_{_symbol(row.answers)} : "
        for phase, kind, row in rows
        if row.answers is not None
    ]
    lines += [
        "#define ANSWERS(k_) ( \\",
        *(f"    {answer} \\" for answer in answers),
        "    0" + ")" * len(answers) + ")",
    ]
    lines += ["", "/* Whether a guard refuses k_ over text t_; only the verdict asks. */"]
    guards = [guard for phase, kind, row in rows if (guard := _guard(excerpt, phase, kind, row))]
    lines += _disjunction("REFUSED", "k_, t_", guards)
    lines += [
        "",
        "/* One act a_ of kind k_ by side s_, answering r_, over text t_: `ok`, and the state after. */",
    ]
    lines += ["inline step(k_, s_, r_, t_, a_) {", "    ok = 0;", "    if"]
    for phase, kind, row in rows:
        needs = [f"(k_) == K_{_symbol(kind)}", *_needs(excerpt, phase, kind, row, "s_")]
        if row.answers is not None:
            slot = f"slot[S_{_symbol(row.answers)}]"
            needs += [f"{slot} != 0", f"{slot} == (r_)"]
        lines.append(f"    :: {' && '.join(needs)} ->")
        lines.append(f"        {'; '.join((*_effects(excerpt, row), 'ok = 1'))}")
    lines += ["    :: else -> skip", "    fi"]
    if joins := excerpt.joins():
        lines[-1] += ";"
        lines.append("    do")
        lines += [f"    :: {_joint(join)} -> slot[0] = P_{_symbol(join.to)}" for join in joins]
        lines += ["    :: else -> break", "    od"]
    lines.append("}")
    lines += ["", "/* Any one kind that `mask` has. */", "inline pick(mask, k_) {", "    if"]
    lines += [f"    :: ((mask) >> K_{_symbol(kind)}) & 1 -> k_ = K_{_symbol(kind)}" for kind in excerpt.kinds]
    lines += ["    fi", "}", ""]
    return "\n".join(lines)


def headers() -> dict[Path, str]:
    """Every header as it should be: path -> text."""
    return {TABLES / f"{excerpt.name}.pml": header(excerpt) for excerpt in EXCERPTS}


def main() -> None:
    """Write each header that has changed, and name it."""
    for path, text in headers().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
