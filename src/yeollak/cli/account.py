"""`yeollak account`: who may sign in at this side's desk. The first account of a node is made here.

What is done here is done by the operator, at the machine, and stands so in the audit log: nothing asks for a
passphrase of the desk, since whoever can run this can write the store.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yeollak.cli.opened import chosen, new_passphrase_option, node_option, office_option, opened
from yeollak.cli.options import shared
from yeollak.cli.output import Output
from yeollak.errors import OurFault
from yeollak.words import LANGUAGES

if TYPE_CHECKING:
    from yeollak.node.open import Node
    from yeollak.storage.staffing import Person, Staffing

_name = click.argument("name")
_passphrase = new_passphrase_option("account_passphrase", "account's")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Desk:
    """The desk of a node: its local tables, and the node's clock."""

    node: Node
    staffing: Staffing

    @classmethod
    def of(cls, folder: Path) -> _Desk:
        node = opened(folder)
        from yeollak.storage.staffing import Staffing

        return cls(node, Staffing(node.alias))

    @property
    def now(self) -> datetime:
        return self.node.clock.now()


@click.group()
def account() -> None:
    """Accounts: who may sign in at the desk, and as what."""


@account.command()
@_name
@click.option("--role", required=True, help="co-head, deputy-head, liaison, duty, interpreter, technical …")
@click.option("--shown", default="", help="The person, as colleagues see it; else NAME.")
@click.option("--officer", default="", help="The key id of the posted officer that the person is.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the desk."
)
@node_option
@office_option
@_passphrase
@shared
def add(
    out: Output,
    name: str,
    role: str,
    shown: str,
    officer: str,
    language: str,
    folder: Path,
    office_id: str | None,
    account_passphrase: str,
) -> None:
    """Make an account NAME with its own passphrase; it opens the office named, else all there are now."""
    desk = _Desk.of(folder)
    officers = _officers(desk.node, office_id, officer) if officer else {}
    made = desk.staffing.make_account(
        name,
        role,
        account_passphrase,
        desk.now,
        shown=shown,
        officers=officers,
        offices=_offices(desk.node, office_id),
        language=language,
    )
    out.result(_told(made))
    out.say("Made the account {name} as {role}", "bold", name=made.name, role=made.role)


@account.command("list")
@node_option
@shared
def list_(out: Output, folder: Path) -> None:
    """List every account of this node."""
    people = _Desk.of(folder).staffing.people(disabled=True)
    out.result({"accounts": [_told(person) for person in people]})
    factor, none, disabled = out.phrase("set up"), out.phrase("none"), out.phrase("disabled")
    rows = [
        (
            person.name,
            person.shown,
            person.role,
            disabled if person.disabled else factor if person.has_factor else none,
            " ".join(person.officers.values()),
        )
        for person in people
    ]
    out.tabulate(rows, "account", "person", "role", "second factor", "officer")


@account.command()
@_name
@click.argument("new_role", metavar="ROLE")
@node_option
@shared
def role(out: Output, name: str, new_role: str, folder: Path) -> None:
    """Give the account NAME another ROLE."""
    desk = _Desk.of(folder)
    out.result(_told(desk.staffing.give(name, desk.now, role=new_role)))
    out.say("The account {name} is now {role}", "bold", name=name, role=new_role)


@account.command()
@_name
@click.argument("key", required=False, default="")
@node_option
@office_option
@shared
def officer(out: Output, name: str, key: str, folder: Path, office_id: str | None) -> None:
    """Say which posted officer the person NAME is: the id of the officer's KEY; without it, none."""
    desk = _Desk.of(folder)
    meant = chosen(desk.node, office_id)
    given = _officers(desk.node, meant, key) if key else {}
    known = next((one for one in desk.staffing.people(disabled=True) if one.name == _folded(name)), None)
    kept = {office: held for office, held in known.officers.items() if office != meant} if known else {}
    out.result(_told(desk.staffing.give(name, desk.now, officers={**kept, **given})))
    if key:
        out.say("The account {name} is the officer {officer}", "bold", name=name, officer=key)
    else:
        out.say("The account {name} is no officer in this office", "bold", name=name)


@account.command()
@_name
@click.option("--take", is_flag=True, help="Take the office from the account.")
@node_option
@office_option
@shared
def office(out: Output, name: str, take: bool, folder: Path, office_id: str | None) -> None:
    """Let the account NAME open an office. One in which it has an officer it opens in any case."""
    desk = _Desk.of(folder)
    meant = chosen(desk.node, office_id)
    known = next((one for one in desk.staffing.people(disabled=True) if one.name == _folded(name)), None)
    kept = (known.offices if known is not None else frozenset()) - {meant}
    out.result(_told(desk.staffing.give(name, desk.now, offices=kept if take else kept | {meant})))
    if take:
        out.say("The office was taken from the account {name}", "bold", name=name)
    else:
        out.say("The account {name} may open the office", "bold", name=name)


