"""`yeollak serve` and `yeollak recover`: a node on the line, and one that finds its own register again."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click

from yeollak.cli.opened import node_option, opened, passphrase_option
from yeollak.cli.options import shared
from yeollak.cli.output import Output


@click.command()
@node_option
@passphrase_option
@shared
def serve(out: Output, folder: Path, passphrase: str) -> None:
    """Serve the line and the public page until Ctrl-C."""
    node = opened(folder)
    from yeollak.node.serve import Server

    server = Server(node, passphrase)
    server.start()
    signal.signal(signal.SIGTERM, _interrupt)
    page = f"http://{node.config.desk[0]}:{node.config.desk[1]}/"
    out.result({"line": node.config.address, "page": page, "side": node.config.side})
    out.line(f"{node.config.side}: line {node.config.address}, public page {page}; Ctrl-C stops it", "bold")
    try:
        server.wait()
    except KeyboardInterrupt:
        server.stop()


@click.command()
@click.option(
    "--accept-risk", is_flag=True, help="Go on although no peer and no anchor can tell what has left."
)
@node_option
@passphrase_option
@shared
def recover(out: Output, accept_risk: bool, folder: Path, passphrase: str) -> None:
    """Ask the other sides for our own register, and fetch back what this node lacks."""
    node = opened(folder)
    from yeollak.node.serve import Server
    from yeollak.storage import reading

    server = Server(node, passphrase, accept_risk=accept_risk)
    server.start()
    server.stop()
    sizes = {
        office: {row.side: row.size for row in reading.heads(reading.office_view(node.alias, office))}
        for office in reading.offices(node.alias)
    }
    out.result({"offices": sizes})
    for office, held in sizes.items():
        out.line(f"Office {office}: " + ", ".join(f"{side} {size}" for side, size in held.items()))


def _interrupt(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt
