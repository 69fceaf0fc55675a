"""Making the lines of the state digest that matters lack: those of a record that pages knew before there were
lines, or whose lines were made by other rules.

They are made in portions, behind those who wait for something; nothing is kept in memory between two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from yeollak.office.folds import MatterFolds
from yeollak.office.ledger import together
from yeollak.storage import plain, reading, state_lines
from yeollak.storage.writer import Writer

#: How many lines are made in one transaction.
_MADE: Final = 512
_LINE: Final = f"UPDATE {plain.MATTER} SET line = %s WHERE office_id = %s AND matter = %s AND acts = %s"  # noqa: S608 (no value is in it)


class Lining(Writer):
    """Makes the lines that matters lack. One thread uses it; `pause` is called between pieces of the work,
    never within a transaction.
    """

    def __init__(self, alias: str = "default", pause: Callable[[], None] = lambda: None) -> None:
        super().__init__(alias)
        self._pause = pause

    def line(self, office: str, after: str = "", most: int = _MADE) -> str | None:
        """Look at the next matters behind one, and make the lines that some of them lack, no more than
        `most`. Returns the last that was looked at; None where there are no more.

        Raises OurFault(`no-such-office`, `store-failed`).
        """
        rows = plain.rows(self.alias, state_lines.ROWS, office, after, state_lines.READ)
        lacking = [matter for matter, acts, line, _ in rows if not state_lines.read(line, acts)][:most]
        if lacking:
            self._make(office, lacking)
        self._pause()
        if len(lacking) == most:
            return str(lacking[-1])
        return str(rows[-1][0]) if len(rows) == state_lines.READ else None

    def _make(self, office: str, matters: Sequence[str]) -> None:
        # A view of its own: what it remembers ends with it.
        view = reading.own_view(self.alias, office)
        view.refresh()
        made = []
        for matter in together(view.ledger, matters):
            folds = MatterFolds(view.charter.sides)
            folds.read(view.ledger.matter(matter))
            if any(sizes := folds.sizes()):
                made.append((state_lines.written(folds), office, matter, sum(sizes)))
        with self.atomic():
            for values in made:
                # Where pages have been told more of it meanwhile, its line came with that.
                plain.change(self.alias, _LINE, *values)
