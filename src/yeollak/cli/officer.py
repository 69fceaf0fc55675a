"""`yeollak officer`: who may sign for this side, and the posting of one."""

from __future__ import annotations

from pathlib import Path

import click

from yeollak.cli.opened import (
    chosen,
    new_passphrase_option,
    node_option,
    office_option,
    opened,
    passphrase_option,
)
from yeollak.cli.options import shared
from yeollak.cli.output import Output


@click.group()
def officer() -> None:
    """Officers: the persons whose keys sign a side's acts."""


@officer.command()
@click.option(
    "--function", required=True, help="co-head, deputy-head, liaison, duty, interpreter, technical …"
)
@click.option("--prepared", metavar="OFFICER", help="Post the key that `officer prepare` has made.")
@click.option("--nomination", metavar="MATTER", help="The nomination that the other sides have consented to.")
@node_option
@office_option
@passphrase_option
@new_passphrase_option("officer_passphrase", "officer's")
@shared
def add(
    out: Output,
    function: str,
    prepared: str | None,
    nomination: str | None,
    folder: Path,
    office_id: str | None,
    passphrase: str,
    officer_passphrase: str,
) -> None:
    """Make an officer's key under his own passphrase and post it; the node's own key first."""
    from yeollak.node.founding import post_node, post_officer

    node = opened(folder)
    meant = chosen(node, office_id)
    post_node(node, meant, passphrase)
    key = post_officer(
        node,
        meant,
        passphrase,
        function,
        own_passphrase=officer_passphrase,
        prepared=prepared,
        facts={"nomination": nomination.lower()} if nomination is not None else None,
    )
    out.result({"function": function, "office": meant, "officer": key.kid})
    out.say("Posted the officer {officer} as {function}", "bold", officer=key.kid, function=function)


@officer.command()
@node_option
@new_passphrase_option("officer_passphrase", "officer's")
@shared
def prepare(out: Output, folder: Path, officer_passphrase: str) -> None:
    """Make the key of somebody who is not posted yet, so that a nomination can name it."""
    node = opened(folder)
    from yeollak.node.founding import prepare_officer

    key = prepare_officer(node, officer_passphrase)
    out.result({"key": key.public.hex(), "officer": key.kid})
    out.say(
        "Made the key of the officer {officer}, which is not posted: {key}",
        officer=key.kid,
        key=key.public.hex(),
    )


@officer.command("list")
@node_option
@office_option
@shared
def list_(out: Output, folder: Path, office_id: str | None) -> None:
    """List the officers of every side, as posted in the record."""
    node = opened(folder)
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    rows = [
        {"function": held.function, "officer": kid, "side": side, "since": held.since}
        for place, side in enumerate(view.charter.sides)
        for kid, held in view.office.officers(place).items()
    ]
    out.result({"office": view.id, "officers": rows})
    out.tabulate(
        [(str(row["side"]), str(row["officer"]), str(row["function"]), str(row["since"])) for row in rows],
        "side",
        "officer",
        "function",
        "since entry",
    )
