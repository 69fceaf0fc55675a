"""`python -m bench`: measure, print tables, and write the same figures as JSON.

It reads no figures of other runs: whoever compares two files compares their ratios.
"""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench import measure
from bench.growth import growth
from bench.stages import TEXT, VERIFY, make_batch, stages

#: Where figures are written when no other place is named.
CACHE = Path(__file__).parent.parent / ".cache" / "bench"
#: The acts of the widest flow over the line.
_FLOW = 8192


def measured(acts: int, sizes: list[int], rounds: int) -> dict[str, Any]:
    """What an act costs and how that grows, as the JSON value that docs/benchmarks.md describes."""
    costs = measure(stages(make_batch(acts)), rounds)
    unit = costs[VERIFY]
    grown: dict[str, dict[int, float]] = {}
    for name, cost in measure(growth(sizes), rounds).items():
        what, _, size = name.rpartition("/")
        grown.setdefault(what, {})[int(size)] = cost
    return {
        "v": 1,
        "run": {
            "date": datetime.now(UTC).replace(microsecond=0).isoformat(),
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "rounds": rounds,
        },
        "batch": {
            "acts": acts,
            "text_bytes": TEXT,
            "stages": [
                {"stage": name, "microseconds": round(cost, 3), "verifies": round(cost / unit, 4)}
                for name, cost in costs.items()
            ],
        },
        "growth": {
            "sizes": sizes,
            "steps": [
                {
                    "step": what,
                    "microseconds": [round(by_size[size], 3) for size in sizes],
                    "ratios": [round(by_size[size] / by_size[sizes[0]], 3) for size in sizes],
                }
                for what, by_size in grown.items()
            ],
        },
    }


def drawn(result: dict[str, Any]) -> Table:
    """The figures as one table: first the batch, then growth."""
    run, batch, sizes = result["run"], result["batch"], result["growth"]["sizes"]
    table = Table(
        title=f"{batch['acts']} acts with {batch['text_bytes']} bytes of text each\n"
        f"{run['cores']} cores, Python {run['python']}, {run['date']}"
    )
    table.add_column("measured")
    for heading in ("µs of CPU", "ratio"):
        table.add_column(heading, justify="right")
    table.add_column("to")
    for row in batch["stages"]:
        table.add_row(row["stage"], f"{row['microseconds']:.1f}", f"{row['verifies']:.2f}", "one verify")
    for row in result["growth"]["steps"]:
        table.add_section()
        for size, cost, ratio in zip(sizes, row["microseconds"], row["ratios"], strict=True):
            table.add_row(f"{row['step']}, at {size:,}", f"{cost:,.1f}", f"{ratio:,.2f}", f"at {sizes[0]:,}")
    return table


@click.command()
@click.option(
    "--json", "target", type=click.Path(path_type=Path), help="Write the figures here, not in .cache/bench/."
)
@click.option("--acts", type=click.IntRange(min=1), default=256, show_default=True, help="Acts in the batch.")
@click.option("--sizes", default="100,1000,10000", show_default=True, help="Sizes of the record, ascending.")
@click.option("--rounds", type=click.IntRange(min=1), default=7, show_default=True, help="Median of so many.")
@click.option("--stages", is_flag=True, help="Measure stages and growth alone.")
@click.option("--line", is_flag=True, help="Measure the line between two real nodes alone.")
@click.option("--peers", is_flag=True, help="Measure the line beside what others offer; takes minutes.")
@click.option(
    "--pages", is_flag=True, help="Measure the pages of desk and public page instead; takes minutes."
)
@click.option("--long", is_flag=True, help="Measure long records instead; takes an hour with a million acts.")
@click.option("--many", is_flag=True, help="Measure a node with a thousand offices instead; takes minutes.")
@click.option("--store", type=click.Path(path_type=Path), help="Keep what was made for those in this folder.")
def main(
    target: Path | None,
    acts: int,
    sizes: str,
    rounds: int,
    stages: bool,
    line: bool,
    peers: bool,
    pages: bool,
    long: bool,
    many: bool,
    store: Path | None,
) -> None:
    """Measure what an act costs, how that grows and what the line carries, as ratios within this run."""
    flags = {"long": long, "many": many, "line": line, "peers": peers, "pages": pages, "stages": stages}
    if target is None:
        CACHE.mkdir(parents=True, exist_ok=True)
        target = CACHE / f"{next((name for name, given in flags.items() if given), 'all')}.json"
    told = ["--json", str(target)]
    kept = [] if store is None else ["--store", str(store)]
    if long:
        from bench import long as of_long

        every = ",".join(map(str, of_long.SIZES))
        of_long.main.main([*told, *kept, "--sizes", every], standalone_mode=False)
        return
    if many:
        from bench import many as of_many

        of_many.main.main([*told, *kept], standalone_mode=False)
        return
    if line:
        _written(_line(), target)
        return
    if peers:
        from bench.peers import __main__ as of_peers

        of_peers.main.main(["--kept", str(target)], standalone_mode=False)
        return
    if pages:
        from bench import desk_pages

        desk_pages.main.main([*told, *kept], standalone_mode=False)
        return
    try:
        wanted = sorted({int(size) for size in sizes.split(",")})
    except ValueError:
        raise click.BadParameter("it is not a list of whole numbers", param_hint="--sizes") from None
    if wanted[0] < 1:
        raise click.BadParameter("a record has at least one act", param_hint="--sizes")
    result = measured(acts, wanted, rounds)
    Console().print(drawn(result))
    _written(result if stages else {**result, "line": _line()}, target)


def _line() -> dict[str, Any]:
    from bench import line as of_line

    result = of_line.measured(_FLOW)
    Console(width=140).print(of_line.drawn(result))
    return result


def _written(result: dict[str, Any], target: Path) -> None:
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    Console().print(f"written: {target}", soft_wrap=True)


if __name__ == "__main__":
    main()
