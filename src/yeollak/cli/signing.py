"""`yeollak key sign` and `yeollak key make`: the authority key on a machine that no line reaches.

Neither opens a node: a request and a key file are enough, and nothing of either leaves but the answer.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import click

from yeollak.cli.opened import new_passphrase_option, passphrase_option
from yeollak.cli.options import read_file, shared, write_file
from yeollak.cli.output import Output
from yeollak.errors import Fault, OurFault
from yeollak.office.texts import instrument
from yeollak.record import keyfile, signing
from yeollak.record.keys import SigningKey
from yeollak.words import term
from yeollak.words.acts import kind_word
from yeollak.words.facts import fact_word


@click.command()
@click.argument("request", type=click.Path(path_type=Path))
@click.argument("answer", type=click.Path(path_type=Path))
@click.option(
    "--key", "key_file", required=True, type=click.Path(path_type=Path), help="The authority key's file."
)
@click.option("--yes", is_flag=True, help="Sign without asking whether this is what is meant.")
@passphrase_option
@shared
def sign(out: Output, request: Path, answer: Path, key_file: Path, yes: bool, passphrase: str) -> None:
    """Show what the signing REQUEST asks for, sign it, and write the ANSWER that the desk takes over."""
    asked = signing.Request.parse(read_file(request, signing.MAX_REQUEST))
    tell(out, asked)
    if not yes and not click.confirm(out.phrase("Sign exactly this?"), err=True):
        raise OurFault("not-signed")
    kind, seed = keyfile.open(read_file(key_file, keyfile.MAX_KEYFILE), passphrase)
    key = SigningKey(seed) if kind.startswith("authority") else None
    if key is None or key.kid != asked.act.officer:
        found = key.kid if key is not None else kind
        raise OurFault("authority-otherwise", found=found, expected=asked.act.officer)
    write_file(answer, signing.sign(asked, key))
    out.result({"act": asked.id, "answer": str(answer), "officer": key.kid})
    out.say("Signed: {answer}", "bold", answer=str(answer))
    out.say("Next: take it over at the desk, where the act was prepared.")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@new_passphrase_option("passphrase", "operator's")
@shared
def make(out: Output, path: Path, passphrase: str) -> None:
    """Make a key into the new file PATH: the one that a rotation of the authority key will enrol."""
    seed = secrets.token_bytes(32)
    key = SigningKey(seed)
    write_file(path, keyfile.seal(seed, passphrase, "authority-next"))
    path.chmod(0o600)
    digest = hashlib.sha256(key.public).hexdigest()
    out.result({"digest": digest, "file": str(path), "key": key.public.hex(), "officer": key.kid})
    out.tabulate([("key", key.public.hex()), ("next", digest)], "fact", "value")
    out.say("Keep the file here. The desk asks for these two values: the digest now, the key when it is due.")


def tell(out: Output, asked: signing.Request) -> None:
    """What a request asks to be signed, from its document alone."""
    act = asked.act
    rows = [
        (term("act", out.lang), f"{kind_word(out.lang, act.kind)} ({act.kind})"),
        (term("digest", out.lang), asked.id),
        (term("office", out.lang), act.office),
        (term("side", out.lang), act.side),
        (term("officer", out.lang), act.officer),
        (term("claimed-time", out.lang), act.at),
        *([(term("matter", out.lang), act.matter)] if act.matter is not None else []),
    ]
    for name, value in act.facts.items():
        rows.append((_fact(out, name, act.kind), str(value)))
    out.tabulate(rows, "what", "value")
    for text in asked.texts:
        out.say("A text that the document names, {digest}:", digest=text.digest(act.office))
        out.tabulate([(line,) for line in _text(text.content)], "value")


def _fact(out: Output, name: str, kind: str) -> str:
    try:
        return fact_word(out.lang, name, kind)
    except KeyError:
        return name


def _text(content: bytes) -> list[str]:
    """A text as lines: a joint text by its languages and articles, anything else as it stands."""
    try:
        joint = instrument.read(content)
    except Fault:
        return content.decode("utf-8", errors="backslashreplace").splitlines()
    lines = []
    for version in joint.versions:
        lines.append(f"[{version.lang}] {version.title}")
        lines += version.preamble
        for article in version.articles:
            lines += [f"{article.number}. {article.heading}", *article.paragraphs]
    return lines
