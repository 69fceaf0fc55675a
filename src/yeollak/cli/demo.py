"""`yeollak demo`: two nodes on this machine, and the public history of a real office between them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yeollak.cli.options import shared
from yeollak.cli.output import Output
from yeollak.words import clean

_Told = Callable[[int, int, Mapping[str, str]], None]


@click.command()
@click.option("--once", is_flag=True, help="Replay, export, verify and stop.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default="demo-office",
    show_default=True,
    help="Where both nodes and their exports are made.",
)
@click.option("--port", default=8440, show_default=True, help="The first of the six ports used on loopback.")
@shared
def demo(out: Output, once: bool, folder: Path, port: int) -> None:
    """Found an office between two nodes on this machine and replay its history through the line."""
    from yeollak.demo.run import demonstrate

    out.say(
        "A reconstruction from public sources, signed with demonstration keys. Stopped, it can be run again."
    )
    with _progress(out) as told:
        running = demonstrate(folder, port, told)
        try:
            found = running.run()
        except BaseException:
            running.stop()
            raise
    try:
        out.result(found)
        _say(out, found, running.pages(), folder)
        _say_desks(out, running.desks())
        while not once:
            time.sleep(1)
    except KeyboardInterrupt:
        pass  # the usual end of a demonstration that serves
    finally:
        running.stop()


def _say(out: Output, found: Mapping[str, Any], pages: list[str], folder: Path) -> None:
    if found["equal"] and found["verified"]:
        out.say(
            "Both nodes hold the same bytes and came to the same state; both exports are verified.", "bold"
        )
    else:
        out.say(
            "The two records are not equal, or an export is defective: keep the folder and report it.", "red"
        )
    out.say(
        "{events} events, {acts} acts in {matters} matters, {receipts} receipts, {voids} void, {seconds} s.",
        events=found["events"],
        acts=found["acts"],
        matters=sum(found["matters"].values()),
        receipts=found["receipts"],
        voids=found["voids"],
        seconds=str(found["seconds"]),
    )
    out.say("The public page, as each side's node serves it:")
    for page in pages:
        out.line(f"  {page}")
    out.say("The record as files, as each side's node exports it:")
    for side in ("south", "north"):
        out.line(f"  {folder / ('export-' + side)}")
    out.say("Try next:")
    for words in (
        f"yeollak verify {folder / 'export-north'}",
        f"yeollak matter list --node {folder / 'south'}",
        f"yeollak record show {folder / 'export-south'}",
        f"yeollak doctor --node {folder / 'north'}",
    ):
        out.line(f"  {words}")


def _say_desks(out: Output, desks: Mapping[str, list[str]]) -> None:
    from yeollak.demo.desks import DESK_PASSPHRASE
    from yeollak.demo.nodes import PASSPHRASE

    if not desks:
        return
    out.say("The desk of each side, and who may sign in there:")
    for address, accounts in desks.items():
        out.line(f"  {address}  {' '.join(accounts)}")
    out.say("Passphrase of every account: {passphrase}", passphrase=DESK_PASSPHRASE)
    out.say("Passphrase of every officer's key: {passphrase}", passphrase=PASSPHRASE)


@contextmanager
def _progress(out: Output) -> Iterator[_Told]:
    """A bar for people at a terminal, a line now and then for a log, nothing with `--json`."""
    if out.json:
        yield lambda done, total, title: None
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total, title: _line(out, done, total)
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(done: int, total: int, title: Mapping[str, str]) -> None:
            bar.update(
                task, total=total, completed=done, description=clean(title.get(out.lang, ""), longest=60)
            )

        yield told


def _line(out: Output, done: int, total: int) -> None:
    if done and (done % 12 == 0 or done == total) and sys.stderr is not None:
        out.say("{done} of {total} events", done=done, total=total)
