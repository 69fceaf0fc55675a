"""`yeollak init`: a node's folder, with its settings and the certificate of its line."""

from __future__ import annotations

from pathlib import Path

import click

from yeollak.cli.options import shared
from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse
from yeollak.errors import RecordFault
from yeollak.record.canon import side_name

_PORT = click.IntRange(1, 65535)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--side", required=True, help="The side's name: small letters, digits and hyphens.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the line listens.")
@click.option("--line-port", type=_PORT, default=8443, show_default=True, help="The line's port.")
@click.option("--public-port", type=_PORT, default=8080, show_default=True, help="The public page's port.")
@click.option(
    "--desk-port",
    type=click.IntRange(0, 65535),
    default=8081,
    show_default=True,
    help="The port of the officers' desk on this machine; 0 for none.",
)
@click.option("--database", default="node.db", show_default=True, help="A file, or postgresql://…")
@shared
def init(
    out: Output,
    folder: Path,
    side: str,
    host: str,
    line_port: int,
    public_port: int,
    desk_port: int,
    database: str,
) -> None:
    """Make a node in the folder DIR."""
    from yeollak.node.config import NodeConfig
    from yeollak.node.founding import make_node

    try:
        side_name(side)
    except RecordFault:
        raise Misuse("The name of a side has 1 to 64 of a-z, 0-9, dot and hyphen.") from None
    made = NodeConfig(
        folder,
        side,
        (host, line_port),
        ("127.0.0.1", public_port),
        database=database,
        desk=("127.0.0.1", desk_port) if desk_port else None,
    )
    make_node(made)
    out.result({"address": made.address, "anchor": str(made.anchor_path), "node": str(folder), "side": side})
    out.say("Made a node of {side} in {folder}", "bold", side=side, folder=str(folder))
    out.say("Its anchor will be {anchor}: keep it out of what you restore.", anchor=str(made.anchor_path))
    out.say("Next: yeollak card new")
