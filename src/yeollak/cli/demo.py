"""`yeollak demo`: two nodes on this machine, and the public history of a real office between them."""

from __future__ import annotations

import time
from pathlib import Path

import click

from yeollak.cli.options import shared
from yeollak.cli.output import Output


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
@click.option("--port", default=8440, show_default=True, help="The first of the four ports used on loopback.")
@shared
def demo(out: Output, once: bool, folder: Path, port: int) -> None:
    """Found an office between two nodes on this machine and replay its history through the line."""
    from yeollak.demo.run import demonstrate

    def told(done: int, total: int) -> None:
        if done % 12 == 0 or done == total:
            out.line(f"{done} of {total} events")

    running = demonstrate(folder, port, told)
    try:
        found = running.run()
        out.result(found)
        out.line(f"Equal: {found['equal']}. Verified: {found['verified']}. Acts: {found['acts']}.", "bold")
        for number, side in enumerate(("south", "north")):
            out.line(f"{side}: http://127.0.0.1:{port + 2 * number + 1}/ and {folder / ('export-' + side)}")
        out.line(f"Next: yeollak verify {folder / 'export-south'}")
        while not once:
            time.sleep(1)
    except KeyboardInterrupt:
        pass
    finally:
        running.stop()
