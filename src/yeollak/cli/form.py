"""`yeollak form`: the agreed forms, filled in by one side in its language and read by the other in its own.

Adopting a form is an act (`yeollak act form.draft`); here are its bytes and its digest. A form is named by
its id, where it comes with this software, or by the file that holds it. No node is needed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from yeollak import forms
from yeollak.cli.options import pairs, read_file, shared, write_file
from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse
from yeollak.errors import Fault, OurFault
from yeollak.forms.typed import typed
from yeollak.record.canon import parse_instant
from yeollak.words import LANGUAGES, sentence

if TYPE_CHECKING:
    from yeollak.forms import Field, Flaw, Form

_MAX_VALUES: Final = 1024 * 1024


@click.group()
def form() -> None:
    """Forms: what one side fills in in its language and the other reads in its own."""


_form_files = click.option(
    "--form",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file with a form that does not come with this software.",
)
_language = click.option(
    "--language", help="The language of who fills it in or reads it; else that of the output."
)
_target = click.option(
    "-o", "--out", "target", required=True, type=click.Path(path_type=Path), help="Where it goes."
)


@form.command("list")
@_form_files
@shared
def list_(out: Output, files: tuple[Path, ...]) -> None:
    """List the forms that come with this software, with their digests."""
    held = _known(files)
    out.result({"forms": [_about(one) for one in held.values()]})
    yes, no = out.phrase("yes"), out.phrase("no")
    out.tabulate(
        [
            (
                one.id,
                forms.spoken(one.label, out.lang),
                one.subject,
                yes if one.urgent else no,
                yes if one.alert is not None else no,
                one.digest,
            )
            for one in held.values()
        ],
        "form",
        "name",
        "class",
        "urgent",
        "alert",
        "SHA-256 of the form",
    )


@form.command()
@click.argument("name", metavar="FORM")
@_language
@click.option("-o", "--out", "target", type=click.Path(path_type=Path), help="Write the form's bytes here.")
@shared
def show(out: Output, name: str, language: str | None, target: Path | None) -> None:
    """Show one FORM: its fields, and the digest that `form.draft` states. `-o` writes the form itself, to be
    enclosed with that act.
    """
    held, reader = _named(name, ()), language or out.lang
    if target is not None:
        write_file(target, held.data)
    fields = [_field(one) for one in held.fields]
    out.result({**_about(held), "fields": fields, "saved": None if target is None else str(target)})
    out.say(
        "{label}: form {form}, class {subject}",
        "bold",
        label=forms.spoken(held.label, reader),
        form=held.id,
        subject=held.subject,
    )
    out.line(forms.spoken(held.help, reader))
    out.say("SHA-256 of the form: {digest}", digest=held.digest)
    yes, no = out.phrase("yes"), out.phrase("no")
    out.tabulate(
        [
            (
                f"{lead}{one.name}",
                forms.spoken(one.label, reader),
                _kind(one),
                yes if one.required else no,
                yes if one.private else no,
                " ".join(f"{token}={forms.spoken(said, reader)}" for token, said in one.choices.items()),
            )
            for lead, one in _every(held)
        ],
        "field",
        "label",
        "kind",
        "needed",
        "particulars of a person",
        "answers",
    )
    if target is not None:
        out.say("Written: {file}", file=str(target))


@form.command()
@click.argument("name", metavar="FORM")
@_language
@click.option(
    "--value", "values", multiple=True, help="NAME=VALUE, or NAME.LANG=TEXT for a free text; once for each."
)
@click.option("--file", "file", type=click.Path(path_type=Path), help="TOML with the answers by name.")
@_target
@shared
def fill(
    out: Output, name: str, language: str | None, values: tuple[str, ...], file: Path | None, target: Path
) -> int:
    """Fill in a FORM. What does not fit is named field by field, and nothing is written then."""
    held, writer = _named(name, ()), language or out.lang
    given = {**(_toml(file) if file is not None else {}), **pairs(values, "--value")}
    entered = typed(held, given, writer)
    try:
        data = forms.fill(held, entered, writer)
    except OurFault as fault:
        if fault.code != "form-unfit":
            raise
        return _unfit(out, held, fault, forms.flaws(held, entered))
    write_file(target, data)
    out.result(
        {"bytes": len(data), "digest": held.digest, "file": str(target), "form": held.id, "language": writer}
    )
    out.say("Filled in {form}: {file}", "bold", form=held.id, file=str(target))
    out.say("Next: yeollak act with --enclose; the act then states form and class by itself.")
    return 0


def _unfit(out: Output, held: Form, fault: OurFault, found: Sequence[Flaw]) -> int:
    """Tell of everything that does not fit, and not of the first place alone; the exit code of the fault."""
    rows = [(*forms.flaw_words(held, one, out.lang), one) for one in found]
    said = sentence(fault, out.lang)
    told = [
        {"advice": advice, "field": label, "pointer": one.pointer, "rule": one.rule}
        for label, advice, one in rows
    ]
    out.tabulate(
        [(label, advice, one.pointer) for label, advice, one in rows], "field", "what to do", "place"
    )
    out.trouble(said.code, said.sentence, said.next_step, {**fault.data, "flaws": told})
    return fault.exit_status


@form.command()
@click.argument("file", type=click.Path(path_type=Path))
@_language
@_form_files
@shared
def read(out: Output, file: Path, language: str | None, files: tuple[Path, ...]) -> None:
    """Read a form that was filled in, in the language of the reader."""
    held, reader = _filled(file, files), language or out.lang
    rows = forms.rows(held, reader)
    out.result(
        {
            "digest": held.form.digest,
            "form": held.form.id,
            "language": held.language,
            "rows": [
                {"label": row.label, "language": row.language, "private": row.private, "text": row.text}
                for row in rows
            ],
            "values": dict(held.values),
        }
    )
    out.say(
        "{label}: form {form}, filled in in this language: {language}",
        "bold",
        label=forms.spoken(held.form.label, reader),
        form=held.form.id,
        language=held.language,
    )
    out.tabulate([(row.label, row.marked(reader)) for row in rows], "field", "answer")


@form.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--identifier", required=True, help="Its name among all alerts for ever: the act's id does.")
@click.option("--sender", required=True, help="Who sends it, as a domain name.")
@click.option("--sent", help="When it is sent, as 2020-10-10T01:00:00Z; else now.")
@click.option(
    "--language", "languages", multiple=True, help="A language that it speaks; once for each, else all three."
)
@click.option(
    "--status",
    type=click.Choice(["Actual", "Exercise", "System", "Test", "Draft"]),
    default="Actual",
    show_default=True,
    help="What is marked Exercise or Test is acted on by nobody.",
)
@click.option("--address", "addresses", multiple=True, help="Only for this receiver; once for each.")
@click.option(
    "--refers", "references", multiple=True, help="SENDER,IDENTIFIER,SENT of the alert that it changes."
)
@_form_files
@_target
@shared
def alert(
    out: Output,
    file: Path,
    identifier: str,
    sender: str,
    sent: str | None,
    languages: tuple[str, ...],
    status: str,
    addresses: tuple[str, ...],
    references: tuple[str, ...],
    files: tuple[Path, ...],
    target: Path,
) -> None:
    """Read an urgent notice out as a Common Alerting Protocol 1.2 document, for warning systems."""
    held = _filled(file, files)
    data = forms.cap(
        held,
        identifier,
        sender,
        datetime.now(UTC) if sent is None else _instant(sent, "--sent"),
        languages or LANGUAGES,
        references=[_reference(one) for one in references],
        addresses=addresses,
        status=status,
    )
    write_file(target, data)
    out.result({"bytes": len(data), "file": str(target), "form": held.form.id, "identifier": identifier})
    out.say("Written: {file}", file=str(target))
    out.say("It carries no signature: the record proves what was said.")


def _known(files: tuple[Path, ...]) -> Mapping[str, Form]:
    """The forms that come with this software, and those in files."""
    given = [forms.read_form(read_file(path, forms.MAX_FORM)) for path in files]
    return {**forms.shipped(), **{one.id: one for one in given}}


def _named(name: str, files: tuple[Path, ...]) -> Form:
    """The form of this id, or in the file of this name. Raises OurFault(`no-such-form`)."""
    known = _known(files)
    if name in known:
        return known[name]
    if not Path(name).is_file():
        raise OurFault("no-such-form", form=name[:64])
    return forms.read_form(read_file(Path(name), forms.MAX_FORM))


def _filled(file: Path, files: tuple[Path, ...]) -> forms.Filled:
    return forms.read(read_file(file, forms.MAX_FILLED), _known(files))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_file(path, _MAX_VALUES).decode(), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise OurFault("file-unreadable", file=str(path), why="it is not TOML") from None


def _instant(text: str, option: str) -> datetime:
    try:
        return parse_instant(text)
    except Fault:
        raise Misuse(
            "{option}: {text} is not written as 2020-10-10T01:00:00Z.", option=option, text=text
        ) from None


def _reference(text: str) -> forms.Reference:
    parts = text.split(",")
    if len(parts) != 3:
        raise Misuse("--refers: {text} is not {form}.", text=text, form="SENDER,IDENTIFIER,SENT")
    return forms.Reference(parts[0], parts[1], _instant(parts[2], "--refers"))


def _about(one: Form) -> dict[str, Any]:
    return {
        "alert": one.alert is not None,
        "class": one.subject,
        "digest": one.digest,
        "form": one.id,
        "label": dict(one.label),
        "urgent": one.urgent,
    }


def _every(held: Form) -> list[tuple[str, Field]]:
    """Every field of a form, those of its rows after their list and led by its name."""
    return [
        each
        for one in held.fields
        for each in (("", one), *((f"{one.name}.", inner) for inner in one.fields))
    ]


def _kind(one: Field) -> str:
    return f"{one.kind} ({one.unit})" if one.kind == "quantity" else one.kind


def _field(one: Field) -> dict[str, Any]:
    return {
        "choices": {token: dict(said) for token, said in one.choices.items()},
        "fields": [_field(inner) for inner in one.fields],
        "kind": one.kind,
        "label": dict(one.label),
        "name": one.name,
        "private": one.private,
        "required": one.required,
        "unit": one.unit if one.kind == "quantity" else None,
    }
