"""Alarms: what urgent acts have arrived, who has seen them, and whom the node has told where nobody had.

To acknowledge an alarm says that somebody has seen it and takes it on, here. It is no act: the other side is
told nothing, and a note that waits to be taken up waits on.
"""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from yeollak.desk.staff import bridge
from yeollak.desk.staff.access import Permission
from yeollak.desk.staff.clocks import clocks, reader_of
from yeollak.desk.staff.gate import Desk, page, staffing, who
from yeollak.desk.staff.shell import frame, link
from yeollak.desk.staff.titles import Title, title_of
from yeollak.storage import watching
from yeollak.storage.watching import Urgent, Watching
from yeollak.words import clean, say, term
from yeollak.words.acts import kind_word
from yeollak.words.naming import Reader

#: How many alarms the page shows, the newest first.
_MOST: Final = 100
#: What an attempt fails with where there is no way to the server, by the names that the node's log has.
_UNREACHED: Final = frozenset(
    {
        "ConnectTimeoutError",
        "ConnectionAbortedError",
        "ConnectionRefusedError",
        "ConnectionResetError",
        "MaxRetryError",
        "NameResolutionError",
        "NewConnectionError",
        "ProtocolError",
        "ReadTimeoutError",
        "SMTPServerDisconnected",
        "TimeoutError",
        "gaierror",
    }
)
_RATE: Final = 22050
#: The tones of an alarm: frequency in hertz and length in seconds; nought is silence.
_TONES: Final = {
    "flash": ((880.0, 0.18), (0.0, 0.06), (1174.7, 0.18), (0.0, 0.06)) * 3,
    "immediate": ((659.3, 0.22), (0.0, 0.08), (880.0, 0.3)),
}


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """One urgent act: what its matter is called, what was done, when it came and until when it was to be
    seen, who saw it, and whom the node told.
    """

    act: str
    title: Title
    mark: str
    word: str
    what: str
    side: str
    href: str
    arrived: str
    until: str
    seen_by: str
    seen_at: str
    late: bool
    tries: tuple[tuple[str, str, str], ...]


@require_safe
@page()
def alarms(desk: Desk) -> HttpResponse:
    """Every urgent act of the last thirty days, with what was done about it."""
    shown = list(_shown(desk))
    return render(desk.request, "staff/alarms.html", {**frame(desk), "alarms": shown, "most": _MOST})


@require_POST
@page(Permission.ACKNOWLEDGE)
def acknowledge(desk: Desk) -> HttpResponse:
    """Note that this person has seen an urgent act, and go back to where that was said."""
    act = desk.request.POST.get("act", "")[:64]
    if Watching(desk.hands.alias).acknowledge(desk.view, act, desk.person, desk.now):
        staffing().note(desk.now, desk.person, "alarm-acknowledged", desk.view.id, who(desk.request), act=act)
    back = desk.request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if safe else desk.url("today"))


@require_safe
@page()
def sound(desk: Desk, precedence: str) -> HttpResponse:
    """What an alarm of a precedence sounds like."""
    if precedence not in _TONES:
        raise Http404
    return HttpResponse(tone(precedence), content_type="audio/wav")


@lru_cache(maxsize=len(_TONES))
def tone(precedence: str) -> bytes:
    """A WAV file of the tones of a precedence: 16 bits, one channel, made here and taken from nowhere."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        for frequency, seconds in _TONES[precedence]:
            file.writeframes(b"".join(_samples(frequency, int(seconds * _RATE))))
    return held.getvalue()


def _samples(frequency: float, many: int) -> Iterator[bytes]:
    """A sine that rises and falls softly, so that it does not click."""
    soft = _RATE // 100
    for at in range(many):
        loud = min(1.0, at / soft, (many - at) / soft)
        yield struct.pack("<h", int(24000 * loud * math.sin(2 * math.pi * frequency * at / _RATE)))


def _shown(desk: Desk) -> Iterator[AlarmShown]:
    acts = sorted(watching.urgent(desk.view, desk.now), key=lambda one: one.arrived, reverse=True)[:_MOST]
    known = watching.seen(desk.view, [one.act for one in acts])
    for one in acts:
        yield _one(desk, one, known.get(one.act))


def _by(desk: Desk, seen: watching.Seen) -> str:
    """Who has seen it; that somebody has, to whoever is not to know our people."""
    inside = desk.may(Permission.INSIDE)
    return clean(seen.by, longest=64) if inside else say(desk.lang, "an officer of this side")


def _one(desk: Desk, one: Urgent, seen: watching.Seen | None) -> AlarmShown:
    reader = reader_of(desk)
    zone = reader.zone
    until = watching.handled_by(clocks(desk.view)[0], one)
    return AlarmShown(
        act=one.act,
        title=title_of(desk.view.office, one.matter, desk.lang, reader.name),
        mark="f" if one.precedence == "flash" else "i",
        word=capfirst(term(one.precedence, desk.lang)),
        what=kind_word(desk.lang, one.kind),
        side=reader.name(one.side),
        href=link(desk, "matter", one.matter),
        arrived=bridge.hour(one.arrived, desk.now, zone, desk.lang),
        until=bridge.hour(until, desk.now, zone, desk.lang),
        seen_by=_by(desk, seen) if seen is not None else "",
        seen_at=bridge.hour(seen.at, desk.now, zone, desk.lang) if seen is not None else "",
        late=(seen.at if seen is not None else desk.now) >= until,
        tries=tuple(
            (
                bridge.hour(tried.at, desk.now, zone, desk.lang),
                tried.channel,
                tried_word(reader, tried.result),
            )
            for tried in watching.tries(desk.view, one.act)
        ),
    )


def tried_word(reader: Reader, result: str) -> str:
    """What came of an attempt to reach somebody: `result` as the node's log has it (`node/alarming.py`)."""
    how, _, code = result.partition(" ")
    if how == "sent":
        return say(reader.lang, "sent")
    if how == "failed" and code in _UNREACHED:
        return say(reader.lang, "no connection to the server")
    if (how, code) == ("refused", "recipients"):
        return say(reader.lang, "the server refused the recipients")
    code = reader.isolated(clean(code, longest=64))
    if how == "refused":
        return say(reader.lang, "the server refused it ({code})", code=code)
    return say(reader.lang, "not sent ({code})", code=code)


URLS = [
    path("<int:number>/alarms/", alarms, name="alarms"),
    path("<int:number>/alarms/acknowledge/", acknowledge, name="acknowledge"),
    path("<int:number>/alarms/<str:precedence>.wav", sound, name="alarm-sound"),
]
