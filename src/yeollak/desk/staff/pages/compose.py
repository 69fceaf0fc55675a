"""Compose: pick what is to be done, and write it. Whatever is typed is kept as a draft at every step."""

from __future__ import annotations

import mimetypes
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from yeollak.desk.staff import answers, jointly
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.authority import BEGUN_THERE, SIGNER, by_authority
from yeollak.desk.staff.clocks import reader_of
from yeollak.desk.staff.completing import completed
from yeollak.desk.staff.drafting import drafts, files_of, media_type, prepare, wish_of
from yeollak.desk.staff.editing import BARS, Editing, editing, flat
from yeollak.desk.staff.gate import Desk, page
from yeollak.desk.staff.handing import colleagues, may_take
from yeollak.desk.staff.inputs import Input, Typed
from yeollak.desk.staff.lost import gives_back
from yeollak.desk.staff.refusals import in_words
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.suggesting import matter_label
from yeollak.desk.staff.working import Work, fresh, offered, work_of
from yeollak.errors import Fault, OurFault
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.posting import FUNCTIONS
from yeollak.storage.desk_drafts import DraftRow, written
from yeollak.words import clean
from yeollak.words.consequences import consequence
from yeollak.words.deeds import GROUPS, deed_word, group_word
from yeollak.words.labels import procedure_word

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

#: With this header a page's script saves and wants to be told no more than the version.
AUTOSAVE: Final = "X-Yeollak-Autosave"
_FAMILIES: Final = {procedure.name: procedure.family for procedure in PROCEDURES}
_BAD_NAME: Final = re.compile(r"[\x00-\x1f\x7f-\x9f/\\\u2028\u2029\u202a-\u202e\u2066-\u2069]")
#: What a link to a page may fill in.
_PREFILLED: Final = re.compile(r"(?:f|text|a)\.[a-z0-9_.-]{1,64}|re|precedence|form|form-lang|signer")


# what is to be done


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be done: its verb, what it is about, what follows from it, where it is written, and
    which functions alone may sign it, where the reader's may not.
    """

    kind: str
    verb: str
    procedure: str
    follows: str
    url: str
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Choices under one title."""

    title: str
    choices: tuple[Choice, ...]


@require_safe
@page(Permission.DRAFT)
def compose(desk: Desk) -> HttpResponse:
    """The list of what the officer may do: in a matter, or to open one; searched by words."""
    matter = desk.request.GET.get("matter") or None
    query = desk.request.GET.get("q", "").strip()[:100]
    found = groups(desk, matter, query)
    context = {
        **frame(desk, "compose"),
        "groups": found,
        "query": query,
        "matter": matter,
        "about": about(desk, matter),
        "count": sum(len(group.choices) for group in found),
    }
    return render(desk.request, "staff/compose.html", context)


def groups(desk: Desk, matter: str | None, query: str) -> list[Group]:
    """What may be done, grouped; with a query, what has all of its words."""
    reader, words = reader_of(desk), query.casefold().split()
    titles = [(group_word(desk.lang, title), families) for title, families in GROUPS]
    found: dict[str, list[Choice]] = {title: [] for title, _ in titles}
    for offer in offered(desk, matter):
        if offer.kind.name in BEGUN_THERE:
            continue
        family = _FAMILIES.get(offer.procedure, "")
        title = next((title for title, families in titles if family in families), titles[-1][0])
        query_part = urlencode({"matter": matter}) if matter else ""
        signs = desk.function in offer.functions or by_authority(desk, offer, Typed())
        choice = Choice(
            offer.kind.name,
            deed_word(desk.lang, offer.kind.name),
            procedure_word(desk.lang, offer.procedure),
            consequence(reader, offer.to_json()).short,
            desk.url("compose-kind", offer.kind.name) + (f"?{query_part}" if query_part else ""),
            () if signs else tuple(one for one in offer.functions if one in FUNCTIONS),
        )
        text = " ".join((choice.verb, choice.procedure, title, choice.follows, choice.kind)).casefold()
        if all(word in text for word in words):
            found[title].append(choice)
    return [Group(title, tuple(choices)) for title, choices in found.items() if choices]


def about(desk: Desk, matter: str | None) -> str:
    """A matter in one line, or nothing."""
    if matter is None:
        return ""
    state = desk.view.office.state(matter).state
    first = next((act for act in desk.view.ledger.matter(matter) if not act.void), None)
    if first is None:
        return ""
    name = desk.view.office.procedure(first).name
    return matter_label(desk.view, desk.lang, matter, name, state.phase)


