"""`python -m bench.long`: what records of a thousand to a million acts cost.

Every figure is measured in a process of its own over a record that is kept (`long_store`, `outage`): the
first run with a store makes it. Times and memory are absolute, of one machine at one hour; what they grow by
from size to size is what to read.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench import plots

SIZES = (1_000, 10_000, 100_000, 1_000_000)
STEPS = ("append", "proof", "count", "digest", "pages", "start", "audit", "catch-up")
_PAGES = (
    "matter, of some acts",
    "matter, as long as the office",
    "list of matters",
    "docket",
    "docket on the desk",
    "figures of a month",
    "figures of all years",
    "call book",
    "calendar, a month",
)


def measured(store: Path, sizes: Sequence[int], steps: Sequence[str]) -> dict[str, Any]:
    """The figures of so many sizes and steps, as one JSON value."""
    from bench import long_store

    if set(steps) != {"catch-up"}:  # an outage has a store of its own
        long_store.make(store, sizes)
    found: dict[str, dict[str, Any]] = {}
    for size in sizes:
        of_size = found[str(size)] = {}
        for step in steps:
            of_size[step] = _caught_up(store, size) if step == "catch-up" else _step(store / str(size), step)
            Console(stderr=True).print(f"{size:,} {step}: {json.dumps(of_size[step])}", highlight=False)
    return {"v": 1, "run": run(), "sizes": list(sizes), "of": found}


def run() -> dict[str, Any]:
    """On what and when this is measured."""
    return {
        "date": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "load_at_the_end": round(os.getloadavg()[0], 1),
    }


def _step(folder: Path, step: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.long_steps", step, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _caught_up(store: Path, size: int) -> dict[str, Any]:
    from yeollak.node.settings import configure

    configure()
    from bench import outage

    made = outage.made(store / f"outage-{size}", size)
    with tempfile.TemporaryDirectory(dir=store) as folder:
        copy = Path(shutil.copytree(made, Path(folder) / "nodes"))
        return outage.caught_up(copy, size)


#: The pages that are drawn: a plot has room for six lines.
_PLOTTED = (
    "matter, of some acts",
    "list of matters",
    "docket",
    "docket on the desk",
    "figures of all years",
    "call book",
)


#: How a figure is read from those of one size. Raises KeyError where it was not measured.
Read = Callable[[dict[str, Any]], float]


def at(*keys: str, scale: float = 1) -> Read:
    """What stands below these keys, divided by `scale`."""

    def read(found: Any) -> float:
        for key in keys:
            found = found[key]
        return float(found) / scale

    return read


def rows(result: dict[str, Any]) -> Iterator[tuple[str, str, Read]]:
    """What the rows show: name, unit, and how it is read from the figures of a size."""
    yield "append of one act", "ms of CPU", at("append", "cpu_ms")
    yield "… its queries", "", at("append", "queries")
    yield "… told to pages", "ms of CPU", at("append", "shown", "cpu_ms")
    yield "inclusion proof and its check", "ms of CPU", at("proof", "cpu_ms")
    yield "… its queries", "", at("proof", "queries")
    yield "… hashes made", "", at("proof", "hashes")
    yield "counting what figures rest on, once", "s of CPU", at("count", "cpu_s")
    yield "… memory", "MB", at("count", "memory_mb")
    yield "digest of the state", "ms of CPU", at("digest", "cpu_ms")
    yield "… as of a thousand acts before", "ms of CPU", at("digest", "past", "cpu_ms")
    yield "… memory", "MB", at("digest", "memory_mb")
    yield "… with no lines kept", "s of CPU", at("digest", "afresh", "cpu_ms", scale=1000)
    yield "… … memory", "MB", at("digest", "afresh", "memory_mb")
    yield "… making all lines, once", "s of CPU", at("digest", "lining", "cpu_ms", scale=1000)
    for page in _PAGES:
        yield page, "ms of CPU", at("pages", page, "cpu_ms")
        yield "… after a new act", "ms of CPU", at("pages", page, "cold", "cpu_ms")
        yield "… the first time", "ms of CPU", at("pages", page, "first", "cpu_ms")
    yield "start, without imports", "ms", at("start", "ms")
    yield "start, with imports", "ms", at("start", "with_imports_ms")
    yield "… memory then", "MB", at("start", "memory_mb")
    yield "… until it is at rest", "s of CPU", at("start", "at_rest", "cpu_seconds")
    yield "… memory at rest", "MB", at("start", "at_rest", "memory_mb")
    yield "export of everything", "s", at("audit", "export", "ms", scale=1000)
    yield "… memory", "MB", at("audit", "export", "memory_mb")
    yield "audit, all cores", "s", at("audit", "all_cores", "seconds")
    yield "… acts a second", "", at("audit", "all_cores", "per_s")
    yield "… of the verify bound", "", at("audit", "all_cores", "of_bound")
    yield "… CPU of an act", "µs", at("audit", "all_cores", "cpu_us")
    yield "… and of one verification", "µs", at("audit", "all_cores", "verify_us")
    yield "… CPU of its processes", "s", at("audit", "all_cores", "cpu_s")
    yield "… of the one that needs most", "s", at("audit", "all_cores", "greatest_cpu_s")
    yield "… memory of its processes", "MB", at("audit", "all_cores", "memory_mb")
    yield "audit, one core", "s", at("audit", "one_core", "seconds")
    yield "… CPU", "s", at("audit", "one_core", "cpu_s")
    yield "… memory", "MB", at("audit", "one_core", "memory_mb")
    yield "catch-up, held", "acts a second", at("catch-up", "held_per_s")
    yield "… counted", "acts a second", at("catch-up", "counted_per_s")
    yield "… memory of the sender", "MB", at("catch-up", "memory_mb", "south")
    yield "… memory of the receiver", "MB", at("catch-up", "memory_mb", "north")


def line(result: dict[str, Any], read: Read) -> dict[int, float]:
    """What a row has at each size at which it was measured."""
    found = {}
    for size in result["sizes"]:
        try:
            found[size] = read(result["of"][str(size)])
        except KeyError:
            continue
    return found


def drawn(result: dict[str, Any]) -> Table:
    """The figures as a table, with how often the last is the first."""
    table = Table(title=f"Growth: {result['run']['cores']} cores, {result['run']['date']}")
    table.add_column("measured")
    table.add_column("unit")
    for size in result["sizes"]:
        table.add_column(f"{size:,}", justify="right")
    table.add_column("last to first", justify="right")
    for name, unit, read in rows(result):
        known = line(result, read)
        if not known:
            continue
        figures = [_figure(known[size]) if size in known else "–" for size in result["sizes"]]
        least, most = min(known), max(known)
        ratio = f"{known[most] / known[least]:.2f}" if least != most and known[least] else "–"
        table.add_row(name, unit, *figures, ratio)
    return table


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def plotted(result: dict[str, Any]) -> dict[str, str]:
    """The plots by their file names."""
    drawn_of: dict[str, tuple[str, str, dict[str, Read]]] = {
        "growth-acts.svg": (
            "One act, one proof",
            "ms",
            {
                "append": at("append", "cpu_ms"),
                "told to pages": at("append", "shown", "cpu_ms"),
                "inclusion proof": at("proof", "cpu_ms"),
            },
        ),
        "growth-pages.svg": (
            "Pages, CPU of a request",
            "ms",
            {page: at("pages", page, "cpu_ms") for page in _PLOTTED},
        ),
        "growth-whole.svg": (
            "What goes through the whole record, and a start",
            "s",
            {
                "export": at("audit", "export", "ms", scale=1000),
                "audit, all cores": at("audit", "all_cores", "seconds"),
                "audit, one core": at("audit", "one_core", "seconds"),
                "catch-up, counted": at("catch-up", "counted_s"),
                "start": at("start", "ms", scale=1000),
            },
        ),
        "growth-memory.svg": (
            "Memory",
            "MB",
            {
                "start": at("start", "memory_mb"),
                "node at rest": at("start", "at_rest", "memory_mb"),
                "export": at("audit", "export", "memory_mb"),
                "audit": at("audit", "all_cores", "memory_mb"),
                "catch-up, sender": at("catch-up", "memory_mb", "south"),
                "catch-up, receiver": at("catch-up", "memory_mb", "north"),
            },
        ),
    }
    made = {}
    for name, (title, unit, lines) in drawn_of.items():
        known = {label: line(result, read) for label, read in lines.items()}
        if any(known.values()):
            made[name] = plots.plot(title, unit, known)
    return made


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Figures of a run with those of a later one that has measured some of them again, or others."""
    sizes = sorted({*old["sizes"], *new["sizes"]})
    found = {str(size): {**old["of"].get(str(size), {}), **new["of"].get(str(size), {})} for size in sizes}
    return {**new, "sizes": sizes, "of": found}


@click.command()
@click.option(
    "--store", type=click.Path(path_type=Path), help="Keep the records here, and use those that are."
)
@click.option(
    "--sizes", default="1000,10000,100000", show_default=True, help="Up to 1000000, as you have time."
)
@click.option("--steps", default=",".join(STEPS), show_default=True)
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the figures here too.")
@click.option("--add", is_flag=True, help="Keep what that file has of other sizes and steps.")
@click.option("--plots", "folder", type=click.Path(path_type=Path), help="Draw the plots in this folder.")
def main(
    store: Path | None, sizes: str, steps: str, target: Path | None, add: bool, folder: Path | None
) -> None:
    """Measure how time and memory grow with the record."""
    with tempfile.TemporaryDirectory() as fresh:
        result = measured(store or Path(fresh), [int(one) for one in sizes.split(",")], steps.split(","))
    if target is not None and add and target.exists():
        result = merged(json.loads(target.read_text()), result)
    Console(width=140).print(drawn(result))
    if target is not None:
        target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in plotted(result).items():
            (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
