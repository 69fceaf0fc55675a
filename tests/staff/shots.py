"""Which pictures are taken of the desk and of the public page: every page, by the name of its address, and
the states of some that no address shows.

`tests.staff.test_screenshots` holds the list against the addresses of both sites: a page that is added to one
and not to the list fails it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Who looks: nobody yet, somebody who has given his passphrase and is asked for a code, and the accounts.
NOBODY, HALF, HEAD, DEVICE, ARCHIVIST, NEWCOMER = "", "half", "co-head", "liaison", "archivist", "newcomer"
NOWHERE: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    name    of the file, before language and width
    view    the name of the address whose page it is; empty for what no address has
    path    the address, with places such as `{tender}` for what the office has
    reader  who looks
    status  what the page answers
    deed    what is done on that page before the picture (`screenshots.DEEDS`)
    flash   whether it is taken once a flash rings, after all the others
    """

    name: str
    view: str
    path: str
    reader: str = HEAD
    status: int = 200
    deed: str = ""
    flash: bool = False


SHOTS: Final = (
    Shot("sign-in", "sign-in", "/sign-in/?lang={lang}", NOBODY),
    Shot("sign-in-refused", "sign-in", "/sign-in/?lang={lang}", NOBODY, 403, "refused"),
    Shot("sign-in-code", "sign-in-code", "/sign-in/code/?lang={lang}", HALF),
    Shot("sign-in-recovery", "sign-in-code", "/sign-in/code/?recovery&lang={lang}", HALF),
    Shot("today", "today", "/1/"),
    Shot("no-office", "root", "/", NEWCOMER),
    Shot("frame", "frame", "/1/frame/"),
    Shot("line", "line", "/1/line/"),
    Shot("line-table", "line", "/1/line/?as=table"),
    Shot("calls", "calls", "/1/calls/"),
    Shot("matters", "matters", "/1/matters/"),
    Shot("matter-tender", "matter", "/1/matters/{tender}/"),
    Shot("matter-hostile", "matter", "/1/matters/{hostile}/"),
    Shot("matter-crossed", "matter", "/1/matters/{crossed}/"),
    Shot("matter-agreement", "matter", "/1/matters/{draft}/"),
    Shot("matter-meeting", "matter", "/1/matters/{meeting}/"),
    Shot("matter-form", "matter", "/1/matters/{form}/"),
    Shot("act", "act", "/1/acts/{tender}/"),
    Shot("versions", "versions", "/1/acts/{tender}/versions/"),
    Shot("sent", "sent", "/1/sent/{tender}/"),
    Shot("compose", "compose", "/1/compose/"),
    Shot("compose-note", "compose-kind", "/1/compose/note.tender/"),
    Shot("compose-meeting", "compose-kind", "/1/compose/meeting.propose/"),
    Shot("drafts", "drafts", "/1/drafts/"),
    Shot("draft", "draft", "/1/drafts/{number}/"),
    Shot("draft-stranded", "draft", "/1/drafts/{stranded}/", status=409),
    Shot("draft-lost", "compose-kind", "/1/compose/note.tender/", status=401, deed="lost"),
    Shot("preview", "preview", "/1/drafts/{number}/preview/"),
    Shot("draft-moved", "draft", "/1/drafts/{number}/", status=409, deed="moved"),
    Shot("calendar", "calendar", "/1/calendar/"),
    Shot("calendar-week", "calendar", "/1/calendar/?week="),
    Shot("feed-new", "feed-new", "/1/calendar/feed/"),
    Shot("people", "people", "/1/people/"),
    Shot("roster", "roster", "/1/people/roster/"),
    Shot("agreements", "agreements", "/1/agreements/"),
    Shot("agreement", "agreement", "/1/agreements/{agreement}/"),
    Shot("projects", "projects", "/1/projects/"),
    Shot("project", "project", "/1/projects/{works}/"),
    Shot("statistics", "statistics", "/1/statistics/?since=2018-07-01&last=2018-12-31"),
    Shot(
        "statistics-through",
        "statistics-through",
        "/1/statistics/through/acts/?since=2018-07-01&last=2018-12-31",
    ),
    Shot("statistics-stated", "statistics-stated", "/1/statistics/stated/{stated}/"),
    Shot("record", "record", "/1/record/"),
    Shot("alarms", "alarms", "/1/alarms/"),
    Shot("find", "find", "/1/find/?q=dam"),
    Shot("authority", "authority", "/1/authority/"),
    Shot("accounts", "accounts", "/1/accounts/"),
    Shot("account-new", "account-new", "/1/accounts/new/"),
    Shot("account", "account", "/1/accounts/{account}/"),
    Shot("audit", "audit", "/1/accounts/audit/"),
    Shot("me", "me", "/me/"),
    Shot("confirm", "confirm", "/me/confirm/"),
    Shot("factor", "factor", "/me/factor/"),
    Shot("codes", "codes", "/me/", DEVICE, deed="codes"),
    Shot("fault-not-there", "matter", f"/1/matters/{NOWHERE}/", status=404),
    Shot("fault-refused", "compose", "/1/compose/", ARCHIVIST, 403),
    Shot("error-not-there", "", "/1/nowhere/", status=404),
    Shot("error-forbidden", "sign-in", "/sign-in/?lang={lang}", NOBODY, 403, "forged"),
    Shot("today-flash", "today", "/1/", flash=True),
    Shot("matters-flash", "matters", "/1/matters/", flash=True),
    Shot("alarms-flash", "alarms", "/1/alarms/", flash=True),
)

PUBLIC: Final = (
    Shot("public", "home", "/{lang}/", NOBODY),
    Shot("public-year", "office", "/{lang}/offices/{office}/?year=2020", NOBODY),
    Shot("public-entry", "entry", "/{lang}/offices/{office}/entries/{entry}/", NOBODY),
    Shot("public-not-there", "", "/{lang}/nowhere", NOBODY, 404),
)

#: Addresses without a page of their own, and what they are instead.
NO_PAGE: Final = {
    "icon": "a picture",
    "asset": "a style sheet or a script",
    "acknowledge": "a deed",
    "alarm-sound": "a sound",
    "draft-file": "a download",
    "enclosure": "a download",
    "end-session": "a deed",
    "events": "a stream",
    "evidence": "a download",
    "exhibit": "a download",
    "exhibit-asked": "leads on",
    "feed": "a calendar",
    "feed-end": "a deed",
    "matters-filters": "a deed",
    "matters-sheet": "a download",
    "no-factor": "a deed",
    "paper": "a download",
    "paper-roster": "a download",
    "passphrase": "a deed",
    "people-posts": "a download",
    "people-presence": "a download",
    "projects-costs": "a download",
    "record-export": "a download",
    "record-verify": "a deed",
    "sent-now": "a part of a page",
    "settings": "a deed",
    "sign-out": "a deed",
    "statistics-contest": "a deed",
    "statistics-files": "a download",
    "statistics-state": "a deed",
}
#: The same of the public site.
NO_PUBLIC_PAGE: Final = {
    "root": "leads on",
    "icon": "a picture",
    "asset": "a style sheet",
    "feed": "a feed",
    "office-data": "linked data",
    "entry-data": "linked data",
}