# writing it


@gives_back
@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.DRAFT)
def compose_kind(desk: Desk, kind: str) -> HttpResponse:
    """A fresh page for one kind; sending it begins a draft."""
    request = desk.request
    matter = request.GET.get("matter") or None
    work = work_of(desk, kind, matter)
    if request.method == "POST":
        return worked(desk, work, None)
    typed = fresh(desk, work).with_(_prefilled(request.GET))
    return shown(desk, work, typed, None, word=secrets.token_hex(12))


def _prefilled(sent: Mapping[str, str]) -> dict[str, str]:
    return {
        name: clean(str(value), longest=2000, lines=True)
        for name, value in sent.items()
        if _PREFILLED.fullmatch(name)
    }


def shown(
    desk: Desk,
    work: Work,
    typed: Typed,
    held: DraftRow | None,
    *,
    word: str = "",
    problems: Mapping[str, str] | None = None,
    fault: Fault | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page on which an act is written, with what was typed and what does not fit."""
    files = held.files if held is not None else ()
    content = editing(work, typed, desk.view.charter, files, problems, now=desk.now)
    mine = held is None or held.owner == desk.person.id
    authority = by_authority(desk, work.offer, typed)
    context = {
        **frame(desk, "compose"),
        "page": content,
        "held": held,
        "word": word or (str(held.data.get("request", "")) if held is not None else ""),
        "round": typed.one("round"),
        "answers": typed.every("re"),
        "articles": jointly.articles_of(typed),
        "bars": BARS,
        "about": about(desk, work.matter),
        "matter": work.matter,
        "fault": in_words(desk, fault) if fault is not None else None,
        "mine": mine,
        "colleagues": colleagues(desk) if held is not None else [],
        "may_take": held is not None and may_take(desk, held),
        "signers": [
            one
            for one in work.offer.functions
            if one in FUNCTIONS and desk.function not in work.offer.functions and not authority
        ],
        "authority": authority,
        "signer": typed.one(SIGNER),
        "action": desk.request.get_full_path() if held is None else desk.url("draft", held.id),
    }
    return render(desk.request, "staff/write.html", context, status=status)


def worked(desk: Desk, work: Work, held: DraftRow | None) -> HttpResponse:
    """Keep what was sent, do what the pressed button says, and go on from there."""
    request = desk.request
    typed, do = Typed.of(dict(request.POST.lists())), request.POST.get("do", "save")[:100]
    typed = _changed(work, typed, do)
    quiet = request.headers.get(AUTOSAVE) is not None
    word = request.POST.get("word", "")[:64]
    try:
        held = kept(desk, work, held, typed, word)
        if do.startswith("detach:") and do[7:].isdecimal():
            held = drafts(desk).detach(held, desk.person, int(do[7 : 7 + 6]), desk.now)
    except OurFault as fault:
        if quiet:
            return JsonResponse({"code": fault.code, "said": in_words(desk, fault).sentence}, status=409)
        if fault.code == "draft-moved" and held is not None:
            return moved(desk, work, typed, held)
        return shown(desk, work, typed, held, word=word, fault=fault, status=409)
    if quiet:
        said = {"draft": held.id, "url": desk.url("draft", held.id), "version": held.version}
        return JsonResponse({**said, "files": len(held.files)})
    if do == "preview":
        return previewed(desk, work, typed, held)
    return HttpResponseRedirect(f"{desk.url('draft', held.id)}{_anchor(do)}")


def previewed(desk: Desk, work: Work, typed: Typed, held: DraftRow) -> HttpResponse:
    """Have the node prepare what is written, and show it; or show what does not fit."""
    wish, problems = wish_of(work, typed, work.matter, files_of(desk, held), desk.now)
    if wish is None:
        return shown(desk, work, typed, held, problems=problems, status=422)
    try:
        authority = by_authority(desk, work.offer, typed)
        _, prepared = prepare(desk, held, completed(desk.view, wish), authority=authority)
        drafts(desk).save(held, {**held.data, "prepared": prepared}, desk.now)
    except Fault as fault:
        return shown(desk, work, typed, held, fault=fault, status=409)
    return HttpResponseRedirect(desk.url("preview", held.id))


def kept(desk: Desk, work: Work, held: DraftRow | None, typed: Typed, word: str) -> DraftRow:
    """The draft with what was typed and the files that came along. Raises what `DeskDrafts` raises, and
    OurFault(`draft-of-another`).
    """
    log, files = drafts(desk), list(_uploaded(desk.request.FILES.getlist("files")))
    data = written({"request": word, "typed": typed.to_json()}, desk.person)
    just_begun = False
    if held is None:
        held = log.begun(desk.view.id, desk.person, word) if word else None
        if held is not None and held.act:
            raise OurFault("draft-sent")
        if held is None:
            held = log.begin(desk.view.id, desk.person, work.kind.name, work.matter, data, desk.now)
            just_begun = True
    if held.owner != desk.person.id:
        raise OurFault("draft-of-another", owner=held.owner_shown)
    said = desk.request.POST.get("version", "")
    stale = not just_begun and said.isdecimal() and int(said) != held.version
    if Typed(held.data.get("typed")) != typed or files:
        if stale:
            raise OurFault("draft-moved")
        kept_word = held.data.get("request", word)
        held = log.save(held, written({**data, "request": kept_word}, desk.person, before=held), desk.now)
    return log.attach(held, desk.person, files, desk.now) if files else held


def moved(desk: Desk, work: Work, typed: Typed, held: DraftRow) -> HttpResponse:
    """Both versions of a draft that was changed elsewhere, field by field, and the choice between them."""
    there = Typed(held.data.get("typed"))
    first = _labelled(editing(work, typed, desk.view.charter, (), None, now=desk.now), typed)
    second = _labelled(editing(work, there, desk.view.charter, (), None, now=desk.now), there)
    rows = [
        (label, first.get(name, ("", ""))[1], second.get(name, ("", ""))[1])
        for name, (label, _) in {**second, **first}.items()
        if first.get(name, ("", ""))[1] != second.get(name, ("", ""))[1]
    ]
    fields = [(name, value) for name, values in typed.to_json().items() for value in values]
    context = {
        **frame(desk, "compose"),
        "fault": in_words(desk, OurFault("draft-moved")),
        "title": deed_word(desk.lang, work.kind.name),
        "rows": rows,
        "fields": fields,
        "held": held,
    }
    return render(desk.request, "staff/moved.html", context, status=409)


def _labelled(content: Editing, typed: Typed) -> dict[str, tuple[str, str]]:
    """Name of an input -> its label and what stands in it, for people to compare."""
    tops: list[Input] = [*content.asked.first, *content.asked.seldom, *content.texts, content.precedence]
    tops += [*(content.form.inputs if content.form else ()), *([content.due] if content.due else ())]
    if content.joint is not None:
        tops += [one for head in content.joint.editor.heads for one in head[1:]]
        tops += [one for row in content.joint.editor.articles for cell in row.cells for one in cell]
    found: dict[str, tuple[str, str]] = {}
    for top in tops:
        for one in flat(top):
            if one.options:
                said = ", ".join(option.label for option in one.options if option.checked)
            else:
                said = one.value if not one.parts else ""
            label = one.label if one is top else f"{top.label}: {one.label}"
            found[one.name] = (label, said)
    return found


def _changed(work: Work, typed: Typed, do: str) -> Typed:
    """What was typed after a button that adds or takes away a row or an article."""
    what, _, rest = do.partition(":")
    form = work.form(typed)
    if what == "row" and form is not None:
        return answers.with_row(form, typed, rest)
    if what == "unrow" and form is not None:
        name, _, row = rest.partition(":")
        return answers.without_row(form, typed, name, int(row)) if row.isdecimal() else typed
    if what == "article":
        return jointly.with_article(typed)
    if what == "unarticle" and rest.isdecimal() and len(rest) < 4:
        return jointly.without_article(typed, int(rest))
    return typed


def _anchor(do: str) -> str:
    """Where on the page to go on: where the button was."""
    places = {"article": "#joint", "unarticle": "#joint", "check": "#checked", "form": "#form-part"}
    what = do.partition(":")[0]
    return places.get(what, "#files" if what in ("attach", "detach") else "")


def _uploaded(files: Iterable[UploadedFile[bytes]]) -> Iterator[tuple[str, str, str, bytes]]:
    """Name, media type, language and bytes of files that came with a form."""
    for one in files:
        name = clean(_BAD_NAME.sub("-", str(one.name or "")), longest=200).strip(". ") or "file"
        guessed, coded = mimetypes.guess_type(name)
        content = one.read()
        kind = guessed if guessed and not coded else "application/octet-stream"
        yield name, media_type(content, kind), "", content


URLS = [
    path("<int:number>/compose/", compose, name="compose"),
    path("<int:number>/compose/<str:kind>/", compose_kind, name="compose-kind"),
]
