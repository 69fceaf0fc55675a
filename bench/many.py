"""`python -m bench.many`: one node with a thousand offices of fifty acts each.

Two nodes have all the offices between them and are served as `yeollak serve` does it, each in a process of
its own, over HTTPS, with keys as dear to open as by default. Told are memory and start of the southern one,
what it needs while nothing happens, and how long a flash takes in offices that were at rest, from the
officer's hand to a verified receipt that is stored; beside it the same with few offices, in the same run.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from yeollak.node.settings import configure

configure()

from bench.child import Child  # noqa: E402 (models need settings)
from bench.desk_store import NORTH, SOUTH  # noqa: E402 (as above)
from bench.long import run  # noqa: E402 (as above)
from bench.long_store import peak  # noqa: E402 (as above)
from bench.many_store import Many, addressed, many  # noqa: E402 (as above)
from tests.node.offices import SECRET  # noqa: E402 (as above)

FEW: Final = 20
#: For how long nothing happens, and how long a node is given to come to rest before, in seconds.
_REST, _SETTLES = 15.0, 300.0
_FLASHES, _TIMES = 12, 3


class _Node(Child):
    """A node that is served, by a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.began = time.perf_counter()
        super().__init__([sys.executable, "-m", "bench.many_node", str(folder), SECRET])

    @property
    def memory(self) -> int:
        """The most megabytes that it has had."""
        return peak(self.process.pid) // 2**20

    def rest(self, seconds: float) -> float:
        """What part of a core it has needed in so many seconds."""
        before = self.ask(do="state")["cpu"]
        time.sleep(seconds)
        return float(self.ask(do="state")["cpu"] - before) / seconds


def measured(made: Many) -> dict[str, Any]:
    """The figures of a folder, which is used up."""
    addressed(made.folder)
    nodes = {side: _Node(made.folder / side) for side in (NORTH, SOUTH)}
    try:
        began = {side: node.hear() for side, node in nodes.items()}
        south = nodes[SOUTH]
        at_start, settled = south.memory, time.perf_counter()
        while south.rest(5.0) > 0.05 and time.perf_counter() - settled < _SETTLES:
            pass
        settling = time.perf_counter() - settled
        rest = {side: round(node.rest(_REST), 4) for side, node in nodes.items()}
        chosen = Random(6).sample(made.offices, min(_FLASHES, len(made.offices)))
        spent = [
            seconds
            for office in chosen
            for seconds in south.ask(do="flash", office=office, key=made.keys[office].hex(), times=_TIMES)[
                "spent"
            ]
        ]
        state = south.ask(do="state")
        return {
            "offices": len(made.offices),
            **began[SOUTH],
            "memory_at_start_mb": at_start,
            "memory_mb": south.memory,
            "threads": state["threads"],
            "settles_s": round(settling, 1),
            "at_rest": rest,
            "flash_s": {
                "median": round(median(spent), 3),
                "most": round(max(spent), 3),
                "first": round(median(spent[::_TIMES]), 3),
            },
        }
    finally:
        for node in nodes.values():
            node.close()


def drawn(result: dict[str, Any]) -> Table:
    """The figures as a table, with the ratio to few offices."""
    few, lot = result["few"], result["many"]
    table = Table(title=f"Many offices, {result['acts']} acts each: {result['run']['date']}")
    for heading in ("measured", "unit", f"{few['offices']} offices", f"{lot['offices']:,} offices", "ratio"):
        table.add_column(heading, justify="left" if heading in ("measured", "unit") else "right")
    figures: dict[str, tuple[str, float, float]] = {
        "opening the keys": ("s", few["keys_s"], lot["keys_s"]),
        "start after that": ("s", few["start_s"], lot["start_s"]),
        "memory at the start": ("MB", few["memory_at_start_mb"], lot["memory_at_start_mb"]),
        "memory": ("MB", few["memory_mb"], lot["memory_mb"]),
        "threads": ("", few["threads"], lot["threads"]),
        "CPU at rest": ("of a core", few["at_rest"][SOUTH], lot["at_rest"][SOUTH]),
        "CPU at rest, the other node": ("of a core", few["at_rest"][NORTH], lot["at_rest"][NORTH]),
        "a flash": ("s, median", few["flash_s"]["median"], lot["flash_s"]["median"]),
        "… in an office at rest": ("s, median", few["flash_s"]["first"], lot["flash_s"]["first"]),
        "… the slowest": ("s", few["flash_s"]["most"], lot["flash_s"]["most"]),
    }
    for name, (unit, one, other) in figures.items():
        ratio = f"{other / one:.1f}" if one else "–"
        table.add_row(
            name,
            unit,
            f"{one:,.3g}" if one < 100 else f"{one:,.0f}",
            f"{other:,.3g}" if other < 100 else f"{other:,.0f}",
            ratio,
        )
    return table


@click.command()
@click.option("--offices", type=click.IntRange(min=FEW), default=1000, show_default=True)
@click.option("--acts", type=click.IntRange(min=8), default=50, show_default=True)
@click.option("--store", type=click.Path(path_type=Path), help="Keep the nodes here, and use those that are.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the figures here too.")
def main(offices: int, acts: int, store: Path | None, target: Path | None) -> None:
    """Measure one node with many offices."""
    with tempfile.TemporaryDirectory() as fresh:
        place = store or Path(fresh)
        result: dict[str, Any] = {"v": 1, "acts": acts}
        for name, number in (("few", FEW), ("many", offices)):
            kept = many(place / f"many-{number}", number, acts)
            copy = Path(shutil.copytree(kept.folder, Path(fresh) / name))
            result[name] = measured(Many(copy, kept.offices, kept.keys))
            shutil.rmtree(copy)
        result["run"] = run()
    Console(width=120).print(drawn(result))
    if target is not None:
        target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
