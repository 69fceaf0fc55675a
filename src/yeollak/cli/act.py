"""`yeollak act`: what may be done now, and doing it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened, passphrase_of
from yeollak.cli.options import pairs, read_file, shared
from yeollak.cli.output import Output
from yeollak.errors import OurFault
from yeollak.record.canon import parse_instant
from yeollak.record.enclosure import SMALL_RIGHT

_PRECEDENCE = click.Choice(["routine", "priority", "immediate", "flash"])


@click.command()
@click.argument("kind", required=False)
@click.option("--officer", required=True, help="The officer's key id, of `yeollak officer list`.")
@click.option("--matter", help="The matter; none for an act that opens one.")
@click.option("--re", "answers", multiple=True, help="The id of an act that this one answers.")
@click.option("--fact", "facts", multiple=True, help="NAME=VALUE; JSON where it reads as JSON, else text.")
@click.option("--text", "texts", multiple=True, help="LANG=FILE, or LANG=TEXT where there is no such file.")
@click.option("--due", help="Until when an answer is expected, as 2018-09-14T01:00:00Z.")
@click.option(
    "--precedence", type=_PRECEDENCE, default="routine", show_default=True, help="How urgent it is."
)
@click.option(
    "--officer-passphrase-file",
    "secret_file",
    type=click.Path(path_type=Path),
    help="A file with the officer's passphrase; else YEOLLAK_OFFICER_PASSPHRASE, else you are asked.",
)
@node_option
@office_option
@shared
def act(
    out: Output,
    kind: str | None,
    officer: str,
    folder: Path,
    office_id: str | None,
    **asked: Any,
) -> None:
    """Do an act of this KIND; without KIND, list what may be done."""
    node = opened(folder)
    from yeollak.node.acting import Text
    from yeollak.node.acting import act as do
    from yeollak.office.propose import Draft
    from yeollak.storage import reading

    meant = chosen(node, office_id)
    if kind is None:
        view = reading.office_view(node.alias, meant)
        posted = view.office.officers(view.place).get(officer)
        if posted is None:
            raise OurFault("act-void", why="unposted")
        offers = view.office.offers(view.side, posted.function, asked["matter"])
        out.result({"offers": [{"kind": one.name, "procedure": table.name} for table, one, _ in offers]})
        out.table(("procedure", "kind", "what it does"), [(t.name, k.name, k.purpose) for t, k, _ in offers])
        return
    draft = Draft(
        kind,
        matter=asked["matter"],
        facts={name: _value(value) for name, value in pairs(asked["facts"], "--fact").items()},
        re=tuple(asked["answers"]),
        due=_due(asked["due"]),
        precedence=asked["precedence"],
    )
    texts = [
        Text(_content(value), "text/plain", lang) for lang, value in pairs(asked["texts"], "--text").items()
    ]
    # Asked for only here: a list needs no key.
    secret: str = passphrase_of("officer_passphrase", asked["secret_file"])
    made = do(node, meant, node.keyring.officer(officer, secret), draft, texts)
    out.result({"act": made, "kind": kind, "office": meant})
    out.line(f"Done: {kind}, act {made}", "bold")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _content(value: str) -> bytes:
    path = Path(value)
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    return read_file(path, SMALL_RIGHT) if there else value.encode()


def _due(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text, "--due")