@account.command()
@_name
@node_option
@_passphrase
@shared
def passphrase(out: Output, name: str, folder: Path, account_passphrase: str) -> None:
    """Give the account NAME another passphrase; its sessions end, and its waiting time."""
    desk = _Desk.of(folder)
    desk.staffing.set_passphrase(name, account_passphrase, desk.now)
    out.result({"name": _folded(name)})
    out.say("The account {name} has another passphrase", "bold", name=name)


@account.command()
@_name
@node_option
@shared
def disable(out: Output, name: str, folder: Path) -> None:
    """Let nobody sign in as NAME any more; its sessions end at once."""
    desk = _Desk.of(folder)
    desk.staffing.disable(name, desk.now)
    out.result({"name": _folded(name)})
    out.say("The account {name} is disabled", "bold", name=name)


@account.command()
@_name
@node_option
@shared
def enable(out: Output, name: str, folder: Path) -> None:
    """Let the person NAME sign in again, with what the account had."""
    desk = _Desk.of(folder)
    desk.staffing.enable(name, desk.now)
    out.result({"name": _folded(name)})
    out.say("The account {name} may sign in again", "bold", name=name)


@account.command()
@_name
@node_option
@shared
def unlock(out: Output, name: str, folder: Path) -> None:
    """End the time that NAME must wait after failures."""
    desk = _Desk.of(folder)
    desk.staffing.unlock(name, desk.now)
    out.result({"name": _folded(name)})
    out.say("The account {name} may try again", "bold", name=name)


@account.command("reset-factor")
@_name
@node_option
@shared
def reset_factor(out: Output, name: str, folder: Path) -> None:
    """Take the second factor from NAME, whose device is lost; its sessions end."""
    desk = _Desk.of(folder)
    desk.staffing.reset_factor(name, desk.now)
    out.result({"name": _folded(name)})
    out.say("The account {name} signs in by its passphrase alone", "bold", name=name)


@account.command()
@click.option("--name", default="", help="Only what was done by or to this account.")
@click.option("--action", default="", help="Only this, as sign-in-refused.")
@click.option("--before", type=click.IntRange(1), help="Only lines before this one.")
@click.option("--most", type=click.IntRange(1, _MOST), default=50, show_default=True, help="How many lines.")
@node_option
@shared
def audit(out: Output, name: str, action: str, before: int | None, most: int, folder: Path) -> None:
    """Show the audit log of the desk, newest first."""
    rows = _Desk.of(folder).staffing.audit(most, before, name=name, action=action)
    told = [
        {
            "about": row.about,
            "action": row.action,
            "address": row.address,
            "at": f"{row.at:%Y-%m-%dT%H:%M:%SZ}",
            "detail": json.loads(row.detail),
            "line": row.id,
            "name": row.name,
            "office": row.office,
            "times": row.times,
        }
        for row in rows
    ]
    out.result({"lines": told})
    out.tabulate(
        [
            (
                str(one["line"]),
                str(one["at"]),
                str(one["name"]),
                str(one["action"]) + (f" ×{one['times']}" if one["times"] != 1 else ""),
                str(one["about"]),
                str(one["address"]),
            )
            for one in told
        ],
        "line",
        "time",
        "account",
        "action",
        "about",
        "from",
    )


def _folded(name: str) -> str:
    from yeollak.storage.staffing import fold

    return fold(name)


def _offices(node: Node, office_id: str | None) -> list[str]:
    from yeollak.storage import reading

    return [chosen(node, office_id)] if office_id else reading.offices(node.alias)


def _officers(node: Node, office_id: str | None, key: str) -> dict[str, str]:
    """The officer of a key in an office, who must be posted there. Raises OurFault(`officer-not-posted`)."""
    from yeollak.storage import reading

    office = chosen(node, office_id)
    view = reading.office_view(node.alias, office)
    if key not in view.office.officers(view.place):
        raise OurFault("officer-not-posted", officer=key[:64])
    return {office: key}


def _told(person: Person) -> dict[str, object]:
    return {
        "disabled": person.disabled,
        "language": person.language,
        "name": person.name,
        "offices": sorted(person.opens),
        "officers": dict(person.officers),
        "role": person.role,
        "second_factor": person.has_factor,
        "shown": person.shown,
    }
