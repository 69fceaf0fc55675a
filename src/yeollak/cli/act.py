"""`yeollak act`: what may be done now, and doing it."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from typing import Any

import click

from yeollak.cli import offering
from yeollak.cli.opened import chosen, node_option, office_option, opened, passphrase_of
from yeollak.cli.options import pairs, read_file, shared
from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse
from yeollak.errors import OurFault

_PRECEDENCE = click.Choice(["routine", "priority", "immediate", "flash"])
_MAX_FACTS = 32 * 1024
_MAX_ENCLOSURE = 64 * 1024 * 1024


@click.command()
@click.argument("kind", required=False)
@click.option("--officer", help="The officer's key id, where several of ours have their keys here.")
@click.option(
    "--authority",
    is_flag=True,
    help="Sign by this side's authority key, under the operator's passphrase: charter and dissolution.",
)
@click.option("--matter", help="The matter; none for an act that opens one.")
@click.option("--re", "answers", multiple=True, help="An act that this answers; else the one that stands.")
@click.option(
    "--fact", "facts", multiple=True, help="NAME=VALUE, or NAME.LANG=TEXT for words; once for each."
)
@click.option("--facts", "facts_file", type=click.Path(path_type=Path), help="A JSON object of facts.")
@click.option("--text", "texts", multiple=True, help="LANG=FILE, or LANG=TEXT where there is no such file.")
@click.option(
    "--enclose", "files", multiple=True, type=click.Path(path_type=Path), help="A file that goes along."
)
@click.option("--due", help="Until when an answer is expected: 2018-09-14T01:00:00Z, or +48h from now.")
@click.option(
    "--precedence", type=_PRECEDENCE, default="routine", show_default=True, help="How urgent it is."
)
@click.option("--request", help="A word of your own: under the same word an act is done once.")
@click.option("--accept-clock", is_flag=True, help="Go on although the clock lags behind our own register.")
@click.option(
    "--officer-passphrase-file",
    "secret_file",
    type=click.Path(path_type=Path),
    help="A file with the officer's passphrase; else YEOLLAK_OFFICER_PASSPHRASE, else you are asked.",
)
@click.option(
    "--passphrase-file",
    "operator_file",
    type=click.Path(path_type=Path),
    help="With --authority: a file with the operator's passphrase; else YEOLLAK_PASSPHRASE.",
)
@node_option
@office_option
@shared
def act(
    out: Output, kind: str | None, officer: str | None, folder: Path, office_id: str | None, **asked: Any
) -> None:
    """Do an act of this KIND; without KIND, list what may be done, as `yeollak matter offers` does.

    Texts and files travel as the kind asks: with the act, or, where it asks for consent, once the other side
    has taken it up.
    """
    node = opened(folder)
    meant = chosen(node, office_id)
    from yeollak.node import drafting
    from yeollak.node.acting import act as do
    from yeollak.node.founding import authority_key
    from yeollak.storage import reading

    view = reading.office_view(node.alias, meant)
    if asked["authority"] and officer is not None:
        raise Misuse("--authority goes without --officer.")
    kid = drafting.authority_of(view) if asked["authority"] else drafting.officer_of(node, view, officer)
    matter = asked["matter"].lower() if asked["matter"] else None
    if kind is None:
        offering.list_to(out, view, matter, node.clock.now(), kid)
        return
    texts = drafting.released_by_kind(view, kind, matter, _enclosed(asked["texts"], asked["files"]))
    draft = drafting.drafted(
        node,
        view,
        kid,
        drafting.Asked(
            kind,
            matter=matter,
            facts=_facts(asked["facts"], asked["facts_file"]),
            re=tuple(asked["answers"]),
            due=asked["due"],
            precedence=asked["precedence"],
            delivers=not texts,
            texts=tuple(texts),
        ),
    )
    if not asked["accept_clock"]:
        drafting.check_clock(node, view)
    # Asked for only here: a list needs no key, nor does what has been refused above.
    if asked["authority"]:
        key = authority_key(node, view, passphrase_of("passphrase", asked["operator_file"], out))
    else:
        key = node.keyring.officer(kid, passphrase_of("officer_passphrase", asked["secret_file"], out))
    made = do(node, meant, key, draft, texts, request=asked["request"])
    document = drafting.parsed(reading.office_view(node.alias, meant), made)
    found = document.matter or made
    out.result({"act": made, "due": document.due, "kind": kind, "matter": found, "office": meant})
    out.say("Done: {kind}, act {act}", "bold", kind=kind, act=made)
    out.say("In the matter {matter}", matter=found)
    if document.due:
        out.say("An answer is expected until {due}.", due=document.due)


def _facts(given: tuple[str, ...], file: Path | None) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if file is not None:
        try:
            facts = json.loads(read_file(file, _MAX_FACTS))
        except (ValueError, RecursionError):
            raise OurFault("file-unreadable", file=str(file), why="it is not JSON") from None
        if not isinstance(facts, dict):
            raise OurFault("file-unreadable", file=str(file), why="it is not a JSON object")
    return {**facts, **pairs(given, "--fact")}


def _enclosed(
    texts: tuple[str, ...], files: tuple[Path, ...]
) -> list[tuple[bytes, str, str | None, str | None]]:
    """Content, media type, language and name of what goes along."""
    from yeollak.node.implied import media_type

    found: list[tuple[bytes, str, str | None, str | None]] = []
    for lang, value in pairs(texts, "--text").items():
        found.append((_content(value), "text/plain", lang, None))
    for path in files:
        guessed, coded = mimetypes.guess_type(path.name)
        content = read_file(path, _MAX_ENCLOSURE)
        kind = guessed if guessed and not coded else "application/octet-stream"
        found.append((content, media_type(content, kind), None, path.name))
    return found


def _content(value: str) -> bytes:
    path = Path(value)
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    return read_file(path, _MAX_ENCLOSURE) if there else value.encode()
