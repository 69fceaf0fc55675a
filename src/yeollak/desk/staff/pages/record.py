"""The record: registers, receipts, evidence and entries; verify it, export it, make an exhibit of one act."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from typing import cast

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from yeollak.desk.staff import (
    addresses,  # noqa: F401 (it registers a part of addresses)
    checking,
    recordof,
)
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.checking import Check
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.matterpage import voice_of
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.values import Part
from yeollak.errors import CODES, OurFault, RecordFault
from yeollak.record.canon import format_instant
from yeollak.record.report import VERDICTS, Defect
from yeollak.storage import models, rungs
from yeollak.storage.exhibiting import exhibit_of
from yeollak.words import clean, say, sentence

#: How many defects stand on the page: the rest are counted.
_DEFECTS = 20
#: The context of `record.report.DEFECTS` in the catalogues.
_DEFECT = "defect"


@dataclass(frozen=True, slots=True)
class Step:
    """One verdict of a check: what is asked, and how far it is: `yes`, `no`, `now` or `waits`."""

    label: str
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class CheckShown:
    """A check in words. `share` is how much of the present stage is done, of a hundred."""

    said: str
    by: str
    began: Part
    ended: Part | None
    runs: bool
    good: bool
    share: int
    counted: str
    steps: tuple[Step, ...]
    defects: tuple[str, ...]
    more: int
    digest: str
    fault: str


@require_safe
@page()
def record(desk: Desk) -> HttpResponse:
    """The page."""
    given, view = desk.request.GET, desk.view
    voids = given.get("voids") == "yes"
    wanted = rungs.Wanted(nodes=True, voids=voids)
    held = rungs.before(view, wanted, recordof.PAGE, given.get("before", ""))
    registers = recordof.registers_of(desk)
    evidence = view.rows(models.Evidence).count()
    found = checking.check_of(desk.hands, view.id)
    query = "voids=yes&" if voids else ""
    context = {
        **frame(desk, "record"),
        "said": recordof.verdict(registers, evidence, desk.lang),
        "registers": registers,
        "evidence": recordof.evidence_of(desk),
        "evidence_count": evidence,
        "check": _check(desk, found) if found is not None else None,
        "entries": recordof.entries_of(desk, held.acts),
        "voids": voids,
        "earlier": f"?{query}before={held.earlier}#entries" if held.earlier else "",
        "first": bool(given.get("before")),
        "may": desk.may(Permission.EXPORT),
        "newest": not given.get("before"),
    }
    return render(desk.request, "staff/record.html", context)


@require_POST
@page(Permission.EXPORT)
def verify(desk: Desk) -> HttpResponse:
    """Begin to verify the record, or stop it."""
    if desk.request.POST.get("do") == "stop":
        checking.stop(desk.hands, desk.view.id)
    else:
        checking.begin(desk.hands, desk.view.id, desk.person.shown)
    return HttpResponseRedirect(f"{desk.url('record')}#verify")


@require_POST
@page(Permission.EXPORT)
def export(desk: Desk) -> HttpResponse:
    """The whole record as one archive, whose folder `yeollak verify` judges."""
    folder = desk.hands.export(desk.view.id)
    try:
        held = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
            for one in sorted(folder.rglob("*")):
                if one.is_file():
                    archive.write(one, f"export-{desk.view.id[:16]}/{one.relative_to(folder).as_posix()}")
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)
    size = held.tell()
    held.seek(0)
    response = FileResponse(held, as_attachment=True, filename=f"export-{desk.view.id[:16]}.zip")
    response["Content-Length"] = str(size)
    return _download(response)


@require_safe
@page(Permission.EXPORT)
def exhibit(desk: Desk, act_id: str) -> HttpResponse:
    """The exhibit of an act as a download."""
    response = HttpResponse(exhibit_of(desk.view, act_id), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="exhibit-{act_id[:16]}.zip"'
    return _download(response)


@require_safe
@page(Permission.EXPORT)
def exhibit_asked(desk: Desk) -> HttpResponse:
    """The exhibit of the act whose id was typed. Raises OurFault(`no-such-act`)."""
    act = clean(desk.request.GET.get("act", "")[:80], longest=64).strip().lower()
    if len(act) != 64 or any(char not in "0123456789abcdef" for char in act):
        raise OurFault("no-such-act", act=act or "-")
    return HttpResponseRedirect(desk.url("exhibit", act))


@require_safe
@page(Permission.EXPORT)
def evidence(desk: Desk, number_of: int) -> HttpResponse:
    """A piece of evidence as a download."""
    data = recordof.evidence_bytes(desk.view, number_of)
    if data is None:
        raise Http404
    response = HttpResponse(data, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="evidence-{number_of}.json"'
    return _download(response)


def _download(response: HttpResponseBase) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)  # a streamed one too, which the gate only gives a header


def _check(desk: Desk, found: Check) -> CheckShown:
    lang, voice = desk.lang, voice_of(desk)
    defects = found.defects
    steps = tuple(_step(lang, name, found, number) for number, name in enumerate((*VERDICTS, "state")))
    return CheckShown(
        _said(lang, found),
        clean(found.by, longest=64),
        voice.time(format_instant(found.began)),
        voice.time(format_instant(found.ended)) if found.ended is not None else None,
        found.runs,
        found.stage == "done" and not defects,
        min(100, 100 * found.done // found.total) if found.total else 0,
        say(lang, "{done} of {total} files", done=f"{found.done:,}", total=f"{found.total:,}")
        if found.runs and found.total
        else "",
        steps,
        tuple(_defect(lang, one) for one in defects[:_DEFECTS]),
        max(0, len(defects) - _DEFECTS),
        found.state.digest if found.state is not None else "",
        _fault(desk, found.fault),
    )


def _said(lang: str, found: Check) -> str:
    match found.stage:
        case "exporting":
            return say(lang, "The record is being copied out.")
        case "files" | "registers":
            return say(lang, "The record is being verified from its bytes alone.")
        case "state":
            return say(lang, "The state is being recomputed.")
        case "stopped":
            return say(lang, "It was stopped before it had found anything.")
        case "failed":
            return say(lang, "It could not be verified.")
        case _ if found.defects:
            return say(lang, "Not verified. Defects: {count}", count=len(found.defects))
        case _:
            return say(lang, "Verified: the record is whole and every signature good.")


def _step(lang: str, name: str, found: Check, number: int) -> Step:
    label = {
        "files": say(lang, "Files as the exporter signed them"),
        "registers": say(lang, "Registers intact"),
        "receipts": say(lang, "Receipts good"),
        "documents": say(lang, "Documents complete"),
        "state": say(lang, "State recomputed"),
    }[name]
    if found.stage == "done":
        bad = any(
            one.rule == "recompute" if name == "state" else one.verdict == name for one in found.defects
        )
        return Step(label, "no" if bad else "yes", say(lang, "no") if bad else say(lang, "yes"))
    now = {"files": 0, "registers": 1, "state": 4}.get(found.stage, -1)
    if found.runs and now == number:
        return Step(label, "now", say(lang, "being checked"))
    return Step(label, "waits", say(lang, "waits") if found.runs else "–")


def _defect(lang: str, one: Defect) -> str:
    if one.fault:
        why = sentence(RecordFault(one.rule, **dict(one.data)), lang).sentence
    else:
        why = say(lang, one.message, context=_DEFECT).format_map(
            {name: clean(str(value), longest=200) for name, value in one.data}
        )
    place = ", ".join(clean(str(part), longest=120) for part in (one.file, one.entry) if part)
    return f"{why} [{one.rule}] {place}".strip()


def _fault(desk: Desk, code: str) -> str:
    if not code:
        return ""
    if code in CODES and "{" not in CODES[code][0]:
        return f"{sentence(OurFault(code), desk.lang).sentence} [{code}]"
    return f"[{code}]"


URLS = [
    path("<int:number>/record/", record, name="record"),
    path("<int:number>/record/verify/", verify, name="record-verify"),
    path("<int:number>/record/export/", export, name="record-export"),
    path("<int:number>/record/exhibit/", exhibit_asked, name="exhibit-asked"),
    path("<int:number>/record/evidence/<int:number_of>/", evidence, name="evidence"),
    path("<int:number>/acts/<digest:act_id>/exhibit/", exhibit, name="exhibit"),
]
