"""What commands on a node share: its folder, one of its offices, and passphrases.

A passphrase comes from a file, the environment or a prompt, never from an argument: arguments show in
the list of processes. What needs Django is imported when a node is opened, so that `verify` runs without it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from yeollak.cli.options import read_file
from yeollak.cli.output import Output
from yeollak.errors import Fault, OurFault

if TYPE_CHECKING:
    from yeollak.node.open import Node

_F = TypeVar("_F", bound=Callable[..., Any])
_MAX_PASSPHRASE = 1024


def node_option(command: _F) -> _F:
    """`--node`: the folder of the node."""
    return click.option(
        "--node",
        "folder",
        type=click.Path(path_type=Path),
        envvar="YEOLLAK_NODE",
        default=".",
        show_default=True,
        show_envvar=True,
        help="The node's folder.",
    )(command)


def office_option(command: _F) -> _F:
    """`--office`: one of the node's offices, where it has more than one."""
    return click.option("--office", "office_id", help="The office id, where the node has several.")(command)


def passphrase_option(command: _F) -> _F:
    """`--passphrase-file`: instead of YEOLLAK_PASSPHRASE or a prompt."""
    return click.option(
        "--passphrase-file",
        "passphrase",
        type=click.Path(path_type=Path),
        callback=_passphrase,
        help="A file with the operator's passphrase; else YEOLLAK_PASSPHRASE, else you are asked.",
    )(command)


def new_passphrase_option(name: str, whose: str) -> Callable[[_F], _F]:
    """The option for a passphrase that counts from now on: at a terminal it is asked for twice."""
    return click.option(
        f"--{name.replace('_', '-')}-file",
        name,
        type=click.Path(path_type=Path),
        callback=lambda context, parameter, path: passphrase_of(name, path, context.obj, new=True),
        help=f"A file with the {whose} passphrase; else YEOLLAK_{name.upper()}, else you are asked.",
    )


def _passphrase(context: click.Context, parameter: click.Parameter, path: Path | None) -> str:
    return passphrase_of(parameter.name or "", path, context.obj)


def passphrase_of(what: str, path: Path | None, out: Output | None, *, new: bool = False) -> str:
    """A passphrase from a file, else the environment, else a prompt.

    Raises OurFault(`file-unreadable`, `passphrase-missing`).
    """
    name = f"YEOLLAK_{what.upper()}"
    given = os.environ.get(name, "")
    if path is not None:
        try:
            given = read_file(path, _MAX_PASSPHRASE).decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise OurFault("file-unreadable", file=str(path), why="it is not UTF-8") from None
    elif not given and sys.stdin.isatty():
        given = _asked(what, out or Output(), new=new)
    if not given:
        raise OurFault("passphrase-missing", variable=name)
    return given


def _asked(what: str, out: Output, *, new: bool) -> str:
    prompts = {
        "account_passphrase": out.phrase("The account's passphrase"),
        "officer_passphrase": out.phrase("The officer's passphrase"),
    }
    prompt = prompts.get(what) or out.phrase("The operator's passphrase")
    again = out.phrase("The same again") if new else False
    asked: str = click.prompt(prompt, hide_input=True, err=True, confirmation_prompt=again)
    return asked


def opened(folder: Path) -> Node:
    """The node in `folder`, open; from here on this process speaks as its side chose.

    Raises OurFault(`node-partial`) and what `node.open` and `node.speaking` raise.
    """
    from yeollak.node.founding import is_partial
    from yeollak.node.open import open_node
    from yeollak.node.speaking import speak

    if is_partial(folder):
        raise OurFault("node-partial", path=str(folder))
    node = open_node(folder)
    speak(node)
    return node


def chosen(node: Node, office: str | None) -> str:
    """The office named, or the only one, with its lists up to date: a node that serves tells them behind what
    it counts.

    Raises OurFault(`no-such-office`, `office-none`, `office-unnamed`).
    """
    found = _named(node, office)
    with suppress(Fault):  # what keeps a command that reads from folding, the doctor tells
        node.journal.fold(found, node.clock.now())
    return found


def _named(node: Node, office: str | None) -> str:
    from yeollak.storage import reading

    held = reading.offices(node.alias)
    if office is not None:
        if office.lower() not in held:
            raise OurFault("no-such-office", office=office[:64])
        return office.lower()
    if not held:
        raise OurFault("office-none")
    if len(held) != 1:
        raise OurFault("office-unnamed", count=len(held))
    return held[0]
