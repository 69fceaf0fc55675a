"""`yeollak serve` and `yeollak recover`: a node on the line, and one that finds its own register again."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yeollak.cli.opened import node_option, opened, passphrase_option
from yeollak.cli.options import shared
from yeollak.cli.output import Output

if TYPE_CHECKING:
    from yeollak.node.serve import Server


@click.command()
@click.option(
    "--log",
    type=click.Choice(["none", "json"]),
    default="none",
    show_default=True,
    help="Tell on standard error what happens to the node, one JSON object a line.",
)
@node_option
@passphrase_option
@shared
def serve(out: Output, log: str, folder: Path, passphrase: str) -> None:
    """Serve the line, the public page and the desk until Ctrl-C or SIGTERM."""
    if log == "json":
        from yeollak.node import logs

        logs.to_standard_error()
    for number in _ENDING:
        signal.signal(number, _interrupt)
    server: Server | None = None
    try:
        node = opened(folder)
        from yeollak.node.serve import Server

        server = Server(node, passphrase)
        server.start()
        page = f"http://{node.config.public[0]}:{node.config.public[1]}/"
        desk = node.config.desk_address
        out.result({"desk": desk, "line": node.config.address, "page": page, "side": node.config.side})
        out.say(
            "{side}: line {line}, public page {page}; Ctrl-C stops it",
            "bold",
            side=node.config.side,
            line=node.config.address,
            page=page,
        )
        if desk:
            out.say("The desk of {side}: {desk}", side=node.config.side, desk=desk)
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        # A server that ends by itself is not interrupted on its way either.
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        if server is not None:
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

    def sizes() -> dict[str, dict[str, int]]:
        views = [reading.office_view(node.alias, office) for office in reading.offices(node.alias)]
        return {view.id: {row.side: row.size for row in reading.heads(view)} for view in views}

    before = sizes()
    server = Server(node, passphrase, accept_risk=accept_risk)
    try:
        server.start()
    finally:
        server.stop()
    after = sizes()
    out.result({"before": before, "offices": after})
    for office, held in after.items():
        out.say("Office {office}", "bold", office=office)
        out.tabulate(
            [(side, str(before[office].get(side, 0)), str(size)) for side, size in held.items()],
            "register",
            "entries before",
            "entries now",
        )
    out.say("Next: yeollak doctor, then yeollak serve")


_ENDING = (signal.SIGINT, signal.SIGTERM)


def _interrupt(_number: int, _frame: Any) -> None:
    # At once: a second signal on the way to the end would else be raised where nobody waits for it.
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
