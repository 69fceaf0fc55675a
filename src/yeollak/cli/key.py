"""`yeollak key` and `yeollak register`: our own keys after founding, a register that is taken up again."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened, passphrase_option
from yeollak.cli.options import shared
from yeollak.cli.output import Output
from yeollak.cli.signing import make, sign

if TYPE_CHECKING:
    from yeollak.node.rekeying import Done

_reason = click.option("--reason", help="The reason; it stands in the record, in the language spoken.")


@click.group()
def key() -> None:
    """Keys: those of this side, and how they are replaced."""


key.add_command(sign)
key.add_command(make)


@key.command("list")
@node_option
@office_option
@shared
def list_(out: Output, folder: Path, office_id: str | None) -> None:
    """List every generation of this side's keys, as the record has them."""
    node = opened(folder)
    from yeollak.node.rekeying import listing
    from yeollak.storage import reading

    view = reading.office_view(node.alias, chosen(node, office_id))
    rows = listing(node, view)
    out.result({"keys": [asdict(row) for row in rows], "office": view.id, "side": view.side})
    states = {
        "in-force": out.phrase("in force"),
        "retired": out.phrase("retired"),
        "next": out.phrase("enrolled"),
    }
    here, elsewhere = out.phrase("here"), out.phrase("not here")
    out.tabulate(
        [
            (
                row.role,
                str(row.number),
                row.key,
                states[row.state],
                str(row.since) if row.since >= 0 else out.phrase("charter"),
                here if row.kept else elsewhere,
                ", ".join(row.unseen_by),
            )
            for row in rows
        ],
        "role",
        "generation",
        "key",
        "state",
        "since entry",
        "files",
        "still to be seen by",
    )


@key.command()
@_reason
@node_option
@office_option
@passphrase_option
@shared
def rotate(out: Output, reason: str | None, folder: Path, office_id: str | None, passphrase: str) -> None:
    """Replace the authority key by the enrolled one, and enrol the next.

    May be repeated: while a side has not seen the last rotation, nothing is done.
    """
    from yeollak.node.rekeying import rotate as rotated

    node = opened(folder)
    meant = chosen(node, office_id)
    _tell(out, meant, rotated(node, meant, passphrase, reason={out.lang: reason} if reason else None))


@key.command()
@click.argument("role", type=click.Choice(["register", "receipt", "seal"]))
@_reason
@node_option
@office_option
@passphrase_option
@shared
def replace(
    out: Output, role: str, reason: str | None, folder: Path, office_id: str | None, passphrase: str
) -> None:
    """Replace the keys with which this side's node signs, gives receipts or opens what is sealed.

    May be repeated: while a side has not seen the last replacement, nothing is done. A node that runs takes
    the new keys by itself.
    """
    from yeollak.node.rekeying import replace as replaced

    node = opened(folder)
    meant = chosen(node, office_id)
    _tell(out, meant, replaced(node, meant, role, passphrase, reason={out.lang: reason} if reason else None))


@click.group()
def register() -> None:
    """Our own register."""


@register.command()
@click.option("--at", required=True, type=click.IntRange(min=0), help="The first entry that is given up.")
@_reason
@node_option
@office_option
@passphrase_option
@shared
def reopen(
    out: Output, at: int, reason: str | None, folder: Path, office_id: str | None, passphrase: str
) -> None:
    """Give up our own entries from one on that cannot count, so that those after it do.

    Only the entry that our register waits at can be named. May be repeated.
    """
    from yeollak.node.rekeying import reopen as reopened

    node = opened(folder)
    meant = chosen(node, office_id)
    done = reopened(node, meant, at, passphrase, reason={out.lang: reason} if reason else None)
    out.result({"act": done.act, "at": at, "entry": done.index, "fresh": done.fresh, "office": meant})
    out.say(
        "Our entries from {at} on are given up by the act {act}, entry {entry}.",
        "bold",
        at=at,
        act=done.act,
        entry=done.index,
    )


def _tell(out: Output, office: str, done: Done) -> None:
    out.result({**asdict(done), "office": office})
    fields: dict[str, str | int] = {"role": done.role, "number": done.number, "entry": done.index}
    if done.fresh:
        out.say("Replaced the {role} key: generation {number}, since entry {entry}", "bold", **fields)
    else:
        out.say("Replaced already, {role} key: generation {number}, since entry {entry}", "bold", **fields)
    out.say("By the act {act}", act=done.act)
    if done.unseen_by:
        out.say("Still to be seen by: {sides}", sides=", ".join(done.unseen_by))
    if done.role == "authority":
        out.say("Keep the old key file; the key enrolled now may be kept elsewhere until the next rotation.")
    else:
        out.say("Keep the old key files: what they have signed and what was sealed to them stays.")
