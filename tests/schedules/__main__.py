"""Runs any number of schedules, or shows one: `python -m tests.schedules --help`."""

from __future__ import annotations

import time

import click

from tests.schedules.ladder import ladder
from tests.schedules.running import Results, missing, parties_of, run_all


@click.command()
@click.option("--count", default=1000, show_default=True, help="How many schedules to run.")
@click.option("--seed", default=0, show_default=True, help="The number of the first.")
@click.option("--parties", type=click.IntRange(2, 3), help="Two or three; three in every third unless given.")
@click.option("--jobs", default=1, show_default=True, help="In how many processes.")
@click.option("--replay", type=int, help="Show the schedule of this number, step by step.")
def main(count: int, seed: int, parties: int | None, jobs: int, replay: int | None) -> None:
    """Schedules of acts over all procedures: every node must come to the same, whatever arrives when."""
    if replay is not None:
        holds = True
        for line in ladder(replay, parties or parties_of(replay)):
            click.echo(line)
            holds = not line.startswith("BROKEN")
        raise SystemExit(0 if holds else 1)
    results, started, told = Results(), time.monotonic(), 0.0
    for batch in run_all(count, seed, parties, jobs):
        results.add(batch)
        for (number, many), what in batch.broken.items():
            click.echo(f"schedule {number} with {many} parties: {what}")
            click.echo(f"  python -m tests.schedules --replay {number} --parties {many}")
        if time.monotonic() - told > 5:
            told = time.monotonic()
            rate = results.run / (told - started)
            click.echo(f"{results.run} of {count}, {rate:.1f}/s, {len(results.broken)} broken", err=True)
    _summary(results, time.monotonic() - started, jobs)
    raise SystemExit(1 if results.broken else 0)


def _summary(results: Results, seconds: float, jobs: int) -> None:
    found = results.coverage
    click.echo(f"{results.run} schedules in {seconds:.0f} s, {results.run / seconds:.1f}/s with {jobs} jobs")
    acts = sum(found.voids.values())
    click.echo(f"{acts} acts, {found.voids['']} allowed; void: {_counts(found.voids)}")
    click.echo(
        f"{len(found.rows)} rows, {len(found.pairs)} crossing pairs, {len(found.joins)} joint steps reached"
    )
    click.echo(_counts(found.happened))
    if lacking := missing(found):
        click.echo(f"not reached: {', '.join(lacking)}")
    click.echo(f"{len(results.broken)} broken")


def _counts(counter: dict[str, int]) -> str:
    return ", ".join(
        f"{name} {many}" for name, many in sorted(counter.items(), key=lambda one: -one[1]) if name
    )


if __name__ == "__main__":
    main()
