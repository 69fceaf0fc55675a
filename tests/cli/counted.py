"""How far two nodes have come, read off their files: asking each by a command would cost most of a test.

As a program it waits until each of `south` and `north` counts so many entries of each side: `counted.py 4 3`.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path


def counted(folder: Path) -> dict[str, int]:
    """How many entries of each side the node of the one office in `folder` has counted."""
    with closing(sqlite3.connect(f"file:{folder / 'node.db'}?mode=ro", uri=True, timeout=30)) as database:
        ((charter,),) = database.execute("SELECT charter FROM yeollak_storage_office").fetchall()
        found = database.execute(
            "SELECT place, COUNT(*) FROM yeollak_storage_finding GROUP BY place"
        ).fetchall()
    sides = [party["side"] for party in json.loads(charter)["parties"]]
    return dict.fromkeys(sides, 0) | {sides[place]: count for place, count in found}


def main(sizes: list[int]) -> None:
    """Wait for half a minute at most, and say what is held where that was not enough."""
    ends = time.monotonic() + 30
    while True:
        held = [list(counted(Path(node)).values()) for node in ("south", "north")]
        if held == [sizes, sizes]:
            return
        if time.monotonic() > ends:
            sys.stdout.write(f"held: {held}\n")
            return
        time.sleep(0.03)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
