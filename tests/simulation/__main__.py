"""Runs any number of schedules of faults, or shows one: `python -m tests.simulation --help`."""

from __future__ import annotations

import time
from collections import Counter

import click

from tests.simulation.running import run_all


@click.command()
@click.option("--count", default=200, show_default=True, help="How many schedules to run.")
@click.option("--seed", default=0, show_default=True, help="The number of the first.")
@click.option("--jobs", default=1, show_default=True, help="In how many processes.")
@click.option("--replay", type=int, help="Show the schedule of this number, event by event.")
def main(count: int, seed: int, jobs: int, replay: int | None) -> None:
    """Two and three nodes on machines, disks, clocks and networks that fail; docs/reliability.md."""
    if replay is not None:
        (found,) = run_all(1, replay, 1)
        for line in found.trace:
            click.echo(line)
        click.echo(f"BROKEN {found.broken}" if found.broken else "held")
        raise SystemExit(1 if found.broken else 0)
    happened: Counter[str] = Counter()
    broken, done, began, told = 0, 0, time.monotonic(), 0.0
    for one in run_all(count, seed, jobs):
        done += 1
        happened.update(one.happened)
        if one.broken:
            broken += 1
            click.echo(f"schedule {one.seed}: {one.broken}")
            click.echo(f"  python -m tests.simulation --replay {one.seed}")
        if time.monotonic() - told > 5:
            told = time.monotonic()
            click.echo(f"{done} of {count}, {done / (told - began):.1f}/s, {broken} broken", err=True)
    seconds = time.monotonic() - began
    click.echo(f"{done} schedules in {seconds:.0f} s, {done / seconds:.1f}/s with {jobs} jobs")
    click.echo(", ".join(f"{what} {many}" for what, many in happened.most_common()))
    click.echo(f"{broken} broken")
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
