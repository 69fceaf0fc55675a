"""Preview: exactly what will be signed, and the signature over it: the same bytes, or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.text import capfirst
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.authority import OPERATOR, is_authoritys
from yeollak.desk.staff.drafting import Kept, drafts, files_of, restored, sheets_of
from yeollak.desk.staff.gate import Desk, page, staffing
from yeollak.desk.staff.handing import check_release, colleagues, eyes, may_take
from yeollak.desk.staff.inputs import Typed
from yeollak.desk.staff.lost import gives_back
from yeollak.desk.staff.matterpage import act_of, voice_of
from yeollak.desk.staff.pages.compose import about, previewed
from yeollak.desk.staff.previewing import preview
from yeollak.desk.staff.refusals import in_words
from yeollak.desk.staff.shell import frame
from yeollak.desk.staff.values import Part, Stated, stated
from yeollak.desk.staff.working import Work, is_joint, procedure_of, work_of
from yeollak.errors import Fault, OurFault
from yeollak.office import propose
from yeollak.record.document import Act
from yeollak.record.signing import MAX_ANSWER, REQUEST_SUFFIX
from yeollak.storage.desk_drafts import DraftRow
from yeollak.words.acts import kind_word
from yeollak.words.consequences import consequence


@dataclass(frozen=True, slots=True)
class Since:
    """An act of another side in the matter that was counted after the document was prepared: what was done,
    and by whom.
    """

    side: str
    word: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An act that the document answers: what was done, by whom and when, what it says, where it stands."""

    word: str
    url: str
    side: Part
    at: Part
    facts: tuple[Stated, ...]


@gives_back
@sensitive_post_parameters("passphrase", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.DRAFT)
def preview_page(desk: Desk, draft: int) -> HttpResponse:
    """Show what was prepared; sign it, or prepare it anew, where it is in one's own hands and has not moved.

    Raises OurFault(`draft-of-another`, `draft-moved`).
    """
    held = drafts(desk).draft(desk.view.id, draft)
    if held.act:
        return HttpResponseRedirect(desk.url("sent", held.act))
    work = work_of(desk, held.kind, held.matter)
    do = desk.request.POST.get("do", "")
    if do == "anew":
        if held.owner != desk.person.id:
            raise OurFault("draft-of-another", owner=held.owner_shown)
        if desk.request.POST.get("version") != str(held.version):
            raise OurFault("draft-moved")
        return previewed(desk, work, Typed(held.data.get("typed")), held)
    if held.data.get("prepared") is None:
        return HttpResponseRedirect(desk.url("draft", held.id))
    kept = restored(desk, work, held)
    authority = is_authoritys(desk, Act.parse(kept.document))
    if do not in ("sign", "request", "answer"):
        return _shown(desk, work, held, kept, None)
    try:
        return _by_authority(desk, held, kept, do) if authority else _signed(desk, work, held, kept)
    except Fault as fault:
        drafts(desk).refused(held, desk.person, fault.code, desk.now)
        if fault.code == "sign-in-over":
            raise
        return _shown(desk, work, held, kept, fault)


def _signed(desk: Desk, work: Work, held: DraftRow, kept: Kept) -> HttpResponse:
    """Sign what the page has shown. Raises what `check_release` and `Hands.sign` raise, and OurFault
    (`draft-moved`, `factor-needed`, `factor-wrong`, `sign-in-over`, `due-past`).
    """
    sent = desk.request.POST
    if sent.get("act") != kept.id or sent.get("version") != str(held.version):
        raise OurFault("draft-moved")
    act = Act.parse(kept.document)
    check_release(desk, held, str(act.facts.get("class", "")))
    if act.officer != desk.officer:
        raise OurFault("draft-moved")
    if joint(desk, work) and not desk.person.fresh:
        if not sent.get("code", "").strip():
            raise OurFault("factor-needed")
        staffing().prove_factor(desk.person, sent["code"][:40], desk.now)
    request = f"desk/{held.data.get('request') or held.id}"
    with staffing().unlocking(desk.person, desk.officer, desk.now):
        made = desk.hands.sign(kept, desk.officer, sent.get("passphrase", "")[:1000], request)
    drafts(desk).sent(held, desk.person, made, desk.now)
    return HttpResponseRedirect(desk.url("sent", made))


