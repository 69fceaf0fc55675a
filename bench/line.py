"""`python -m bench.line`: receipted dispatches a second between two real nodes, beside what signatures allow.

Two nodes are two processes as `yeollak serve` runs them: HTTPS on loopback, SQLite at full durability, acts
with 1 KiB of text each signed by an officer, post-quantum checkpoints, sealed parcels, and both count what
they hold while it goes on. A dispatch is measured from the moment when an officer hands it in to the moment
when its receipt has been verified and stored at home. The bound, from the same run, is the same one-way flow
with nothing but signing on one core and verifying on the other.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench.child import Child
from tests.node.offices import Offices
from yeollak.office.admit import BATCH_STATEMENTS
from yeollak.record import statement
from yeollak.record.keys import SigningKey

IN_FLIGHT = (1, 16, 256)
SIDES = ("south", "north")
#: How long two nodes may take to come to hold, count and receipt the same, in seconds.
_SETTLES = 600.0


class LineNode(Child):
    """One node's process."""

    def __init__(self, folder: Path, office: str, seed: bytes) -> None:
        super().__init__([sys.executable, "-m", "bench.line_node", str(folder), office, seed.hex()])


def _sign(pipe: Connection, acts: int) -> None:
    """The signing core of the bound."""
    origin, matter, key = f"south/{'a' * 64}", "b" * 64, SigningKey(bytes(range(32)))
    pipe.send(b"ready")
    pipe.recv()
    for start in range(0, acts, BATCH_STATEMENTS):
        digests = (number.to_bytes(32, "big") for number in range(start, min(start + BATCH_STATEMENTS, acts)))
        pipe.send([statement.sign(key, origin, matter, digest) for digest in digests])


def bound(acts: int) -> float:
    """Statements a second that one process signs and this one verifies: a core each, and nothing else."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    signer = multiprocessing.get_context("spawn").Process(target=_sign, args=(theirs, acts))
    signer.start()
    ours.recv()
    public, verified = SigningKey(bytes(range(32))).public, 0
    began = time.perf_counter()
    ours.send(b"go")
    while verified < acts:
        batch = ours.recv()
        for data in batch:
            statement.verify(statement.parse(data), public)
        verified += len(batch)
    took = time.perf_counter() - began
    signer.join()
    return acts / took


class Nodes:
    """Two nodes that have founded an office with each other, each served by a process of its own."""

    def __init__(self, folder: Path) -> None:
        offices = Offices(folder).make({"quota": {"statements": 2_000_000_000, "bytes": 2**50}})
        for side in SIDES:
            offices.stop(side)
        self.children = [LineNode(folder / side, offices.office, offices.keys[side].seed) for side in SIDES]
        for child in self.children:
            child.hear()

    def close(self) -> None:
        """End both."""
        for child in self.children:
            child.close()

    def settle(self) -> tuple[float, list[dict[str, Any]]]:
        """Wait until both hold, count and show the same; returns how long that took, and both states."""
        began = time.perf_counter()
        while True:
            states = [child.ask(do="state") for child in self.children]
            heads = [state["heads"] for state in states]
            if heads[0] == heads[1] and all(size == counted for _, size, counted, _ in heads[0]):
                return time.perf_counter() - began, states
            if time.perf_counter() - began > _SETTLES:
                raise RuntimeError(f"the two nodes do not come to hold the same: {heads}")
            time.sleep(0.02)

    def run(self, senders: int, in_flight: int, many: int) -> dict[str, Any]:
        """So many acts in all, sent by one side or by both at once."""
        before = [child.ask(do="state")["cpu"] for child in self.children]
        began = time.perf_counter()
        sending = self.children[:senders]
        for child in sending:
            child.tell(do="run", in_flight=in_flight, many=many // senders)
        answers = [child.hear() for child in sending]
        took = time.perf_counter() - began
        settling, states = self.settle()
        spent = sorted(one for answer in answers for one in answer["spent"])
        cpu = [state["cpu"] - start for state, start in zip(states, before, strict=True)]
        return {
            "acts": len(spent),
            "per_s": len(spent) / took,
            "counted_per_s": len(spent) / (took + settling),
            "p50_ms": _quantile(spent, 0.50) * 1000,
            "p99_ms": _quantile(spent, 0.99) * 1000,
            "lost": sum(answer["lost"] for answer in answers),
            "cpu_us": {side: one / max(1, len(spent)) * 1e6 for side, one in zip(SIDES, cpu, strict=True)},
            "memory_mb": {side: state["memory"] / 2**20 for side, state in zip(SIDES, states, strict=True)},
            "alarms": sorted({code for state in states for code in state["alarms"]}),
        }


def _quantile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def measured(acts: int) -> dict[str, Any]:
    """One run: the bound, and each flow. `acts` are those of the widest flow; narrower ones get fewer."""
    result: dict[str, Any] = {
        "v": 1,
        "run": {
            "date": datetime.now(UTC).replace(microsecond=0).isoformat(),
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
        },
        "bound_per_s": bound(acts),
        "one_way": {},
        "two_way": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        nodes = Nodes(Path(folder))
        try:
            nodes.run(1, 16, 256)  # caches, connections and the first tables
            for name, senders in (("one_way", 1), ("two_way", 2)):
                for in_flight in IN_FLIGHT:
                    many = max(64, acts * in_flight // max(IN_FLIGHT)) // senders * senders
                    found = nodes.run(senders, in_flight, many)
                    found["of_bound"] = found["per_s"] / result["bound_per_s"]
                    result[name][str(in_flight)] = found
        finally:
            nodes.close()
    return result


def drawn(result: dict[str, Any]) -> Table:
    """The figures as a table."""
    table = Table(
        title=f"Receipted dispatches a second; bound {result['bound_per_s']:,.0f}/s\n"
        f"{result['run']['cores']} cores, Python {result['run']['python']}, {result['run']['date']}"
    )
    table.add_column("flow")
    for heading in (
        "in flight",
        "per s",
        "of bound",
        "counted per s",
        "p50 ms",
        "p99 ms",
        "CPU µs, both",
        "lost",
    ):
        table.add_column(heading, justify="right")
    for name in ("one_way", "two_way"):
        for in_flight, found in result[name].items():
            table.add_row(
                name.replace("_", " "),
                in_flight,
                f"{found['per_s']:,.0f}",
                f"{found['of_bound']:.2f}",
                f"{found['counted_per_s']:,.0f}",
                f"{found['p50_ms']:.1f}",
                f"{found['p99_ms']:.1f}",
                f"{sum(found['cpu_us'].values()):,.0f}",
                str(found["lost"]),
            )
    return table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--acts", type=click.IntRange(min=256), default=8192, show_default=True, help="Widest flow.")
def main(as_json: bool, acts: int) -> None:
    """Measure the line between two real nodes, as ratios to what signatures alone allow."""
    result = measured(acts)
    if as_json:
        click.echo(json.dumps(result, indent=1))
    else:
        Console(width=140).print(drawn(result))


if __name__ == "__main__":
    main()
