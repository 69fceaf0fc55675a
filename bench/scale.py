"""Several processes over one PostgreSQL store: what an act takes of its disk, how many commits a second it
tells of, and what couriers cost and take over. docs/scale.md has the figures of one run.

    python -m bench.scale --offices 300 [--json FILE]

The keys of the offices are under a cheap passphrase, so that they are quickly made.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest import mock

from bench.many_store import Many, many
from tests.node.offices import SECRET
from tests.ports import quiet_port
from tests.simulation.clusters import Cluster
from tests.storage.nodes import START
from yeollak.node.config import NodeConfig
from yeollak.node.open import open_node
from yeollak.node.roles import COURIER
from yeollak.storage import journal
from yeollak.storage.databases import attach
from yeollak.storage.journal import Journal
from yeollak.storage.leases import Leases

ACTS: Final = 50
WRITERS: Final = 8
_make: Any = NodeConfig


@contextmanager
def stored(offices: int) -> Iterator[tuple[Cluster, Many]]:
    """Two nodes with so many offices on a server of their own, with the settings that it comes with."""
    cluster = Cluster.make("scale")
    try:
        for side in ("south", "north"):
            cluster.ask(f"CREATE DATABASE {side}")

        def config(place: Path, side: str, *more: Any, **of: Any) -> NodeConfig:
            found: NodeConfig = _make(
                place, side, *more, **{**of, "cost": "quick"}, database=cluster.address(side)
            )
            return found

        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch("bench.many_store.NodeConfig", config),
            mock.patch("bench.many_store.quick"),
        ):
            yield cluster, many(Path(folder) / "many", offices, ACTS)
    finally:
        cluster.remove()


def disk(ask: Callable[[str], str], offices: int) -> dict[str, object]:
    """Bytes of the database for each act, and which tables have the most, indexes included."""
    ask("VACUUM ANALYZE")
    acts = int(ask("SELECT count(*) FROM yeollak_storage_entry"))
    rows = ask(
        "SELECT relname || ' ' || pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' "
        "AND relname LIKE 'yeollak_storage_%' ORDER BY pg_total_relation_size(oid) DESC LIMIT 8"
    ).splitlines()
    tables = {name.removeprefix("yeollak_storage_"): int(size) for name, size in map(str.split, rows)}
    whole = int(ask("SELECT pg_database_size(current_database())"))
    return {
        "acts": acts,
        "offices": offices,
        "bytes_an_act": round(sum(tables.values()) / acts),
        "database_bytes": whole,
        "tables": tables,
    }


def told(alias: str, ask: Callable[[str], str], offices: tuple[str, ...]) -> dict[str, float]:
    """Commits a second of several writers in different offices, told of and not."""
    found = {}
    for name, verb in (("told", "ENABLE"), ("untold", "DISABLE")):
        ask(f"ALTER TABLE yeollak_storage_alarm {verb} TRIGGER USER")
        ends, done = time.monotonic() + 5, [0] * WRITERS

        def write(number: int, name: str = name, ends: float = ends, done: list[int] = done) -> None:
            writer = Journal(alias)
            while time.monotonic() < ends:
                code = f"{name}-{number}-{done[number]}"
                writer.raise_alarm(offices[number % len(offices)], code, {}, START)
                done[number] += 1
            journal.close(alias)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found[name] = sum(done) / 5
    ask("ALTER TABLE yeollak_storage_alarm ENABLE TRIGGER USER")
    return {f"{name}_per_s": round(value) for name, value in found.items()}


def leases(alias: str) -> dict[str, float]:
    """Milliseconds of what a process does every two seconds, and of taking everything."""
    one = Leases(alias, "bench", frozenset({COURIER}), "", 10.0)
    one.beat()
    began = time.monotonic()
    many_taken = len(one.take(1_000_000))
    taken = time.monotonic() - began
    rounds = 50
    began = time.monotonic()
    for _ in range(rounds):
        one.beat()
        one.held()
        one.share()
    beat = (time.monotonic() - began) / rounds
    one.leave()
    return {"taken": many_taken, "take_ms": round(taken * 1000, 1), "round_ms": round(beat * 1000, 2)}


def couriers(folder: Path, ask: Callable[[str], str], offices: int) -> dict[str, object]:
    """Three couriers: until they work for every office, memory, connections, processor when nothing happens,
    and until the others have what one had that is killed.
    """

    def held() -> int:
        return int(
            ask(
                "SELECT count(*) FROM yeollak_storage_lease, yeollak_storage_process "
                "WHERE holder = id AND until > clock_timestamp()"
            )
        )

    def until(true: Callable[[], bool], seconds: float) -> float:
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                raise TimeoutError("it has not come to rest")
            time.sleep(0.1)
        return time.monotonic() - began

    running = []
    began = time.monotonic()
    for _ in range(3):
        words = ["--roles", COURIER, "--listen", f"health=127.0.0.1:{quiet_port()}"]
        command = [sys.executable, "-m", "yeollak", "serve", "--node", str(folder), *words]
        environment = {**os.environ, "YEOLLAK_PASSPHRASE": SECRET}
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
    try:
        shares = (
            "SELECT count(*) FROM yeollak_storage_process WHERE until > clock_timestamp() AND "
            f"(SELECT count(*) FROM yeollak_storage_lease WHERE holder = id) BETWEEN 1 AND {-(-offices // 3)}"
        )
        until(lambda: held() == offices and int(ask(shares)) == 3, 600)
        shared = time.monotonic() - began
        time.sleep(40)
        used = [_processor(one.pid) for one in running]
        time.sleep(20)
        idle = [(_processor(one.pid) - was) / 20 for one, was in zip(running, used, strict=True)]
        database = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        found: dict[str, object] = {
            "until_shared_s": round(shared, 1),
            "memory_mb": [round(_memory(one.pid) / 2**20) for one in running],
            "idle_of_a_core": [round(one, 3) for one in idle],
            "connections": int(ask(database)) - 1,
        }
        running[0].kill()
        gone = until(lambda: held() < offices, 30)
        found["until_taken_over_s"] = round(gone + until(lambda: held() == offices, 60), 1)
        return found
    finally:
        for one in running:
            one.kill()
            one.wait(30)


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    """Bytes of memory that a process has at hand."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offices", type=int, default=300)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with stored(given.offices) as (cluster, made):
        words = ["-h", str(cluster.folder), "-p", "5432", "-U", "postgres", "-d", "south", "-At", "-c"]
        node = open_node(made.folder / "south", "scale")

        def ask(statement: str) -> str:
            return cluster.run("psql", *words, statement).strip()

        attach("scale_writers", node.config.database_entry())
        found = {
            "disk": disk(ask, given.offices),
            "leases": leases("scale_writers"),
            "commits": told("scale_writers", ask, made.offices),
            "couriers": couriers(made.folder / "south", ask, given.offices),
        }
        for alias in ("scale", "scale_writers"):
            journal.close(alias)
    text = json.dumps(found, indent=1)
    print(text)
    if given.json is not None:
        given.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