def _by_authority(desk: Desk, held: DraftRow, kept: Kept, do: str) -> HttpResponse:
    """Sign by the authority key that lies here, give out a request for one that lies elsewhere, or take over
    the signature that was made there.

    Raises what `check_release` and `Hands` raise, and OurFault(`draft-moved`, `confirm-needed`,
    `factor-needed`, `factor-wrong`, `sign-in-over`).
    """
    sent, request = desk.request.POST, f"desk/{held.data.get('request') or held.id}"
    if sent.get("act") != kept.id or sent.get("version") != str(held.version):
        raise OurFault("draft-moved")
    check_release(desk, held, str(Act.parse(kept.document).facts.get("class", "")), authority=True)
    if not desk.person.confirmed:
        raise OurFault("confirm-needed")
    if do == "request":
        drafts(desk).requested(held, desk.person, kept.id, desk.now)
        made = HttpResponse(desk.hands.signing_request(kept), content_type="application/octet-stream")
        made["Content-Disposition"] = f'attachment; filename="{kept.id[:16]}{REQUEST_SUFFIX}"'
        return made
    if not desk.person.fresh:
        if not sent.get("code", "").strip():
            raise OurFault("factor-needed")
        staffing().prove_factor(desk.person, sent["code"][:40], desk.now)
    if do == "answer":
        file = desk.request.FILES.get("answer")
        answer = file.read(MAX_ANSWER + 1) if file is not None else b""
        act = desk.hands.sign_elsewhere(kept, answer, request)
    else:
        with staffing().unlocking(desk.person, OPERATOR, desk.now):
            act = desk.hands.sign_by_authority(kept, sent.get("passphrase", "")[:1000], request)
    drafts(desk).sent(held, desk.person, act, desk.now)
    return HttpResponseRedirect(desk.url("sent", act))


def joint(desk: Desk, work: Work) -> bool:
    """Whether the act is a joint one, for which a second factor is asked."""
    procedure = procedure_of(desk.view, work.offer)
    return procedure is not None and is_joint(procedure, work.kind.name)


def _lies_here(desk: Desk, act: Act) -> bool:
    """Whether the key that is to sign lies at this node."""
    key = desk.hands.authority(desk.view.id)
    return key.next_here if act.kind == "key.rotate" else key.here


def void_of(desk: Desk, kept: Kept) -> OurFault | None:
    """Why the record would not take the document any more, or None."""
    try:
        propose.check(desk.view.office, desk.view.side, kept.document)
    except OurFault as fault:
        return fault
    return None


def since(desk: Desk, kept: Kept) -> Iterator[Since]:
    """What others have done in the matter that the document has not seen."""
    act = Act.parse(kept.document)
    for one in desk.view.ledger.matter(act.matter) if act.matter is not None else ():
        seen = act.seen.get(one.side)
        if seen is not None and one.index >= seen[0] and not one.void and one.move is not None:
            yield Since(one.side, kind_word(desk.lang, one.move.kind))


def answered(desk: Desk, act: Act) -> Iterator[Answered]:
    """What the document answers, as it reads: whoever agrees sees to what."""
    voice = voice_of(desk)
    for found in (act_of(desk.view, one) for one in act.re):
        if found is None or found.move is None:
            continue
        kind, at = desk.view.office.procedure(found).kind(found.move.kind), voice.time(found.move.at)
        facts = tuple(one for one in stated(kind, found.move.facts, voice) if one.name not in ("to", "text"))
        word = capfirst(kind_word(desk.lang, found.move.kind))
        yield Answered(word, desk.url("act", found.id), voice.side(found.side), at, facts)


def _shown(desk: Desk, work: Work, held: DraftRow, kept: Kept, fault: Fault | None) -> HttpResponse:
    act = Act.parse(kept.document)
    sheets, _ = sheets_of(work, Typed(held.data.get("typed")), files_of(desk, held))
    void = void_of(desk, kept)
    found = eyes(desk, held, str(act.facts.get("class", "")))
    over = act.due is not None and act.due <= f"{desk.now:%Y-%m-%dT%H:%M:%SZ}"
    authority = is_authoritys(desk, act)
    named = desk.may(Permission.AUTHORITY) if authority else act.officer == desk.officer
    mine = named and held.owner == desk.person.id
    blocked = void is not None or over or not mine or (found.asked and not found.met)
    context = {
        **frame(desk, "compose"),
        "held": held,
        "shown": preview(work, kept.document, sheets, desk.view.charter, work.agreed),
        "follows": consequence(work.frame.reader, work.offer.to_json()),
        "about": about(desk, held.matter),
        "matter": held.matter,
        "void": in_words(desk, void) if void is not None else None,
        "over": over,
        "answered": tuple(answered(desk, act)),
        "since": [(work.frame.reader.name(one.side), one.word) for one in since(desk, kept)],
        "eyes": found,
        "mine": mine,
        "owns": held.owner == desk.person.id,
        "may_take": may_take(desk, held),
        "signs": not blocked and desk.may(Permission.SIGN) and not authority,
        "authority": desk.hands.authority(desk.view.id) if authority and not blocked else None,
        "key_lies_here": authority and _lies_here(desk, act),
        "confirmed": desk.person.confirmed,
        "confirm": f"{reverse('staff:confirm')}?{urlencode({'next': desk.request.get_full_path()})}",
        "asks_code": (authority or joint(desk, work)) and not desk.person.fresh,
        "has_factor": desk.person.has_factor,
        "releasers": colleagues(desk, release=True),
        "key_here": desk.hands.holds_key(desk.officer) if desk.officer else False,
        "fault": in_words(desk, fault) if fault is not None else None,
    }
    status = 200 if fault is None else 403 if fault.code == "factor-needed" else 409
    return render(desk.request, "staff/preview.html", context, status=status)


URLS = [path("<int:number>/drafts/<int:draft>/preview/", preview_page, name="preview")]
